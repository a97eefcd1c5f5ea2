import KernelIR

/// Which pieces of `Templates` go into which generated file, in an order in which each finds what it uses.
enum TemplateList {
  static let io = ["io_headers.c", "inline.c", "checksum.c", "read_file.c", "io.c"]

  /// What NAME.h offers besides the model's own functions.
  static let header = ["safetensors.h"]

  static let trainingIO = ["checkpoint.c"]

  /// The pieces of NAME.c that a model with this use of the kernels needs.
  static func source(usage: [Usage]) -> [String] {
    arithmetic + ["initializers.c", "threads.c"] + parts(of: usage) + ["utf8.c", "safetensors_text.c", "safetensors.c"]
  }

  /// The pieces that kernels alone call.
  static func kernels(usage: [Usage]) -> [String] { arithmetic + parts(of: usage) }

  private static let arithmetic = ["inline.c", "vector.c", "scalar.c", "philox.c", "math.c"]

  private static func parts(of usage: [Usage]) -> [String] {
    var pieces = usage.contains(where: \.folds) ? ["fold.c"] : []
    let hasTiles = usage.contains { $0.methods.contains(.builtin) || $0.panels }
    if hasTiles || usage.contains(where: \.transposes) { pieces.append("transpose.c") }
    if hasTiles { pieces += ["tile.c", "rows.c"] }
    if usage.contains(where: \.hasFewTaps) { pieces.append("few_taps.c") }
    if usage.contains(where: \.patches) { pieces.append("strip.c") }
    if usage.contains(where: \.isPooled) { pieces.append("pool.c") }
    if usage.contains(where: \.isDepthwise) { pieces.append("depthwise.c") }
    let isWinograd = usage.contains(where: \.isWinograd)
    if isWinograd || usage.contains(where: \.panels) { pieces.append("panel.c") }
    if isWinograd { pieces.append("winograd.c") }
    return pieces
  }

  /// The driver of a model that can be trained, or of one that only predicts.
  static func main(_ program: CProgram) -> [String] {
    var pieces = [
      "driver_headers.c", "inline.c", "vector.c", "philox.c", "read_file.c", "driver_options.c",
    ]
    if program.takesText { pieces += ["utf8.c", "driver_tokens.c", "driver_vocabulary.c"] }
    pieces += [
      "driver_array.c", "driver_csv_field.c", "driver_csv.c", "driver_npy.c", "driver_npz.c", "driver_idx.c",
      "driver_safetensors.c", "driver_cifar.c",
    ]
    if program.takesText { pieces.append("driver_text.c") }
    pieces += ["driver_data.c", "driver_predict.c"]
    if program.isLanguageModel { pieces.append("driver_generate.c") }
    pieces += ["driver_peak.c", "driver_profile.c", "driver_benchmark.c"]
    if program.isTrainable { pieces.append("driver_train.c") }
    return pieces + ["driver_main.c"]
  }
}
