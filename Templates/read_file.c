/*
 * A whole file in memory, with a zero after its last byte; the caller frees it.
 * Include after inline.c; needs <errno.h>, <fcntl.h>, <stdint.h>, <stdlib.h>, <sys/stat.h>, <unistd.h>.
 */

/* More than the machine's memory is refused before it is asked for: where memory is overcommitted, malloc would not. */
@NAME@_INLINE int @name@_fits_memory(uint64_t bytes) {
#ifdef _SC_PHYS_PAGES
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && bytes / (uint64_t)page >= (uint64_t)pages) return 0;
#endif
  return bytes < SIZE_MAX / 2;
}

/* 0 or an errno value. */
@NAME@_INLINE int @name@_read_descriptor(int descriptor, unsigned char **bytes, size_t *size) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return errno;
  uint64_t expected = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 65535;
  if (!@name@_fits_memory(expected)) return ENOMEM;
  size_t capacity = (size_t)expected + 1, count = 0;
  unsigned char *buffer = malloc(capacity);
  int problem = buffer ? 0 : ENOMEM;
  while (!problem) {
    if (count + 1 == capacity) { /* perhaps at the end of the file, perhaps of a pipe that has more */
      unsigned char *larger = @name@_fits_memory((uint64_t)capacity * 2) ? realloc(buffer, capacity * 2) : NULL;
      if (!larger) {
        problem = ENOMEM;
        break;
      }
      buffer = larger;
      capacity *= 2;
    }
    ssize_t got = read(descriptor, buffer + count, capacity - count - 1);
    if (got == 0) break;
    if (got > 0) count += (size_t)got;
    else if (errno != EINTR) problem = errno;
  }
  if (problem) {
    free(buffer);
    return problem;
  }
  buffer[count] = 0;
  *bytes = buffer;
  *size = count;
  return 0;
}

@NAME@_INLINE int @name@_read_file(const char *path, unsigned char **bytes, size_t *size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int problem = @name@_read_descriptor(descriptor, bytes, size);
  close(descriptor);
  return problem;
}
