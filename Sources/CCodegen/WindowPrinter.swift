import KernelIR

/// Prints a convolution: strips of the padded image are copied to scratch memory, unless no place sees anything beyond the
/// image, and products read the patches where they lie, a line of output at a time.
struct WindowPrinter {
  let products: ContractionPrinter
  let product: Contraction
  let patches: Contraction.Patches

  var window: Window { patches.window }
  var blocking: WindowBlocking { patches.blocking }
  var statements: StatementPrinter { products.statements }
  var expressions: ExpressionPrinter { statements.expressions }
  var prefix: String { statements.prefix }
  var macro: String { prefix.uppercased() }
  var real: String { statements.real }
  var isPart: Bool { statements.isPart }

  /// The images of a call: all results over those of one image.
  private var images: String {
    let places = window.vertical.resultExtent * window.horizontal.resultExtent
    let extent = window.isTransposed ? product.k : product.m
    return products.extent(Dimension(extent.count / max(places, 1), perRow: extent.perRow))
  }

  /// Blocks of lines in one image.
  var tops: Int {
    let lines = patches.pooled?.pooling.vertical.outputs ?? window.vertical.outputs
    return (lines + blocking.lines - 1) / blocking.lines
  }

  func print(into printer: inout CPrinter) {
    guard !window.isWhole else { return body(into: &printer) }
    func which(_ name: String, _ axis: Window.Axis) -> String {
      axis.resultStep == 1
        ? "all \(name)" : "\(name) \(axis.resultStart), \(axis.resultStart + axis.resultStep) …"
    }
    printer.line(
      "/* \(which("lines", window.vertical)), \(which("columns", window.horizontal)): "
        + "\(window.vertical.kernel) by \(window.horizontal.kernel) taps */")
    printer.block("", body)
  }

  private func body(into printer: inout CPrinter) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    if blocking.copies {
      printer.line(
        "static const \(prefix)_window window = {\(vertical.extent), \(horizontal.extent), \(window.channels), "
          + "\(vertical.before), \(horizontal.before), \(vertical.spread), \(horizontal.spread), "
          + "\(blocking.pitch / window.channels)};")
    }
    let scratch = isPart ? "\(patches.scratch) + part * \(patches.scratchCount)" : patches.scratch
    func area(_ name: String, from offset: Int, if isUsed: Bool) {
      guard isUsed else { return }
      printer.line("\(real) *const \(name) = \(scratch)\(offset == 0 ? "" : " + \(offset)");")
    }
    area("strip", from: 0, if: blocking.copies)
    area(
      product.packed == nil ? "panel" : "own", from: blocking.stripsCount,
      if: product.method == .builtin && blocking.panelCount > 0)
    area("map", from: blocking.mapOffset, if: blocking.mapCount > 0)
    area("transformed", from: blocking.transformOffset, if: window.isWinograd)
    area("sums", from: blocking.productOffset, if: window.isWinograd)
    area("source_line", from: blocking.lineOffset, if: patches.image != nil && blocking.copies)
    printer.line("const size_t blocks = (\(images) + \(blocking.images - 1)) / \(blocking.images) * \(tops);")
    switch (product.method, window.isTransposed) {
    case (.builtin, false) where window.isWinograd: winograd(into: &printer)
    case (.builtin, true) where window.isWinograd: transposedWinograd(into: &printer)
    case (.builtin, false): patchesTimesMatrix(into: &printer)
    case (.builtin, true): transposedPatchesTimesMatrix(into: &printer)
    case (.blas, _): calls(into: &printer)
    }
  }

  // MARK: Columns

  /// Whether columns are parted into panels group by group.
  var isGrouped: Bool { window.groups > 1 && !window.isDepthwise }
  private var groupColumns: Int { product.n.count / window.groups }

  /// Panels of columns of B.
  func panelCount(into printer: inout CPrinter) {
    let n = isGrouped ? "\(groupColumns)" : products.extent(product.n)
    printer.line(
      "const size_t panels = \(isGrouped ? "\(window.groups) * (" : "")(\(n) + \(macro)_TILE_N - 1) / \(macro)_TILE_N"
        + "\(isGrouped ? ")" : "");")
  }

  /// Beside so many columns it costs little that each part transforms the strips for itself.
  private static let manyColumns = 256

  /// Whether a part has columns for itself: to add them up over all blocks, or where few blocks, the last of them shorter, would leave
  /// the parts unequal.
  var ownsColumns: Bool {
    isPart && !window.isTransposed
      && (product.foldsColumns || window.isWinograd && !product.n.perRow && product.n.count >= Self.manyColumns)
  }

  /// The columns of a part that has its own, and the panels that they touch.
  func ownPanels(into printer: inout CPrinter) {
    guard !isGrouped else {
      panelCount(into: &printer)
      printer.line(
        "const size_t first_panel = part * panels / parts, own_panels = (part + 1) * panels / parts - first_panel;")
      return
    }
    if product.foldsColumns {
      printer.line("const \(prefix)_share columns = \(prefix)_columns_of(part, parts, \(products.extent(product.n)));")
    } else {
      printer.line("const int has_columns = blocks <= 2 * parts;")
      printer.line(
        "const \(prefix)_share columns = \(prefix)_columns_of(has_columns ? part : 0, has_columns ? parts : 1, \(products.extent(product.n)));"
      )
    }
    printer.line("const size_t first_panel = columns.left / \(macro)_TILE_N;")
    printer.line(
      "const size_t own_panels = columns.left < columns.right ? (columns.right - 1) / \(macro)_TILE_N + 1 - first_panel : 0;"
    )
  }

  /// The first column of panel number `panel`, how many it has, and its group; of a part's own columns those in the panel. A panel
  /// is of `most` columns, TILE_N unless it says so.
  func columns(ofPanel panel: String, of most: String? = nil, into printer: inout CPrinter) {
    var n = products.extent(product.n)
    let most = most ?? "\(macro)_TILE_N"
    if ownsColumns, !isGrouped {
      printer.line("const size_t left = \(panel) * \(macro)_TILE_N, right = left + \(macro)_TILE_N;")
      printer.line("const size_t n0 = left < columns.left ? columns.left : left;")
      printer.line("const size_t width = (right < columns.right ? right : columns.right) - n0;")
      return
    }
    if isGrouped {
      let panels = "(panels / \(window.groups))"
      printer.line("const size_t group = \(panel) / \(panels);")
      printer.line("const size_t n0 = group * \(groupColumns) + \(panel) % \(panels) * \(macro)_TILE_N;")
      n = "(group + 1) * \(groupColumns)"
    } else {
      printer.line("const size_t n0 = \(panel) * \(most);")
    }
    printer.line("const size_t width = \(n) - n0 < \(most) ? \(n) - n0 : \(most);")
  }

  /// Where the channels begin that the panel's columns see.
  var channelOffset: String {
    window.isDepthwise ? " + n0" : isGrouped ? " + group * \(window.groupChannels)" : ""
  }

  /// B's first element in tap 0 for the panel's columns.
  var panelOfB: String {
    let b = product.b
    let base = b.base == 0 ? b.buffer : "\(b.buffer) + \(expressions.text(b.base))"
    let inner = expressions.text(b.innerStride)
    guard !window.isDepthwise else { return "\(base) + n0" }
    guard isGrouped else { return inner == "1" ? "\(base) + n0" : "\(base) + n0 * \(inner)" }
    return "\(base) + group * \(window.groupStride) + (n0 - group * \(groupColumns)) * \(inner)"
  }

  // MARK: Blocks

  /// What block number `block` is: images, the first line of the window's places, and how many lines of it.
  func place(into printer: inout CPrinter) {
    let vertical = window.vertical
    let count = blocking.images
    printer.line("const size_t image = \(tops == 1 ? "block" : "block / \(tops)")\(count == 1 ? "" : " * \(count)");")
    printer.line(
      count == 1
        ? "const size_t images = 1;"
        : "const size_t images = \(images) - image < \(count) ? \(images) - image : \(count);")
    func lines(_ name: String, from top: String, of extent: Int) -> String {
      extent % blocking.lines == 0
        ? "\(name) = \(blocking.lines)"
        : "\(name) = \(extent) - \(top) < \(blocking.lines) ? \(extent) - \(top) : \(blocking.lines)"
    }
    let first = tops == 1 ? "0" : "block % \(tops) * \(blocking.lines)"
    if let pooling = patches.pooled?.pooling.vertical {
      printer.line(
        "const size_t pooled_top = \(first), \(lines("pooled_lines", from: "pooled_top", of: pooling.outputs));")
      let start = "pooled_top * \(pooling.stride)"
      printer.line(
        pooling.before == 0
          ? "const size_t top = \(start);"
          : "const size_t top = \(start) < \(pooling.before) ? 0 : \(start) - \(pooling.before);")
      printer.line("const size_t bottom = (pooled_top + pooled_lines - 1) * \(pooling.stride) + \(pooling.kernel);")
      let limit = vertical.outputs + pooling.before
      printer.line(
        "const size_t lines = (bottom < \(limit) ? bottom : \(limit)) - \(pooling.before == 0 ? "top" : "\(pooling.before) - top");"
      )
    } else {
      printer.line("const size_t top = \(first), \(lines("lines", from: "top", of: vertical.outputs));")
    }
    if blocking.copies {
      let more = (vertical.kernel - 1) * vertical.dilation + 1
      printer.line(
        window.isWinograd
          ? "const size_t strip_lines = (lines + 1) / 2 * 2 + \(vertical.kernel - 1);"
          : "const size_t strip_lines = (lines - 1) * \(vertical.stride) + \(more);")
    }
  }

  /// The first row of C of the block: place number 0 of its line 0.
  func firstRow(into printer: inout CPrinter) {
    printer.line(
      "const size_t place = (image * \(window.vertical.outputs) + top) * \(window.horizontal.outputs);")
  }

  /// The row of C that place 0 of line number `line` of the block makes.
  var rowOfLine: String {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    guard !window.isWhole else { return "place + line * \(horizontal.outputs)" }
    let (image, line) = blocking.images == 1 ? ("image", "line") : ("(image + line / lines)", "line % lines")
    return "(\(image) * \(vertical.resultExtent) + (top + \(line)) * \(vertical.resultStep) + \(vertical.resultStart)) "
      + "* \(horizontal.resultExtent) + \(horizontal.resultStart)"
  }

  /// Brings the block's strips to scratch memory.
  func copyStrips(into printer: inout CPrinter) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    let first = "top * \(vertical.stride)"
    guard let image = patches.image else {
      printer.line(
        "\(prefix)_strips(&window, images, \(first), strip_lines, \(product.a.buffer) + image * "
          + "\(vertical.extent * horizontal.extent * window.channels), strip);")
      return
    }
    let names = Contraction.ComputedOperand.coordinates
    printer.line("/* No memory holds the source: its lines are computed as they are copied. */")
    printer.block("for (size_t l = 0; l < images * strip_lines; l++)") { printer in
      printer.line(
        "const size_t \(names[0]) = image + l / strip_lines, \(names[1]) = \(prefix)_source_line(&window, \(first) + l % strip_lines);"
      )
      printer.block("if (\(names[1]) == \(vertical.extent))") {
        $0.line("memset(strip + l * \(blocking.pitch), 0, \(blocking.pitch) * sizeof *strip);")
        $0.line("continue;")
      }
      printer.block("for (size_t \(names[2]) = 0; \(names[2]) < \(horizontal.extent); \(names[2])++)") { printer in
        let statements = statements.namingConditions(of: image.statements, along: names[3], into: &printer)
        printer.block("for (size_t \(names[3]) = 0; \(names[3]) < \(window.channels); \(names[3])++)") {
          statements.print(image.body, into: &$0)
          let value = statements.expressions.text(image.value)
          $0.line("source_line[\(names[2]) * \(window.channels) + \(names[3])] = \(value);")
        }
      }
      if !image.usage.variables.contains(names[0]) { printer.line("(void)\(names[0]);") }
      printer.line("\(prefix)_strip_line(&window, source_line, strip + l * \(blocking.pitch));")
    }
  }

  /// Where the patches of the block begin.
  var firstStart: String {
    guard !blocking.copies else { return "strip" }
    let cut = -window.vertical.before * blocking.pitch - window.horizontal.before * window.channels
    return "\(product.a.buffer) + image * \(imageStride) + top * \(lineStride)\(cut == 0 ? "" : " + \(cut)")"
  }

  /// How far the patches of the next line are, and those of the next image.
  var lineStride: Int { window.vertical.stride * blocking.pitch }
  var imageStride: String {
    blocking.copies ? "strip_lines * \(blocking.pitch)" : "\(window.vertical.extent * blocking.pitch)"
  }

  /// Where the patches of line number `line` of the block begin.
  var start: String {
    blocking.images == 1
      ? "\(firstStart) + line * \(lineStride)"
      : "\(firstStart) + line / lines * (\(imageStride)) + line % lines * \(lineStride)"
  }

  /// Runs in one line of a patch.
  var runsOfLine: Int { window.horizontal.kernel * window.groupChannels / max(window.run, 1) }
}
