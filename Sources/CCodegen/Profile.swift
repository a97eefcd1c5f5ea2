import KernelIR
import Scheduling

/// The times of kernels, which `NAME benchmark --profile` shows. They are taken only where NAME.c is compiled with
/// NAME_PROFILE, as dlc does for the executable; else nothing of this is in the object file.
struct Profile {
  let program: CProgram

  private var p: String { program.prefix }
  private var macro: String { program.macro }
  private var objects: [String] { program.isTrainable ? ["context", "trainer"] : ["context"] }

  /// In NAME.h.
  var declarations: String {
    """
    #if defined(\(macro)_PROFILE)
    /* Where the time goes, for `benchmark --profile`: predict adds up its kernels in their order, train_step those of
     * backward and then those of apply. */
    typedef struct \(p)_profile {
      double (*now)(void); /* seconds */
      double last;         /* when the last kernel ended; set it before a call */
      double seconds[\(max(program.predict.steps.count, trainSteps.count, 1))];
    } \(p)_profile;
    \(objects.map { "void \(p)_\($0)_profile(\(p)_\($0) *\($0), \(p)_profile *profile);" }.joined(separator: "\n"))
    #endif
    """
  }

  /// In a struct that has kernels run.
  var member: String { "#if defined(\(macro)_PROFILE)\n  \(p)_profile *profile;\n#endif" }

  /// Where a context begins; a trainer is zeros.
  var start: String { "#if defined(\(macro)_PROFILE)\n  context->profile = NULL;\n#endif" }

  /// What stands behind the call of a kernel.
  var laps: String {
    """
    #if defined(\(macro)_PROFILE)
    \(macro)_INLINE void \(p)_lap(\(p)_profile *profile, size_t kernel) {
      if (!profile) return;
      const double now = profile->now();
      profile->seconds[kernel] += now - profile->last;
      profile->last = now;
    }
    #define \(macro)_LAP(object, kernel) \(p)_lap((object)->profile, kernel)
    #else
    #define \(macro)_LAP(object, kernel) ((void)0)
    #endif

    """
  }

  var functions: String {
    "#if defined(\(macro)_PROFILE)\n"
      + objects.map {
        "void \(p)_\($0)_profile(\(p)_\($0) *\($0), \(p)_profile *profile) { \($0)->profile = profile; }\n"
      }.joined() + "#endif\n"
  }

  // MARK: NAME_main.c

  private var trainSteps: [Schedule.Step] {
    guard program.isTrainable else { return [] }
    let functions = program.trainStep?.functions ?? [program.backward, program.apply].compactMap { $0 }
    return functions.flatMap(\.steps)
  }

  /// Of a call that finds prepared what can be.
  var infer: Work {
    let steps = program.predict.steps.enumerated().filter { !program.predict.isPrepared($0.offset) }
    return steps.reduce(Work()) { $0 + $1.element.work }
  }
  var train: Work { trainSteps.reduce(Work()) { $0 + $1.work } }

  /// What the kernels have to do, in the order of `seconds`.
  var tables: String {
    """
    /* Operations, those that plain sums would have, and bytes of the arrays that are read and written: of a call, and for each row. */
    typedef struct \(p)_kernel {
      const char *name, *layer, *place; /* the line of model.swift */
      double flops, flops_per_row, plain, plain_per_row, bytes, bytes_per_row;
      int product; /* a matrix product or a convolution, with what is fused to it */
    } \(p)_kernel;

    #if defined(\(macro)_PROFILE)
    \(table("predict", program.predict.steps))\(program.isTrainable ? table("train", trainSteps) : "")#endif

    """
  }

  private func table(_ name: String, _ steps: [Schedule.Step]) -> String {
    let rows = steps.map { step in
      let (flops, saved, bytes) = (step.work.flops, step.work.saved, step.work.bytes)
      let usage = Usage(step.kernel.body)
      return "  {\"\(step.kernel.name)\", \"\(step.scope)\", \"\(step.place)\", "
        + "\(flops.fixed)., \(flops.perRow)., \(flops.fixed + saved.fixed)., \(flops.perRow + saved.perRow)., "
        + "\(bytes.fixed)., \(bytes.perRow)., \(usage.methods.isEmpty && !usage.panels ? 0 : 1)},\n"
    }
    let entries = rows.isEmpty ? "  {\"\", \"\", \"\", 0, 0, 0, 0, 0, 0, 0},\n" : rows.joined()
    return """
      enum { \(macro)_\(name.uppercased())_KERNELS = \(steps.count) };
      static const \(p)_kernel \(p)_\(name)_kernels[] = {
      \(entries)};

      """
  }
}
