/// Where rows go: those to train on, and the last ones, for validation, into a file of their own.
struct OutputFiles {
  var output: String
  /// The share of the rows that are for validation; 0: none are.
  var validation: Double

  /// Beside the output, `pets_validation.safetensors` for `pets.safetensors`.
  var validationOutput: String {
    let ending = ".safetensors"
    return (output.hasSuffix(ending) ? String(output.dropLast(ending.count)) : output) + "_validation" + ending
  }

  /// The files and the rows of each. As the program splits rows, the part to train on is rounded down.
  func parts(rows: Int) throws(DataFailure) -> [(path: String, rows: Range<Int>)] {
    let kept = Int((Double(rows) * (1 - validation) + 1e-9).rounded(.down))
    guard kept > 0 else { throw DataFailure("no rows are left to train on") }
    return [(output, 0..<kept)] + (kept < rows ? [(validationOutput, kept..<rows)] : [])
  }
}
