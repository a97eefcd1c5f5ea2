/* ---- Text, a token at a time ---- */

typedef struct choice {
  double weight;
  size_t number;
} choice;

static int by_weight(const void *a, const void *b) {
  const choice *const x = a, *const y = b;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return x->number < y->number ? -1 : x->number > y->number;
}

/* Draws a token by the model's logits or probabilities: the most probable at temperature 0; else of the top k, and of the fewest that have
 * a probability of p together (Holtzman et al., The Curious Case of Neural Text Degeneration, 2019). `random` is in [0, 1). */
static size_t draw_token(const options *given, const @name@_real *outputs, choice *choices, double random) {
  const size_t first = vocabulary.kind == BYTES ? 0 : FIRST_TOKEN;
  const size_t known = vocabulary.kind == BYTES ? 256 : FIRST_TOKEN + vocabulary.count;
  size_t count = 0, kept = 0;
  double total = 0, some = 0;
  for (size_t i = first; i < @NAME@_STEP_OUTPUTS && i < known; i++)
    choices[count++] = (choice){@NAME@_PROBABILITIES ? log((double)outputs[i]) : (double)outputs[i], i};
  qsort(choices, count, sizeof *choices, by_weight);
  if (given->temperature <= 0 || count == 0) return count ? choices[0].number : 0;
  if (given->top_k && given->top_k < count) count = given->top_k;
  const double largest = choices[0].weight;
  for (size_t i = 0; i < count; i++) {
    choices[i].weight = exp((choices[i].weight - largest) / given->temperature);
    total += choices[i].weight;
  }
  while (kept < count && some < given->top_p * total) some += choices[kept++].weight;
  double left = random * some;
  for (size_t i = 0; i + 1 < kept; i++) {
    if (left < choices[i].weight) return choices[i].number;
    left -= choices[i].weight;
  }
  return choices[kept ? kept - 1 : 0].number;
}

static void print_token(size_t number, int is_first) {
  if (vocabulary.kind == BYTES) putchar((int)number);
  else if (number >= FIRST_TOKEN && number - FIRST_TOKEN < vocabulary.count) {
    const token *const t = &vocabulary.tokens[number - FIRST_TOKEN];
    if (vocabulary.kind == WORDS && !is_first) putchar(' ');
    fwrite(t->text, 1, t->length, stdout);
  }
  fflush(stdout);
}

/* The prompt in numbers. Without one the text begins behind the end of a line, or the most frequent token. */
static int32_t *begin_prompt(const options *given, size_t *count) {
  const char *const prompt = given->prompt ? given->prompt : "";
  const size_t size = strlen(prompt);
  unsigned char *const text = malloc(size + 1);
  if (!text) return NULL;
  memcpy(text, prompt, size + 1);
  if (prepare_text("--prompt", vocabulary.kind, text, size)) return NULL;
  int32_t *const numbers = numbers_of_text("--prompt", text, size, count);
  if (!numbers) return NULL;
  for (const unsigned char *at = text;;) {
    const size_t length = next_token(vocabulary.kind, &at, text + size);
    if (!length) break;
    if (number_of_token(&vocabulary, at - length, length) != UNKNOWN || vocabulary.kind == BYTES) continue;
    fail(FAILED, "--prompt: '%.*s', at byte %zu, is not in the vocabulary", (int)length, (const char *)at - length, (size_t)(at - length - text));
    return NULL;
  }
  if (*count == 0) {
    const int32_t line = number_of_token(&vocabulary, (const unsigned char *)"\n", 1);
    numbers[(*count)++] = line == UNKNOWN && vocabulary.kind != BYTES ? FIRST_TOKEN : line;
  }
  return numbers;
}

/* Takes the stream one token further. A stream that is at its end begins anew with the last half of a window. */
static int take_token(@name@_context *context, const @name@_parameters *parameters, const int32_t *tokens, size_t at, @name@_real *outputs) {
  void *targets[1];
  const void *inputs[1];
  targets[0] = outputs;
  inputs[0] = tokens + at;
  @name@_status status = @name@_call_stream(context, parameters, 1, inputs, targets);
  if (status == @NAME@_ERROR_STEPS) {
    @name@_reset_state(context);
    const size_t half = @name@_input_fields[0].size / 2;
    for (size_t i = at - (half < at ? half : at); i <= at; i++) {
      inputs[0] = tokens + i;
      status = @name@_call_stream(context, parameters, 1, inputs, targets);
      if (status != @NAME@_OK) break;
    }
  }
  return status == @NAME@_OK ? 0 : fail(FAILED, "token %zu: %s", at + 1, @name@_status_string(status));
}

static int run_generate(const options *given) {
  static @name@_real outputs[@NAME@_STEP_OUTPUTS];
  static choice choices[@NAME@_STEP_OUTPUTS];
  const size_t length = given->length ? given->length : 256;
  size_t count = 0;
  const @name@_parameters *parameters = NULL;
  if (given->top_p > 1) return fail(USAGE, "--top-p is at most 1, not %g", given->top_p);
  int problem = choose_weights(given, "generate", &parameters);
  if (!problem) problem = prepare_weights(loaded);
  if (problem) return problem;
  @name@_context *const context = new_context(1);
  if (!context) return fail(FAILED, "out of memory");
  if (!vocabulary.kind) vocabulary.kind = kind_of_tokens(@name@_defaults.tokens) == BYTES ? BYTES : NO_TOKENS;
  if (!vocabulary.kind) return fail(FAILED, "the weights hold no vocabulary: train them on text first");
  const int32_t *const prompt = begin_prompt(given, &count);
  int32_t *const tokens = prompt ? calloc(count + length, sizeof *tokens) : NULL;
  if (!tokens) return prompt ? fail(FAILED, "out of memory") : FAILED;
  memcpy(tokens, prompt, count * sizeof *tokens);
  for (size_t at = 0; at < count + length; at++) {
    if (at >= count) {
      uint32_t words[4];
      @name@_random(given->seed, 0x6u, 0, at - count, words);
      const double random = (double)(((uint64_t)words[0] << 32 | words[1]) >> 11) * 0x1p-53;
      tokens[at] = (int32_t)draw_token(given, outputs, choices, random);
    }
    if (at >= count || given->prompt) print_token((size_t)tokens[at], at == (given->prompt ? 0 : count));
    if (at + 1 < count + length && take_token(context, parameters, tokens, at, outputs)) return FAILED;
  }
  printf("\n");
  return fflush(stdout) == 0 ? DONE : fail(FAILED, "standard output: %s", strerror(errno));
}
