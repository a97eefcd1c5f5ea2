/* Reading safetensors files: see @name@.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { @NAME@_SAFETENSORS_HEADER = 100000000, @NAME@_SAFETENSORS_NAMES = 32768, @NAME@_SAFETENSORS_CHUNK = 2048 };

@NAME@_INLINE int @name@_safetensors_dtype(@name@_safetensors_reader *r, @name@_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  @name@_safetensors_text text;
  if (!@name@_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (@name@_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return @name@_safetensors_fail(r, "this dtype is not known");
}

@NAME@_INLINE int @name@_safetensors_shape(@name@_safetensors_reader *r, @name@_safetensor *tensor) {
  if (!@name@_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (@name@_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!@name@_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return @name@_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (@name@_safetensors_accept(r, ','));
  return @name@_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
@NAME@_INLINE int @name@_safetensors_offsets(@name@_safetensors_reader *r, size_t *begin, size_t *end) {
  return @name@_safetensors_expect(r, '[', "[ is expected") && @name@_safetensors_integer(r, begin) &&
         @name@_safetensors_expect(r, ',', ", is expected between the two offsets") && @name@_safetensors_integer(r, end) &&
         @name@_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
@NAME@_INLINE int @name@_safetensors_value(@name@_safetensors_reader *r, const @name@_safetensors *file,
                                           @name@_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!@name@_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    @name@_safetensors_text key;
    if (!@name@_safetensors_string(r, &key) || !@name@_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = @name@_safetensors_equals(key, "dtype")          ? DTYPE
                     : @name@_safetensors_equals(key, "shape")        ? SHAPE
                     : @name@_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return @name@_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? @name@_safetensors_dtype(r, tensor)
          : field == SHAPE ? @name@_safetensors_shape(r, tensor)
                           : @name@_safetensors_offsets(r, &begin, &end))) return 0;
  } while (@name@_safetensors_accept(r, ','));
  if (!@name@_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return @name@_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return @name@_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return @name@_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int @name@_safetensors_next_metadata(const @name@_safetensors *file, size_t *cursor,
                                     @name@_safetensors_text *key, @name@_safetensors_text *value) {
  @name@_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || @name@_safetensors_peek(&r) == '}') return 0;
  if (!@name@_safetensors_string(&r, key) || !@name@_safetensors_expect(&r, ':', ": is expected") ||
      !@name@_safetensors_string(&r, value)) return 0;
  @name@_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int @name@_safetensors_next(const @name@_safetensors *file, size_t *cursor, @name@_safetensor *tensor) {
  @name@_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (@name@_safetensors_peek(&r) == '"') {
    if (!@name@_safetensors_string(&r, &tensor->name) || !@name@_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = @name@_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      @name@_safetensors_text key, value;
      for (r.at = file->metadata; @name@_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      @name@_safetensors_accept(&r, '}');
    } else if (!@name@_safetensors_value(&r, file, tensor)) return 0;
    @name@_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int @name@_safetensors_find(const @name@_safetensors *file, size_t *cursor, const char *name,
                            @name@_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && @name@_safetensors_next(file, cursor, tensor))
      if (@name@_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int @name@_safetensors_find_metadata(const @name@_safetensors *file, size_t *cursor, const char *name,
                                     @name@_safetensors_text *value) {
  size_t start = *cursor;
  @name@_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && @name@_safetensors_next_metadata(file, cursor, &key, value))
      if (@name@_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct @name@_safetensors_keys {
  uint64_t keys[@NAME@_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} @name@_safetensors_keys;

@NAME@_INLINE void @name@_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

@NAME@_INLINE void @name@_safetensors_offer(@name@_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < @NAME@_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == @NAME@_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) @name@_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    @name@_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
@NAME@_INLINE int @name@_safetensors_settle(@name@_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) @name@_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    @name@_safetensors_sift(list->keys, n, 0);
  }
  for (size_t i = 1; i < list->count; i++) list->twice |= list->keys[i] == list->keys[i - 1];
  if (list->count) list->bound = list->keys[list->count - 1];
  list->bounded |= list->count != 0;
  return !list->twice;
}

/*
 * Names are unique if their hashes are (two names that share 64 bits are taken for one). Tensors [begin, end) tile the data
 * if, sorted each for itself, the first begin is 0, each next begin is the end before, and the last end is that of the data:
 * every offset is then left as often as it is reached, and as offsets only grow, that is one path from 0 to the end.
 * Tensors without bytes take no part.
 */
@NAME@_INLINE const char *@name@_safetensors_unique(const @name@_safetensors *file, size_t names) {
  @name@_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += @NAME@_SAFETENSORS_CHUNK) {
    @name@_safetensor tensor;
    @name@_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; @name@_safetensors_next_metadata(file, &cursor, &key, &value);)
      @name@_safetensors_offer(&list[0], @name@_safetensors_hash(key, 1));
    for (size_t cursor = 0; @name@_safetensors_next(file, &cursor, &tensor);) {
      @name@_safetensors_offer(&list[0], @name@_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      @name@_safetensors_offer(&list[1], tensor.offset);
      @name@_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!@name@_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = @name@_safetensors_settle(&list[1]) & @name@_safetensors_settle(&list[2]);
    for (size_t i = 0; apart && i < list[1].count; i++) {
      if (list[1].keys[i] > reached) return "a part of the data belongs to no tensor";
      apart = list[1].keys[i] == reached;
      reached = list[2].keys[i];
    }
    if (!apart) return "the data of two tensors overlap";
  }
  return reached == file->size ? NULL : "a part of the data belongs to no tensor";
}

/* The entries of the header; *names: how many names were met. */
@NAME@_INLINE int @name@_safetensors_header(@name@_safetensors_reader *r, @name@_safetensors *file, size_t *names) {
  if (!@name@_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (@name@_safetensors_accept(r, '}')) return 1;
  do {
    @name@_safetensor tensor;
    if (!@name@_safetensors_string(r, &tensor.name) || !@name@_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!@name@_safetensors_equals(tensor.name, "__metadata__")) {
      if (!@name@_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return @name@_safetensors_fail(r, "__metadata__ occurs twice");
      if (!@name@_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (@name@_safetensors_accept(r, '}')) continue;
      do {
        @name@_safetensors_text key, value;
        if (!@name@_safetensors_string(r, &key) || !@name@_safetensors_expect(r, ':', ": is expected") ||
            !@name@_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (@name@_safetensors_accept(r, ','));
      if (!@name@_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > @NAME@_SAFETENSORS_NAMES) return @name@_safetensors_fail(r, "there are more than 32768 names");
  } while (@name@_safetensors_accept(r, ','));
  return @name@_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *@name@_safetensors_open(const void *bytes, size_t size, @name@_safetensors *file) {
  const @name@_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > @NAME@_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  @name@_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') @name@_safetensors_fail(&r, "the header does not begin with {");
  else if (@name@_safetensors_header(&r, file, &names) && (@name@_safetensors_peek(&r), r.at != r.end))
    @name@_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = @name@_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int @name@_safetensors_read(const @name@_safetensor *tensor, size_t first, size_t count, @name@_real *values) {
  int f32 = strcmp(tensor->dtype, "F32") == 0;
  if (!f32 && strcmp(tensor->dtype, "F64") != 0) return 0;
  const unsigned char *p = tensor->data + first * (f32 ? 4 : 8);
  for (size_t i = 0; i < count && f32; i++, p += 4) {
    uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof value);
    values[i] = value;
  }
  for (size_t i = 0; i < count && !f32; i++, p += 8) {
    uint64_t bits = 0;
    for (int k = 8; k-- > 0;) bits = bits << 8 | p[k];
    double value;
    memcpy(&value, &bits, sizeof value);
    values[i] = (@name@_real)value;
  }
  return 1;
}
