import KernelIR

/// Prints the body of a kernel.
struct StatementPrinter {
  let expressions: ExpressionPrinter
  /// The element type of each buffer that is not of the kernel's floating type.
  let integerBuffers: Set<String>
  /// Whether the kernel is called as part of parts, each of which makes a share of what its outermost loops do.
  var isPart = false

  var real: String { expressions.element.cName }
  var prefix: String { expressions.prefix }

  func print(_ statements: [Statement], into printer: inout CPrinter) {
    for statement in statements { print(statement, into: &printer) }
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
    case .loop(let variable, let extent, let body):
      printer.block("for (size_t \(variable) = 0; \(variable) < \(expressions.text(extent)); \(variable)++)") {
        print(body, into: &$0)
      }
    case .constant(let name, let value): printer.line("const \(real) \(name) = \(expressions.text(value));")
    case .position(let name, let index): printer.line("const size_t \(name) = \(expressions.text(index));")
    case .variable(let name, let value): printer.line("\(real) \(name) = \(expressions.text(value));")
    case .assign(let name, let value): printer.line("\(name) = \(expressions.text(value));")
    case .store(let buffer, let index, let value):
      let cast = integerBuffers.contains(buffer) ? "(int32_t)(\(expressions.text(value)))" : expressions.text(value)
      printer.line("\(buffer)[\(expressions.text(index))] = \(cast);")
    case .accumulate(let buffer, let index, let value):
      printer.line("\(buffer)[\(expressions.text(index))] += \(expressions.text(value));")
    case .reduction(let variable, let extent, let body, let accumulators):
      ReductionPrinter(statements: self).print(variable, extent, body, accumulators, into: &printer)
    case .conditional(let condition, let body):
      printer.block("if (\(expressions.text(condition)))") { print(body, into: &$0) }
    case .contraction(let contraction):
      ContractionPrinter(statements: self).print(contraction, into: &printer)
    }
  }
}

/// Prints folds. C may not reorder sums of floating-point numbers, so a long fold keeps `LANES` partial results
/// side by side, which the compiler turns into vectors, and joins them in a fixed order at the end.
struct ReductionPrinter {
  /// Partial results of a long fold: two vectors of AVX-512 floats.
  static let lanes = 16
  /// Below this many elements one accumulator is quicker.
  static let shortest = 64

  let statements: StatementPrinter

  func print(
    _ variable: String, _ extent: Index, _ body: [Statement], _ accumulators: [Accumulator],
    into printer: inout CPrinter
  ) {
    let expressions = statements.expressions
    if case .constant(let count) = extent, count < Self.shortest {
      for accumulator in accumulators {
        printer.line("\(statements.real) \(accumulator.name) = \(expressions.literal(accumulator.fold.identity));")
      }
      printer.block("for (size_t \(variable) = 0; \(variable) < \(count); \(variable)++)") { printer in
        statements.print(body, into: &printer)
        for accumulator in accumulators {
          printer.line(fold(accumulator, into: accumulator.name, expressions.text(accumulator.value)))
        }
      }
      return
    }
    let count = expressions.text(extent)
    for accumulator in accumulators {
      printer.line("\(statements.real) \(accumulator.name)_lanes[\(Self.lanes)];")
      printer.line(
        "for (size_t lane = 0; lane < \(Self.lanes); lane++) \(accumulator.name)_lanes[lane] = "
          + "\(expressions.literal(accumulator.fold.identity));")
    }
    printer.block("for (size_t start = 0; start < \(count); start += \(Self.lanes))") { printer in
      printer.line("const size_t lanes = \(count) - start < \(Self.lanes) ? \(count) - start : \(Self.lanes);")
      printer.block("for (size_t lane = 0; lane < lanes; lane++)") { printer in
        // A sum of one number, over and over, does not ask where it is.
        if Usage(body + accumulators.map { .constant($0.name, $0.value) }).variables.contains(variable) {
          printer.line("const size_t \(variable) = start + lane;")
        }
        statements.print(body, into: &printer)
        for accumulator in accumulators {
          printer.line(fold(accumulator, into: "\(accumulator.name)_lanes[lane]", expressions.text(accumulator.value)))
        }
      }
    }
    for accumulator in accumulators {
      let name = accumulator.name
      printer.line("\(statements.real) \(name) = \(name)_lanes[0];")
      printer.line(
        "for (size_t lane = 1; lane < \(Self.lanes); lane++) " + fold(accumulator, into: name, "\(name)_lanes[lane]"))
    }
  }

  private func fold(_ accumulator: Accumulator, into name: String, _ value: String) -> String {
    switch accumulator.fold {
    case .sum: "\(name) += \(value);"
    case .maximum: "\(name) = \(statements.prefix)_maximum(\(name), \(value));"
    case .minimum: "\(name) = \(statements.prefix)_minimum(\(name), \(value));"
    }
  }
}
