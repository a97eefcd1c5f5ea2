import KernelIR

/// Prints a product: a call of BLAS, or the tile loops of `Templates/tile.c`, with its epilogue.
struct ContractionPrinter {
  let statements: StatementPrinter

  private var expressions: ExpressionPrinter { statements.expressions }
  private var prefix: String { statements.prefix }
  private var real: String { statements.real }

  func print(_ contraction: Contraction, into printer: inout CPrinter) {
    if let patches = contraction.patches {
      WindowPrinter(products: self, product: contraction, patches: patches).print(into: &printer)
      return
    }
    switch contraction.method {
    case .blas: printCall(contraction, into: &printer)
    case .builtin: printTiles(contraction, into: &printer)
    }
  }

  // MARK: BLAS

  private func printCall(_ product: Contraction, into printer: inout CPrinter) {
    let call = expressions.element == .f32 ? "cblas_sgemm" : "cblas_dgemm"
    let a = operand(product.a, product.m, product.k)
    let b = operand(product.b, product.k, product.n)
    printer.line(
      "\(call)(CblasRowMajor, \(a.order), \(b.order), (int)(\(extent(product.m))), (int)(\(extent(product.n))), "
        + "(int)(\(extent(product.k))), \(expressions.literal(1)),")
    printer.line(
      "            \(a.pointer), (int)(\(a.stride)), \(b.pointer), (int)(\(b.stride)), \(expressions.literal(0)), "
        + "\(pointer(product.c)), (int)(\(expressions.text(product.c.outerStride))));")
    epilogueLoops(product, into: &printer)
  }

  /// The epilogue where all sums lie in memory.
  func epilogueLoops(_ product: Contraction, into printer: inout CPrinter) {
    guard !product.epilogue.isEmpty else { return }
    printer.block("for (size_t \(product.row) = 0; \(product.row) < \(extent(product.m)); \(product.row)++)") {
      printer in
      printer.block("for (size_t \(product.column) = 0; \(product.column) < \(extent(product.n)); \(product.column)++)")
      {
        $0.line(
          "const \(real) \(product.sum) = \(element(of: product.c, .variable(product.row), .variable(product.column)));"
        )
        statements.print(product.epilogue, into: &$0)
      }
    }
  }

  /// How CBLAS is told of a matrix: a stride of 1 along its inner axis is plain, along its outer axis transposed.
  /// The distance between its lines is at least a line's length, also where there is only one line.
  private func operand(_ matrix: Contraction.Matrix, _ outer: Dimension, _ inner: Dimension)
    -> (order: String, pointer: String, stride: String)
  {
    matrix.innerStride == 1
      ? ("CblasNoTrans", pointer(matrix), outer == 1 ? extent(inner) : expressions.text(matrix.outerStride))
      : ("CblasTrans", pointer(matrix), inner == 1 ? extent(outer) : expressions.text(matrix.innerStride))
  }

  func extent(_ dimension: Dimension) -> String { expressions.text(Index(dimension)) }

  func pointer(_ matrix: Contraction.Matrix) -> String {
    matrix.base == 0 ? matrix.buffer : "\(matrix.buffer) + \(expressions.text(matrix.base))"
  }

  private func element(of matrix: Contraction.Matrix, _ outer: Index, _ inner: Index) -> String {
    "\(matrix.buffer)[\(expressions.text(matrix.base + outer * matrix.outerStride + inner * matrix.innerStride))]"
  }

  // MARK: Tiles

  private func printTiles(_ product: Contraction, into printer: inout CPrinter) {
    let macro = prefix.uppercased()
    let isDeep = product.k.perRow || product.k.count > Self.panelDepth
    let (m, n, k) = (extent(product.m), extent(product.n), extent(product.k))
    printer.line("\(macro)_ALIGNED \(real) panel[\(macro)_TILE_K * \(macro)_TILE_N];")
    printer.block("for (size_t n0 = 0; n0 < \(n); n0 += \(macro)_TILE_N)") { printer in
      printer.line("const size_t width = \(n) - n0 < \(macro)_TILE_N ? \(n) - n0 : \(macro)_TILE_N;")
      // Without depth there is still an epilogue to run, so the loop over the depth runs at least once.
      printer.line("size_t k0 = 0;")
      printer.block("do", end: "} while ((k0 += \(macro)_TILE_K) < \(k));") { printer in
        printer.line("const size_t depth = \(k) - k0 < \(macro)_TILE_K ? \(k) - k0 : \(macro)_TILE_K;")
        let b = product.b
        let bStart = b.base + Index.variable("k0") * b.outerStride + Index.variable("n0") * b.innerStride
        printer.line(
          "\(prefix)_pack(depth, width, \(b.buffer) + \(expressions.text(bStart)), "
            + "\(expressions.text(b.outerStride)), \(expressions.text(b.innerStride)), panel);")
        printer.block("for (size_t m0 = 0; m0 < \(m); m0 += \(macro)_TILE_M)") { printer in
          printer.line("const size_t height = \(m) - m0 < \(macro)_TILE_M ? \(m) - m0 : \(macro)_TILE_M;")
          printTile(product, isDeep: isDeep, macro: macro, into: &printer)
        }
      }
    }
  }

  /// The depth of a panel, as in tile.c: shallower products need no partial sums.
  static let panelDepth = 512

  private func printTile(_ product: Contraction, isDeep: Bool, macro: String, into printer: inout CPrinter) {
    let (row, column) = (Index.variable("m0") + .variable("r"), Index.variable("n0") + .variable("s"))
    printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N] = {0};")
    if isDeep {
      printer.block("if (k0 > 0)") {
        printer in copyTile("tile[r * \(macro)_TILE_N + s] = \(element(of: product.c, row, column));", into: &printer)
      }
    }
    let a = product.a
    let aStart = a.base + Index.variable("m0") * a.outerStride + Index.variable("k0") * a.innerStride
    printer.line(
      "\(prefix)_tile(depth, height, width, \(a.buffer) + \(expressions.text(aStart)), "
        + "\(expressions.text(a.outerStride)), \(expressions.text(a.innerStride)), panel, tile);")
    if isDeep, !product.epilogue.isEmpty {
      printer.block("if (k0 + depth < \(extent(product.k)))") { printer in
        copyTile("\(element(of: product.c, row, column)) = tile[r * \(macro)_TILE_N + s];", into: &printer)
        printer.line("continue;")
      }
    }
    storeTile(product, into: &printer)
  }

  /// The sums of a tile, from line m0 and column n0 on, to where they belong, through the epilogue.
  func storeTile(_ product: Contraction, into printer: inout CPrinter) {
    let macro = prefix.uppercased()
    let (row, column) = (Index.variable("m0") + .variable("r"), Index.variable("n0") + .variable("s"))
    guard !product.epilogue.isEmpty else {
      copyTile("\(element(of: product.c, row, column)) = tile[r * \(macro)_TILE_N + s];", into: &printer)
      return
    }
    printer.block("for (size_t r = 0; r < height; r++)") { printer in
      printer.block("for (size_t s = 0; s < width; s++)") { printer in
        printer.line("const size_t \(product.row) = m0 + r, \(product.column) = n0 + s;")
        if !product.epilogue.uses(variable: product.row) { printer.line("(void)\(product.row);") }
        if !product.epilogue.uses(variable: product.column) { printer.line("(void)\(product.column);") }
        printer.line("const \(real) \(product.sum) = tile[r * \(macro)_TILE_N + s];")
        statements.print(product.epilogue, into: &printer)
      }
    }
  }

  private func copyTile(_ statement: String, into printer: inout CPrinter) {
    printer.line("for (size_t r = 0; r < height; r++)")
    printer.line("  for (size_t s = 0; s < width; s++) \(statement)")
  }
}
