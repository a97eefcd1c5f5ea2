import Glibc
import GraphIR
import KernelIR

/// Turns pairs of numbers by angles that grow with the position, so that products of two turned vectors depend on the distance
/// of their positions (Su et al., RoFormer, 2021). The pairs are number d of the first half and of the second, as in GPT-NeoX:
/// (x₁ cos - x₂ sin, x₂ cos + x₁ sin).
///
/// Operands: x [rows, time, heads, size] or [rows, time, size], size even; the cosines and the sines of the angles, [time, size/2] for all rows
/// or [rows, time, size/2] for each.
public struct Rotary: Operator {
  public static let name = "rotary"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(3, operands)
    let x = operands[0]
    guard x.element.isFloating, let size = x.shape.evenSize else {
      throw ShapeError("rotary expects [rows, time, heads, size] or [rows, time, size] of even size, got \(x)")
    }
    let half = Dimension(size / 2)
    let choices = [[x.shape[1], half], [x.shape[0], x.shape[1], half]].map { TensorType(x.element, Shape($0)) }
    guard choices.contains(operands[1]), operands[2] == operands[1] else {
      throw ShapeError(
        "rotary of \(x) expects cosines and sines \(choices[0]) or \(choices[1]), got \(operands[1]) and \(operands[2])"
      )
    }
    return [x]
  }

  /// The gradient is turned back. Nothing flows to the angles.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil, nil] }
    let back = try context.builder.negate(context.operands[2])
    return [try context.builder.append(self, [gradient, context.operands[1], back]), nil, nil]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    if let results = try context.rowwise(self) { return results }
    guard try context.axis(ofOperand: 0) == 1 else { throw ShapeError("rotary expects sequences [rows, time, ..]") }
    let axis = context.operandTypes[1].shape.rank - 2
    let angles = try [context.current(1, axis: axis), context.current(2, axis: axis)]
    return [StepValue(try context.builder.append(self, [context.operands[0].value] + angles), .sequence(axis: 1))]
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      let half = (shape.evenSize ?? 0) / 2
      return context.nest(Array(shape.dimensions.dropLast())) { at in
        let d = Index.variable("d")
        let angle = (context.operandTypes[1].shape.rank == 3 ? [at[0]] : []) + [at[1], d]
        let (low, high) = (at + [d], at + [d + .constant(half)])
        return [
          .loop(
            variable: "d", extent: .constant(half),
            body: [
              .constant("first", context.load(0, low)), .constant("second", context.load(0, high)),
              .constant("cosine", context.load(1, angle)), .constant("sine", context.load(2, angle)),
              context.store(0, low, .local("first") * .local("cosine") - .local("second") * .local("sine")),
              context.store(0, high, .local("second") * .local("cosine") + .local("first") * .local("sine")),
            ])
        ]
      }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (x, cosine, sine) = (operands[0], operands[1], operands[2])
    let half = (x.shape.last ?? 0) / 2
    return [
      .generate(x.shape) { at in
        let (line, place) = (Array(at.dropLast()), at[at.count - 1])
        let d = place % half
        let angle = (cosine.shape.count == 3 ? [at[0]] : []) + [at[1], d]
        let (low, high) = (x[line + [d]], x[line + [d + half]])
        return place < half
          ? low * cosine[angle] - high * sine[angle] : high * cosine[angle] + low * sine[angle]
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, (3...4).contains(operand.shape.rank) else { return nil }
    let (rows, time) = (operand.shape[0], operand.shape[1])
    let half = Dimension(random.integer(in: 1...4))
    let x = TensorType(operand.element, Shape(operand.shape.dimensions.dropLast() + [Dimension(2 * half.count)]))
    let angles = TensorType(operand.element, random.integer(in: 0...1) == 0 ? [time, half] : [rows, time, half])
    return Instance(Rotary(), [x, angles, angles])
  }
}

extension Shape {
  /// The size of what is turned.
  fileprivate var evenSize: Int? {
    guard (3...4).contains(rank), !self[rank - 1].perRow, self[rank - 1].count % 2 == 0 else { return nil }
    return self[rank - 1].count
  }
}

extension GraphBuilder {
  /// x [rows, time, heads, size] or [rows, time, size] turned as at positions 0, 1, ..: number d of each half by position / base^(2d/size).
  public mutating func rotary(_ x: Value, base: Double) throws(ShapeError) -> Value {
    let shape = self.shape(of: x)
    guard let size = shape.evenSize, !shape[1].perRow else {
      throw ShapeError("rotary expects [rows, time, heads, size] or [rows, time, size] of even size, got \(shape)")
    }
    let (time, half) = (shape[1], Dimension(size / 2))
    let element = type(of: x).element
    let positions = try iota(TensorType(element, [time, half]), axis: 0)
    let places = try iota(TensorType(element, [time, half]), axis: 1)
    let exponent = try multiply(places, scalar(-2 / Double(size) * Glibc.log(base), like: x))
    let angles = try multiply(positions, exp(exponent))
    return try append(Rotary(), [x, cos(angles), sin(angles)])
  }
}
