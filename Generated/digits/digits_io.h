/* Weights and checkpoints of the model digits by file name: safetensors, checked with CRC-32C, saved atomically. */
#ifndef DIGITS_IO_H
#define DIGITS_IO_H

#include "digits.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Saving writes a temporary file beside PATH, syncs it and renames it, so that PATH is at every instant either the old
 * file or the whole new one. Loading changes nothing unless the whole file is valid and of this model. A file without
 * checksums (from Keras or PyTorch) loads as well; F32 and F64 are converted to the model's precision.
 * DIGITS_ERROR_IO leaves the reason in errno. These functions allocate and do I/O; they share nothing, so any thread may
 * call them on objects that no other thread is using.
 */

digits_status digits_save_weights(const char *path, digits_parameters *parameters);

/* Reads a checkpoint as well: its optimizer slots are ignored. */
digits_status digits_load_weights(const char *path, digits_parameters *parameters);

/*
 * Says in words what is wrong with the bytes of a file: where, which tensor, what was expected and what was found.
 * A checkpoint's slots and progress are examined too. MESSAGE is empty where nothing is wrong.
 */
digits_status digits_check_file(const void *bytes, size_t size, char *message, size_t capacity);

#if DIGITS_TRAINING

/* Where training stands; kept in a checkpoint's metadata. */
typedef struct digits_progress {
  uint64_t epoch;           /* epochs finished */
  uint64_t position;        /* rows of the current epoch already trained on */
  uint64_t seed, step;      /* these and the learning rate: saved from the trainer, loaded into both */
  double learning_rate;
  digits_metrics metrics;   /* running since the epoch began */
  const char *metadata;     /* more entries for the file's metadata, each `,"key":"value"` in JSON, or NULL; loading leaves NULL */
} digits_progress;

digits_status digits_save_checkpoint(const char *path, digits_parameters *parameters, digits_trainer *trainer,
                                     const digits_progress *progress);
digits_status digits_load_checkpoint(const char *path, digits_parameters *parameters, digits_trainer *trainer,
                                     digits_progress *progress);

#endif

#ifdef __cplusplus
}
#endif

#endif
