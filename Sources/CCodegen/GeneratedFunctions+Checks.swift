import GraphIR
import KernelIR

extension GeneratedFunctions {
  /// A struct of arrays that a function is given.
  struct Arguments {
    let kind: String
    let fields: [Field]
    /// Before the name of the function that checks them.
    let prefix: String

    init(_ kind: String, _ fields: [Field], prefix: String = "") {
      self.kind = kind
      self.fields = fields
      self.prefix = prefix
    }

    /// Class numbers and tokens.
    var numbered: [Field] { fields.filter { $0.classes > 0 && $0.type.element == .i32 } }
  }

  /// What a function does, the shapes of its arrays, and the model's place.
  func comment(_ what: String, _ arguments: [Arguments]) -> [String] {
    let shapes = arguments.map { group in
      "\(group.kind) " + group.fields.map { "\($0.name.cIdentifier)\($0.type.shape)" }.joined(separator: ", ")
    }
    return [
      "/* " + ([what] + (shapes.isEmpty ? [] : [shapes.joined(separator: "; ")])).joined(separator: ": ") + ".",
      " * \(program.model.location) */",
    ]
  }

  /// Class numbers and tokens are checked before a kernel uses them to reach into memory.
  func validity(of arguments: Arguments) -> String {
    guard !arguments.numbered.isEmpty else { return "" }
    let kind = arguments.kind
    var printer = CPrinter()
    printer.lines(comment("Whether class numbers and tokens are in range", [Arguments(kind, arguments.numbered)]))
    printer.block("static int \(p)_\(arguments.prefix)\(kind)_are_valid(size_t rows, const \(p)_\(kind) *\(kind))") {
      printer in
      for field in arguments.numbered {
        let count = ExpressionPrinter(prefix: p, element: program.options.element)
          .text(Index(field.type.shape.elementCount))
        let name = "\(kind)->\(field.name.cIdentifier)"
        printer.line("for (size_t i = 0; i < \(count); i++)")
        printer.line("  if (\(name)[i] < 0 || \(name)[i] >= \(field.classes)) return 0;")
      }
      printer.line("return 1;")
    }
    return printer.text
  }

  /// What a function refuses: null pointers, first of all, then too many rows, then class numbers and tokens out of range.
  func check(
    _ pointers: [String], _ arguments: [Arguments], in object: Object, into printer: inout CPrinter
  ) {
    let given = (pointers + arguments.map(\.kind)).map { "!\($0)" }
    printer.line("if (\((given + arguments.flatMap(nulls)).joined(separator: " || "))) return \(macro)_ERROR_ARGUMENT;")
    printer.line("if (rows == 0 || rows > \(object)->max_rows) return \(macro)_ERROR_ROWS;")
    for group in arguments where group.kind != "outputs" && !group.numbered.isEmpty {
      printer.line(
        "if (!\(p)_\(group.prefix)\(group.kind)_are_valid(rows, \(group.kind))) return \(macro)_ERROR_LABEL;")
    }
  }

  func nulls(_ arguments: Arguments) -> [String] {
    arguments.fields.map { "!\(arguments.kind)->\($0.name.cIdentifier)" }
  }
}
