import KernelIR

extension WindowPrinter {
  /// A product for each tap and line of output; the first tap of a line overwrites, the others add.
  func calls(into printer: inout CPrinter) {
    let outputs = window.horizontal.outputs
    let n = products.extent(product.n)
    if window.isTransposed {
      printer.line("memset(\(products.pointer(product.c)), 0, \(product.m.count * product.n.count) * sizeof(\(real)));")
    }
    printer.block("for (size_t block = 0; block < blocks; block++)") { printer in
      place(into: &printer)
      if window.isWhole { firstRow(into: &printer) }
      if blocking.copies { copyStrips(into: &printer) }
      printer.block("for (size_t line = 0; line < images * lines; line++)") { printer in
        printer.line("const \(real) *const from = \(start);")
        printer.block("for (size_t ky = 0; ky < \(window.vertical.kernel); ky++)") { printer in
          printer.block("for (size_t kx = 0; kx < \(window.horizontal.kernel); kx++)") {
            if window.isTransposed {
              transposedCall(outputs, n, into: &$0)
            } else {
              plainCall(outputs, n, into: &$0)
            }
          }
        }
      }
    }
    products.columnStart(product, from: "0", to: n, into: &printer)
    products.epilogueLoops(product, into: &printer)
  }

  private var call: String { expressions.element == .f32 ? "cblas_sgemm" : "cblas_dgemm" }
  private var step: Int { window.horizontal.stride * window.channels }
  private var patch: String {
    "from + ky * \(window.vertical.dilation * blocking.pitch) + kx * \(window.horizontal.dilation * window.channels)"
  }

  private func transposedCall(_ outputs: Int, _ n: String, into printer: inout CPrinter) {
    let one = expressions.literal(1)
    printer.line("const size_t tap = ky * \(window.horizontal.kernel) + kx;")
    printer.line(
      "\(call)(CblasRowMajor, CblasTrans, CblasNoTrans, \(window.channels), \(n), \(outputs), \(one),")
    printer.line(
      "            \(patch), \(step), \(product.b.buffer) + (place + line * \(outputs)) * \(n), \(n), \(one),")
    printer.line("            \(products.pointer(product.c)) + tap * \(window.channels) * \(n), \(n));")
  }

  private func plainCall(_ outputs: Int, _ n: String, into printer: inout CPrinter) {
    let (b, channels) = (product.b, window.channels)
    let isPlain = b.innerStride == 1
    // A single line may have any stride in its matrix, but BLAS wants one of at least the line's length.
    let stride = !isPlain ? expressions.text(b.innerStride) : channels == 1 ? n : expressions.text(b.outerStride)
    func offset(_ variable: String, _ stride: Int) -> String {
      "\(stride < 0 ? " - " : " + ")\(variable) * \(stride.magnitude)"
    }
    printer.line(
      "\(call)(CblasRowMajor, CblasNoTrans, \(isPlain ? "CblasNoTrans" : "CblasTrans"), \(outputs), \(n), "
        + "\(channels), \(expressions.literal(1)),")
    printer.line(
      "            \(patch), \(step), \(b.buffer)\(b.base == 0 ? "" : " + \(expressions.text(b.base))")"
        + offset("ky", window.tapLineStride) + offset("kx", window.tapStride)
        + ", \(stride), ky + kx == 0 ? \(expressions.literal(0)) : \(expressions.literal(1)),")
    let rowStep = window.horizontal.resultStep
    printer.line(
      "            \(products.pointer(product.c)) + (\(rowOfLine)) * \(n), \(rowStep == 1 ? n : "\(rowStep) * \(n)"));")
  }
}
