/* Weights and checkpoints of the model breast_cancer by file name: safetensors, checked with CRC-32C, saved atomically. */
#ifndef BREAST_CANCER_IO_H
#define BREAST_CANCER_IO_H

#include "breast_cancer.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Saving writes a temporary file beside PATH, syncs it and renames it, so that PATH is at every instant either the old
 * file or the whole new one. Loading changes nothing unless the whole file is valid and of this model. A file without
 * checksums (from Keras or PyTorch) loads as well; F32 and F64 are converted to the model's precision.
 * BREAST_CANCER_ERROR_IO leaves the reason in errno. These functions allocate and do I/O; they share nothing, so any thread may
 * call them on objects that no other thread is using.
 */

breast_cancer_status breast_cancer_save_weights(const char *path, breast_cancer_parameters *parameters);

/* Reads a checkpoint as well: its optimizer slots are ignored. */
breast_cancer_status breast_cancer_load_weights(const char *path, breast_cancer_parameters *parameters);

/*
 * Says in words what is wrong with the bytes of a file: where, which tensor, what was expected and what was found.
 * A checkpoint's slots and progress are examined too. MESSAGE is empty where nothing is wrong.
 */
breast_cancer_status breast_cancer_check_file(const void *bytes, size_t size, char *message, size_t capacity);

#if BREAST_CANCER_TRAINING

/* Where training stands; kept in a checkpoint's metadata. */
typedef struct breast_cancer_progress {
  uint64_t epoch;           /* epochs finished */
  uint64_t position;        /* rows of the current epoch already trained on */
  uint64_t seed, step;      /* these and the learning rate: saved from the trainer, loaded into both */
  double learning_rate;
  breast_cancer_metrics metrics;   /* running since the epoch began */
  const char *metadata;     /* more entries for the file's metadata, each `,"key":"value"` in JSON, or NULL; loading leaves NULL */
} breast_cancer_progress;

breast_cancer_status breast_cancer_save_checkpoint(const char *path, breast_cancer_parameters *parameters, breast_cancer_trainer *trainer,
                                     const breast_cancer_progress *progress);
breast_cancer_status breast_cancer_load_checkpoint(const char *path, breast_cancer_parameters *parameters, breast_cancer_trainer *trainer,
                                     breast_cancer_progress *progress);

#endif

#ifdef __cplusplus
}
#endif

#endif
