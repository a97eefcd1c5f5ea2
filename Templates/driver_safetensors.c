/* ---- safetensors as data: an array for each input and each target ---- */

typedef struct tensor_file {
  const char *path;
  @name@_safetensors tensors;
} tensor_file;

static int is_safetensors(const unsigned char *bytes, size_t size) { return size >= 10 && bytes[8] == '{' && bytes[6] == 0 && bytes[7] == 0; }

static int find_in_safetensors(const void *opened, const char *name, data_array *found) {
  static const struct { char name[8]; char type; size_t bytes; } types[] = {
    {"F32", 'f', 4}, {"F64", 'f', 8}, {"I64", 'i', 8}, {"I32", 'i', 4}, {"I16", 'i', 2}, {"I8", 'i', 1},
    {"U64", 'u', 8}, {"U32", 'u', 4}, {"U16", 'u', 2}, {"U8", 'u', 1}, {"BOOL", 'u', 1}};
  const tensor_file *const file = opened;
  @name@_safetensor tensor;
  size_t cursor = 0;
  found->path = file->path;
  found->name = name;
  if (!@name@_safetensors_find(&file->tensors, &cursor, name, &tensor)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(types[i].name, tensor.dtype) == 0) {
      found->type = types[i].type;
      found->bytes = types[i].bytes;
    }
  if (!found->bytes || tensor.rank > 8)
    return array_fault(found, "%s of rank %zu is not supported", tensor.dtype, tensor.rank) ? -1 : 0;
  found->rank = tensor.rank;
  memcpy(found->shape, tensor.shape, tensor.rank * sizeof *tensor.shape);
  found->data = tensor.data;
  return measure_array(found, tensor.bytes) ? -1 : 1;
}

static int read_safetensors(const char *path, const unsigned char *bytes, size_t size, int need_target, double scale, dataset *into) {
  tensor_file file = {path, {0}};
  const char *const problem = @name@_safetensors_open(bytes, size, &file.tensors);
  if (problem) return fail(FAILED, "%s: %s, at byte %zu", path, problem, file.tensors.error_offset);
#if @NAME@_TEXT
  if (take_vocabulary(path, &file.tensors)) return FAILED;
#endif
  return bind_arrays(&file, path, find_in_safetensors, need_target, scale, into);
}
