#include "jpeg_decoding.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Reads lines into the picture's pixels; 0 with a problem where the file is not one of those that are read. */
static int read_lines(j_decompress_ptr info, size_t most, jpeg_picture *into) {
  into->height = info->image_height;
  into->width = info->image_width;
  into->channels = info->num_components == 1 ? 1 : 3;
  if (info->num_components != 1 && info->num_components != 3) {
    snprintf(into->problem, sizeof into->problem, "it has %d colour components; save it as RGB", info->num_components);
    return 0;
  }
  if (into->height > most / into->width) {
    snprintf(into->problem, sizeof into->problem, "%zu x %zu pixels are more than the %zu that are read", into->height, into->width, most);
    return 0;
  }
  info->out_color_space = into->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  into->pixels = malloc(into->height * into->width * into->channels);
  if (!into->pixels) {
    snprintf(into->problem, sizeof into->problem, "out of memory");
    return 0;
  }
  jpeg_start_decompress(info);
  while (info->output_scanline < info->output_height) {
    JSAMPROW line = into->pixels + info->output_scanline * into->width * into->channels;
    jpeg_read_scanlines(info, &line, 1);
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
