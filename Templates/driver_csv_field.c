/* ---- The fields of a CSV file: the very functions that dlc data has ---- */

/* A cursor on the text of a file; line and column are counted from 1 for messages. */
typedef struct csv {
  const char *path;
  char *next, *end;
  size_t line;
} csv;

/* Behind a byte order mark. A zero is behind the text. */
static csv csv_open(const char *path, char *text, size_t size) {
  csv file = {path, text, text + size, 1};
  if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) file.next += 3;
  return file;
}

/* Whether a line that begins here is empty; a zero is behind the text. */
static int csv_is_empty(const char *line) { return *line == '\n' || (*line == '\r' && (line[1] == '\n' || !line[1])); }

/* The next field of the line, ended by a zero, quotes resolved. *last tells that the line ends behind it. */
static char *csv_field(csv *file, int *last) {
  char *from = file->next, *to = from, *const start = from;
  if (from < file->end && *from == '"') {
    for (from++; from < file->end; from++) {
      if (*from == '"' && from + 1 < file->end && from[1] == '"') from++;
      else if (*from == '"') break;
      file->line += *from == '\n';
      *to++ = *from;
    }
    if (from < file->end) from++;
  }
  while (from < file->end && *from != ',' && *from != '\n') *to++ = *from++;
  if (to > start && to[-1] == '\r') to--;
  *last = from >= file->end || *from == '\n';
  if (*last && from < file->end) file->line++;
  file->next = from < file->end ? from + 1 : from;
  *to = 0;
  return start;
}

static int parse_number(const char *text, double *value) {
  char *end;
  while (*text == ' ') text++;
  *value = strtod(text, &end);
  while (*end == ' ') end++;
  return end != text && *end == 0 && isfinite(*value);
}
