import KernelIR

/// Prints the body of a kernel.
struct StatementPrinter {
  private(set) var expressions: ExpressionPrinter
  /// The element type of each buffer that is not of the kernel's floating type.
  let integerBuffers: [String: ElementType]
  /// Whether the kernel is called as part of parts, each of which makes a share of what its outermost loops do.
  var isPart = false

  var real: String { expressions.element.cName }
  var prefix: String { expressions.prefix }

  /// Of several products in one block each gets a block of its own for its panel, as those with a window have anyway.
  func print(_ statements: [Statement], into printer: inout CPrinter) {
    let isCrowded = statements.filter(\.hasPanel).count > 1
    var naming = self
    for statement in statements {
      if isCrowded, statement.hasPanel {
        printer.block("") { print(statement, into: &$0) }
        continue
      }
      if let (variable, body) = statement.innermostLoop {
        naming = naming.namingConditions(of: body, along: variable, into: &printer)
      }
      naming.print(statement, into: &printer)
    }
  }

  /// Evaluates, before the innermost loop over `variable`, conditions of its body that hold for all of it or for none. From a condition
  /// with a name compilers make a loop of vectors for either case; of several comparisons gcc 12 does not.
  func namingConditions(of body: [Statement], along variable: String, into printer: inout CPrinter) -> StatementPrinter
  {
    var result = self
    let changing = body.reduce(into: Set([variable])) { if case .position(let name, _) = $1 { $0.insert(name) } }
    for condition in Usage(body).conditions where result.expressions.named[condition] == nil {
      guard let indices = condition.indices else { continue }
      let usage = Usage(indices.map { .position("", $0) })
      guard usage.buffers.isEmpty, usage.variables.isDisjoint(with: changing) else { continue }
      let name = "holds\(result.expressions.named.count + 1)"
      printer.line("const int \(name) = \(expressions.text(condition));")
      result.expressions.named[condition] = name
    }
    return result
  }

  /// The statements of a kernel.
  func printTop(_ statements: [Statement], into printer: inout CPrinter) {
    guard isPart else { return print(statements, into: &printer) }
    for statement in statements {
      switch statement {
      case .loop(let variable, let extent, let body):
        let count = expressions.text(extent)
        printer.block(
          "for (size_t \(variable) = part * (\(count)) / parts; \(variable) < (part + 1) * (\(count)) / parts; \(variable)++)"
        ) {
          inner.print(body, into: &$0)
        }
      case .rowBlocks(let extent, let size, let first, let height, let body):
        let count = expressions.text(.variable("part") * extent)
        let next = expressions.text((.variable("part") + 1) * extent)
        printer.line("const size_t end = \(next) / parts;")
        inner.rowBlocks(size, first, height, from: "\(count) / parts", to: "end", body, into: &printer)
      default: print(statement, into: &printer)
      }
    }
  }

  /// For what stands inside a part.
  private var inner: StatementPrinter {
    StatementPrinter(expressions: expressions, integerBuffers: integerBuffers)
  }

  private func print(_ statement: Statement, into printer: inout CPrinter) {
    switch statement {
    case .comment(let text): printer.line("/* \(text) */")
    case .array(let name, let count): printer.line("\(prefix.uppercased())_ALIGNED \(real) \(name)[\(count)];")
    case .loop(let variable, let extent, let body):
      let rolled = isAcross(extent, body) ? "\(prefix.uppercased())_ROLLED " : ""
      printer.block("\(rolled)for (size_t \(variable) = 0; \(variable) < \(expressions.text(extent)); \(variable)++)") {
        print(body, into: &$0)
      }
    case .constant(let name, let value): printer.line("const \(real) \(name) = \(expressions.text(value));")
    case .position(let name, let index): printer.line("const size_t \(name) = \(expressions.text(index));")
    case .variable(let name, let value): printer.line("\(real) \(name) = \(expressions.text(value));")
    case .assign(let name, let value): printer.line("\(name) = \(expressions.text(value));")
    case .store(let buffer, let index, let value):
      let number = expressions.text(value)
      let cast = integerBuffers[buffer].map { "(\($0.cName))(\(number))" } ?? number
      printer.line("\(buffer)[\(expressions.text(index))] = \(cast);")
    case .accumulate(let buffer, let index, let value):
      printer.line("\(buffer)[\(expressions.text(index))] += \(expressions.text(value));")
    case .reduction(let variable, let extent, let body, let accumulators):
      ReductionPrinter(statements: self).print(variable, extent, body, accumulators, into: &printer)
    case .conditional(let condition, let body):
      printer.block("if (\(expressions.text(condition)))") { print(body, into: &$0) }
    case .contraction(let contraction):
      ContractionPrinter(statements: self).print(contraction, into: &printer)
    case .packing(let contraction): ContractionPrinter(statements: self).pack(contraction, into: &printer)
    case .panelProduct(let product): print(product, into: &printer)
    case .transposition(let matrix):
      printer.line(
        "\(prefix)_transposed(\(matrix.rows), \(matrix.columns), \(place(matrix.from)), \(place(matrix.to)));")
    case .rowBlocks(let extent, let size, let first, let height, let body):
      rowBlocks(size, first, height, from: "0", to: expressions.text(extent), body, into: &printer)
    }
  }

  /// Whether a loop, the innermost, is one that vectors go along, and that clang would unroll.
  private func isAcross(_ extent: Index, _ body: [Statement]) -> Bool {
    guard case .constant(let count) = extent, (16...64).contains(count) else { return false }
    return body.allSatisfy(\.isStraight)
  }

  private func rowBlocks(
    _ size: Int, _ first: String, _ height: String, from start: String, to end: String, _ body: [Statement],
    into printer: inout CPrinter
  ) {
    printer.block("for (size_t \(first) = \(start); \(first) < \(end); \(first) += \(size))") { printer in
      printer.line("const size_t \(height) = \(end) - \(first) < \(size) ? \(end) - \(first) : \(size);")
      print(body, into: &printer)
    }
  }

  private func place(_ buffer: String, _ base: Index) -> String {
    base == 0 ? buffer : "\(buffer) + \(expressions.text(base))"
  }

  private func place(_ lines: MatrixLines) -> String { "\(place(lines.buffer, lines.base)), \(lines.stride)" }

  private func print(_ product: PanelProduct, into printer: inout CPrinter) {
    printer.line(
      "\(prefix)_panel_product(\(expressions.text(product.lines)), \(product.depth), \(product.columns), \(place(product.a)), "
        + "\(place(product.panels, .constant(product.panelsBase))), \(place(product.c)));")
  }
}

extension Statement {
  fileprivate var hasPanel: Bool { if case .contraction(let product) = self { product.patches == nil } else { false } }

  /// The variable and the body of a loop that has no other in it.
  fileprivate var innermostLoop: (variable: String, body: [Statement])? {
    switch self {
    case .loop(let variable, _, let body) where body.allSatisfy(\.isStraight): (variable, body)
    case .reduction(let variable, _, let body, let accumulators) where body.allSatisfy(\.isStraight):
      (variable, body + accumulators.map { .constant($0.name, $0.value) })
    default: nil
    }
  }

  fileprivate var isStraight: Bool {
    switch self {
    case .comment, .constant, .position, .variable, .assign, .store, .accumulate: true
    case .array, .loop, .reduction, .conditional, .contraction, .packing, .panelProduct, .transposition, .rowBlocks:
      false
    }
  }
}
