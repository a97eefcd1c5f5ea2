/* ---- Profile ---- */

#if defined(@NAME@_PROFILE)
static const double *profiled_seconds;

static int by_time(const void *a, const void *b) {
  const double x = profiled_seconds[*(const size_t *)a], y = profiled_seconds[*(const size_t *)b];
  return (x < y) - (x > y);
}

/* Kernels in a step: seconds, operations, those that plain sums would have, and bytes. */
typedef struct figures {
  double seconds, flops, plain, bytes;
} figures;

static void add_kernel(figures *to, const @name@_kernel *kernel, double seconds, double rows) {
  to->seconds += seconds;
  to->flops += kernel->flops + kernel->flops_per_row * rows;
  to->plain += kernel->plain + kernel->plain_per_row * rows;
  to->bytes += kernel->bytes + kernel->bytes_per_row * rows;
}

/* `plain` is the share of the peak that plain sums would need in the same time: more where Winograd's algorithm multiplies less often. A share
 * of the bandwidth of memory beyond 100 % comes from caches. */
static void print_figures(const figures *of, double step, const machine_peak *peak, int json) {
  const double rate = of->seconds > 0 ? 1e-9 / of->seconds : 0, gflops = of->flops * rate, gbs = of->bytes * rate, part = json ? 1 : 100;
  printf(json ? "\"us\": %.3f, \"share\": %.4f, \"gflops\": %.3f, \"of_peak_gflops\": %.4f, \"of_peak_plain\": %.4f, \"gbs\": %.3f, \"of_peak_gbs\": %.4f"
              : "%10.2f %6.1f%% %9.2f %6.1f%% %6.1f%% %9.2f %6.1f%%",
         of->seconds * 1e6, part * of->seconds / step, gflops, part * gflops / peak->gflops, part * of->plain * rate / peak->gflops, gbs,
         part * gbs / peak->gbs);
}

/* The kernels that ran in so many steps: first all products together, then each kernel, the slowest first. */
static void print_profile(const @name@_kernel *kernels, size_t count, const double *seconds, double steps, double rows, int json) {
  const machine_peak peak = measure_peak(threads, (size_t)96 << 20);
  size_t *const order = calloc(count ? count : 1, sizeof *order);
  double step = 0;
  figures products = {0};
  if (!order) return;
  for (size_t i = 0; i < count; i++) {
    order[i] = i;
    step += seconds[i] / steps;
    if (kernels[i].product) add_kernel(&products, &kernels[i], seconds[i] / steps, rows);
  }
  profiled_seconds = seconds;
  qsort(order, count, sizeof *order, by_time);
  if (json)
    printf("{\"peak_gflops\": %.3f, \"peak_gbs\": %.3f, \"calls\": %.0f, \"step_ms\": %.6f, \"products\": {", peak.gflops, peak.gbs, steps,
           step * 1e3);
  else
    printf("\n--threads %zu: %.1f GFLOP/s of multiply-adds, %.1f GB/s of memory; %.0f steps of %.4f ms\n\n"
           "%-40s %10s %7s %9s %7s %7s %9s %7s  %s\n%-40s ",
           threads, peak.gflops, peak.gbs, steps, step * 1e3, "kernel", "us", "time", "GFLOP/s", "of peak", "plain", "GB/s", "of peak",
           "declared at", "all convolutions and matrix products");
  print_figures(&products, step, &peak, json);
  printf(json ? "}}\n" : "\n");
  for (size_t i = 0; i < count && seconds[order[i]] > 0; i++) {
    const @name@_kernel *const kernel = &kernels[order[i]];
    figures own = {0};
    add_kernel(&own, kernel, seconds[order[i]] / steps, rows);
    if (json) printf("{\"kernel\": \"%s\", \"layer\": \"%s\", \"place\": \"%s\", ", kernel->name, kernel->layer, kernel->place);
    else printf("%-40s ", kernel->name);
    print_figures(&own, step, &peak, json);
    if (json) printf("}\n");
    else printf("  %s\n", kernel->place);
  }
  free(order);
}
#endif
