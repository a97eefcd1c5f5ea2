import KernelIR

/// Prints a convolution: strips of the padded image are copied to scratch memory, and products read the patches where
/// they lie in a strip, a line of output at a time.
struct WindowPrinter {
  let products: ContractionPrinter
  let product: Contraction
  let patches: Contraction.Patches

  private var window: Window { patches.window }
  private var blocking: WindowBlocking { patches.blocking }
  private var statements: StatementPrinter { products.statements }
  private var expressions: ExpressionPrinter { statements.expressions }
  private var prefix: String { statements.prefix }
  private var macro: String { prefix.uppercased() }
  private var real: String { statements.real }

  /// The images of a call: all places over those of one image.
  private var images: String {
    let places = window.vertical.outputs * window.horizontal.outputs
    let extent = window.isTransposed ? product.k : product.m
    return products.extent(Dimension(extent.count / max(places, 1), perRow: extent.perRow))
  }

  private var isPart: Bool { statements.isPart }

  func print(into printer: inout CPrinter) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    printer.line(
      "static const \(prefix)_window window = {\(vertical.extent), \(horizontal.extent), \(window.channels), "
        + "\(vertical.before), \(horizontal.before), \(vertical.spread), \(horizontal.spread), "
        + "\(blocking.pitch / window.channels)};")
    let scratch = isPart ? "\(patches.scratch) + part * \(blocking.scratchCount)" : patches.scratch
    printer.line("\(real) *const strip = \(scratch);")
    if product.method == .builtin { printer.line("\(real) *const panel = strip + \(blocking.stripsCount);") }
    let tops = (vertical.outputs + blocking.lines - 1) / blocking.lines
    printer.line("const size_t blocks = (\(images) + \(blocking.images - 1)) / \(blocking.images) * \(tops);")
    switch (product.method, window.isTransposed) {
    case (.builtin, false): patchesTimesMatrix(tops, into: &printer)
    case (.builtin, true): transposedPatchesTimesMatrix(tops, into: &printer)
    case (.blas, _): calls(tops, into: &printer)
    }
  }

  /// Panels of columns of B.
  private func panelCount(into printer: inout CPrinter) {
    printer.line("const size_t panels = (\(products.extent(product.n)) + \(macro)_TILE_N - 1) / \(macro)_TILE_N;")
  }

  private func width(into printer: inout CPrinter) {
    let n = products.extent(product.n)
    printer.line("const size_t width = \(n) - n0 < \(macro)_TILE_N ? \(n) - n0 : \(macro)_TILE_N;")
  }

  /// What block number `block` is: images, the first line of output, and how many lines of it and of strips.
  private func place(_ tops: Int, into printer: inout CPrinter) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    let (count, lines) = (blocking.images, blocking.lines)
    printer.line("const size_t image = \(tops == 1 ? "block" : "block / \(tops)")\(count == 1 ? "" : " * \(count)");")
    printer.line(
      count == 1
        ? "const size_t images = 1;"
        : "const size_t images = \(images) - image < \(count) ? \(images) - image : \(count);")
    printer.line("const size_t top = \(tops == 1 ? "0" : "block % \(tops) * \(lines)");")
    let whole = vertical.outputs % lines == 0
    printer.line(
      "const size_t lines = \(whole ? "\(lines)" : "\(vertical.outputs) - top < \(lines) ? \(vertical.outputs) - top : \(lines)"), "
        + "strip_lines = (lines - 1) * \(vertical.stride) + \((vertical.kernel - 1) * vertical.dilation + 1);")
    printer.line("const size_t place = (image * \(vertical.outputs) + top) * \(horizontal.outputs);")
  }

  private var copyStrips: String {
    let imageCount = window.vertical.extent * window.horizontal.extent * window.channels
    return "\(prefix)_strips(&window, images, top * \(window.vertical.stride), strip_lines, "
      + "\(product.a.buffer) + image * \(imageCount), strip);"
  }

  /// Where in the strip line number `line` of the block begins.
  private var start: String {
    let stride = window.vertical.stride * blocking.pitch
    return blocking.images == 1
      ? "strip + line * \(stride)"
      : "strip + line / lines * strip_lines * \(blocking.pitch) + line % lines * \(stride)"
  }

  /// Loops over the runs of neighbouring elements of a patch: `body` gets their offsets in a strip and in the depth of
  /// the product.
  private func forEachRun(
    into printer: inout CPrinter, _ body: (inout CPrinter, _ strip: String, _ depth: String) -> Void
  ) {
    let perLine = window.horizontal.kernel * window.channels / window.run
    let down = window.vertical.dilation * blocking.pitch
    printer.block("for (size_t ky = 0; ky < \(window.vertical.kernel); ky++)") { printer in
      guard perLine > 1 else {
        body(&printer, "ky * \(down)", "ky * \(window.run)")
        return
      }
      printer.block("for (size_t kx = 0; kx < \(perLine); kx++)") { printer in
        body(
          &printer, "ky * \(down) + kx * \(window.horizontal.dilation * window.channels)",
          "(ky * \(perLine) + kx) * \(window.run)")
      }
    }
  }

  // MARK: Tiles

  /// Units of work are a block of places and a panel of columns: block after block, so that a strip serves all panels; or
  /// panel after panel, where a part has to have its columns for itself to add them up.
  private func patchesTimesMatrix(_ tops: Int, into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    let step = window.horizontal.stride * window.channels
    let byColumns = !product.columnStart.isEmpty
    panelCount(into: &printer)
    let (first, last): (String, String)
    if byColumns {
      (first, last) =
        isPart ? ("part * panels / parts * blocks", "(part + 1) * panels / parts * blocks") : ("0", "panels * blocks")
      let columns = { (part: String) in "\(part) * panels / parts * \(macro)_TILE_N" }
      products.columnStart(
        product, from: isPart ? columns("part") : "0", to: isPart ? columns("(part + 1)") : products.extent(product.n),
        below: isPart ? products.extent(product.n) : nil, into: &printer)
    } else {
      (first, last) =
        isPart
        ? ("part * blocks * panels / parts", "(part + 1) * blocks * panels / parts") : ("0", "blocks * panels")
    }
    printer.line("size_t copied = blocks; /* the block whose strips are at hand */")
    printer.block("for (size_t unit = \(first); unit < \(last); unit++)") { printer in
      printer.line(
        byColumns
          ? "const size_t block = unit % blocks, n0 = unit / blocks * \(macro)_TILE_N;"
          : "const size_t block = unit / panels, n0 = unit % panels * \(macro)_TILE_N;")
      width(into: &printer)
      place(tops, into: &printer)
      printer.line("if (block != copied) \(copyStrips)")
      printer.line("copied = block;")
      pack(into: &printer)
      printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
        printer.line("const \(real) *const from = \(start);")
        printer.block("for (size_t x0 = 0; x0 < \(outputs); x0 += \(macro)_TILE_M)") { printer in
          printer.line(
            "const size_t height = \(outputs) - x0 < \(macro)_TILE_M ? \(outputs) - x0 : \(macro)_TILE_M;")
          printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N] = {0};")
          forEachRun(into: &printer) { printer, strip, depth in
            printer.line(
              "\(prefix)_tile(\(window.run), height, width, from + x0 * \(step) + \(strip), \(step), 1, "
                + "panel + (\(depth)) * \(macro)_TILE_N, tile);")
          }
          printer.line("const size_t m0 = place + line * \(outputs) + x0;")
          products.storeTile(product, into: &printer)
        }
      }
    }
  }

  /// The panel: all taps of `width` columns of B.
  private func pack(into printer: inout CPrinter) {
    let b = product.b
    let (outer, inner) = (expressions.text(b.outerStride), expressions.text(b.innerStride))
    let columns = inner == "1" ? "n0" : "n0 * \(inner)"
    let isContiguous = b.outerStride == .constant(window.tapStride / window.channels) && window.tapStride > 0
    if isContiguous {
      printer.line("\(prefix)_pack(\(window.depth), width, \(b.buffer) + \(columns), \(outer), \(inner), panel);")
      return
    }
    let base = b.base == 0 ? "" : "\(expressions.text(b.base)) \(window.tapStride < 0 ? "-" : "+") "
    printer.line("for (size_t tap = 0; tap < \(window.taps); tap++)")
    printer.line(
      "  \(prefix)_pack(\(window.channels), width, \(b.buffer) + \(base)tap * \(window.tapStride.magnitude) + \(columns), "
        + "\(outer), \(inner), panel + tap * \(window.channels) * \(macro)_TILE_N);")
  }

  /// Units of work are a panel of columns and a line of taps: each sum is made by one part, over all blocks in order.
  private func transposedPatchesTimesMatrix(_ tops: Int, into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    let n = products.extent(product.n)
    let step = window.horizontal.stride * window.channels
    let (height, perLine) = (window.vertical.kernel, window.horizontal.kernel * window.channels / window.run)
    panelCount(into: &printer)
    printer.block("for (size_t block = 0; block < blocks; block++)") { printer in
      place(tops, into: &printer)
      printer.line(copyStrips)
      printer.line("size_t packed = panels; /* the panel at hand */")
      let units = "panels * \(height)"
      printer.block(
        isPart
          ? "for (size_t unit = part * (\(units)) / parts; unit < (part + 1) * (\(units)) / parts; unit++)"
          : "for (size_t unit = 0; unit < \(units); unit++)"
      ) { printer in
        printer.line("const size_t ky = unit % \(height), n0 = unit / \(height) * \(macro)_TILE_N;")
        width(into: &printer)
        printer.line("if (unit / \(height) != packed)")
        printer.line(
          "  \(prefix)_pack(images * lines * \(outputs), width, \(product.b.buffer) + place * \(n) + n0, \(n), 1, panel);"
        )
        printer.line("packed = unit / \(height);")
        printer.block("for (size_t kx = 0; kx < \(perLine); kx++)") { printer in
          printer.block("for (size_t e = 0; e < \(window.run); e += \(macro)_TILE_M)") { printer in
            printer.line(
              "const size_t height = \(window.run) - e < \(macro)_TILE_M ? \(window.run) - e : \(macro)_TILE_M;")
            printer.line(
              "\(real) *const c = \(products.pointer(product.c)) + ((ky * \(perLine) + kx) * \(window.run) + e) * \(n) + n0;"
            )
            printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N] = {0};")
            printer.line("for (size_t r = 0; r < height && block > 0; r++)")
            printer.line("  for (size_t s = 0; s < width; s++) tile[r * \(macro)_TILE_N + s] = c[r * \(n) + s];")
            printer.line("for (size_t line = 0; line < images * lines; line++)")
            printer.line(
              "  \(prefix)_tile(\(outputs), height, width, \(start) + ky * \(window.vertical.dilation * blocking.pitch) "
                + "+ kx * \(window.horizontal.dilation * window.channels) + e, 1, \(step), "
                + "panel + line * \(outputs) * \(macro)_TILE_N, tile);")
            printer.line("for (size_t r = 0; r < height; r++)")
            printer.line("  for (size_t s = 0; s < width; s++) c[r * \(n) + s] = tile[r * \(macro)_TILE_N + s];")
          }
        }
      }
    }
    guard !product.epilogue.isEmpty else { return }
    // A part has made its own lines of taps of its own columns; the epilogue runs where those are.
    printer.block(
      isPart
        ? "for (size_t unit = part * (panels * \(height)) / parts; unit < (part + 1) * (panels * \(height)) / parts; unit++)"
        : "for (size_t unit = 0; unit < panels * \(height); unit++)"
    ) { printer in
      printer.line("const size_t ky = unit % \(height), n0 = unit / \(height) * \(macro)_TILE_N;")
      width(into: &printer)
      let count = perLine * window.run
      printer.block(
        "for (size_t \(product.row) = ky * \(count); \(product.row) < (ky + 1) * \(count); \(product.row)++)"
      ) {
        printer in
        printer.block("for (size_t \(product.column) = n0; \(product.column) < n0 + width; \(product.column)++)") {
          $0.line(
            "const \(real) \(product.sum) = \(products.element(of: product.c, .variable(product.row), .variable(product.column)));"
          )
          statements.print(product.epilogue, into: &$0)
        }
      }
    }
  }

  // MARK: BLAS

  /// A product for each tap and line of output; the first tap of a line overwrites, the others add.
  private func calls(_ tops: Int, into printer: inout CPrinter) {
    let call = expressions.element == .f32 ? "cblas_sgemm" : "cblas_dgemm"
    let outputs = window.horizontal.outputs
    let (n, channels) = (products.extent(product.n), window.channels)
    let step = window.horizontal.stride * channels
    let b = product.b
    if window.isTransposed {
      printer.line("memset(\(products.pointer(product.c)), 0, \(product.m.count * product.n.count) * sizeof(\(real)));")
    }
    printer.block("for (size_t block = 0; block < blocks; block++)") { printer in
      place(tops, into: &printer)
      printer.line(copyStrips)
      printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
        printer.line("const \(real) *const from = \(start);")
        printer.block("for (size_t ky = 0; ky < \(window.vertical.kernel); ky++)") { printer in
          printer.block("for (size_t kx = 0; kx < \(window.horizontal.kernel); kx++)") { printer in
            printer.line("const size_t tap = ky * \(window.horizontal.kernel) + kx;")
            let a =
              "from + ky * \(window.vertical.dilation * blocking.pitch) + kx * \(window.horizontal.dilation * channels)"
            if window.isTransposed {
              printer.line(
                "\(call)(CblasRowMajor, CblasTrans, CblasNoTrans, \(channels), \(n), \(outputs), \(expressions.literal(1)),"
              )
              printer.line(
                "            \(a), \(step), \(b.buffer) + (place + line * \(outputs)) * \(n), \(n), \(expressions.literal(1)),"
              )
              printer.line("            \(products.pointer(product.c)) + tap * \(channels) * \(n), \(n));")
            } else {
              let base = b.base == 0 ? "" : "\(expressions.text(b.base)) \(window.tapStride < 0 ? "-" : "+") "
              let isPlain = b.innerStride == 1
              // A single line may have any stride in its matrix, but BLAS wants one of at least the line's length.
              let plainStride = channels == 1 ? n : expressions.text(b.outerStride)
              printer.line(
                "\(call)(CblasRowMajor, CblasNoTrans, \(isPlain ? "CblasNoTrans" : "CblasTrans"), \(outputs), \(n), "
                  + "\(channels), \(expressions.literal(1)),")
              printer.line(
                "            \(a), \(step), \(b.buffer) + \(base)tap * \(window.tapStride.magnitude), "
                  + "\(isPlain ? plainStride : expressions.text(b.innerStride)), "
                  + "tap == 0 ? \(expressions.literal(0)) : \(expressions.literal(1)),")
              printer.line("            \(products.pointer(product.c)) + (place + line * \(outputs)) * \(n), \(n));")
            }
          }
        }
      }
    }
    products.columnStart(product, from: "0", to: n, into: &printer)
    products.epilogueLoops(product, into: &printer)
  }
}
