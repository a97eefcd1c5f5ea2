#include "jpeg_decoding.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

typedef struct decoding {
  struct jpeg_error_mgr errors; /* first, so that libjpeg's pointer to it is one to the whole */
  jmp_buf leave;
  jpeg_picture *picture;
} decoding;

static void leave(j_common_ptr info) {
  decoding *const run = (decoding *)info->err;
  char message[JMSG_LENGTH_MAX];
  run->errors.format_message(info, message);
  snprintf(run->picture->problem, sizeof run->picture->problem, "%s", message);
  longjmp(run->leave, 1);
}

/* Level -1 is a warning: data are damaged, and libjpeg would make something up. Bytes between segments do no harm. */
static void on_message(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA) leave(info);
}

/* A number of `count` bytes of a TIFF file, the lowest first where it is `little`. */
static size_t tiff_number(const unsigned char *bytes, size_t count, int little) {
  size_t number = 0;
  for (size_t i = 0; i < count; i++) number = number << 8 | bytes[little ? count - 1 - i : i];
  return number;
}

/* The orientation that a segment says; 1 if it says none (EXIF 2.32, 4.6: a TIFF file behind "Exif", its first directory). */
static int orientation_in(const unsigned char *segment, size_t count) {
  if (count < 14 || memcmp(segment, "Exif\0", 6) != 0) return 1;
  const unsigned char *const tiff = segment + 6;
  const size_t length = count - 6;
  const int little = tiff[0] == 'I';
  if (tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M') || tiff_number(tiff + 2, 2, little) != 42) return 1;
  const size_t directory = tiff_number(tiff + 4, 4, little);
  if (directory > length - 2) return 1;
  const size_t entries = tiff_number(tiff + directory, 2, little);
  for (size_t i = 0; i < entries && length - directory - 2 >= (i + 1) * 12; i++) {
    const unsigned char *const entry = tiff + directory + 2 + i * 12;
    if (tiff_number(entry, 2, little) != 0x0112) continue; /* Orientation: one number of two bytes */
    const size_t value = tiff_number(entry + 8, 2, little);
    return tiff_number(entry + 2, 2, little) == 3 && value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

static int orientation(j_decompress_ptr info) {
  for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next) {
    const int found = marker->marker == JPEG_APP0 + 1 ? orientation_in(marker->data, marker->data_length) : 1;
    if (found != 1) return found;
  }
  return 1;
}

/* Four inks to three colours: libjpeg gives them as they are in the file, where Adobe's programs write white as 255. */
static void colours_of_inks(const unsigned char *line, size_t width, int is_inverted, unsigned char *colours) {
  for (size_t x = 0; x < width; x++)
    for (size_t c = 0; c < 3; c++) {
      const unsigned left = is_inverted ? line[4 * x + c] : 255u - line[4 * x + c];
      const unsigned black_left = is_inverted ? line[4 * x + 3] : 255u - line[4 * x + 3];
      colours[3 * x + c] = (unsigned char)((left * black_left + 127) / 255);
    }
}

/* Reads lines into the picture's pixels; 0 with a problem where the file is not one of those that are read. */
static int read_lines(j_decompress_ptr info, size_t most, jpeg_picture *into) {
  into->height = info->image_height;
  into->width = info->image_width;
  into->channels = info->num_components == 1 ? 1 : 3;
  const int are_inks = info->num_components == 4;
  if (info->num_components != 1 && info->num_components != 3 && !are_inks) {
    snprintf(into->problem, sizeof into->problem, "it has %d colour components; save it as RGB", info->num_components);
    return 0;
  }
  if (into->height > most / into->width) {
    snprintf(into->problem, sizeof into->problem, "%zu x %zu pixels are more than the %zu that are read", into->height, into->width, most);
    return 0;
  }
  info->out_color_space = are_inks ? JCS_CMYK : into->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  into->orientation = orientation(info);
  into->pixels = malloc(into->height * into->width * into->channels);
  if (!into->pixels) {
    snprintf(into->problem, sizeof into->problem, "out of memory");
    return 0;
  }
  jpeg_start_decompress(info);
  /* Memory of libjpeg's, which it frees also where it leaves by an error. */
  JSAMPROW inks = are_inks ? (*info->mem->alloc_small)((j_common_ptr)info, JPOOL_IMAGE, into->width * 4) : NULL;
  while (info->output_scanline < info->output_height) {
    unsigned char *const pixels = into->pixels + info->output_scanline * into->width * into->channels;
    JSAMPROW line = are_inks ? inks : pixels;
    jpeg_read_scanlines(info, &line, 1);
    if (are_inks) colours_of_inks(inks, into->width, info->saw_Adobe_marker, pixels);
  }
  jpeg_finish_decompress(info);
  return 1;
}

int jpeg_decode(const unsigned char *bytes, size_t count, size_t most, jpeg_picture *into) {
  struct jpeg_decompress_struct info;
  decoding run;
  volatile int done = 0;
  *into = (jpeg_picture){0};
  run.picture = into;
  info.err = jpeg_std_error(&run.errors);
  run.errors.error_exit = leave;
  run.errors.emit_message = on_message;
  if (setjmp(run.leave) == 0) {
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, bytes, (unsigned long)count);
    jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&info, TRUE);
    done = read_lines(&info, most, into);
  }
  jpeg_destroy_decompress(&info);
  if (!done) {
    free(into->pixels);
    into->pixels = NULL;
  }
  return done;
}
