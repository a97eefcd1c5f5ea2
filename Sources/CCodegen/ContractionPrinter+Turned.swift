import KernelIR

/// A product of few lines of A and a wide B that lies column after column, made the other way about.
extension ContractionPrinter {
  /// Whether a wide B lies column after column, as weights do for the gradient of what they were multiplied with: packing it would cost
  /// more than the product with few lines of A. With more than one panel of lines that evens out.
  func isTurned(_ product: Contraction) -> Bool {
    product.m == .rows && product.packed == nil && product.b.outerStride == 1 && product.b.innerStride != 1
      && product.n.count >= Self.wideColumns && !product.n.perRow && !product.k.perRow
  }

  /// Cᵀ = Bᵀ·Aᵀ: B is read as it lies, and what is packed is the few lines of A.
  func turnedTiles(_ product: Contraction, into printer: inout CPrinter) {
    let (macro, n, k) = (prefix.uppercased(), extent(product.n), extent(product.k))
    let (a, b) = (product.a, product.b)
    printer.line(
      "const \(prefix)_share share = \(prefix)_columns_of(\(statements.isPart ? "part, parts" : "0, 1"), \(n));")
    printer.line("\(macro)_ALIGNED \(real) panel[\(macro)_TILE_K * \(macro)_TILE_N];")
    printer.line("\(macro)_ALIGNED \(real) turned[\(macro)_LINES * \(macro)_TILE_N];")
    columnStart(product, from: "share.left", to: "share.right", into: &printer)
    printer.block("for (size_t first = share.left; first < share.right; first += \(macro)_LINES)") { printer in
      printer.line(
        "const size_t last = share.right - first < \(macro)_LINES ? share.right : first + \(macro)_LINES;")
      printer.line("memset(turned, 0, (last - first) * \(macro)_TILE_N * sizeof *turned);")
      printer.block("for (size_t k0 = 0; k0 < \(k); k0 += \(macro)_TILE_K)") { printer in
        printer.line(depth(product))
        let lines = a.base + Index.variable("k0") * a.innerStride
        printer.line(
          "\(prefix)_pack(depth, rows, \(a.buffer) + \(expressions.text(lines)), \(expressions.text(a.innerStride)), "
            + "\(expressions.text(a.outerStride)), panel);")
        printer.block("for (size_t m0 = first, height = 0; m0 < last; m0 += height)") { printer in
          printer.line("height = \(prefix)_height(last - m0);")
          if product.isShallow { fetchTurned(product, into: &printer) }
          let start = b.base + Index.variable("m0") * b.innerStride + .variable("k0")
          // Lines of one panel's depth lie behind each other: as many as the tile has are fetched for the next one.
          let isOneRun = product.isShallow && b.innerStride == Index(product.k)
          let next = expressions.text(start + .variable("height") * b.innerStride)
          let ahead = isOneRun ? "\(b.buffer) + \(next), 64 / sizeof *panel" : "panel, 0"
          printer.line(
            "\(prefix)_tile_ahead(depth, height, rows, \(b.buffer) + \(expressions.text(start)), "
              + "\(expressions.text(b.innerStride)), panel, \(macro)_TILE_N, turned + (m0 - first) * \(macro)_TILE_N, \(ahead));"
          )
        }
      }
      printer.block("for (size_t n0 = first; n0 < last; n0 += \(macro)_TILE_N)") { printer in
        printer.line("const size_t width = last - n0 < \(macro)_TILE_N ? last - n0 : \(macro)_TILE_N;")
        printer.line("const size_t m0 = 0, height = rows;")
        printer.line("\(macro)_ALIGNED \(real) tile[\(macro)_TILE_N * \(macro)_TILE_N];")
        printer.line(
          "\(prefix)_pack(height, width, turned + (n0 - first) * \(macro)_TILE_N, 1, \(macro)_TILE_N, tile);")
        storeTile(product, into: &printer)
      }
    }
  }

  /// Asks for what the sums go to, and what their epilogue reads: of each row the line of cache that the tile's columns begin in.
  private func fetchTurned(_ product: Contraction, into printer: inout CPrinter) {
    let place = expressions.text(.variable("m0") + .variable("r") * Index(product.n))
    let arrays =
      product.epilogue.isEmpty
      ? [(product.c.buffer, true)] : product.epilogueArrays.map { ($0.buffer, $0.isWritten) }
    guard !arrays.isEmpty else { return }
    printer.block("for (size_t r = 0; r < rows; r++)") { printer in
      for (buffer, isWritten) in arrays {
        printer.line("\(prefix.uppercased())_PREFETCH\(isWritten ? "_TO_WRITE" : "")(\(buffer), \(place));")
      }
    }
  }
}
