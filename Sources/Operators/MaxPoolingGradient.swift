import GraphIR
import KernelIR

/// Brings the gradient of each place of a max pooling to the element that won there: gradients [rows, v, u, C] and winning
/// taps of the same shape to images [rows, height, width, C].
public struct MaxPoolingGradient: Operator {
  public static let name = "max_pooling_gradient"

  public var geometry: PoolingGeometry
  public var height: Int
  public var width: Int

  public init(_ geometry: PoolingGeometry, height: Int, width: Int) {
    self.geometry = geometry
    self.height = height
    self.width = width
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    guard operands[0].shape.rank == 4, operands[1] == TensorType(geometry.winnerType, operands[0].shape) else {
      throw ShapeError(
        "\(Self.name) expects gradients and \(geometry.winnerType.rawValue) winners of one shape, got \(operands[0]) and \(operands[1])"
      )
    }
    let shape = operands[0].shape
    let image = TensorType(operands[0].element, [shape[0], Dimension(height), Dimension(width), shape[3]])
    let expected = try geometry.resultShape(of: image, name: Self.name)
    guard expected == shape else {
      throw ShapeError("\(Self.name) expects gradients of shape \(expected), got \(shape)")
    }
    return [image]
  }

  /// Training needs no second derivative of a maximum.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil, nil] }

  /// An element of the image asks the places that see it whether it won there.
  public var lowering: Lowering {
    guard !geometry.isGathered else {
      return .pointwise { context in
        geometry.gathered(context) { sight in
          let value = context.element(0, sight.place)
          // The one tap of the smallest window always wins.
          guard geometry.taps != [1, 1] else { return value }
          let won = Condition.compare(.equal, context.element(1, sight.place), .index(geometry.number(of: sight.tap)))
          return .choose(won, value, 0.0)
        }
      }
    }
    return .loops { context in
      let (image, places) = (context.resultTypes[0].shape, context.operandTypes[0].shape)
      let zeros = context.nest(image.dimensions, prefix: "z") { [context.store(0, $0, 0.0)] }
      return zeros
        + context.nest(Array(places.dimensions.dropLast())) { place in
          context.nest(geometry.taps, prefix: "b") { tap in
            // All channels of a tap at once, as vectors, rather than one channel's tap at a time.
            let channels = context.nest([places[3]], prefix: "z") { c in
              let at = geometry.coordinates(place, tap, c[0])
              let isWinner = Condition.compare(
                .equal, context.load(1, place + c), .index(geometry.number(of: tap)))
              // The load stands before the choice: gcc 12 gives a masked load of doubles half of a mask of integers.
              return [
                .constant("value", context.load(0, place + c)),
                context.add(0, at, .select(isWinner, .local("value"), 0.0)),
              ]
            }
            return geometry.whereInside(image, place, tap, channels)
          }
        }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    geometry.forEachMeeting(image: result.shape, result: operands[0].shape) { image, place, tap in
      if Int(operands[1][place]) == tap { result[image] += operands[0][place] }
    }
    return [result]
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> {
    index == 1 ? 0...Double(geometry.height * geometry.width - 1) : -2...2
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let geometry = PoolingGeometry.draw(&random, image: operand),
      let result = try? MaxPooling(geometry).infer([operand])
    else { return nil }
    return Instance(
      MaxPoolingGradient(geometry, height: operand.shape[1].count, width: operand.shape[2].count), result)
  }
}
