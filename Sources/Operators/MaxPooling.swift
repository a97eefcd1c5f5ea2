import GraphIR
import KernelIR

/// The largest element under a window that moves over images [rows, H, W, C], and as a second result which tap of the
/// window it is under, u8 where that holds it: the first of equals. NaN wins.
public struct MaxPooling: Operator {
  public static let name = "max_pooling"

  public var geometry: PoolingGeometry

  public init(_ geometry: PoolingGeometry) { self.geometry = geometry }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let shape = try geometry.resultShape(of: operands[0], name: Self.name)
    return [TensorType(operands[0].element, shape), TensorType(geometry.winnerType, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let image = context.builder.shape(of: context.operands[0])
    return [
      try context.builder.append(
        MaxPoolingGradient(geometry, height: image[1].count, width: image[2].count), [gradient, context.results[1]])
    ]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    if let results = try context.rowwise(self) { return results }
    throw ShapeError("\(Self.name) goes over several steps of its sequence")
  }

  public var lowering: Lowering {
    .pooling({ geometry.pooling(.maximum, of: $0[0].shape) }, alone: loops)
  }

  private func loops(_ context: LoopContext) -> [Statement] {
    let (image, result) = (context.operandTypes[0].shape, context.resultTypes[0].shape)
    let keepsWinner = context.isNeeded(result: 1)
    return context.nest(Array(result.dimensions.dropLast())) { place in
      let start = context.nest([result[3]], prefix: "z") { c in
        [context.store(0, place + c, .literal(-.infinity))] + (keepsWinner ? [context.store(1, place + c, 0.0)] : [])
      }
      let taps = context.nest(geometry.taps, prefix: "b") { tap in
        let channels = context.nest([result[3]], prefix: "z") { c in
          let at = geometry.coordinates(place, tap, c[0])
          let (value, best) = (Expression.local("value"), Expression.local("best"))
          func chosen(_ new: Expression, _ old: Expression) -> Expression {
            .select(.compare(.greater, value, best), new, .select(.compare(.notEqual, value, value), new, old))
          }
          return [
            .constant("value", context.load(0, at)), .constant("best", context.loadResult(0, place + c)),
            context.store(0, place + c, chosen(value, best)),
          ]
            + (keepsWinner
              ? [
                context.store(
                  1, place + c, chosen(.index(geometry.number(of: tap)), context.loadResult(1, place + c)))
              ] : [])
        }
        return geometry.whereInside(image, place, tap, channels)
      }
      return start + taps
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: -.infinity)
    var winner = ReferenceTensor(shape: context.shape(), repeating: 0)
    geometry.forEachMeeting(image: operands[0].shape, result: result.shape) { image, place, tap in
      let value = operands[0][image]
      if value > result[place] || value.isNaN { (result[place], winner[place]) = (value, Double(tap)) }
    }
    return [result, winner]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    PoolingGeometry.draw(&random, image: operand).map { Instance(MaxPooling($0), [operand]) }
  }
}

extension GraphBuilder {
  public mutating func maxPooling(_ image: Value, _ geometry: PoolingGeometry) throws(ShapeError) -> Value {
    try append(MaxPooling(geometry), [image])
  }
}
