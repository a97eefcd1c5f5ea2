/* ---- NPY: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html ---- */

static int is_npy(const unsigned char *bytes, size_t size) { return size >= 10 && memcmp(bytes, "\x93NUMPY", 6) == 0; }

/* The text behind `'key':` in a header, NULL if it is not there. */
static const char *npy_entry(const char *header, const char *key) {
  const char *at = strstr(header, key);
  if (!at) return NULL;
  at += strlen(key);
  while (*at == ' ' || *at == ':') at++;
  return at;
}

/* The array of a file that lies in memory, without a copy; a->path and a->name are for messages. */
static int parse_npy(const unsigned char *bytes, size_t size, data_array *a) {
  char header[4096];
  if (!is_npy(bytes, size)) return array_fault(a, "it does not begin as an NPY file does");
  const int is_first = bytes[6] == 1;
  size_t length = bytes[8] | (size_t)bytes[9] << 8;
  const size_t start = is_first ? 10 : 12;
  if (bytes[6] < 1 || bytes[6] > 3) return array_fault(a, "NPY version %d is not known", bytes[6]);
  if (size < start) return array_fault(a, "cut off in its header");
  if (!is_first) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
  if (length > size - start) return array_fault(a, "cut off in its header: %zu bytes of %zu are there", size - start, length);
  if (length >= sizeof header) return array_fault(a, "its header of %zu bytes is too long", length);
  memcpy(header, bytes + start, length);
  header[length] = 0;
  const char *const type = npy_entry(header, "'descr'"), *const order = npy_entry(header, "'fortran_order'");
  const char *shape = npy_entry(header, "'shape'");
  if (!type || !order || !shape || *shape != '(') return array_fault(a, "its header lacks descr, fortran_order or shape");
  if (strncmp(order, "True", 4) == 0) return array_fault(a, "it is in Fortran order; save numpy.ascontiguousarray of it");
  if (*type != '\'' || !strchr("<>|=", type[1]) || !type[1] || !strchr("fiub", type[2]) || !type[2] || !type[3])
    return array_fault(a, "its type %.12s is not one of numbers", type);
  a->big_endian = type[1] == '>';
  a->type = type[2] == 'b' ? 'u' : type[2];
  a->bytes = (size_t)(type[3] - '0');
  if (type[4] != '\'' || !(a->bytes == 8 || a->bytes == 4 || (a->type != 'f' && (a->bytes == 1 || a->bytes == 2))))
    return array_fault(a, "its type %.12s is not supported: use floats of 4 or 8 bytes or integers", type);
  for (shape++, a->rank = 0; *shape != ')';) {
    char *end;
    errno = 0;
    const unsigned long long extent = strtoull(shape, &end, 10);
    if (end == shape || errno || *shape == '-' || a->rank == sizeof a->shape / sizeof *a->shape) return array_fault(a, "its header has no valid shape");
    a->shape[a->rank++] = (size_t)extent;
    for (shape = end; *shape == ',' || *shape == ' '; shape++) {}
  }
  a->data = bytes + start + length;
  return measure_array(a, size - start - length);
}

/* The header of an array of this model's numbers, padded so that the numbers are aligned to 64 bytes; returns its length. */
static size_t npy_header(char *into, size_t capacity, size_t rows, const @name@_field *field) {
  char text[256];
  int length = snprintf(text, sizeof text, "{'descr': '<f%d', 'fortran_order': False, 'shape': (%zu,", @NAME@_REAL_BITS / 8, rows);
  for (size_t i = 0; i < field->rank; i++) length += snprintf(text + length, sizeof text - (size_t)length, " %zu,", field->shape[i]);
  length += snprintf(text + length, sizeof text - (size_t)length, "), }");
  const size_t padded = ((size_t)length + 11 + 63) / 64 * 64;
  if (padded > capacity) return 0;
  memset(into, ' ', padded);
  memcpy(into, "\x93NUMPY\x01\x00", 8);
  into[8] = (char)((padded - 10) & 255);
  into[9] = (char)((padded - 10) >> 8);
  memcpy(into + 10, text, (size_t)length);
  into[padded - 1] = '\n';
  return padded;
}
