import GraphIR
import KernelIR

/// Spreads the gradient of each place of an average pooling over the elements of its window: gradients [rows, v, u, C] to
/// images [rows, height, width, C].
public struct AveragePoolingGradient: Operator {
  public static let name = "average_pooling_gradient"

  public var geometry: PoolingGeometry
  public var height: Int
  public var width: Int

  public init(_ geometry: PoolingGeometry, height: Int, width: Int) {
    self.geometry = geometry
    self.height = height
    self.width = width
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let shape = operands[0].shape
    guard shape.rank == 4 else {
      throw ShapeError("\(Self.name) expects gradients [rows, height, width, channels], got \(shape)")
    }
    let image = TensorType(operands[0].element, [shape[0], Dimension(height), Dimension(width), shape[3]])
    let expected = try geometry.resultShape(of: image, name: Self.name)
    guard expected == shape else {
      throw ShapeError("\(Self.name) expects gradients of shape \(expected), got \(shape)")
    }
    return [image]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.averagePooling(gradient, geometry)]
  }

  /// An element of the image asks the places that see it.
  public var lowering: Lowering {
    guard !geometry.isGathered else {
      return .pointwise { context in
        let (image, places) = (context.resultType.shape, context.operandTypes[0].shape)
        return geometry.gathered(context) { sight in
          context.element(0, sight.place) * geometry.share(of: sight.place, image: image, places: places)
        }
      }
    }
    return .loops { context in
      let (image, places) = (context.resultTypes[0].shape, context.operandTypes[0].shape)
      let zeros = context.nest(image.dimensions, prefix: "z") { [context.store(0, $0, 0.0)] }
      return zeros
        + context.nest(Array(places.dimensions.dropLast())) { place in
          let counting = context.nest(geometry.taps, prefix: "b") { tap in
            geometry.whereInside(image, place, tap, [.assign("count", .local("count") + 1.0)])
          }
          let taps = context.nest(geometry.taps, prefix: "b") { tap in
            let channels = context.nest([places[3]], prefix: "z") { c in
              [context.add(0, geometry.coordinates(place, tap, c[0]), context.load(0, place + c) / .local("count"))]
            }
            return geometry.whereInside(image, place, tap, channels)
          }
          return [.variable("count", 0.0)] + counting + taps
        }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    var count = ReferenceTensor(shape: operands[0].shape, repeating: 0)
    geometry.forEachMeeting(image: result.shape, result: count.shape) { _, place, _ in count[place] += 1 }
    geometry.forEachMeeting(image: result.shape, result: count.shape) { image, place, _ in
      result[image] += operands[0][place] / count[place]
    }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let geometry = PoolingGeometry.draw(&random, image: operand),
      let result = try? AveragePooling(geometry).infer([operand])
    else { return nil }
    return Instance(
      AveragePoolingGradient(geometry, height: operand.shape[1].count, width: operand.shape[2].count), result)
  }
}
