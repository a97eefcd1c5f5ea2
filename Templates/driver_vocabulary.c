/* ---- Vocabularies: what the numbers of tokens mean ---- */

/* The vocabulary of this run, and the file that it is of. It lies in the metadata of weights and data: "tokens" says of what kind
 * it is, "vocabulary" has the tokens, a zero behind each, and "text" and "label" may name the columns of labelled texts. */
static vocabulary_t vocabulary;
static const char *vocabulary_file = "";
enum { TEXT_COLUMN, LABEL_COLUMN, NAMED_COLUMNS };
static const char *const column_keys[NAMED_COLUMNS] = {"text", "label"};
static char *named_columns[NAMED_COLUMNS]; /* NULL: not named */

/* A column of labelled texts: as the model declares them, else as weights or data name them; "" if nobody does. */
static const char *labelled_column(size_t which) {
  const int is_named = !@name@_defaults.text_column[0] && named_columns[TEXT_COLUMN];
  if (is_named) return named_columns[which] ? named_columns[which] : "";
  return which == TEXT_COLUMN ? @name@_defaults.text_column : @name@_defaults.target_column;
}

/* What a text needs before it is cut into tokens: valid UTF-8, and words in lower case. */
static int prepare_text(const char *path, token_kind kind, unsigned char *text, size_t size) {
  for (size_t i = 0; kind != BYTES && i < size;) {
    const size_t length = text[i] ? @name@_utf8_length(text + i, text + size) : 0;
    if (!length) return fail(FAILED, "%s: byte %zu is not UTF-8 text; tokens: .byte takes any bytes", path, i);
    i += length;
  }
  lower_words(kind, text, size);
  return 0;
}

/* An entry of a file's metadata as a C string, and its length, which counts zeros in it; NULL if there is none, or no memory. */
static char *metadata_entry(const @name@_safetensors *file, const char *key, size_t *length) {
  @name@_safetensors_text text;
  size_t cursor = 0;
  if (!@name@_safetensors_find_metadata(file, &cursor, key, &text)) return NULL;
  *length = @name@_safetensors_copy(text, NULL, 0);
  char *const bytes = calloc(*length + 1, 1);
  if (bytes) @name@_safetensors_copy(text, bytes, *length + 1);
  return bytes;
}

/* Takes `found` as the vocabulary of this run. All weights and data of a run have one and the same. */
static int agree_on(const vocabulary_t *found, const char *path) {
  if (!vocabulary.kind) {
    vocabulary = *found;
    vocabulary_file = path;
    return 0;
  }
  if (found->kind != vocabulary.kind)
    return fail(FAILED, "%s: its tokens are of the kind '%s', but those of %s of the kind '%s'", path, token_kinds[found->kind], vocabulary_file, token_kinds[vocabulary.kind]);
  for (size_t i = 0; i < found->count || i < vocabulary.count; i++) {
    const token *const a = i < found->count ? &found->tokens[i] : NULL, *const b = i < vocabulary.count ? &vocabulary.tokens[i] : NULL;
    if (!a || !b || a->length != b->length || memcmp(a->text, b->text, a->length) != 0)
      return fail(FAILED, "%s: its vocabulary is not that of %s: they differ in token %zu; dlc data --vocabulary-of FILE numbers a text by a vocabulary that is there",
                  path, vocabulary_file, i + FIRST_TOKEN);
  }
  return 0;
}

/* Takes the vocabulary of a file's metadata, if it has one. */
static int take_vocabulary(const char *path, const @name@_safetensors *file) {
  size_t size = 0;
  vocabulary_t found = {0};
  const char *const kind = metadata_entry(file, "tokens", &size);
  if (!kind) return 0;
  found.kind = kind_of_tokens(kind);
  if (!found.kind) return fail(FAILED, "%s: its metadata has tokens of the kind '%s'; byte, character and word are known", path, kind);
  if (found.kind != BYTES) {
    const unsigned char *const bytes = (unsigned char *)metadata_entry(file, "vocabulary", &size);
    if (!bytes) return fail(FAILED, "%s: its metadata has no vocabulary", path);
    for (size_t from = 0, to = 0; to < size; to++) {
      if (bytes[to]) continue;
      if (to > from && use_token(&found, bytes + from, to - from)) return FAILED;
      from = to + 1;
    }
    if (hash_tokens(&found, found.count)) return FAILED;
  }
  for (size_t i = 0; i < NAMED_COLUMNS; i++)
    if (!named_columns[i]) named_columns[i] = metadata_entry(file, column_keys[i], &size);
  return agree_on(&found, path);
}

/* The same of a file's bytes; what is wrong with them otherwise, whoever loads the file says. */
static int vocabulary_in(const char *path, const unsigned char *bytes, size_t size) {
  @name@_safetensors file;
  return @name@_safetensors_open(bytes, size, &file) ? 0 : take_vocabulary(path, &file);
}

/* The same of a file by name. */
static int load_vocabulary(const char *path) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (@name@_read_file(path, &bytes, &size)) return 0;
  const int status = vocabulary_in(path, bytes, size);
  free(bytes);
  return status;
}

#if @NAME@_VOCABULARY
/* Takes the vocabulary of the weights that are compiled in. */
static int embedded_vocabulary(void) {
  vocabulary_t found = {0};
  found.kind = kind_of_tokens(@name@_token_kind());
  for (size_t i = FIRST_TOKEN; i < @name@_token_count() && found.kind != BYTES; i++) {
    size_t length = 0;
    const char *const text = @name@_token_text(i, &length);
    if (use_token(&found, (const unsigned char *)text, length)) return FAILED;
  }
  return hash_tokens(&found, found.count) ? FAILED : agree_on(&found, "the weights that are compiled in");
}
#endif

#if @NAME@_TRAINING
/* Bytes as a JSON string has them; the place behind them. */
static char *put_json(char *to, const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    to += bytes[i] < ' ' || bytes[i] == '"' || bytes[i] == '\\' ? sprintf(to, "\\u%04x", bytes[i]) : sprintf(to, "%c", bytes[i]);
  return to;
}

/* The vocabulary as more metadata of a file, in JSON: `,"tokens":"character","vocabulary":"…"`. NULL without one, or without memory. */
static char *vocabulary_metadata(void) {
  if (!vocabulary.kind) return NULL;
  size_t size = 64;
  for (size_t i = 0; i < vocabulary.count; i++) size += 6 * vocabulary.tokens[i].length + 6;
  for (size_t i = 0; i < NAMED_COLUMNS; i++) size += named_columns[i] ? 6 * strlen(named_columns[i]) + 16 : 0;
  char *const json = malloc(size), *to = json;
  if (!json) return NULL;
  to += sprintf(to, ",\"tokens\":\"%s\"", token_kinds[vocabulary.kind]);
  for (size_t i = 0; i < NAMED_COLUMNS; i++) {
    if (!named_columns[i]) continue;
    to += sprintf(to, ",\"%s\":\"", column_keys[i]);
    to = put_json(to, (const unsigned char *)named_columns[i], strlen(named_columns[i]));
    *to++ = '"';
  }
  if (vocabulary.kind != BYTES) {
    to += sprintf(to, ",\"vocabulary\":\"");
    for (size_t i = 0; i < vocabulary.count; i++) {
      to = put_json(to, vocabulary.tokens[i].text, vocabulary.tokens[i].length);
      to += sprintf(to, "\\u0000");
    }
    *to++ = '"';
  }
  *to = 0;
  return json;
}
#endif
