/*
 * libFuzzer harness of files of weights and checkpoints, on the generated C of an example: any bytes load whole or not at
 * all, and the words about what is wrong agree with the status. See run_fuzz.sh.
 */
#define _POSIX_C_SOURCE 200809L
#include "diabetes.h"
#include "diabetes_io.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void *aligned(size_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, DIABETES_ALIGNMENT, bytes) ? NULL : memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static diabetes_parameters *parameters;
  static diabetes_trainer *trainer;
  static unsigned char before[DIABETES_PARAMETERS_BYTES];
  const diabetes_config config = {1, 0, NULL};
  if (!parameters
      && (diabetes_parameters_init(aligned(DIABETES_PARAMETERS_BYTES), DIABETES_PARAMETERS_BYTES, 1, &parameters)
          || diabetes_trainer_init(aligned(DIABETES_TRAINER_BYTES(1)), DIABETES_TRAINER_BYTES(1), parameters, &config, &trainer)))
    abort();
  char message[64];
  memset(message, 'x', sizeof message);
  const diabetes_status checked = diabetes_check_file(bytes, size, message, sizeof message);
  if (!memchr(message, 0, sizeof message) || (message[0] == 0) != (checked == DIABETES_OK)) abort();
  memcpy(before, parameters, sizeof before);
  const diabetes_status loaded = diabetes_parameters_load(parameters, bytes, size);
  if (loaded != DIABETES_OK && memcmp(before, parameters, sizeof before) != 0) abort();
  if (checked == DIABETES_OK && loaded != DIABETES_OK) abort();
  diabetes_trainer_load(trainer, bytes, size);
  return 0;
}
