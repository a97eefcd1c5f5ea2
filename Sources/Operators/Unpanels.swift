import GraphIR
import KernelIR

/// The weight [rows, columns] that `Panels` packed.
public struct Unpanels: Operator {
  public static let name = "unpanels"

  public var layout: Panels
  public var rows: Int
  public var columns: Int

  public init(_ layout: Panels, rows: Int, columns: Int) {
    self.layout = layout
    self.rows = rows
    self.columns = columns
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let weight = TensorType(operands[0].element, [Dimension(rows), Dimension(columns)])
    guard operands[0].element.isFloating, operands == (try layout.infer([weight])) else {
      throw ShapeError("unpanels to \(weight) expects what panels makes of it, got \(operands[0])")
    }
    return [weight]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.append(layout, [gradient])]
  }

  public var lowering: Lowering {
    .pointwise { context in
      let at = context.coordinates
      let (k, j) = layout.isTransposed ? (at[1], at[0]) : (at[0], at[1])
      return context.element(0, [j / PanelProduct.width, k, j % PanelProduct.width])
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [
      .generate([rows, columns]) { at in
        layout.isTransposed ? operands[0].panel(at[1], at[0]) : operands[0].panel(at[0], at[1])
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let panels = Panels.draw(&random, operand: operand), let layout = panels.op as? Panels,
      let packed = try? layout.infer(panels.operands)
    else { return nil }
    return Instance(Unpanels(layout, rows: operand.shape[0].count, columns: operand.shape[1].count), packed)
  }
}
