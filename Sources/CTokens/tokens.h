/* The functions by which generated programs cut texts into tokens, number them, and read CSV fields: what dlc packs has the same
 * numbers as what a program reads itself. */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED = 1 };

/* These functions fail for want of memory alone. */
static int fail(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  return status;
}

#include "../../Templates/driver_tokens.c"
#include "../../Templates/driver_csv_field.c"
