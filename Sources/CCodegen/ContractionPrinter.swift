import KernelIR

/// Prints a product: a call of BLAS, or the tile loops of `Templates/tile.c`, with its epilogue.
struct ContractionPrinter {
  let statements: StatementPrinter

  var expressions: ExpressionPrinter { statements.expressions }
  var prefix: String { statements.prefix }
  var real: String { statements.real }

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
    columnStart(product, from: "0", to: extent(product.n), into: &printer)
    epilogueLoops(product, into: &printer)
  }

  /// The epilogue where all sums lie in memory.
  func epilogueLoops(
    _ product: Contraction, from first: String = "0", to last: String? = nil, into printer: inout CPrinter
  ) {
    guard !product.epilogue.isEmpty else { return }
    printer.block("for (size_t \(product.row) = 0; \(product.row) < \(extent(product.m)); \(product.row)++)") {
      printer in
      printer.block(
        "for (size_t \(product.column) = \(first); \(product.column) < \(last ?? extent(product.n)); \(product.column)++)"
      ) {
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

  func element(of matrix: Contraction.Matrix, _ outer: Index, _ inner: Index) -> String {
    "\(matrix.buffer)[\(expressions.text(matrix.base + outer * matrix.outerStride + inner * matrix.innerStride))]"
  }

  // MARK: Tiles

  private func printTiles(_ product: Contraction, into printer: inout CPrinter) {
    if isTurned(product) {
      printer.block("if (rows <= \(prefix.uppercased())_TILE_N)") { turnedTiles(product, into: &$0) }
      printer.block("else") { tiles(product, into: &$0) }
      return
    }
    let few = inPlace(product).map { "\(prefix)_\($0)".uppercased() }
    guard product.m == .rows, let most = product.packed.map({ "(\($0.buffer) ? 1 : \(few ?? "0"))" }) ?? few else {
      return tiles(product, into: &printer)
    }
    printer.block("if (rows <= \(most))") { fewRows(product, into: &$0) }
    printer.block("else") { tiles(product, into: &$0) }
  }

  /// Columns from which lines of B are so far apart that those of a panel crowd a few sets of the caches while it is packed.
  static let wideColumns = 1024

  /// The function of rows.c that makes a few lines with B where it lies, and in capitals how many; nil where none can.
  private func inPlace(_ product: Contraction) -> String? {
    guard product.b.innerStride == 1 else { return nil }
    return hasWholePanels(product) && product.n.count >= Self.wideColumns ? "some" : "few"
  }

  /// A panel of B at a time, in consecutive memory, for as many lines of A as stay in cache.
  private func tiles(_ product: Contraction, into printer: inout CPrinter) {
    let macro = prefix.uppercased()
    let k = extent(product.k)
    printer.line("const \(prefix)_share share = \(share(of: product));")
    let own = product.packed == nil ? "panel" : "own"
    let isSliced = isSliced(product)
    if !isSlicedInPlace(product) {
      printer.line("\(macro)_ALIGNED \(real) \(own)[\(macro)_\(isSliced ? "SLICE" : "TILE_K") * \(macro)_TILE_N];")
    }
    columnStart(product, from: "share.left", to: "share.right", into: &printer)
    // Without depth there is still an epilogue to run, so the loop over the depth runs at least once.
    printer.line("size_t k0 = 0;")
    printer.block("do", end: "} while ((k0 += \(macro)_TILE_K) < \(k));") { printer in
      printer.line(depth(product))
      if !isSliced, !isAcross(product), isStoredWhole(product) || product.isShallow {
        printer.line("const \(prefix)_runs along = {depth, 1, 0, 1, 0};")
      }
      let lines = product.updates.isEmpty ? "\(macro)_LINES" : "\(macro)_UPDATED_LINES"
      printer.block("for (size_t first = share.top; first < share.bottom; first += \(lines))") { printer in
        printer.line("const size_t last = share.bottom - first < \(lines) ? share.bottom : first + \(lines);")
        printer.block("for (size_t n0 = share.left; n0 < share.right; n0 += \(macro)_TILE_N)") { printer in
          printer.line(width(product))
          guard !isSliced else { return slices(product, own: own, into: &printer) }
          if let packed = product.packed {
            printer.line(
              "const \(real) *const panel = \(packed.buffer) ? \(place(ofPanelIn: packed, of: product)) : \(own);")
          }
          printer.line("\(product.packed.map { "if (!\($0.buffer)) " } ?? "")\(packing(product, to: own));")
          printer.block("for (size_t m0 = first, height = 0; m0 < last; m0 += height)") { printer in
            printer.line("height = \(prefix)_height(last - m0);")
            fetch(product, into: &printer)
            printTile(product, into: &printer)
          }
        }
      }
    }
  }

  /// What the epilogue works with comes from memory: what it reads is on its way while the tile is made, and what it updates, which is
  /// more, while the one before is.
  private func fetch(_ product: Contraction, into printer: inout CPrinter) {
    guard !product.updates.isEmpty else {
      if product.isShallow, isFetching(product, depth: product.k.count) {
        fetch("height", of: product, from: "m0", into: &printer)
      }
      return
    }
    let (panel, n) = ("n0 + \(prefix.uppercased())_TILE_N", extent(product.n))
    printer.line(
      "const size_t next = \(panel) < share.right ? m0 * \(n) + \(panel) : (m0 + last - first) * \(n) + share.left;")
    for buffer in product.updates { printer.line("\(prefix)_fetch_to_write(height, \(buffer), next, \(n));") }
  }

  /// Depth from which making a tile takes longer than asking for what its epilogue works with.
  private static let fetchingDepth = 64

  /// Whether the epilogue reads arrays as large as C, which come from memory while sums are made.
  func isFetching(_ product: Contraction, depth: Int) -> Bool {
    depth >= Self.fetchingDepth && product.epilogueArrays.contains { !$0.isWritten }
  }

  /// Asks for what the epilogue reads and writes in a panel's columns of `count` rows, `rowStep` apart, from `row` on.
  func fetch(_ count: String, of product: Contraction, from row: String, rowStep: Int = 1, into printer: inout CPrinter)
  {
    let n = extent(product.n)
    for array in product.epilogueArrays {
      printer.line(
        "\(prefix)_fetch\(array.isWritten ? "_to_write" : "")(\(count), \(array.buffer), \(row) * \(n) + n0, "
          + "\(rowStep == 1 ? n : "\(rowStep) * \(n)"));")
    }
  }

  /// The columns of the panel that begins with column n0. A width that is known makes the loops over them straight vector code.
  private func width(_ product: Contraction) -> String {
    let (n, tile) = (extent(product.n), "\(prefix.uppercased())_TILE_N")
    return "const size_t width = "
      + (hasWholePanels(product) ? "\(tile);" : "\(n) - n0 < \(tile) ? \(n) - n0 : \(tile);")
  }

  /// The depth of the panel that begins at k0.
  func depth(_ product: Contraction) -> String {
    let (k, tile) = (extent(product.k), "\(prefix.uppercased())_TILE_K")
    return "const size_t depth = \(k) - k0 < \(tile) ? \(k) - k0 : \(tile);"
  }

  /// The call that packs `depth` lines of B from line k on and `width` columns from n0 on.
  func packing(_ product: Contraction, from k: String = "k0", depth: String = "depth", to panel: String) -> String {
    let b = product.b
    let start = b.base + Index.variable(k) * b.outerStride + Index.variable("n0") * b.innerStride
    return "\(prefix)_pack(\(depth), width, \(b.buffer) + \(expressions.text(start)), "
      + "\(expressions.text(b.outerStride)), \(expressions.text(b.innerStride)), \(panel))"
  }

  /// Where that panel lies in packed memory: all panels of one depth, then those of the next.
  func place(ofPanelIn packed: Contraction.Packed, of product: Contraction) -> String {
    let (n, tile) = (extent(product.n), "\(prefix.uppercased())_TILE_N")
    let padded = hasWholePanels(product) ? n : "((\(n) + \(tile) - 1) / \(tile) * \(tile))"
    return "\(start(of: packed)) + k0 * \(padded) + n0 * depth"
  }

  func start(of packed: Contraction.Packed) -> String {
    packed.base == 0 ? packed.buffer : "\(packed.buffer) + \(packed.base)"
  }

  /// All panels of B, one behind the other.
  func pack(_ product: Contraction, into printer: inout CPrinter) {
    guard let packed = product.packed else { return }
    if let patches = product.patches {
      WindowPrinter(products: self, product: product, patches: patches).packAll(to: packed, into: &printer)
      return
    }
    let (macro, k) = (prefix.uppercased(), extent(product.k))
    printer.block("for (size_t k0 = 0; k0 < \(k); k0 += \(macro)_TILE_K)") { printer in
      printer.line(depth(product))
      printer.block("for (size_t n0 = 0; n0 < \(extent(product.n)); n0 += \(macro)_TILE_N)") { printer in
        printer.line(width(product))
        printer.line("\(packing(product, to: place(ofPanelIn: packed, of: product)));")
      }
      guard packed.releasesLines else { return }
      let start = expressions.text(product.b.base + .variable("k0") * product.b.outerStride)
      printer.line("\(prefix)_released(release, \(product.b.buffer) + \(start), depth * \(extent(product.n)));")
    }
  }

  /// What happens to columns before their sums are made.
  func columnStart(
    _ product: Contraction, from first: String, to last: String, below limit: String? = nil,
    into printer: inout CPrinter
  ) {
    guard !product.columnStart.isEmpty else { return }
    let bound = limit.map { "\(product.column) < \($0) && " } ?? ""
    printer.block("for (size_t \(product.column) = \(first); \(bound)\(product.column) < \(last); \(product.column)++)")
    {
      statements.print(product.columnStart, into: &$0)
    }
  }

  /// A few lines of A: B is read where it lies, once, since packing it would cost more than the product; or a single one where B
  /// is packed.
  private func fewRows(_ product: Contraction, into printer: inout CPrinter) {
    let n = extent(product.n)
    if statements.isPart {
      printer.line("const \(prefix)_share share = \(prefix)_share_of(part, parts, rows, \(n), 1);")
      printer.line("const size_t first = share.left, last = share.right;")
    } else {
      printer.line("const size_t first = 0, last = \(n);")
    }
    columnStart(product, from: "first", to: "last", into: &printer)
    let (a, b, c) = (product.a, product.b, product.c)
    if let packed = product.packed {
      printer.line(
        "if (\(packed.buffer)) \(prefix)_line(\(extent(product.k)), \(n), first, last, \(pointer(a)), "
          + "\(expressions.text(a.innerStride)), \(start(of: packed)), \(pointer(c)));")
    }
    if let function = inPlace(product) {
      printer.line(
        "\(product.packed == nil ? "" : "else ")\(prefix)_\(function)(rows, \(extent(product.k)), last - first, "
          + "\(pointer(a)), \(expressions.text(a.outerStride)), \(expressions.text(a.innerStride)), "
          + "\(pointer(b)) + first, \(expressions.text(b.outerStride)), \(pointer(c)) + first, "
          + "\(expressions.text(c.outerStride)));")
    }
    epilogueLoops(product, from: "first", to: "last", into: &printer)
  }

  /// What a part makes of it: columns that have something to add up, line after line, stay in one part. Of a narrow product whose A lies
  /// column after column, lines: parts then don't read all of A each.
  private func share(of product: Contraction) -> String {
    let part = statements.isPart ? "part, parts" : "0, 1"
    let extents = "\(extent(product.m)), \(extent(product.n))"
    if isAcross(product), product.columnStart.isEmpty, !product.m.perRow, product.n.count < Self.wideColumns,
      product.m.count >= 2 * product.n.count
    {
      return "\(prefix)_lines_of(\(part), \(extents))"
    }
    return "\(prefix)_share_of(\(part), \(extents), \(product.columnStart.isEmpty ? 0 : 1))"
  }

  /// Whether A lies column after column, as for the gradient of weights, and panels are whole.
  private func isAcross(_ product: Contraction) -> Bool {
    product.a.outerStride == 1 && product.a.innerStride != 1 && hasWholePanels(product)
  }

  /// Columns of the widest tile, AVX-512's of f32; those of others divide it.
  static let widestTile = 32

  /// Whether the sums are the result, in columns that whole tiles make: then they go from the registers to where they belong.
  private func isStoredWhole(_ product: Contraction) -> Bool {
    product.epilogue.isEmpty && hasWholePanels(product) && product.c.innerStride == 1
  }

  func hasWholePanels(_ product: Contraction) -> Bool {
    !product.n.perRow && product.n.count % Self.widestTile == 0
  }

  /// The call that makes a tile of sums where they lie: anew the first time, where there are others, and more of them from then on.
  func sums(isFirst: String?, _ arguments: String, into printer: inout CPrinter) {
    let call = "(&along, height, \(arguments));"
    printer.line("\(isFirst.map { "if (\($0)) " } ?? "")\(prefix)_tile_new\(call)")
    if isFirst != nil { printer.line("else \(prefix)_tile_at\(call)") }
  }

  private func printTile(_ product: Contraction, into printer: inout CPrinter) {
    let (a, macro, isDeep) = (product.a, prefix.uppercased(), !product.isShallow)
    let aStart = a.base + Index.variable("m0") * a.outerStride + Index.variable("k0") * a.innerStride
    let left =
      "\(a.buffer) + \(expressions.text(aStart)), \(expressions.text(a.outerStride)), \(expressions.text(a.innerStride))"
    let (row, column) = (Index.variable("m0") + .variable("r"), Index.variable("n0") + .variable("s"))
    func across(_ adds: String, _ tile: String) -> String {
      "\(prefix)_tile_across(\(adds), depth, height, \(a.buffer) + \(expressions.text(aStart)), "
        + "\(expressions.text(a.innerStride)), panel, \(tile));"
    }
    guard !isStoredWhole(product) else {
      let place =
        "\(product.c.buffer) + \(expressions.text(product.c.base + .variable("m0") * product.c.outerStride + .variable("n0")))"
      if isAcross(product) {
        return printer.line(across(isDeep ? "k0 > 0" : "0", "\(place), \(expressions.text(product.c.outerStride))"))
      }
      return sums(
        isFirst: isDeep ? "k0 == 0" : nil,
        "width, \(left), panel, \(place), \(expressions.text(product.c.outerStride))", into: &printer)
    }
    printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_M * \(macro)_TILE_N]\(isDeep ? " = {0}" : "");")
    if isDeep {
      printer.block("if (k0 > 0)") {
        printer in copyTile("tile[r * \(macro)_TILE_N + s] = \(element(of: product.c, row, column));", into: &printer)
      }
      printer.line(
        isAcross(product)
          ? across("1", "tile, \(macro)_TILE_N") : "\(prefix)_tile(depth, height, width, \(left), panel, tile);")
    } else {
      printer.line(
        isAcross(product)
          ? across("0", "tile, \(macro)_TILE_N")
          : "\(prefix)_tile_new(&along, height, width, \(left), panel, tile, \(macro)_TILE_N);")
    }
    storeSums(product, into: &printer)
  }

  /// The sums of a tile to C, or, when they are complete, to where they belong.
  func storeSums(_ product: Contraction, into printer: inout CPrinter) {
    if !product.isShallow, !product.epilogue.isEmpty {
      let (row, column) = (Index.variable("m0") + .variable("r"), Index.variable("n0") + .variable("s"))
      printer.block("if (k0 + depth < \(extent(product.k)))") { printer in
        copyTile(
          "\(element(of: product.c, row, column)) = tile[r * \(prefix.uppercased())_TILE_N + s];", into: &printer)
        printer.line("continue;")
      }
    }
    storeTile(product, into: &printer)
  }

  /// The sums of a tile, from line m0 and column n0 on, to where they belong, through the epilogue. Lines are `rowStep`
  /// apart.
  func storeTile(_ product: Contraction, rowStep: Int = 1, into printer: inout CPrinter) {
    let macro = prefix.uppercased()
    let (row, column) = (
      Index.variable("m0") + .variable("r") * .constant(rowStep), Index.variable("n0") + .variable("s")
    )
    guard !product.epilogue.isEmpty else {
      copyTile("\(element(of: product.c, row, column)) = tile[r * \(macro)_TILE_N + s];", into: &printer)
      return
    }
    printer.block("for (size_t r = 0; r < height; r++)") { printer in
      printer.block(columnLoop) { printer in
        printer.line("const size_t \(product.row) = \(expressions.text(row)), \(product.column) = n0 + s;")
        if !product.epilogue.uses(variable: product.row) { printer.line("(void)\(product.row);") }
        if !product.epilogue.uses(variable: product.column) { printer.line("(void)\(product.column);") }
        printer.line("const \(real) \(product.sum) = tile[r * \(macro)_TILE_N + s];")
        statements.print(product.epilogue, into: &printer)
      }
    }
  }

  /// Over the columns of a tile.
  var columnLoop: String { "\(prefix.uppercased())_ROLLED for (size_t s = 0; s < width; s++)" }

  private func copyTile(_ statement: String, into printer: inout CPrinter) {
    printer.line("for (size_t r = 0; r < height; r++)")
    printer.line("  \(columnLoop) \(statement)")
  }
}
