import KernelIR

/// Prints folds. C may not reorder sums of floating-point numbers, so a long fold keeps `lanes` partial results side by
/// side, which the compiler turns into vectors; `Templates/fold.c` joins them. What does not fill the lanes follows
/// one by one. The order is the same on every target and for any number of threads.
struct ReductionPrinter {
  /// Partial results of a long fold, as in fold.c: two vectors of AVX2's floats, one of AVX-512's.
  static let lanes = 16

  let statements: StatementPrinter

  func print(
    _ variable: String, _ extent: Index, _ body: [Statement], _ accumulators: [Accumulator],
    into printer: inout CPrinter
  ) {
    let expressions = statements.expressions
    let count = expressions.text(extent)
    var whole = expressions.text(extent / Self.lanes * Index.constant(Self.lanes))
    var hasRest = true
    if case .constant(let count) = extent {
      guard count >= Self.lanes else {
        for accumulator in accumulators {
          printer.line("\(statements.real) \(accumulator.name) = \(expressions.literal(accumulator.fold.identity));")
        }
        rest(variable, from: "0", to: "\(count)", body, accumulators, into: &printer)
        return
      }
      whole = "\(count / Self.lanes * Self.lanes)"
      hasRest = count % Self.lanes > 0
    }
    for accumulator in accumulators {
      printer.line("\(statements.real) \(accumulator.name)_lanes[\(Self.lanes)];")
      printer.line(
        "for (size_t lane = 0; lane < \(Self.lanes); lane++) \(accumulator.name)_lanes[lane] = "
          + "\(expressions.literal(accumulator.fold.identity));")
    }
    printer.block("for (size_t start = 0; start < \(whole); start += \(Self.lanes))") { printer in
      printer.block("\(statements.prefix.uppercased())_ROLLED for (size_t lane = 0; lane < \(Self.lanes); lane++)") {
        printer in
        // A sum of one number, over and over, does not ask where it is.
        if Usage(body + accumulators.map { .constant($0.name, $0.value) }).variables.contains(variable) {
          printer.line("const size_t \(variable) = start + lane;")
        }
        statements.print(body, into: &printer)
        for accumulator in accumulators { fold(accumulator, into: "\(accumulator.name)_lanes[lane]", &printer) }
      }
    }
    for accumulator in accumulators {
      let join = "\(statements.prefix)_join_\(accumulator.fold.rawValue)(\(accumulator.name)_lanes)"
      printer.line("\(hasRest ? "" : "const ")\(statements.real) \(accumulator.name) = \(join);")
    }
    if hasRest { rest(variable, from: whole, to: count, body, accumulators, into: &printer) }
  }

  /// One by one.
  private func rest(
    _ variable: String, from first: String, to last: String, _ body: [Statement], _ accumulators: [Accumulator],
    into printer: inout CPrinter
  ) {
    printer.block("for (size_t \(variable) = \(first); \(variable) < \(last); \(variable)++)") { printer in
      statements.print(body, into: &printer)
      for accumulator in accumulators { fold(accumulator, into: accumulator.name, &printer) }
    }
  }

  private func fold(_ accumulator: Accumulator, into name: String, _ printer: inout CPrinter) {
    let value = statements.expressions.text(accumulator.value)
    switch accumulator.fold {
    case .sum: printer.line("\(name) += \(value);")
    case .maximum, .minimum:
      printer.line("\(name) = \(statements.prefix)_\(accumulator.fold.rawValue)(\(name), \(value));")
    }
  }
}
