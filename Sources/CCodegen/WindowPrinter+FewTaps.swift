import KernelIR

extension WindowPrinter {
  /// Units of work are a vector of columns, with all lines of taps or, where parts would come out unequal, one of them.
  func vectorCount(into printer: inout CPrinter) {
    let lines = window.vertical.kernel
    printer.line("const size_t vectors = \(products.extent(product.n)) / \(macro)_LANES;")
    printer.line("const size_t lines_apart = \(isPart ? "vectors % parts == 0 ? 1 : \(lines)" : "1");")
  }

  /// The sums of a unit, a line of places at a time.
  func fewTaps(into printer: inout CPrinter) {
    let (n, outputs, lines, run) = (
      products.extent(product.n), window.horizontal.outputs, window.vertical.kernel, window.run
    )
    let down = window.vertical.dilation * blocking.pitch
    printer.line("\(real) *const c = \(products.pointer(product.c)) + ky * \(run) * \(n) + n0;")
    printer.line("for (size_t e = 0; e < \(linesOfUnit) * \(run) && block == 0; e++)")
    printer.line("  memset(c + e * \(n), 0, width * sizeof *c);")
    printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
      let isComputed = patches.map != nil
      if let map = patches.map { pack(map, into: &printer) }
      let b =
        isComputed ? "panel, \(macro)_LANES" : "\(product.b.buffer) + (place + line * \(outputs)) * \(n) + n0, \(n)"
      printer.line(
        "\(prefix)_few_taps(\(lines), \(run), \(isComputed ? 0 : 1), lines_apart > 1, \(down), \(outputs), \(start) + ky * \(down), "
          + "\(window.horizontal.stride * window.channels), \(b), c, \(n));")
    }
  }

  /// A line's places of the map, and what it is made of for the line after the next one asked for: windows that are pooled have
  /// two lines mostly.
  private func pack(_ map: Contraction.ComputedOperand, into printer: inout CPrinter) {
    let names = Contraction.ComputedOperand.coordinates
    printer.line("/* No memory holds the map: a line of it is computed. */")
    line("line", of: map, into: &printer) { printer in
      for access in map.usage.accesses
      where Usage([.position("", access.index)]).variables.isSuperset(of: [names[1], names[3]]) {
        let index = access.index.replacing([names[1]: .variable(names[1]) + 2, names[3]: .variable("n0")])
        printer.line("\(macro)_PREFETCH(\(access.buffer), \(expressions.text(index)));")
      }
      printer.line("\(real) *const to = panel + \(names[2]) * \(macro)_LANES;")
      element(of: map, in: "\(macro)_ROLLED for (size_t s = 0; s < \(macro)_LANES; s++)", into: &printer)
    }
  }
}
