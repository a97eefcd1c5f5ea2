/*
 * safetensors: a file that lies in memory, read without allocation or I/O.
 * https://huggingface.co/docs/safetensors: u64 header size, JSON header, tensor data; little-endian.
 * After a successful open everything is known to be valid: JSON as the format allows it, names unique, types known,
 * shape x type = bytes without overflow, and the tensors cover the data with neither hole nor overlap; so the walks
 * cannot fail. open takes 50 kB of stack, a pass over the header, and one more for every 2048 names.
 */
typedef struct @name@_safetensors_text {
  const unsigned char *json;   /* between the quotes, escapes not resolved, not terminated */
  size_t bytes;
} @name@_safetensors_text;

typedef struct @name@_safetensor {
  @name@_safetensors_text name;
  char dtype[12];              /* "F32", "F64", "BF16"… */
  unsigned bits;               /* of one element */
  size_t rank;
  size_t shape[8];             /* the first 8 where rank is greater */
  size_t count;                /* elements */
  size_t offset, bytes;        /* of its values in the file: from the first byte of the file */
  const unsigned char *data;   /* its values, not aligned */
} @name@_safetensor;

typedef struct @name@_safetensors {
  const unsigned char *bytes;  /* the file */
  size_t size;
  size_t header_end;           /* the data begin here */
  size_t tensors;              /* how many */
  size_t metadata;             /* where the entries of __metadata__ begin, 0: there is none */
  size_t error_offset;
} @name@_safetensors;

/* NULL, or in words what is wrong; file->error_offset says where. The bytes must outlive the file. */
const char *@name@_safetensors_open(const void *bytes, size_t size, @name@_safetensors *file);
/* The tensors, and the entries of __metadata__, in the order of the header. The cursor begins at 0; 0: no more. */
int @name@_safetensors_next(const @name@_safetensors *file, size_t *cursor, @name@_safetensor *tensor);
int @name@_safetensors_next_metadata(const @name@_safetensors *file, size_t *cursor, @name@_safetensors_text *key,
                                     @name@_safetensors_text *value);
/* One by its name; 0: not there. The search starts at the cursor, goes round, and leaves the cursor behind what it found,
 * so that names asked for in the order of the file cost one walk altogether. */
int @name@_safetensors_find(const @name@_safetensors *file, size_t *cursor, const char *name, @name@_safetensor *tensor);
int @name@_safetensors_find_metadata(const @name@_safetensors *file, size_t *cursor, const char *name,
                                     @name@_safetensors_text *value);
/* Compares with a C string, JSON escapes resolved. */
int @name@_safetensors_equals(@name@_safetensors_text text, const char *wanted);
/* The text as a C string, escapes resolved, cut to fit; returns its whole length. */
size_t @name@_safetensors_copy(@name@_safetensors_text text, char *buffer, size_t capacity);
/* Elements [first, first + count) as numbers of this model; 0 if their type is neither F32 nor F64. */
int @name@_safetensors_read(const @name@_safetensor *tensor, size_t first, size_t count, @name@_real *values);
