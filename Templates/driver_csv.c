/* ---- CSV ---- */

/* Which column is what: 0 an input's element, 1 the target's, 2 neither. */
typedef struct columns {
  size_t count, target; /* target == count: there is none */
  char **names;         /* of a header; NULL without one */
} csv_layout;

static int csv_header(csv *file, const char *wanted, int need_target, csv_layout *into) {
  char *const begin = file->next, *const copy = malloc((size_t)(file->end - begin) + 1);
  const size_t line = file->line;
  size_t capacity = 0;
  int last = 0, is_header = 0;
  if (!copy) return fail(FAILED, "%s: out of memory", file->path);
  memcpy(copy, begin, (size_t)(file->end - begin) + 1);
  csv scan = {file->path, copy, copy + (file->end - begin), file->line};
  into->count = 0;
  into->names = NULL;
  while (!last) {
    char *const name = csv_field(&scan, &last);
    double value;
    if (!parse_number(name, &value)) is_header = 1;
    if (into->count == capacity) {
      capacity = capacity * 2 + 64;
      char **const names = realloc(into->names, capacity * sizeof *names);
      if (!names) return fail(FAILED, "%s: out of memory", file->path);
      into->names = names;
    }
    into->names[into->count++] = name;
  }
  into->target = into->count;
  for (size_t i = 0; i < into->count && is_header; i++) {
    if (strcmp(into->names[i], wanted) != 0) continue;
    if (into->target < into->count) return fail(FAILED, "%s:%zu: two columns are called '%s'", file->path, line, wanted);
    into->target = i;
  }
  if (is_header) {
    file->next += scan.next - copy;
    file->line = scan.line;
  } else {
    into->names = NULL;
  }
  if (!need_target || into->target < into->count) return 0;
  if (!is_header) {
    /* Without names the target is the column left over: the first, as an image's label is. */
    into->target = 0;
    return 0;
  }
  if (!*wanted) return fail(FAILED, "%s:%zu: the model does not say which column is its target: data: .csv(..., target: \"NAME\")", file->path, line);
  fprintf(stderr, "error: %s:%zu: there is no column '%s'; the columns are", file->path, line, wanted);
  for (size_t i = 0; i < into->count && i < 40; i++) fprintf(stderr, "%s%s", i ? ", " : " ", into->names[i]);
  fprintf(stderr, "%s\n", into->count > 40 ? ", ..." : "");
  return FAILED;
}

static int store_value(const csv *file, size_t line, const @name@_field *field, void *array, size_t index, double value, double scale) {
  if (!field->integer) {
    ((@name@_real *)array)[index] = (@name@_real)(value * scale);
    return 0;
  }
  if (value != floor(value) || fabs(value) > 2147483647)
    return fail(FAILED, "%s:%zu: %g is not a whole number, as %s must be", file->path, line, value, field->name);
  if (field->classes && (value < 0 || value >= (double)field->classes))
    return fail(FAILED, "%s:%zu: label %g is outside 0 to %zu", file->path, line, value, field->classes - 1);
  ((int32_t *)array)[index] = (int32_t)value;
  return 0;
}

static int csv_row(csv *file, const csv_layout *columns, size_t row, dataset *into, int need_target, double scale) {
  const size_t line = file->line;
  size_t input = 0, element = 0, column = 0;
  int last = 0;
  for (; !last; column++) {
    double value;
    const char *const text = csv_field(file, &last);
    const int is_target = column == columns->target;
    if (column >= columns->count) continue;
    if (is_target && !need_target) continue;
    if (!parse_number(text, &value)) {
      const char *const name = columns->names ? columns->names[column] : "";
      return fail(FAILED, "%s:%zu: '%.40s' is not a number (column %zu%s%s)", file->path, line, text, column + 1, *name ? ", " : "", name);
    }
    int status = 0;
#if @NAME@_TRAINING
    if (is_target) {
      status = store_value(file, line, &@name@_target_fields[0], into->targets[0], row, value, 1);
      if (status) return status;
      continue;
    }
#endif
    if (input == @NAME@_INPUTS) continue;
    const @name@_field *const field = &@name@_input_fields[input];
    status = store_value(file, line, field, into->inputs[input], row * field->size + element, value, scale);
    if (status) return status;
    if (++element == field->size) {
      input++;
      element = 0;
    }
  }
  if (column == columns->count) return 0;
  return fail(FAILED, "%s:%zu: %zu values, but %zu are expected", file->path, line, column, columns->count);
}

static int read_csv(const char *path, char *text, size_t size, const char *target, int need_target, double scale, dataset *into) {
  csv file = csv_open(path, text, size);
  csv_layout columns = {0};
  size_t rows = 1, wanted = 0;
  const char *const zero = memchr(text, 0, size);
  if (zero) return fail(FAILED, "%s: byte %zu is zero: it is no CSV, and begins as none of the other formats does", path, (size_t)(zero - text));
  while (file.next < file.end && csv_is_empty(file.next)) file.line += *file.next++ == '\n';
  if (file.next == file.end) return fail(FAILED, "%s: it is empty", path);
  int status = csv_header(&file, target, need_target, &columns);
  if (status) return status;
  /* No more than there are lines with something on them, nor than so many columns leave room for, a digit and a comma each:
   * a file of empty or short lines is no reason to ask for memory. */
  for (const char *at = file.next; at + 1 < file.end; at++) rows += *at == '\n' && !csv_is_empty(at + 1);
  if (rows > size / (2 * columns.count - 1) + 1) rows = size / (2 * columns.count - 1) + 1;
  for (size_t i = 0; i < @NAME@_INPUTS; i++) wanted += @name@_input_fields[i].size;
  const size_t given = columns.count - (columns.target < columns.count ? 1 : 0);
  if (given != wanted)
    return fail(FAILED, "%s: %zu input columns, but the model has %zu inputs%s", path, given, wanted,
                columns.target == columns.count ? "" : " besides the target");
  for (size_t i = 0; i < @NAME@_INPUTS; i++) {
    const size_t bytes = @name@_input_fields[i].size * element_bytes(&@name@_input_fields[i]);
    if (!@name@_fits_memory((uint64_t)rows * bytes) || !(into->inputs[i] = calloc(rows, bytes)))
      return fail(FAILED, "%s: out of memory for %zu rows", path, rows);
  }
#if @NAME@_TRAINING
  if (need_target && (@NAME@_TARGETS != 1 || @name@_target_fields[0].size != 1))
    return fail(FAILED, "%s: a CSV has one target column, but the model's targets need more", path);
  if (!@name@_fits_memory((uint64_t)rows * element_bytes(&@name@_target_fields[0]))
      || !(into->targets[0] = calloc(rows, element_bytes(&@name@_target_fields[0]))))
    return fail(FAILED, "%s: out of memory for %zu rows", path, rows);
#endif
  for (into->rows = 0; file.next < file.end;) {
    if (csv_is_empty(file.next)) {
      file.line += *file.next++ == '\n';
      continue;
    }
    status = csv_row(&file, &columns, into->rows, into, need_target, scale);
    if (status) return status;
    into->rows++;
  }
  return into->rows ? 0 : fail(FAILED, "%s: there are no rows", path);
}
