import KernelIR

extension WindowPrinter {
  /// Lines of A are patches, and the products are those of Winograd's algorithm.
  ///
  /// Units of work are a block of places and a panel of columns, block after block, so that transformed strips serve all panels; a
  /// part that has columns for itself takes all blocks of them.
  func winograd(into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    if ownsColumns { ownPanels(into: &printer) } else { panelCount(into: &printer) }
    let panels = ownsColumns ? "own_panels" : "panels"
    printer.line("const size_t units = blocks * \(panels);")
    let all = !isPart || product.foldsColumns
    var (first, last) = all ? ("0", "units") : ("part * units / parts", "(part + 1) * units / parts")
    if ownsColumns, !all { (first, last) = ("(has_columns ? 0 : \(first))", "(has_columns ? units : \(last))") }
    printer.line("size_t copied = blocks; /* the block whose strips are at hand */")
    printer.block("for (size_t unit = \(first); unit < \(last); unit++)") { printer in
      printer.line("const size_t block = unit / \(panels);")
      columns(ofPanel: ownsColumns ? "(first_panel + unit % own_panels)" : "(unit % panels)", into: &printer)
      place(into: &printer)
      if patches.pooled == nil || product.epilogue.uses(variable: product.row) { firstRow(into: &printer) }
      printer.block("if (block != copied)") { printer in
        copyStrips(into: &printer)
        printer.line(
          "\(prefix)_winograd_image(\(taps), images, lines, \(outputs), \(window.channels), strip, \(blocking.pitch), transformed);"
        )
        printer.line("copied = block;")
      }
      if !product.columnStart.isEmpty {
        printer.block("if (block == 0)") {
          products.columnStart(product, from: "n0", to: "n0 + width", into: &$0)
        }
      }
      let panel = PanelProduct.width
      printer.line("const size_t patches = images * ((lines + 1) / 2) * \((outputs + 1) / 2);")
      printer.block("for (size_t e = 0; e < 16; e++)") { printer in
        printer.line(
          "\(prefix)_winograd_element(e, \(taps), patches, \(window.channels), width, transformed, "
            + "\(products.pointer(product.b)) + n0 / \(panel) * \(window.scheme.slots * window.channels * panel) + n0 % \(panel), sums);"
        )
        guard isFetching else { return }
        let places = "images * lines * \(outputs)"
        printer.line("const size_t first = e * (\(places)) / 16, count = (e + 1) * (\(places)) / 16 - first;")
        products.fetch("count", of: product, from: "(place + first)", into: &printer)
      }
      printer.line("\(prefix)_winograd_results(images, lines, \(outputs), width, sums, map);")
      if patches.pooled == nil || !product.epilogue.isEmpty || patches.pooled?.value != .local(product.sum) {
        printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
          printer.line("const size_t height = \(outputs);")
          printer.line("\(real) *const tile = map + line * \(outputs) * \(macro)_TILE_N;")
          epilogue(from: nil, into: &printer)
        }
      }
      if let pooled = patches.pooled { pool(pooled, into: &printer) }
    }
  }

  /// The taps, as winograd.c is told of them.
  private var taps: String { "\(window.vertical.kernel), \(window.horizontal.kernel)" }

  /// Columns of A are patches: the gradient of the kernel, as Winograd's algorithm has it.
  ///
  /// Units of work are a panel of columns and one of the 16 elements: each sum is made by one part, over all blocks in order.
  func transposedWinograd(into printer: inout CPrinter) {
    let (outputs, channels, panel) = (window.horizontal.outputs, window.channels, PanelProduct.width)
    panelCount(into: &printer)
    printer.block("for (size_t block = 0; block < blocks; block++)") { printer in
      place(into: &printer)
      if patches.map == nil { firstRow(into: &printer) }
      copyStrips(into: &printer)
      printer.line(
        "\(prefix)_winograd_image(\(taps), images, lines, \(outputs), \(channels), strip, \(blocking.pitch), transformed);"
      )
      printer.line("const size_t patches = images * ((lines + 1) / 2) * \((outputs + 1) / 2);")
      printer.line("size_t packed = panels; /* the panel at hand */")
      printer.block(
        isPart
          ? "for (size_t unit = part * (panels * 16) / parts; unit < (part + 1) * (panels * 16) / parts; unit++)"
          : "for (size_t unit = 0; unit < panels * 16; unit++)"
      ) { printer in
        printer.line("const size_t e = unit % 16;")
        columns(ofPanel: "(unit / 16)", into: &printer)
        printer.block("if (unit / 16 != packed)") { printer in
          packMap(into: &printer)
          printer.line("\(prefix)_winograd_map(images, lines, \(outputs), width, panel, sums);")
          printer.line("packed = unit / 16;")
        }
        printer.line(
          "\(prefix)_winograd_sum(e, \(taps), patches, \(channels), width, transformed, sums, block == 0,")
        printer.line(
          "  \(products.pointer(product.c)) + n0 / \(panel) * \(window.scheme.slots * channels * panel) + n0 % \(panel));"
        )
      }
    }
  }
}
