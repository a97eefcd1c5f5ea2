import KernelIR

extension WindowPrinter {
  /// Lines of A are patches: a convolution, or the gradient of its image.
  ///
  /// Units of work are a block of places and a panel of columns: block after block, so that a strip serves all panels; or
  /// panel after panel, where a part has to have its columns for itself to add them up.
  func patchesTimesMatrix(into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    if ownsColumns { ownPanels(into: &printer) } else { panelCount(into: &printer) }
    let (first, last) =
      ownsColumns
      ? ("0", "blocks * own_panels")
      : isPart ? ("part * blocks * panels / parts", "(part + 1) * blocks * panels / parts") : ("0", "blocks * panels")
    if blocking.copies { printer.line("size_t copied = blocks; /* the block whose strips are at hand */") }
    let (down, across) = tapDistances
    if hasPanel, !isSliced {
      printer.line(
        "static const \(prefix)_runs along = {\(window.run), \(window.vertical.kernel), \(down), \(runsOfLine), \(across)};"
      )
    }
    printer.block("for (size_t unit = \(first); unit < \(last); unit++)") { printer in
      let isFolding = product.foldsColumns
      printer.line("const size_t block = \(isFolding ? "unit % blocks" : "unit / panels");")
      let number = isFolding ? "\(ownsColumns ? "first_panel + " : "")unit / blocks" : "unit % panels"
      columns(ofPanel: "(\(number))", into: &printer)
      place(into: &printer)
      if window.isWhole, patches.pooled == nil || product.epilogue.uses(variable: product.row) {
        firstRow(into: &printer)
      }
      if blocking.copies {
        printer.block("if (block != copied)", copyStrips)
        printer.line("copied = block;")
      }
      if !product.columnStart.isEmpty {
        printer.block("if (block == 0)") {
          products.columnStart(product, from: "n0", to: "n0 + width", into: &$0)
        }
      }
      if let packed = product.packed {
        let offset = ownsColumns ? " + n0 % \(macro)_TILE_N" : ""
        printer.line(
          "const \(real) *const panel = \(packed.buffer) ? \(place(ofPanel: "(\(number))", in: packed))\(offset) : own;"
        )
        printer.block("if (!\(packed.buffer)\(isFolding ? " && block == 0" : ""))") { pack(to: "own", into: &$0) }
      } else if isFolding, hasPanel {
        printer.block("if (block == 0)") { pack(to: "panel", into: &$0) }
      } else {
        pack(to: "panel", into: &printer)
      }
      if isSliced { slices(into: &printer) }
      printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
        if window.taps > 0, !isSliced { printer.line("const \(real) *const from = \(start)\(channelOffset);") }
        printer.block("for (size_t x0 = 0, height = 0; x0 < \(outputs); x0 += height)") { tile(into: &$0) }
      }
      if let pooled = patches.pooled { pool(pooled, into: &printer) }
    }
  }

  /// How far the taps below and beside a tap are in a strip.
  private var tapDistances: (down: Int, across: Int) {
    (window.vertical.dilation * blocking.pitch, window.horizontal.dilation * window.channels)
  }

  /// The places of a block.
  private var places: Int { blocking.images * blocking.lines * window.horizontal.outputs }

  /// So few places that what they read of a panel is most of their time: each slice of it then comes once to the first-level cache,
  /// and sums wait there for the next one. A panel that was packed beforehand comes from further away than one that is packed here.
  private var isSliced: Bool {
    let depth = product.packed == nil ? 2 * Contraction.panelDepth + 1 : Contraction.panelDepth / 2
    return hasPanel && patches.pooled == nil && window.depth >= depth && places <= 128
  }

  /// The sums of all places of the block, a slice of the panel after the other.
  private func slices(into printer: inout CPrinter) {
    let (outputs, step) = (window.horizontal.outputs, window.horizontal.stride * window.channels)
    let (down, across) = tapDistances
    printer.line("\(macro)_ALIGNED \(real) sums[\(places) * \(macro)_TILE_N] = {0};")
    printer.line("const \(real) *slice = panel;")
    printer.line(
      "const size_t tiles = images * lines * ((\(outputs) + \(macro)_TILE_M - 1) / \(macro)_TILE_M), ahead = (\(macro)_TILE_N + tiles - 1) / tiles;"
    )
    let runs = window.vertical.kernel * runsOfLine
    printer.block("for (size_t run = 0; run < \(runs); run++)") { printer in
      let deeper = "k0 += depth, slice += depth * \(macro)_TILE_N"
      printer.block("for (size_t k0 = 0, depth = 0; k0 < \(window.run); \(deeper))") { printer in
        printer.line("depth = \(window.run) - k0 < \(macro)_SLICE ? \(window.run) - k0 : \(macro)_SLICE;")
        printer.line("const \(real) *next = slice + depth * \(macro)_TILE_N;")
        printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
          let run =
            runsOfLine == 1 ? "run * \(down)" : "run / \(runsOfLine) * \(down) + run % \(runsOfLine) * \(across)"
          printer.line("const \(real) *const from = \(start)\(channelOffset) + \(run) + k0;")
          printer.block("for (size_t x0 = 0, height = 0; x0 < \(outputs); x0 += height, next += depth * ahead)") {
            $0.line("height = \(prefix)_height(\(outputs) - x0);")
            $0.line(
              "\(prefix)_tile_ahead(depth, height, width, from + x0 * \(step), \(step), slice, \(macro)_TILE_N, sums + (line * \(outputs) + x0) * \(macro)_TILE_N, next, ahead);"
            )
          }
        }
      }
    }
  }

  /// The sums of `height` places from x0 on of a line.
  private func tile(into printer: inout CPrinter) {
    let (outputs, step) = (window.horizontal.outputs, window.horizontal.stride * window.channels)
    printer.line("height = \(prefix)_height(\(outputs) - x0);")
    if isSliced {
      printer.line("const \(real) *const tile = sums + (line * \(outputs) + x0) * \(macro)_TILE_N;")
      return epilogue(from: "x0", into: &printer)
    }
    if patches.pooled == nil {
      printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N]\(hasPanel ? "" : " = {0}");")
    } else {
      printer.line("\(real) *const tile = map + (line * \(outputs) + x0) * \(macro)_TILE_N;")
      if !hasPanel { printer.line("memset(tile, 0, height * \(macro)_TILE_N * sizeof *tile);") }
    }
    if isFetching {
      printer.line("const size_t m0 = \(row(from: "x0"));")
      products.fetch("height", of: product, from: "m0", rowStep: window.horizontal.resultStep, into: &printer)
    }
    if window.isDepthwise, window.taps > 0 {
      let (vertical, horizontal) = (window.vertical, window.horizontal)
      printer.line(
        "\(prefix)_depthwise(height, width, \(vertical.kernel), \(horizontal.kernel), from + x0 * \(step), \(step), "
          + "\(vertical.dilation * blocking.pitch), \(horizontal.dilation * window.channels),")
      printer.line("  \(panelOfB), \(window.tapLineStride), \(window.tapStride), tile);")
    } else if hasPanel {
      printer.line(
        "\(prefix)_tile_new(&along, height, width, from + x0 * \(step), \(step), 1, panel, tile, \(macro)_TILE_N);")
    }
    epilogue(from: "x0", into: &printer)
  }

  /// The row of C that place `first` of line number `line` makes.
  private func row(from first: String?) -> String {
    let step = window.horizontal.resultStep
    return rowOfLine + (first.map { " + \($0)\(step == 1 ? "" : " * \(step)")" } ?? "")
  }

  var isFetching: Bool {
    patches.pooled == nil && !isSliced && products.isFetching(product, depth: window.depth)
  }

  /// What becomes of the sums in `tile`, `height` places of a line, from place `first` on.
  func epilogue(from first: String?, into printer: inout CPrinter) {
    let row = "const size_t m0 = \(row(from: first));"
    guard let pooled = patches.pooled else {
      if !isFetching || window.isWinograd { printer.line(row) }
      products.storeTile(product, rowStep: window.horizontal.resultStep, into: &printer)
      return
    }
    guard !product.epilogue.isEmpty || pooled.value != .local(product.sum) else { return }
    if product.epilogue.uses(variable: product.row) { printer.line(row) }
    printer.block("for (size_t r = 0; r < height; r++)") { printer in
      printer.block(products.columnLoop) { printer in
        let all = product.epilogue + [.constant("", pooled.value)]
        if all.uses(variable: product.row) { printer.line("const size_t \(product.row) = m0 + r;") }
        if all.uses(variable: product.column) { printer.line("const size_t \(product.column) = n0 + s;") }
        printer.line("const \(real) \(product.sum) = tile[r * \(macro)_TILE_N + s];")
        statements.print(product.epilogue, into: &printer)
        printer.line("tile[r * \(macro)_TILE_N + s] = \(expressions.text(pooled.value));")
      }
    }
  }

  private func place(ofPanel number: String, in packed: Contraction.Packed) -> String {
    "\(products.start(of: packed)) + \(number) * (\(window.depth) * \(macro)_TILE_N)"
  }

  /// All panels of B, one behind the other.
  func packAll(to packed: Contraction.Packed, into printer: inout CPrinter) {
    printer.block("") { printer in
      panelCount(into: &printer)
      printer.block("for (size_t number = 0; number < panels; number++)") { printer in
        columns(ofPanel: "number", into: &printer)
        printer.line("\(real) *const panel = \(place(ofPanel: "number", in: packed));")
        pack(to: "panel", into: &printer)
      }
    }
  }

  private var hasPanel: Bool { window.taps > 0 && !window.isDepthwise }

  /// The panel: all taps of `width` columns of B.
  private func pack(to panel: String, into printer: inout CPrinter) {
    guard hasPanel else { return }
    let (outer, inner) = (expressions.text(product.b.outerStride), expressions.text(product.b.innerStride))
    let channels = window.groupChannels
    let isOneLine = window.tapLineStride == window.horizontal.kernel * window.tapStride
    if isOneLine, product.b.outerStride == .constant(window.tapStride / channels), window.tapStride > 0 {
      printer.line("\(prefix)_pack(\(window.depth), width, \(panelOfB), \(outer), \(inner), \(panel));")
      return
    }
    func offset(_ variable: String, _ stride: Int) -> String {
      "\(stride < 0 ? " - " : " + ")\(variable) * \(stride.magnitude)"
    }
    func pack(_ offset: String, _ tap: String) -> String {
      "\(prefix)_pack(\(channels), width, \(panelOfB)\(offset), \(outer), \(inner), \(panel) + \(tap) * \(channels) * \(macro)_TILE_N);"
    }
    if isOneLine {
      printer.line("for (size_t tap = 0; tap < \(window.taps); tap++)")
      printer.line("  " + pack(offset("tap", window.tapStride), "tap"))
      return
    }
    printer.line("for (size_t ky = 0; ky < \(window.vertical.kernel); ky++)")
    printer.line("  for (size_t kx = 0; kx < \(window.horizontal.kernel); kx++)")
    printer.line(
      "    "
        + pack(
          offset("ky", window.tapLineStride) + offset("kx", window.tapStride),
          "(ky * \(window.horizontal.kernel) + kx)"))
  }

  /// Taps of a window that code goes through one by one.
  private static let mostUnrolled = 16

  /// Folds the block of sums in `map`, a place of the pooled map at a time.
  func pool(_ pooled: Contraction.Pooled, into printer: inout CPrinter) {
    let (vertical, horizontal) = (pooled.pooling.vertical, pooled.pooling.horizontal)
    let outputs = window.horizontal.outputs
    printer.line("/* Of the block's sums, still in cache, one number for each window stays. */")
    printer.block("for (size_t l = 0; l < images * pooled_lines; l++)") { printer in
      let y = taps("y", vertical, at: "(pooled_top + l % pooled_lines)", into: &printer)
      printer.block("for (size_t u = 0; u < \(horizontal.outputs); u++)") { printer in
        let x = taps("x", horizontal, at: "u", into: &printer)
        printer.line(
          "const \(real) *const seen = map + ((l / pooled_lines * lines + \(y.start) - top) * \(outputs) + \(x.start)) * \(macro)_TILE_N;"
        )
        printer.line("\(macro)_ALIGNED \(real) best[\(macro)_TILE_N];")
        let steps = "seen, \(outputs) * \(macro)_TILE_N, \(macro)_TILE_N"
        let area = "\(y.count), \(x.count), \(steps)"
        let whole = "width, \(vertical.kernel), \(horizontal.kernel), \(steps)"
        let conditions = zip([y.count, x.count], [vertical, horizontal]).filter { $0 != "\($1.kernel)" }
        let isWhole = conditions.map { "\($0) == \($1.kernel)" }.joined(separator: " && ")
        switch pooled.pooling.fold {
        case .mean: printer.line("\(prefix)_pool_mean(\(area), best);")
        case .maximum:
          let number = [y.first, x.first] == ["0", "0"] ? "0" : "\(y.first) * \(horizontal.kernel) + \(x.first)"
          if pooled.keepsWinner { printer.line("\(macro)_ALIGNED \(prefix)_bits won[\(macro)_TILE_N];") }
          let (name, results) = pooled.keepsWinner ? ("maximum", "best, won") : ("largest", "best")
          let first = pooled.keepsWinner ? "\(number), \(horizontal.kernel), " : ""
          let any = "\(prefix)_pool_\(name)(\(area), \(first)\(results));"
          let call = "\(prefix)_pool_\(name)_whole(\(whole), \(results));"
          if vertical.kernel * horizontal.kernel > Self.mostUnrolled {
            printer.line(any)
          } else if conditions.isEmpty {
            printer.line(call)
          } else {
            printer.line("if (\(isWhole)) \(call)")
            printer.line("else \(any)")
          }
        }
        printer.block(products.columnLoop) { printer in
          printer.line(
            "const size_t \(product.row) = (image * \(vertical.outputs) + pooled_top + l) * \(horizontal.outputs) + u, "
              + "\(product.column) = n0 + s;")
          printer.line("const \(real) \(Contraction.Pooled.result) = best[s];")
          if pooled.keepsWinner {
            printer.line("const \(real) \(Contraction.Pooled.winner) = (\(real))won[s];")
          }
          statements.print(pooled.epilogue, into: &printer)
        }
      }
    }
  }

  /// The taps of a window that lie within the map: where the first lies, its number, and how many there are.
  private func taps(_ axis: String, _ window: Window.Axis, at place: String, into printer: inout CPrinter)
    -> (start: String, first: String, count: String)
  {
    let isInside = window.before == 0 && window.span(of: window.outputs) <= window.extent
    if isInside { return ("\(place) * \(window.stride)", "0", "\(window.kernel)") }
    let (from, before) = ("\(place) * \(window.stride)", window.before)
    printer.line(
      "const size_t first_\(axis) = \(before == 0 ? "0" : "\(from) < \(before) ? \(before) - \(from) : 0");")
    let room = "\(window.extent + before) - \(from)"
    printer.line("const size_t end_\(axis) = \(room) < \(window.kernel) ? \(room) : \(window.kernel);")
    return (
      "(\(from) + first_\(axis)\(before == 0 ? "" : " - \(before)"))", "first_\(axis)", "end_\(axis) - first_\(axis)"
    )
  }
}
