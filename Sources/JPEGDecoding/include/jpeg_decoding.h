/** JPEG files in memory, decoded by libjpeg, whose errors leave by longjmp and so need C around them. */
#ifndef JPEG_DECODING_H
#define JPEG_DECODING_H

#include <stddef.h>

typedef struct jpeg_picture {
  size_t height, width, channels; /**< 1: grey, 3: red, green, blue */
  unsigned char *pixels;          /**< [height, width, channels]; the caller frees it */
  int orientation;                /**< how a camera was held, 1 to 8 as EXIF has it; 1, upright, where nothing is said */
  char problem[256];              /**< what is wrong with the file */
} jpeg_picture;

/**
 * Decodes a file of `count` bytes that has at most `most` pixels. Returns 1, or 0 with a problem and without pixels: a
 * file that is damaged or cut off, where libjpeg itself only warns, is one too. Inks (CMYK, YCCK) become red, green and blue
 * without a colour profile: each is what the ink and the black leave of white.
 */
int jpeg_decode(const unsigned char *bytes, size_t count, size_t most, jpeg_picture *into);

#endif
