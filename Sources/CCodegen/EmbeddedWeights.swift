import GraphIR
import KernelIR

/// NAME_weights.c: the numbers of a trained model as constants, for programs without files.
struct EmbeddedWeights {
  let program: CProgram
  /// By the parameters' names, row-major.
  let values: [String: [Double]]

  private var p: String { program.prefix }
  private var real: String { program.real }
  private var vocabulary: EmbeddedVocabulary? {
    program.options.vocabulary.map { EmbeddedVocabulary(prefix: p, vocabulary: $0) }
  }
  private var tensors: [StorageLayout.Tensor] { program.layout.parameters }

  /// How NAME.c sees it. C has no empty arrays: a model without weights keeps a number that nobody reads.
  var declaration: String { "extern const \(real) \(p)_embedded_values[\(max(program.layout.parameterCount, 1))];" }

  var text: String {
    let literals = ExpressionPrinter(prefix: p, element: program.options.element)
    var lines = [
      "/* The weights of the model \(p) as constants, in the order of \(p)_tensors(). */",
      "#include \"\(p).h\"", "", "#if defined(__GNUC__)", "__attribute__((aligned(\(program.macro)_ALIGNMENT)))",
      "#endif", declaration, "",
      declaration.replacing("extern ", with: "").replacing(";", with: " = {"),
    ]
    for tensor in tensors {
      lines.append("  /* \(tensor.name) [\(tensor.extents.map(String.init).joined(separator: ", "))] */")
      let numbers = (values[tensor.name] ?? []).map(literals.literal)
      // A row of a matrix begins a line.
      let width = max(tensor.extents.last ?? 1, 1)
      for row in stride(from: 0, to: numbers.count, by: width) {
        lines += wrapped(numbers[row..<min(row + width, numbers.count)])
      }
    }
    if tensors.isEmpty { lines.append("  0") }
    return (lines + ["};", ""]).joined(separator: "\n") + (vocabulary?.text ?? "")
  }

  private func wrapped(_ numbers: ArraySlice<String>) -> [String] {
    var lines: [String] = []
    var line = ""
    for number in numbers {
      if line.utf8.count + number.utf8.count > 116 {
        lines.append("  " + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + number + ","
    }
    return line.isEmpty ? lines : lines + ["  " + line]
  }

  /// What NAME.h offers.
  var prototypes: String {
    """
    /* The weights that were compiled in, as constants that need no memory: to predict and evaluate with. */
    const \(p)_parameters *\(p)_embedded(void);
    /* A copy of them in the caller's memory, to train on. */
    \(p)_status \(p)_parameters_init_embedded(void *memory, size_t bytes, \(p)_parameters **out);
    """ + (vocabulary.map { "\n" + $0.prototypes } ?? "")
  }

  /// For NAME.c.
  var functions: String {
    """
    \(declaration) /* \(p)_weights.c */

    const \(p)_parameters *\(p)_embedded(void) {
      /* Not const in its type alone: whoever gets it may only read. */
      static const \(p)_parameters embedded = {UINT64_C(0x\(program.modelHash)), (\(real) *)\(p)_embedded_values, NULL, 1};
      return &embedded;
    }

    \(p)_status \(p)_parameters_init_embedded(void *memory, size_t bytes, \(p)_parameters **out) {
      const \(p)_status status = \(p)_parameters_init(memory, bytes, 0, out);
      if (status == \(program.macro)_OK) memcpy((*out)->values, \(p)_embedded_values, \(program.layout.parameterCount) * sizeof(\(real)));
      return status;
    }

    """
  }
}
