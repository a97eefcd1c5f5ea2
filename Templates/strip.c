/*
 * Convolutions read their images through strips: the part of a padded image that the places of some output lines see,
 * [lines][pitch], with zeros where the padding is, and between the elements where the window spreads them.
 * Include after inline.c; needs <stddef.h>, <string.h>.
 */
typedef struct @name@_window {
  size_t height, width, channels;      /* one image */
  ptrdiff_t before_y, before_x;        /* zeros before it; cut off where negative */
  size_t spread_y, spread_x;           /* distances between neighbouring elements */
  size_t strip_width;                  /* pitch / channels */
} @name@_window;

/* One line of a strip: element x of the image's line at spread_x * x + before_x. */
@NAME@_INLINE void @name@_strip_line(const @name@_window *window, const @name@_real *line, @name@_real *strip) {
  const size_t channels = window->channels, width = window->strip_width;
  if (window->spread_x == 1) {
    const size_t cut = window->before_x < 0 ? (size_t)-window->before_x : 0;
    size_t left = window->before_x > 0 ? (size_t)window->before_x : 0;
    if (left > width) left = width;
    size_t count = window->width > cut ? window->width - cut : 0;
    if (count > width - left) count = width - left;
    memset(strip, 0, left * channels * sizeof *strip);
    memcpy(strip + left * channels, line + cut * channels, count * channels * sizeof *strip);
    memset(strip + (left + count) * channels, 0, (width - left - count) * channels * sizeof *strip);
    return;
  }
  memset(strip, 0, width * channels * sizeof *strip);
  for (size_t x = 0; x < window->width; x++) {
    const ptrdiff_t place = (ptrdiff_t)(x * window->spread_x) + window->before_x;
    if (place >= 0 && (size_t)place < width)
      memcpy(strip + (size_t)place * channels, line + x * channels, channels * sizeof *strip);
  }
}

/* The line of the image that is line `place` of the padded one; window->height where that is made of zeros. */
@NAME@_INLINE size_t @name@_source_line(const @name@_window *window, size_t place) {
  const ptrdiff_t line = (ptrdiff_t)place - window->before_y;
  const size_t y = line < 0 ? window->height : (size_t)line / window->spread_y;
  return y < window->height && (size_t)line % window->spread_y == 0 ? y : window->height;
}

/* strip[images][lines][strip_width * channels]: lines of each padded image from the line `first` of it on. */
@NAME@_INLINE void @name@_strips(const @name@_window *window, size_t images, size_t first, size_t lines,
                                 const @name@_real *image, @name@_real *strip) {
  const size_t pitch = window->strip_width * window->channels, line_count = window->width * window->channels;
  for (size_t i = 0; i < images; i++, image += window->height * line_count)
    for (size_t l = 0; l < lines; l++, strip += pitch) {
      const size_t y = @name@_source_line(window, first + l);
      if (y < window->height)
        @name@_strip_line(window, image + y * line_count, strip);
      else
        memset(strip, 0, pitch * sizeof *strip);
    }
}
