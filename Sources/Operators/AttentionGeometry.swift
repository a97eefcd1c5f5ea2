import GraphIR
import KernelIR

/// The extents of an attention and the tiles in which it is made.
struct AttentionGeometry {
  /// The first axis of every operand.
  let rows: Dimension
  /// Steps that ask, and steps that are seen.
  let queries: Tiling
  let keys: Tiling
  let heads: Int
  /// Heads of keys and values, each of which serves `group` heads of queries.
  let keyHeads: Int
  /// Numbers of a query or key, and of a value.
  let size: Int
  let valueSize: Int

  var group: Int { heads / keyHeads }

  /// From query [rows, time, heads, size], key [rows, keys, keyHeads, size], value [rows, keys, keyHeads, valueSize] and, where
  /// there is one, mask [rows, keys]; `name` is the operator's.
  init(_ operands: [TensorType], block: Int, for name: String) throws(ShapeError) {
    guard operands.count >= 3 else { throw ShapeError("\(name) takes at least 3 operands, got \(operands.count)") }
    guard block > 0 else { throw ShapeError("\(name) needs tiles of at least 1 step, got \(block)") }
    let (query, key, value) = (operands[0], operands[1], operands[2])
    for (operand, text) in [(query, "queries"), (key, "keys"), (value, "values")] {
      guard operand.element.isFloating, operand.element == query.element, operand.shape.rank == 4,
        !operand.shape.dimensions.dropFirst().contains(where: \.perRow)
      else { throw ShapeError("\(name) expects \(text) [rows, time, heads, size], got \(operand)") }
    }
    let (q, k, v) = (query.shape, key.shape, value.shape)
    guard k[0] == q[0], k[3] == q[3], k[2].count > 0, q[2].count % k[2].count == 0 else {
      throw ShapeError(
        "\(name) of queries \(query) expects keys [\(q[0]), time, heads, \(q[3])] whose heads divide \(q[2]), got \(key)"
      )
    }
    guard v[0] == k[0], v[1] == k[1], v[2] == k[2] else {
      throw ShapeError("\(name) of keys \(key) expects values [\(k[0]), \(k[1]), \(k[2]), size], got \(value)")
    }
    rows = q[0]
    queries = Tiling(extent: q[1].count, block: block)
    keys = Tiling(extent: k[1].count, block: block)
    (heads, keyHeads, size, valueSize) = (q[2].count, k[2].count, q[3].count, v[3].count)
  }

  /// The types of the result and of the logarithm of each query's sum of exponentials.
  func results(_ element: ElementType) -> [TensorType] {
    let (time, heads) = (Dimension(queries.extent), Dimension(heads))
    return [
      TensorType(element, [rows, time, heads, Dimension(valueSize)]), TensorType(element, [rows, heads, time]),
    ]
  }

  func checkMask(_ mask: TensorType, _ element: ElementType, for name: String) throws(ShapeError) {
    let wanted = TensorType(element, [rows, Dimension(keys.extent)])
    guard mask == wanted else { throw ShapeError("\(name) expects a mask \(wanted), got \(mask)") }
  }
}

/// An axis in tiles of one size. They begin a size apart but for the last, which ends with the axis and thus overlaps the
/// one before it: every loop inside a tile has a constant extent.
struct Tiling {
  let extent: Int
  let size: Int
  let count: Int

  /// Tiles of at most `block` steps, about equal and of whole vectors where there are several.
  init(extent: Int, block: Int) {
    self.extent = extent
    let fewest = (extent + block - 1) / max(block, 1)
    size = fewest <= 1 ? extent : min(block, ((extent + fewest - 1) / fewest + 7) / 8 * 8)
    count = max(1, (extent + size - 1) / max(size, 1))
  }

  /// Steps of the last tile that belong to the one before it.
  var overlap: Int { count * size - extent }

  /// A loop over the tiles; `body` gets the first step of each and, if the last overlaps, whether it is that.
  func loop(_ name: String, _ body: (_ start: Index, _ isRepeated: Condition?) -> [Statement]) -> [Statement] {
    guard count > 1 else { return body(0, nil) }
    let tile = Index.variable("\(name)_tile")
    let start = tile * .constant(size) + tile / (count - 1) * .constant(-overlap)
    let isRepeated = overlap == 0 ? nil : Condition.index(.equal, tile, .constant(count - 1))
    return [
      .loop(
        variable: "\(name)_tile", extent: .constant(count),
        body: [.position(name, start)] + body(.variable(name), isRepeated))
    ]
  }
}
