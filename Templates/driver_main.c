/* ---- Commands ---- */

static int usage(void) {
  printf("usage: @name@ COMMAND [OPTION ...]\n\n"
#if @NAME@_TRAINING
         "  train      trains and writes a checkpoint\n"
         "  evaluate   loss and metrics of weights on data\n"
#endif
         "  predict    a row of outputs for each row of inputs\n"
         "  benchmark  the time of a step on random data\n"
         "  info       the model, its tensors and how it was compiled\n\n"
         "@name@ COMMAND --help lists a command's options.\n");
  return DONE;
}

int main(int count, char **words) {
  static const struct { const char *name; char letter; } commands[] = {
#if @NAME@_TRAINING
    {"train", 't'}, {"evaluate", 'e'},
#endif
    {"predict", 'p'}, {"benchmark", 'b'}, {"info", 'i'}};
  options given = {0};
  if (count < 2) {
    usage();
    return USAGE;
  }
  if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return usage();
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
    case 'p': return run_predict(&given);
    case 'b': return run_benchmark(&given);
    default: return run_info();
  }
}
