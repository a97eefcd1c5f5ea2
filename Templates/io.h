/* Weights and checkpoints of the model @name@ by file name: safetensors, checked with CRC-32C, saved atomically. */
#ifndef @NAME@_IO_H
#define @NAME@_IO_H

#include "@name@.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Saving writes a temporary file beside PATH, syncs it and renames it, so that PATH is at every instant either the old
 * file or the whole new one. Loading changes nothing unless the whole file is valid and of this model. A file without
 * checksums (from Keras or PyTorch) loads as well; F32 and F64 are converted to the model's precision.
 * @NAME@_ERROR_IO leaves the reason in errno. These functions allocate and do I/O; they share nothing, so any thread may
 * call them on objects that no other thread is using.
 */

@name@_status @name@_save_weights(const char *path, @name@_parameters *parameters);

/* Reads a checkpoint as well: its optimizer slots are ignored. */
@name@_status @name@_load_weights(const char *path, @name@_parameters *parameters);

/*
 * Says in words what is wrong with the bytes of a file: where, which tensor, what was expected and what was found.
 * A checkpoint's slots and progress are examined too. MESSAGE is empty where nothing is wrong.
 */
@name@_status @name@_check_file(const void *bytes, size_t size, char *message, size_t capacity);

#if @NAME@_TRAINING

/* Where training stands; kept in a checkpoint's metadata. */
typedef struct @name@_progress {
  uint64_t epoch;           /* epochs finished */
  uint64_t position;        /* rows of the current epoch already trained on */
  uint64_t seed, step;      /* these and the learning rate: saved from the trainer, loaded into both */
  double learning_rate;
  @name@_metrics metrics;   /* running since the epoch began */
  const char *metadata;     /* more entries for the file's metadata, each `,"key":"value"` in JSON, or NULL; loading leaves NULL */
} @name@_progress;

@name@_status @name@_save_checkpoint(const char *path, @name@_parameters *parameters, @name@_trainer *trainer,
                                     const @name@_progress *progress);
@name@_status @name@_load_checkpoint(const char *path, @name@_parameters *parameters, @name@_trainer *trainer,
                                     @name@_progress *progress);

#endif

#ifdef __cplusplus
}
#endif

#endif
