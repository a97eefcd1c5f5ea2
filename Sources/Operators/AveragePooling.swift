import GraphIR
import KernelIR

/// The mean of the elements under a window that moves over images [rows, H, W, C], of those that lie within the image.
public struct AveragePooling: Operator {
  public static let name = "average_pooling"

  public var geometry: PoolingGeometry

  public init(_ geometry: PoolingGeometry) { self.geometry = geometry }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    return [TensorType(operands[0].element, try geometry.resultShape(of: operands[0], name: Self.name))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let image = context.builder.shape(of: context.operands[0])
    return [
      try context.builder.append(
        AveragePoolingGradient(geometry, height: image[1].count, width: image[2].count), [gradient])
    ]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    if let results = try context.rowwise(self) { return results }
    throw ShapeError("\(Self.name) goes over several steps of its sequence")
  }

  public var lowering: Lowering {
    .pooling({ geometry.pooling(.mean, of: $0[0].shape) }, alone: loops)
  }

  private func loops(_ context: LoopContext) -> [Statement] {
    let (image, result) = (context.operandTypes[0].shape, context.resultTypes[0].shape)
    return context.nest(Array(result.dimensions.dropLast())) { place in
      let start = context.nest([result[3]], prefix: "z") { [context.store(0, place + $0, 0.0)] }
      let taps = context.nest(geometry.taps, prefix: "b") { tap in
        let channels = context.nest([result[3]], prefix: "z") { c in
          [context.add(0, place + c, context.load(0, geometry.coordinates(place, tap, c[0])))]
        }
        return geometry.whereInside(image, place, tap, [.assign("count", .local("count") + 1.0)] + channels)
      }
      let finish = context.nest([result[3]], prefix: "z") { c in
        [context.store(0, place + c, context.loadResult(0, place + c) / .local("count"))]
      }
      return [.variable("count", 0.0)] + start + taps + finish
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    var count = result
    geometry.forEachMeeting(image: operands[0].shape, result: result.shape) { image, place, _ in
      result[place] += operands[0][image]
      count[place] += 1
    }
    for index in result.values.indices { result.values[index] /= count.values[index] }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    PoolingGeometry.draw(&random, image: operand).map { Instance(AveragePooling($0), [operand]) }
  }
}

extension GraphBuilder {
  public mutating func averagePooling(_ image: Value, _ geometry: PoolingGeometry) throws(ShapeError) -> Value {
    try append(AveragePooling(geometry), [image])
  }
}
