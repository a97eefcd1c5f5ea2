/* ---- Profile ---- */

#if defined(@NAME@_PROFILE)
static const double *profiled_seconds;

static int by_time(const void *a, const void *b) {
  const double x = profiled_seconds[*(const size_t *)a], y = profiled_seconds[*(const size_t *)b];
  return (x < y) - (x > y);
}

/* The kernels of so many steps, the slowest first. `plain` is the share of the peak that plain sums would need in the same time: more where
 * Winograd's algorithm multiplies less often. A share of the bandwidth of memory beyond 100 % comes from caches. */
static void print_profile(const @name@_kernel *kernels, size_t count, const double *seconds, double steps, double rows, int json) {
  const machine_peak peak = measure_peak(threads, (size_t)96 << 20);
  size_t *const order = calloc(count ? count : 1, sizeof *order);
  double total = 0;
  if (!order) return;
  for (size_t i = 0; i < count; i++) {
    order[i] = i;
    total += seconds[i];
  }
  profiled_seconds = seconds;
  qsort(order, count, sizeof *order, by_time);
  if (json)
    printf("{\"peak_gflops\": %.3f, \"peak_gbs\": %.3f, \"calls\": %.0f, \"step_ms\": %.6f}\n", peak.gflops, peak.gbs, steps, total / steps * 1e3);
  else
    printf("\n--threads %zu: %.1f GFLOP/s of multiply-adds, %.1f GB/s of memory; %.0f steps of %.4f ms\n\n"
           "%-40s %10s %7s %9s %7s %7s %9s %7s  %s\n",
           threads, peak.gflops, peak.gbs, steps, total / steps * 1e3, "kernel", "us", "time", "GFLOP/s", "of peak", "plain", "GB/s", "of peak",
           "declared at");
  for (size_t i = 0; i < count; i++) {
    const @name@_kernel *const kernel = &kernels[order[i]];
    const double time = seconds[order[i]] / steps;
    const double gflops = time > 0 ? (kernel->flops + kernel->flops_per_row * rows) / time * 1e-9 : 0;
    const double plain = time > 0 ? (kernel->plain + kernel->plain_per_row * rows) / time * 1e-9 / peak.gflops : 0;
    const double gbs = time > 0 ? (kernel->bytes + kernel->bytes_per_row * rows) / time * 1e-9 : 0;
    if (json)
      printf("{\"kernel\": \"%s\", \"layer\": \"%s\", \"place\": \"%s\", \"us\": %.3f, \"share\": %.4f, \"gflops\": %.3f, \"of_peak_gflops\": %.4f, \"of_peak_plain\": %.4f, \"gbs\": %.3f, \"of_peak_gbs\": %.4f}\n",
             kernel->name, kernel->layer, kernel->place, time * 1e6, seconds[order[i]] / total, gflops, gflops / peak.gflops, plain, gbs, gbs / peak.gbs);
    else
      printf("%-40s %10.2f %6.1f%% %9.2f %6.1f%% %6.1f%% %9.2f %6.1f%%  %s\n", kernel->name, time * 1e6, 100 * seconds[order[i]] / total, gflops,
             100 * gflops / peak.gflops, 100 * plain, gbs, 100 * gbs / peak.gbs, kernel->place);
  }
  free(order);
}
#endif
