import GraphIR
import KernelIR

/// A matrix packed for products that read it many times, as those of a recurrent layer's steps do: a weight [depth, width] as
/// panels of `PanelProduct.width` columns, [panels, depth, PanelProduct.width], with zeros behind the last column. If
/// `isTransposed`, the weight is [width, depth].
public struct Panels: Operator {
  public static let name = "panels"

  public var isTransposed: Bool

  public init(isTransposed: Bool = false) { self.isTransposed = isTransposed }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let weight = operands[0]
    guard weight.element.isFloating, weight.shape.rank == 2, !weight.shape.dimensions.contains(where: \.perRow) else {
      throw ShapeError("panels expects a weight [rows, columns], got \(weight)")
    }
    let (depth, width) = isTransposed ? (weight.shape[1], weight.shape[0]) : (weight.shape[0], weight.shape[1])
    let panels = PanelProduct.padded(width.count) / PanelProduct.width
    return [TensorType(weight.element, [Dimension(panels), depth, Dimension(PanelProduct.width)])]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.unpacked(gradient, self, to: context.builder.shape(of: context.operands[0]))]
  }

  /// Where element (k, j) of the matrix lies in the weight.
  private func place<Position>(_ k: Position, _ j: Position) -> [Position] { isTransposed ? [j, k] : [k, j] }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      let (depth, width) = isTransposed ? (shape[1], shape[0].count) : (shape[0], shape[1].count)
      let (whole, rest) = (width / PanelProduct.width, width % PanelProduct.width)
      func copy(_ panel: Index, _ columns: Int, _ prefix: String) -> [Statement] {
        context.nest([depth, Dimension(columns)], prefix: prefix) { at in
          let column = panel * .constant(PanelProduct.width) + at[1]
          return [context.store(0, [panel, at[0], at[1]], context.load(0, place(at[0], column)))]
        }
      }
      let filled =
        whole == 0 ? [] : context.nest([Dimension(whole)], prefix: "b") { copy($0[0], PanelProduct.width, "i") }
      guard rest > 0 else { return filled }
      let cleared = context.nest([depth, Dimension(PanelProduct.width - rest)], prefix: "z") {
        [context.store(0, [.constant(whole), $0[0], $0[1] + .constant(rest)], 0.0)]
      }
      return filled + copy(.constant(whole), rest, "i") + cleared
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let width = operands[0].shape[isTransposed ? 0 : 1]
    return [
      .generate(context.shape()) { at in
        let column = at[0] * PanelProduct.width + at[2]
        return column < width ? operands[0][place(at[1], column)] : 0
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let instance = Instance(Panels(isTransposed: random.integer(in: 0...1) == 0), [operand])
    return (try? instance.op.infer(instance.operands)) == nil ? nil : instance
  }
}

extension ReferenceTensor {
  /// Element (k, j) of the matrix in these panels.
  func panel(_ k: Int, _ j: Int) -> Double { self[[j / PanelProduct.width, k, j % PanelProduct.width]] }
}

extension GraphBuilder {
  /// What `layout` packed, or would pack, as `packed`: a weight of the shape.
  mutating func unpacked(_ packed: Value, _ layout: Panels, to shape: Shape) throws(ShapeError) -> Value {
    if graph.op(of: packed) as? Panels == layout { return graph.nodes[packed.node].operands[0] }
    return try append(Unpanels(layout, rows: shape[0].count, columns: shape[1].count), [packed])
  }

  /// The panels of a recurrent weight [units, gates·units] for the way back, turned.
  mutating func turned(_ panels: Value, units: Int, gates: Int) throws(ShapeError) -> Value {
    let weight = try unpacked(panels, Panels(), to: [Dimension(units), Dimension(gates * units)])
    return try append(Panels(isTransposed: true), [weight])
  }
}
