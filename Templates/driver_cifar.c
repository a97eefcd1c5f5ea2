/*
 * ---- CIFAR binary: https://www.cs.toronto.edu/~kriz/cifar.html ----
 * A row is a label byte (CIFAR-10) or two, coarse and fine (CIFAR-100), and the bytes of a picture, [3, 32, 32].
 */

enum { CIFAR_PLANE = 32 * 32, CIFAR_PICTURE = 3 * CIFAR_PLANE };

/* Rows have no mark of their own, so names say what the files are: all of a list with commas end in .bin. */
static int is_cifar(const char *list) {
  for (const char *end = list;; end++) {
    if (*end && *end != ',') continue;
    if (end - list < 4 || memcmp(end - 4, ".bin", 4) != 0) return 0;
    if (!*end) return 1;
    list = end + 1;
  }
}

/* The label bytes of a row: as the model's classes tell or, where it has none, as the file's length does. */
static size_t cifar_labels(size_t size, size_t classes) {
  if (classes) return classes == 20 || classes == 100 ? 2 : 1;
  return size % (1 + CIFAR_PICTURE) == 0 ? 1 : 2;
}

/* Pictures as [rows, 32, 32, 3] and the label that the model wants, [rows]: fine, but coarse if it has 20 classes. */
static void cifar_rows(const unsigned char *bytes, size_t rows, size_t labels, size_t label, unsigned char *pictures, unsigned char *chosen) {
  for (size_t row = 0; row < rows; row++) {
    const unsigned char *const from = bytes + row * (labels + CIFAR_PICTURE);
    unsigned char *const picture = pictures + row * CIFAR_PICTURE;
    chosen[row] = from[label];
    for (size_t pixel = 0; pixel < CIFAR_PLANE; pixel++)
      for (size_t channel = 0; channel < 3; channel++)
        picture[pixel * 3 + channel] = from[labels + channel * CIFAR_PLANE + pixel];
  }
}

/* The rows of a file that lies in memory, behind those that `into` has. */
static int parse_cifar(const char *path, const unsigned char *bytes, size_t size, int need_target, double scale, dataset *into) {
  size_t classes = 0;
  if (check_single(path, need_target)) return FAILED;
#if @NAME@_TRAINING
  if (@NAME@_TARGETS == 1) classes = @name@_target_fields[0].classes;
#endif
  const size_t labels = cifar_labels(size, classes), other = 3 - labels;
  const size_t length = labels + CIFAR_PICTURE, rows = size / length;
  if (size % length != 0 && size % (other + CIFAR_PICTURE) == 0)
    return fail(FAILED, "%s: its rows have %zu bytes, as CIFAR-%s's have, but the model has %zu classes", path, other + CIFAR_PICTURE, other == 1 ? "10" : "100", classes);
  if (size % length != 0)
    return fail(FAILED, "%s: cut off in row %zu, at byte %zu: a row of CIFAR-%s has %zu bytes", path, rows + 1, size, labels == 1 ? "10" : "100", length);
  if (rows == 0) return fail(FAILED, "%s: there are no rows", path);
  dataset read = {0};
  unsigned char *const pictures = malloc(rows * CIFAR_PICTURE), *const chosen = malloc(rows);
  data_array x = {path, NULL, 'u', 1, 0, 4, {rows, 32, 32, 3}, rows * CIFAR_PICTURE, pictures};
  int status = pictures && chosen ? 0 : fail(FAILED, "%s: out of memory for %zu rows", path, rows);
  if (!status) {
    cifar_rows(bytes, rows, labels, labels == 2 && classes != 20 ? 1 : 0, pictures, chosen);
    status = bind_array(&x, &@name@_input_fields[0], scale, &read, &read.inputs[0]);
  }
#if @NAME@_TRAINING
  data_array y = {path, NULL, 'u', 1, 0, 1, {rows}, rows, chosen};
  if (!status && need_target) status = bind_array(&y, &@name@_target_fields[0], 1, &read, &read.targets[0]);
#endif
  free(pictures);
  free(chosen);
  return status ? status : append_rows(into, &read, path);
}
