/* ---- Commands ---- */

static int usage(FILE *to, int status) {
  fprintf(to, "usage: @name@ COMMAND [OPTION ...]\n\n"
#if @NAME@_TRAINING
          "  train      trains and writes a checkpoint\n"
          "  evaluate   loss and metrics of weights on data\n"
#endif
          "  predict    a row of outputs for each row of inputs\n"
#if @NAME@_LANGUAGE
          "  generate   text, a token at a time\n"
#endif
          "  benchmark  the time of a step on random data\n"
          "  info       the model, its tensors and how it was compiled\n\n"
          "@name@ COMMAND --help lists a command's options.\n");
  return status;
}

static int run_command(int count, char **words) {
  static const struct { const char *name; char letter; } commands[] = {
#if @NAME@_TRAINING
    {"train", 't'}, {"evaluate", 'e'},
#endif
#if @NAME@_LANGUAGE
    {"generate", 'g'},
#endif
    {"predict", 'p'}, {"benchmark", 'b'}, {"info", 'i'}};
  options given = {0};
  given.temperature = given.top_p = 1;
  if (count < 2) return usage(stderr, USAGE);
  if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return usage(stdout, DONE);
  char letter = 0;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i].name, words[1]) == 0) letter = commands[i].letter;
  if (!letter) return fail(USAGE, "'%s' is not a command; --help lists them", words[1]);
  for (int i = 2; i < count; i++)
    if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0) {
      printf("usage: @name@ %s [OPTION ...]\n\n", words[1]);
      print_options(letter);
      return DONE;
    }
  const int status = parse_options(&given, letter, count - 2, words + 2);
  const int started = status ? status : start_threads(&given);
  if (started) return started;
  switch (letter) {
#if @NAME@_TRAINING
    case 't': return run_train(&given);
    case 'e': return run_evaluate(&given);
#endif
#if @NAME@_LANGUAGE
    case 'g': return run_generate(&given);
#endif
    case 'p': return run_predict(&given);
    case 'b': return run_benchmark(&given);
    default: return run_info();
  }
}

/* Results that did not reach their file are no results. */
int main(int count, char **words) {
  const int status = run_command(count, words);
  const int problem = fflush(stdout) == 0 ? 0 : errno;
  if (status || (!problem && !ferror(stdout))) return status;
  return fail(FAILED, "standard output: %s", problem ? strerror(problem) : "a part of it could not be written");
}
