/* ---- IDX, as MNIST comes: two zeros, type, rank, extents in four bytes each, numbers; all big-endian ---- */

static int idx_type(const unsigned char *bytes, data_array *a) {
  static const struct { unsigned char code; char type; size_t bytes; } types[] = {
    {0x08, 'u', 1}, {0x09, 'i', 1}, {0x0B, 'i', 2}, {0x0C, 'i', 4}, {0x0D, 'f', 4}, {0x0E, 'f', 8}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].code == bytes[2]) {
      a->type = types[i].type;
      a->bytes = types[i].bytes;
      return 1;
    }
  return 0;
}

static int is_idx(const unsigned char *bytes, size_t size) {
  data_array a;
  return size >= 8 && bytes[0] == 0 && bytes[1] == 0 && idx_type(bytes, &a) && bytes[3] >= 1 && bytes[3] <= 8;
}

static int parse_idx(const unsigned char *bytes, size_t size, data_array *a) {
  a->big_endian = 1;
  if (!is_idx(bytes, size) || !idx_type(bytes, a)) return array_fault(a, "it does not begin as an IDX file does");
  a->rank = bytes[3];
  const size_t start = 4 + 4 * a->rank;
  if (size < start) return array_fault(a, "cut off in its header");
  for (size_t i = 0; i < a->rank; i++)
    a->shape[i] = (size_t)bytes[4 + 4 * i] << 24 | (size_t)bytes[5 + 4 * i] << 16 | (size_t)bytes[6 + 4 * i] << 8 | bytes[7 + 4 * i];
  a->data = bytes + start;
  return measure_array(a, size - start);
}
