/* ---- Text as data ---- */

/* The tokens of a text in numbers of the model; NULL with a message. */
static int32_t *numbers_of_text(const char *path, const unsigned char *text, size_t size, size_t *count) {
  const size_t most = @name@_input_fields[0].classes;
  int32_t *const numbers = calloc(size + 1, sizeof *numbers);
  *count = 0;
  if (!numbers) fail(FAILED, "%s: out of memory for %zu tokens", path, size);
  for (const unsigned char *at = text, *const end = text + size; numbers;) {
    const size_t length = next_token(vocabulary.kind, &at, end);
    if (!length) break;
    const int32_t number = number_of_token(&vocabulary, at - length, length);
    if (most && (size_t)number >= most) {
      fail(FAILED, "%s: byte %zu is token %d, but the model has %zu tokens", path, (size_t)(at - length - text), (int)number, most);
      free(numbers);
      return NULL;
    }
    numbers[(*count)++] = number;
  }
  return numbers;
}

/* Before a text is read: the kind of tokens, the text itself and, to train, a vocabulary if none was loaded. `parts` ends with NULL. */
static int begin_text(const char *path, int need_target) {
  if (@NAME@_INPUTS != 1 || !@name@_input_fields[0].integer || @name@_input_fields[0].rank != 1)
    return fail(FAILED, "%s: text is for a model with one input of tokens [time]", path);
  if (vocabulary.kind) return 0;
  const token_kind kind = kind_of_tokens(@name@_defaults.tokens);
  if (kind != BYTES && !need_target) return fail(FAILED, "%s: the weights hold no vocabulary: train them on text first", path);
  vocabulary.kind = kind;
  vocabulary_file = path;
  return 0;
}

static void *rows_of(const @name@_field *field, size_t rows) {
  const size_t bytes = field->size * element_bytes(field);
  return @name@_fits_memory((uint64_t)rows * bytes) ? calloc(rows, bytes) : NULL;
}

/* Windows of as many tokens as the input has steps, one after another. The target of each is the tokens that follow its own, or,
 * if it is a single one, the token behind the window. */
static int read_windows(const char *path, unsigned char *text, size_t size, int need_target, dataset *into) {
  const size_t length = @name@_input_fields[0].size;
  size_t count = 0, wanted = length;
  const int is_new = !vocabulary.kind;
  if (begin_text(path, need_target) || prepare_text(path, vocabulary.kind, text, size)) return FAILED;
  if (is_new && vocabulary.kind != BYTES && (use_text(&vocabulary, text, size) || finish_vocabulary(&vocabulary, @name@_input_fields[0].classes))) return FAILED;
  int32_t *const numbers = numbers_of_text(path, text, size, &count);
  if (!numbers) return FAILED;
#if @NAME@_TRAINING
  const @name@_field *const target = &@name@_target_fields[0];
  if (need_target) {
    wanted++;
    if (@NAME@_TARGETS != 1 || !target->integer || (target->size != length && target->size != 1))
      return fail(FAILED, "%s: the next tokens of a text are %zu class numbers, but the target has %zu numbers", path, length, target->size);
  }
#endif
  if (count < wanted) return fail(FAILED, "%s: it has %zu tokens, but a window needs %zu", path, count, wanted);
  into->rows = (count - (wanted - length)) / length;
  if (!(into->inputs[0] = rows_of(&@name@_input_fields[0], into->rows))) return fail(FAILED, "%s: out of memory for %zu rows", path, into->rows);
  memcpy(into->inputs[0], numbers, into->rows * length * sizeof *numbers);
#if @NAME@_TRAINING
  if (need_target && !(into->targets[0] = rows_of(target, into->rows))) return fail(FAILED, "%s: out of memory for %zu rows", path, into->rows);
  for (size_t i = 0; need_target && i < into->rows * target->size; i++) {
    const int32_t next = numbers[target->size == 1 ? (i + 1) * length : i + 1];
    if ((size_t)next >= target->classes) return fail(FAILED, "%s: token %d is none of the %zu classes of the output", path, (int)next, target->classes);
    ((int32_t *)into->targets[0])[i] = next;
  }
#endif
  free(numbers);
  return 0;
}

/* A CSV file with a column of texts and, where targets are needed, one of labels. A text is cut after as many tokens as the input
 * has steps, or padded with 0 behind them. */
static int read_labelled(const char *path, char *bytes, size_t size, int need_target, dataset *into) {
  const size_t length = @name@_input_fields[0].size;
  const int is_new = !vocabulary.kind;
  const char *const text_column = labelled_column(TEXT_COLUMN), *const label_column = labelled_column(LABEL_COLUMN);
  csv file = csv_open(path, bytes, size);
  csv_layout columns = {0};
  const char *const zero = memchr(bytes, 0, size);
  if (zero) return fail(FAILED, "%s: byte %zu is zero: it is no CSV", path, (size_t)(zero - bytes));
  if (begin_text(path, need_target) || csv_header(&file, label_column, need_target, &columns)) return FAILED;
  size_t column = columns.count, capacity = 0;
  for (size_t i = 0; i < columns.count && columns.names; i++)
    if (strcmp(columns.names[i], text_column) == 0) column = i;
  if (column == columns.count) return fail(FAILED, "%s:1: there is no column '%s', in which the texts are", path, text_column);
#if @NAME@_TRAINING
  if (need_target && (@NAME@_TARGETS != 1 || @name@_target_fields[0].size != 1)) return fail(FAILED, "%s: a CSV has one target column, but the model's targets need more", path);
#endif
  char **texts = NULL;
  for (into->rows = 0; file.next < file.end;) {
    const size_t line = file.line;
    int last = 0, is_there = 0;
    if (*file.next == '\n' || *file.next == '\r') {
      file.line += *file.next++ == '\n';
      continue;
    }
    if (into->rows == capacity) {
      capacity = 2 * capacity + 64;
      char **const more = realloc(texts, capacity * sizeof *texts);
      if (!more) return fail(FAILED, "%s: out of memory for %zu rows", path, capacity);
      texts = more;
#if @NAME@_TRAINING
      void *const longer = realloc(into->targets[0], capacity * element_bytes(&@name@_target_fields[0]));
      if (!longer) return fail(FAILED, "%s: out of memory for %zu rows", path, capacity);
      into->targets[0] = longer;
#endif
    }
    size_t at = 0;
    for (; !last; at++) {
      char *const field = csv_field(&file, &last);
      if (at == column) {
        texts[into->rows] = field;
        is_there = 1;
      }
#if @NAME@_TRAINING
      double value = 0;
      if (at != columns.target || !need_target) continue;
      if (!parse_number(field, &value)) return fail(FAILED, "%s:%zu: '%.40s' is not a number (column %s)", path, line, field, label_column);
      if (store_value(&file, line, &@name@_target_fields[0], into->targets[0], into->rows, value, 1)) return FAILED;
#endif
    }
    if (!is_there || at != columns.count) return fail(FAILED, "%s:%zu: %zu values, but %zu are expected", path, line, at, columns.count);
    char place[4200];
    snprintf(place, sizeof place, "%s:%zu", path, line);
    if (prepare_text(place, vocabulary.kind, (unsigned char *)texts[into->rows], strlen(texts[into->rows]))) return FAILED;
    into->rows++;
  }
  if (!into->rows) return fail(FAILED, "%s: there are no rows", path);
  for (size_t row = 0; is_new && vocabulary.kind != BYTES && row < into->rows; row++)
    if (use_text(&vocabulary, (unsigned char *)texts[row], strlen(texts[row]))) return FAILED;
  if (is_new && vocabulary.kind != BYTES && finish_vocabulary(&vocabulary, @name@_input_fields[0].classes)) return FAILED;
  if (!(into->inputs[0] = rows_of(&@name@_input_fields[0], into->rows))) return fail(FAILED, "%s: out of memory for %zu rows", path, into->rows);
  for (size_t row = 0; row < into->rows; row++) {
    size_t count = 0;
    int32_t *const numbers = numbers_of_text(path, (unsigned char *)texts[row], strlen(texts[row]), &count);
    if (!numbers) return FAILED;
    memcpy((int32_t *)into->inputs[0] + row * length, numbers, (count < length ? count : length) * sizeof *numbers);
    free(numbers);
  }
  free(texts);
  return 0;
}

/* Whether the model's data are texts: so it declares, or so its weights say. */
static int is_text_model(void) { return vocabulary.kind != NO_TOKENS || @name@_defaults.tokens[0] != 0; }

static int read_text(const char *path, char *text, size_t size, int need_target, dataset *into) {
  if (labelled_column(TEXT_COLUMN)[0]) return read_labelled(path, text, size, need_target, into);
  return read_windows(path, (unsigned char *)text, size, need_target, into);
}
