/* ---- Tokens of a text and their numbers: the very functions that dlc data has ---- */

/* Of bytes a token's number is the byte. Characters and words have the tokens 0, which pads, and 1, which stands for what the
 * vocabulary lacks, before those that it lists. */
enum { PADDING = 0, UNKNOWN = 1, FIRST_TOKEN = 2 };
typedef enum token_kind { NO_TOKENS, BYTES, CHARACTERS, WORDS } token_kind;
static const char *const token_kinds[] = {"", "byte", "character", "word"};

typedef struct token {
  const unsigned char *text;
  size_t length, uses;
} token;

typedef struct vocabulary_t {
  token_kind kind;
  token *tokens; /* number FIRST_TOKEN + i is tokens[i] */
  size_t count, capacity, *slots, slot_count; /* slots: an open hash table of i + 1 */
} vocabulary_t;

static token_kind kind_of_tokens(const char *name) {
  for (size_t i = 1; i < sizeof token_kinds / sizeof *token_kinds; i++)
    if (strcmp(name, token_kinds[i]) == 0) return (token_kind)i;
  return NO_TOKENS;
}

static size_t *token_slot(const vocabulary_t *in, const unsigned char *text, size_t length) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
  for (size_t i = 0; i < length; i++) hash = (hash ^ text[i]) * UINT64_C(0x100000001b3);
  for (size_t at = (size_t)hash & (in->slot_count - 1);; at = (at + 1) & (in->slot_count - 1)) {
    const size_t found = in->slots[at];
    if (!found || (in->tokens[found - 1].length == length && memcmp(in->tokens[found - 1].text, text, length) == 0)) return &in->slots[at];
  }
}

/* Makes the table anew for `count` tokens. */
static int hash_tokens(vocabulary_t *in, size_t count) {
  size_t wanted = 64;
  while (wanted < 3 * count) wanted *= 2;
  size_t *const slots = calloc(wanted, sizeof *slots);
  if (!slots) return fail(FAILED, "out of memory for %zu tokens", count);
  free(in->slots);
  in->slots = slots;
  in->slot_count = wanted;
  for (size_t i = 0; i < in->count; i++) *token_slot(in, in->tokens[i].text, in->tokens[i].length) = i + 1;
  return 0;
}

/* One more use of a token, whose text stays where it is. */
static int use_token(vocabulary_t *in, const unsigned char *text, size_t length) {
  if (in->slot_count < 2 * (in->count + 1) && hash_tokens(in, 2 * in->count + 2)) return FAILED;
  size_t *const slot = token_slot(in, text, length);
  if (!*slot) {
    if (in->count == in->capacity) {
      const size_t capacity = 2 * in->capacity + 256;
      token *const tokens = realloc(in->tokens, capacity * sizeof *tokens);
      if (!tokens) return fail(FAILED, "out of memory for %zu tokens", capacity);
      in->tokens = tokens;
      in->capacity = capacity;
    }
    in->tokens[in->count++] = (token){text, length, 0};
    *slot = in->count;
  }
  in->tokens[*slot - 1].uses++;
  return 0;
}

/* A token's number; UNKNOWN for one that is not in the vocabulary. */
static int32_t number_of_token(const vocabulary_t *in, const unsigned char *text, size_t length) {
  if (in->kind == BYTES) return *text;
  const size_t found = in->slot_count ? *token_slot(in, text, length) : 0;
  return found ? (int32_t)(found - 1 + FIRST_TOKEN) : UNKNOWN;
}

static int is_word_byte(unsigned char byte) {
  return byte >= 0x80 || byte == '\'' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* The next token of a text: a byte; a character in UTF-8; or a word, which is letters, digits, apostrophes and all beyond ASCII, or
 * any other visible character. Moves *at behind it; its length, or 0 at the end. */
static size_t next_token(token_kind kind, const unsigned char **at, const unsigned char *end) {
  const unsigned char *from = *at;
  while (kind == WORDS && from < end && *from <= ' ') from++;
  const unsigned char *to = from < end ? from + 1 : from;
  if (kind == CHARACTERS)
    while (to < end && (*to & 0xC0) == 0x80) to++;
  if (kind == WORDS && from < end && is_word_byte(*from))
    while (to < end && is_word_byte(*to)) to++;
  *at = to;
  return (size_t)(to - from);
}

/* Words are numbered in lower case. */
static void lower_words(token_kind kind, unsigned char *text, size_t size) {
  for (size_t i = 0; kind == WORDS && i < size; i++)
    if (text[i] >= 'A' && text[i] <= 'Z') text[i] = (unsigned char)(text[i] - 'A' + 'a');
}

static int by_use(const void *a, const void *b) {
  const token *const x = a, *const y = b;
  if (x->uses != y->uses) return x->uses > y->uses ? -1 : 1;
  const int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
  return order ? order : x->length < y->length ? -1 : x->length > y->length;
}

/* Numbers the tokens that were used, the most frequent first, and forgets all beyond the model's. */
static int finish_vocabulary(vocabulary_t *in, size_t most) {
  if (in->count) qsort(in->tokens, in->count, sizeof *in->tokens, by_use);
  if (in->count + FIRST_TOKEN > most) in->count = most > FIRST_TOKEN ? most - FIRST_TOKEN : 0;
  return hash_tokens(in, in->count);
}

static int use_text(vocabulary_t *in, const unsigned char *text, size_t size) {
  for (const unsigned char *at = text, *const end = text + size;;) {
    const size_t length = next_token(in->kind, &at, end);
    if (!length) return 0;
    if (use_token(in, at - length, length)) return FAILED;
  }
}
