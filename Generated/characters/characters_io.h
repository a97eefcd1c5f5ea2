/* Weights and checkpoints of the model characters by file name: safetensors, checked with CRC-32C, saved atomically. */
#ifndef CHARACTERS_IO_H
#define CHARACTERS_IO_H

#include "characters.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Saving writes a temporary file beside PATH, syncs it and renames it, so that PATH is at every instant either the old
 * file or the whole new one. Loading changes nothing unless the whole file is valid and of this model. A file without
 * checksums (from Keras or PyTorch) loads as well; F32 and F64 are converted to the model's precision.
 * CHARACTERS_ERROR_IO leaves the reason in errno. These functions allocate and do I/O; they share nothing, so any thread may
 * call them on objects that no other thread is using.
 */

characters_status characters_save_weights(const char *path, characters_parameters *parameters);

/* Reads a checkpoint as well: its optimizer slots are ignored. */
characters_status characters_load_weights(const char *path, characters_parameters *parameters);

/*
 * Says in words what is wrong with the bytes of a file: where, which tensor, what was expected and what was found.
 * A checkpoint's slots and progress are examined too. MESSAGE is empty where nothing is wrong.
 */
characters_status characters_check_file(const void *bytes, size_t size, char *message, size_t capacity);

#if CHARACTERS_TRAINING

/* Where training stands; kept in a checkpoint's metadata. */
typedef struct characters_progress {
  uint64_t epoch;           /* epochs finished */
  uint64_t position;        /* rows of the current epoch already trained on */
  uint64_t seed, step;      /* these and the learning rate: saved from the trainer, loaded into both */
  double learning_rate;
  characters_metrics metrics;   /* running since the epoch began */
  const char *metadata;     /* more entries for the file's metadata, each `,"key":"value"` in JSON, or NULL; loading leaves NULL */
} characters_progress;

characters_status characters_save_checkpoint(const char *path, characters_parameters *parameters, characters_trainer *trainer,
                                     const characters_progress *progress);
characters_status characters_load_checkpoint(const char *path, characters_parameters *parameters, characters_trainer *trainer,
                                     characters_progress *progress);

#endif

#ifdef __cplusplus
}
#endif

#endif
