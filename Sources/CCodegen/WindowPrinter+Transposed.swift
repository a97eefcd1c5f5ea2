import KernelIR

extension WindowPrinter {
  /// Columns of A are patches: the gradient of a convolution's kernel. Each sum is made by one part, over all blocks in order.
  func transposedPatchesTimesMatrix(into printer: inout CPrinter) {
    switch unit {
    case .vector: vectorCount(into: &printer)
    case .columns:
      let n = products.extent(product.n)
      printer.line("const size_t columns = \(prefix)_unit_columns(parts, \(n), \(window.vertical.kernel));")
      printer.line("const size_t panels = (\(n) + columns - 1) / columns;")
    case .panel: panelCount(into: &printer)
    }
    printer.block("for (size_t block = 0; block < blocks; block++)") { printer in
      place(into: &printer)
      if patches.map == nil { firstRow(into: &printer) }
      if blocking.copies { copyStrips(into: &printer) }
      if !window.isDepthwise, unit != .vector {
        printer.line("size_t packed = panels; /* the panel at hand */")
        printer.line(
          "const \(prefix)_runs along = {\(window.horizontal.outputs), images, \(imageStride), lines, \(lineStride)};")
      }
      forEachUnit(into: &printer) { printer in
        switch unit {
        case .vector: fewTaps(into: &printer)
        case .columns, .panel: window.isDepthwise ? depthwise(into: &printer) : products(into: &printer)
        }
      }
    }
    guard !product.epilogue.isEmpty else { return }
    // A part has made its own lines of taps of its own columns; the epilogue runs where those are.
    forEachUnit(into: &printer) { printer in
      let count = runsOfLine * window.run
      printer.block(
        "for (size_t \(product.row) = ky * \(count); \(product.row) < (ky + \(linesOfUnit)) * \(count); \(product.row)++)"
      ) {
        printer in
        printer.block("for (size_t \(product.column) = n0; \(product.column) < n0 + width; \(product.column)++)") {
          $0.line(
            "const \(real) \(product.sum) = \(self.products.element(of: product.c, .variable(product.row), .variable(product.column)));"
          )
          statements.print(product.epilogue, into: &$0)
        }
      }
    }
  }

  /// A unit of work.
  private enum Unit {
    /// A vector of columns, with all lines of taps or one of them.
    case vector
    /// A line of taps, with so many columns that parts come out even.
    case columns
    /// A line of taps, with a panel of columns.
    case panel
  }

  private var unit: Unit { product.hasFewTaps ? .vector : hasFewPanels ? .columns : .panel }

  /// Whether parts may come out unequal that have whole panels.
  private var hasFewPanels: Bool {
    isPart && !isGrouped && !window.isDepthwise
      && (product.n.count / ContractionPrinter.widestTile + 1) * window.vertical.kernel < 16
  }

  /// Lines of taps in a unit.
  var linesOfUnit: String { unit == .vector ? "\(window.vertical.kernel) / lines_apart" : "1" }

  private func forEachUnit(into printer: inout CPrinter, _ body: (inout CPrinter) -> Void) {
    let (count, height) = unit == .vector ? ("vectors", "lines_apart") : ("panels", "\(window.vertical.kernel)")
    let units = "\(count) * \(height)"
    printer.block(
      isPart
        ? "for (size_t unit = part * (\(units)) / parts; unit < (part + 1) * (\(units)) / parts; unit++)"
        : "for (size_t unit = 0; unit < \(units); unit++)"
    ) { printer in
      printer.line("const size_t ky = unit % \(height);")
      switch unit {
      case .vector: printer.line("const size_t n0 = unit / \(height) * \(macro)_LANES, width = \(macro)_LANES;")
      case .columns: columns(ofPanel: "(unit / \(height))", of: "columns", into: &printer)
      case .panel: columns(ofPanel: "(unit / \(height))", into: &printer)
      }
      body(&printer)
    }
  }

  /// The products of a unit.
  private func products(into printer: inout CPrinter) {
    let n = products.extent(product.n)
    let (step, perLine) = (window.horizontal.stride * window.channels, runsOfLine)
    printer.block("if (unit / \(window.vertical.kernel) != packed)") { packMap(into: &$0) }
    printer.line("packed = unit / \(window.vertical.kernel);")
    printer.block("for (size_t kx = 0; kx < \(perLine); kx++)") { printer in
      printer.block("for (size_t e = 0, height = 0; e < \(window.run); e += height)") { printer in
        printer.line("height = \(prefix)_height(\(window.run) - e);")
        printer.line(
          "\(real) *const c = \(products.pointer(product.c)) + ((ky * \(perLine) + kx) * \(window.run) + e) * \(n) + n0;"
        )
        let patches =
          "width, \(firstStart)\(channelOffset) + ky * \(window.vertical.dilation * blocking.pitch) "
          + "+ kx * \(window.horizontal.dilation * window.channels) + e, 1, \(step), panel"
        guard isGrouped || !products.hasWholePanels(product) else {
          return products.sums(isFirst: "block == 0", "\(patches), c, \(n)", into: &printer)
        }
        printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N] = {0};")
        printer.line("for (size_t r = 0; r < height && block > 0; r++)")
        printer.line("  \(products.columnLoop) tile[r * \(macro)_TILE_N + s] = c[r * \(n) + s];")
        printer.line("\(prefix)_tile_at(&along, height, \(patches), tile, \(macro)_TILE_N);")
        printer.line("for (size_t r = 0; r < height; r++)")
        printer.line("  \(products.columnLoop) c[r * \(n) + s] = tile[r * \(macro)_TILE_N + s];")
      }
    }
  }

  /// The panel: `width` columns of the block's part of B.
  func packMap(into printer: inout CPrinter) {
    let (outputs, n) = (window.horizontal.outputs, products.extent(product.n))
    guard let map = patches.map else {
      printer.line(
        "\(prefix)_pack(images * lines * \(outputs), width, \(product.b.buffer) + place * \(n) + n0, \(n), 1, panel);")
      return
    }
    printer.line("/* No memory holds the map: the panel is computed. */")
    printer.block("for (size_t l = 0; l < images * lines; l++)") { printer in
      line("l", of: map, into: &printer) { printer in
        printer.line(
          "\(real) *const to = panel + (l * \(outputs) + \(Contraction.ComputedOperand.coordinates[2])) * \(macro)_TILE_N;"
        )
        element(of: map, in: products.columnLoop, into: &printer)
        printer.line("for (size_t s = width; s % \(macro)_LANES != 0; s++) to[s] = 0;")
      }
    }
  }

  /// A loop over the places of the block's line number `line`, with the coordinates that the map uses.
  func line(
    _ line: String, of map: Contraction.ComputedOperand, into printer: inout CPrinter, _ body: (inout CPrinter) -> Void
  ) {
    let names = Contraction.ComputedOperand.coordinates
    if map.usage.variables.contains(names[0]) { printer.line("const size_t \(names[0]) = image + \(line) / lines;") }
    if map.usage.variables.contains(names[1]) { printer.line("const size_t \(names[1]) = top + \(line) % lines;") }
    printer.block("for (size_t \(names[2]) = 0; \(names[2]) < \(window.horizontal.outputs); \(names[2])++)", body)
  }

  /// The map's columns of a place, a loop over s, to `to`.
  func element(of map: Contraction.ComputedOperand, in loop: String, into printer: inout CPrinter) {
    let column = Contraction.ComputedOperand.coordinates[3]
    let statements = statements.namingConditions(of: map.statements, along: column, into: &printer)
    printer.block(loop) {
      if map.usage.variables.contains(column) { $0.line("const size_t \(column) = n0 + s;") }
      statements.print(map.body, into: &$0)
      $0.line("to[s] = \(statements.expressions.text(map.value));")
    }
  }

  /// A line of taps of a panel's channels, each channel by itself.
  private func depthwise(into printer: inout CPrinter) {
    let (outputs, n) = (window.horizontal.outputs, products.extent(product.n))
    let (taps, step) = (window.horizontal.kernel, window.horizontal.stride * window.channels)
    printer.line("\(real) *const c = \(products.pointer(product.c)) + ky * \(taps) * \(n) + n0;")
    printer.line("for (size_t kx = 0; kx < \(taps) && block == 0; kx++) memset(c + kx * \(n), 0, width * sizeof *c);")
    printer.line("for (size_t line = 0; line < images * lines; line++)")
    printer.line(
      "  \(prefix)_depthwise_gradient(\(outputs), width, \(taps), \(start)\(channelOffset) + ky * \(window.vertical.dilation * blocking.pitch), "
        + "\(step), \(window.horizontal.dilation * window.channels), \(product.b.buffer) + (place + line * \(outputs)) * \(n) + n0, \(n), c);"
    )
  }
}
