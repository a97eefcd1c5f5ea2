import GraphIR
import KernelIR

/// The loops over a shape, outermost first: one for each axis longer than 1, or a single one over all elements.
struct LoopOrder {
  private(set) var loops: [(variable: String, extent: Dimension, axis: Int)] = []
  /// Coordinates of the current element; not meaningful where the loops are collapsed.
  private(set) var coordinates: [Index]
  private(set) var flat: Index
  private let collapsed: Bool

  init(_ shape: Shape, collapse: Bool) {
    collapsed = collapse && shape.elementCount != 1
    coordinates = Array(repeating: 0, count: shape.rank)
    flat = 0
    if collapsed {
      loops = [("i", shape.elementCount, 0)]
      flat = .variable("i")
      coordinates = shape.canonical(shape.coordinates(ofFlat: flat))
      return
    }
    let names = ["i", "j", "k", "l", "m", "n", "o", "p"]
    for (axis, extent) in shape.dimensions.enumerated() where extent != 1 {
      let name = loops.count < names.count ? names[loops.count] : "i\(loops.count)"
      loops.append((name, extent, axis))
      coordinates[axis] = .variable(name)
    }
    flat = .flat(coordinates, strides: shape.strides)
  }

  /// How many of the inner loops a fold over `axes` takes; nil if the axes are not the innermost ones.
  func innerLoops(ifSuffix axes: [Int], of shape: Shape) -> Int? {
    if collapsed { return axes.count == shape.rank ? 1 : nil }
    let long = axes.filter { shape[$0] != 1 }.count
    return loops.suffix(long).allSatisfy { axes.contains($0.axis) } ? long : nil
  }

  func nest(_ body: [Statement]) -> [Statement] {
    Self.nest(loops[...], around: body)
  }

  /// The loops but for the innermost one.
  func nest(lines body: [Statement]) -> [Statement] { Self.nest(loops.dropLast(), around: body) }

  private static func nest(
    _ loops: ArraySlice<(variable: String, extent: Dimension, axis: Int)>, around body: [Statement]
  ) -> [Statement] {
    loops.reversed().reduce(body) { [.loop(variable: $1.variable, extent: Index($1.extent), body: $0)] }
  }

  /// The nest in which the `inner` innermost loops fold `value` into a scalar, which `store` then keeps.
  func nest(
    folding inner: Int, _ fold: Accumulator.Fold, of value: Expression, body: [Statement],
    store: (Expression) -> Statement
  ) -> [Statement] {
    let outer = loops.dropLast(inner)
    guard let last = loops.last, inner > 0 else { return Self.nest(outer, around: body + [store(value)]) }
    let innermost = Statement.reduction(
      variable: last.variable, extent: Index(last.extent), body: body,
      accumulators: [Accumulator(name: inner == 1 ? "total" : "partial", fold: fold, value: value)])
    if inner == 1 { return Self.nest(outer, around: [innermost, store(.local("total"))]) }
    let folded: Expression =
      switch fold {
      case .sum: .local("total") + .local("partial")
      case .maximum: .binary(.maximum, .local("total"), .local("partial"))
      case .minimum: .binary(.minimum, .local("total"), .local("partial"))
      }
    let middle = Self.nest(loops.dropFirst(outer.count).dropLast(), around: [innermost, .assign("total", folded)])
    return Self.nest(
      outer, around: [.variable("total", .literal(fold.identity))] + middle + [store(.local("total"))])
  }
}
