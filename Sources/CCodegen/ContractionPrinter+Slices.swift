import KernelIR

/// Tiles of a deep product: each slice of a panel comes to the first-level cache once, and all lines of A meet it there while the next
/// one is fetched. Between slices the sums of the lines wait beside it.
extension ContractionPrinter {
  /// Whether the depth is so large that few lines of A would wait for B most of their time, and both are read along it.
  func isSliced(_ product: Contraction) -> Bool {
    !product.k.perRow && product.k.count > 2 * Contraction.panelDepth && product.updates.isEmpty
      && product.a.innerStride == 1 && product.b.innerStride == 1
  }

  /// Whether slices that are not packed beforehand are read where they lie: lines of B follow each other closely enough to stay in the
  /// first-level cache.
  func isSlicedInPlace(_ product: Contraction) -> Bool {
    isSliced(product) && hasWholePanels(product) && product.n.count <= Self.closeColumns
  }

  /// Columns of B up to which lines of a slice don't crowd a few sets of the cache.
  private static let closeColumns = 256

  /// What the panel of TILE_N columns from n0 on adds to lines `first` to `last`, over `depth` from k0 on.
  /// Slices that are packed here go to `own`.
  func slices(_ product: Contraction, own: String, into printer: inout CPrinter) {
    let (a, b, macro) = (product.a, product.b, prefix.uppercased())
    let (row, column) = (Index.variable("first") + .variable("r"), Index.variable("n0") + .variable("s"))
    let isWhole = hasWholePanels(product)
    let taken = "k0 > 0\(isWhole ? "" : " && s < width") ? \(element(of: product.c, row, column)) : 0"
    printer.line("\(macro)_ALIGNED \(real) sums[\(macro)_LINES * \(macro)_TILE_N];")
    printer.line("for (size_t r = 0; r < last - first; r++)")
    printer.line(
      "  \(macro)_ROLLED for (size_t s = 0; s < \(macro)_TILE_N; s++) sums[r * \(macro)_TILE_N + s] = \(taken);")
    func start(at line: String, _ column: String) -> String {
      expressions.text(b.base + Index.variable(line) * b.outerStride + .variable(column))
    }
    printer.block("for (size_t k = k0, deep = 0; k < k0 + depth; k += deep)") { printer in
      printer.line("deep = k0 + depth - k < \(macro)_SLICE ? k0 + depth - k : \(macro)_SLICE;")
      let isInPlace = isSlicedInPlace(product)
      let own = isInPlace ? "\(b.buffer) + \(start(at: "k", "n0"))" : own
      var (slice, ahead) = (own, "\(b.buffer) + next")
      var distance = expressions.text(b.outerStride)
      if let packed = product.packed {
        slice = "\(packed.buffer) ? \(place(ofPanelIn: packed, of: product)) + (k - k0) * \(macro)_TILE_N : \(own)"
        ahead = "\(packed.buffer) ? slice + deep * \(macro)_TILE_N : \(ahead)"
        distance = "\(packed.buffer) ? \(macro)_TILE_N : \(distance)"
      }
      printer.line("const \(real) *const slice = \(slice);")
      if !isInPlace {
        let pack = packing(product, from: "k", depth: "deep", to: own)
        printer.line("\(product.packed.map { "if (!\($0.buffer)) " } ?? "")\(pack);")
      }
      printer.line("/* Of the next slice a tile fetches the first or the second half of each line. */")
      printer.line("const size_t right = n0 + \(macro)_TILE_N, below = k + deep;")
      let later = "right < share.right ? \(start(at: "k0", "right")) : \(start(at: "below", "share.left"))"
      printer.line("const size_t next = below < k0 + depth ? \(start(at: "below", "n0")) : \(later);")
      printer.line("const \(real) *const ahead = \(ahead);")
      printer.line("const size_t distance = \(distance);")
      let tiles = "m0 = first, height = 0, half = 0; m0 < last; m0 += height, half ^= \(macro)_LANES"
      printer.block("for (size_t \(tiles))") { printer in
        printer.line("height = \(prefix)_height(last - m0);")
        let start = a.base + Index.variable("m0") * a.outerStride + .variable("k")
        printer.line(
          "\(prefix)_tile_ahead(deep, height, width, \(a.buffer) + \(expressions.text(start)), "
            + "\(expressions.text(a.outerStride)), slice, \(isInPlace ? "distance" : "\(macro)_TILE_N"), sums + (m0 - first) * \(macro)_TILE_N, ahead + half, distance);"
        )
      }
    }
    printer.block("for (size_t m0 = first, height = 0; m0 < last; m0 += height)") { printer in
      printer.line("height = \(prefix)_height(last - m0);")
      printer.line("const \(real) *const tile = sums + (m0 - first) * \(macro)_TILE_N;")
      storeSums(product, into: &printer)
    }
  }
}
