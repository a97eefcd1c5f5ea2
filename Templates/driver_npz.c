/* ---- NPZ: NPY files in a zip archive (PKWARE APPNOTE), stored as numpy.savez does ---- */

typedef struct npz {
  const char *path;
  const unsigned char *bytes;
  size_t size, directory, entries;
} npz;

static uint64_t little(const unsigned char *from, size_t bytes) {
  uint64_t value = 0;
  while (bytes-- > 0) value = value << 8 | from[bytes];
  return value;
}

/* The CRC-32 of zip archives: the reflected polynomial 0xEDB88320. */
static uint32_t zip_checksum(const unsigned char *bytes, size_t count, uint32_t before) {
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; i++) {
    table[i] = i;
    for (int k = 0; k < 8; k++) table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xEDB88320u : table[i] >> 1;
  }
  uint32_t sum = ~before;
  for (size_t i = 0; i < count; i++) sum = table[(sum ^ bytes[i]) & 255] ^ sum >> 8;
  return ~sum;
}

static int is_npz(const unsigned char *bytes, size_t size) { return size >= 22 && memcmp(bytes, "PK\x03\x04", 4) == 0; }

/* Finds the directory from the record at the end of the archive, behind which there may be a comment. */
static int open_npz(const char *path, const unsigned char *bytes, size_t size, npz *file) {
  const size_t lowest = size > 22 + 65535 ? size - 22 - 65535 : 0;
  file->path = path;
  file->bytes = bytes;
  file->size = size;
  for (size_t at = size - 22 + 1; at-- > lowest;) {
    if (memcmp(bytes + at, "PK\x05\x06", 4) != 0) continue;
    file->entries = (size_t)little(bytes + at + 10, 2);
    file->directory = (size_t)little(bytes + at + 16, 4);
    if (file->directory <= at) return 0;
  }
  return fail(FAILED, "%s: cut off: the archive has no directory at its end", path);
}

/* Sizes and place of a member that don't fit 32 bits are in an extra field, in the order of the fields that overflow. */
static void npz_extra(const unsigned char *extra, size_t length, uint64_t *whole, uint64_t *packed, uint64_t *place) {
  for (size_t at = 0; at + 4 <= length;) {
    const size_t bytes = (size_t)little(extra + at + 2, 2), end = at + 4 + bytes;
    if (end > length) return;
    uint64_t *const fields[] = {whole, packed, place};
    size_t next = at + 4;
    for (size_t i = 0; i < 3 && little(extra + at, 2) == 1; i++)
      if (*fields[i] == 0xFFFFFFFFu && next + 8 <= end) {
        *fields[i] = little(extra + next, 8);
        next += 8;
      }
    at = end;
  }
}

static int find_in_npz(const void *opened, const char *name, data_array *found) {
  const npz *const file = opened;
  size_t at = file->directory;
  found->path = file->path;
  for (size_t i = 0; i < file->entries; i++) {
    if (file->size < 46 || at > file->size - 46 || memcmp(file->bytes + at, "PK\x01\x02", 4) != 0) {
      fail(FAILED, "%s: damaged: member %zu of the directory, at byte %zu", file->path, i + 1, at);
      return -1;
    }
    const unsigned char *const entry = file->bytes + at;
    const size_t name_length = (size_t)little(entry + 28, 2), extra = (size_t)little(entry + 30, 2);
    const size_t next = at + 46 + name_length + extra + (size_t)little(entry + 32, 2);
    if (next > file->size) {
      fail(FAILED, "%s: cut off in the directory, at byte %zu", file->path, at);
      return -1;
    }
    at = next;
    const size_t length = strlen(name);
    if (name_length != length + 4 || memcmp(entry + 46, name, length) != 0 || memcmp(entry + 46 + length, ".npy", 4) != 0) continue;
    found->name = name;
    uint64_t whole = little(entry + 24, 4), packed = little(entry + 20, 4), place = little(entry + 42, 4);
    npz_extra(entry + 46 + name_length, extra, &whole, &packed, &place);
    if (little(entry + 10, 2) != 0) return array_fault(found, "it is compressed; save it with numpy.savez, not savez_compressed") ? -1 : 0;
    if (place > file->size - 30 || memcmp(file->bytes + place, "PK\x03\x04", 4) != 0) return array_fault(found, "damaged: it does not begin at byte %llu", (unsigned long long)place) ? -1 : 0;
    const unsigned char *const local = file->bytes + place;
    const size_t start = (size_t)place + 30 + (size_t)little(local + 26, 2) + (size_t)little(local + 28, 2);
    if (whole != packed || start > file->size || whole > file->size - start) return array_fault(found, "cut off: %llu bytes from byte %zu on are not all there", (unsigned long long)whole, start) ? -1 : 0;
    if (zip_checksum(file->bytes + start, (size_t)whole, 0) != little(entry + 16, 4)) return array_fault(found, "damaged: its checksum is wrong") ? -1 : 0;
    return parse_npy(file->bytes + start, (size_t)whole, found) ? -1 : 1;
  }
  return 0;
}
