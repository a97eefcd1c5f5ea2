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

  func print(into printer: inout CPrinter) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    printer.line(
      "static const \(prefix)_window window = {\(vertical.extent), \(horizontal.extent), \(window.channels), "
        + "\(vertical.before), \(horizontal.before), \(vertical.spread), \(blocking.pitch / window.channels)};")
    printer.line("\(real) *const strip = \(patches.scratch);")
    if product.method == .builtin {
      printer.line("\(real) *const panel = \(patches.scratch) + \(blocking.stripsCount);")
    }
    if window.isTransposed {
      printer.line("memset(\(products.pointer(product.c)), 0, \(product.m.count * product.n.count) * sizeof(\(real)));")
    }
    printer.block("for (size_t image = 0; image < \(images); image += \(blocking.images))") { printer in
      if blocking.images == 1 {
        printer.line("const size_t images = 1;")
      } else {
        printer.line(
          "const size_t images = \(images) - image < \(blocking.images) ? \(images) - image : \(blocking.images);")
      }
      printer.block("for (size_t top = 0; top < \(vertical.outputs); top += \(blocking.lines))") { printer in
        block(into: &printer)
      }
    }
    if window.isTransposed || product.method == .blas { products.epilogueLoops(product, into: &printer) }
  }

  private func block(into printer: inout CPrinter) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    let total = vertical.outputs
    let lines =
      total % blocking.lines == 0
      ? "\(blocking.lines)" : "\(total) - top < \(blocking.lines) ? \(total) - top : \(blocking.lines)"
    let overlap = (vertical.kernel - 1) * vertical.dilation + 1
    printer.line("const size_t lines = \(lines), strip_lines = (lines - 1) * \(vertical.stride) + \(overlap);")
    let imageCount = vertical.extent * horizontal.extent * window.channels
    printer.line(
      "\(prefix)_strips(&window, images, top * \(vertical.stride), strip_lines, "
        + "\(product.a.buffer) + image * \(imageCount), strip);")
    printer.line("const size_t place = (image * \(vertical.outputs) + top) * \(horizontal.outputs);")
    switch (product.method, window.isTransposed) {
    case (.builtin, false): patchesTimesMatrix(into: &printer)
    case (.builtin, true): transposedPatchesTimesMatrix(into: &printer)
    case (.blas, _): calls(into: &printer)
    }
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

  private func widthLoop(into printer: inout CPrinter, _ body: (inout CPrinter) -> Void) {
    let n = products.extent(product.n)
    printer.block("for (size_t n0 = 0; n0 < \(n); n0 += \(macro)_TILE_N)") { printer in
      printer.line("const size_t width = \(n) - n0 < \(macro)_TILE_N ? \(n) - n0 : \(macro)_TILE_N;")
      body(&printer)
    }
  }

  private func patchesTimesMatrix(into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    let step = window.horizontal.stride * window.channels
    widthLoop(into: &printer) { printer in
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

  private func transposedPatchesTimesMatrix(into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    let n = products.extent(product.n)
    let step = window.horizontal.stride * window.channels
    widthLoop(into: &printer) { printer in
      printer.line(
        "\(prefix)_pack(images * lines * \(outputs), width, \(product.b.buffer) + place * \(n) + n0, \(n), 1, panel);")
      forEachRun(into: &printer) { printer, strip, depth in
        printer.block("for (size_t e = 0; e < \(window.run); e += \(macro)_TILE_M)") { printer in
          printer.line(
            "const size_t height = \(window.run) - e < \(macro)_TILE_M ? \(window.run) - e : \(macro)_TILE_M;")
          printer.line("\(real) *const c = \(products.pointer(product.c)) + (\(depth) + e) * \(n) + n0;")
          printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N] = {0};")
          printer.line("for (size_t r = 0; r < height; r++)")
          printer.line("  for (size_t s = 0; s < width; s++) tile[r * \(macro)_TILE_N + s] = c[r * \(n) + s];")
          printer.line("for (size_t line = 0; line < images * lines; line++)")
          printer.line(
            "  \(prefix)_tile(\(outputs), height, width, \(start) + \(strip) + e, 1, \(step), "
              + "panel + line * \(outputs) * \(macro)_TILE_N, tile);")
          printer.line("for (size_t r = 0; r < height; r++)")
          printer.line("  for (size_t s = 0; s < width; s++) c[r * \(n) + s] = tile[r * \(macro)_TILE_N + s];")
        }
      }
    }
  }

  // MARK: BLAS

  /// A product for each tap and line of output; the first tap of a line overwrites, the others add.
  private func calls(into printer: inout CPrinter) {
    let call = expressions.element == .f32 ? "cblas_sgemm" : "cblas_dgemm"
    let outputs = window.horizontal.outputs
    let (n, channels) = (products.extent(product.n), window.channels)
    let step = window.horizontal.stride * channels
    let b = product.b
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
            printer.line(
              "\(call)(CblasRowMajor, CblasNoTrans, \(isPlain ? "CblasNoTrans" : "CblasTrans"), \(outputs), \(n), "
                + "\(channels), \(expressions.literal(1)),")
            printer.line(
              "            \(a), \(step), \(b.buffer) + \(base)tap * \(window.tapStride.magnitude), "
                + "\(expressions.text(isPlain ? b.outerStride : b.innerStride)), "
                + "tap == 0 ? \(expressions.literal(0)) : \(expressions.literal(1)),")
            printer.line("            \(products.pointer(product.c)) + (place + line * \(outputs)) * \(n), \(n));")
          }
        }
      }
    }
  }
}
