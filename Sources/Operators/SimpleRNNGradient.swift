import GraphIR
import KernelIR

/// The walk of `SimpleRNN` back through time.
///
/// Operands: h [rows, time, units], R [units, units] and the gradient of h. Results: the gradient of z [rows, time, units], and
/// what flows to h of the step before [rows, units], which only the loops need.
public struct SimpleRNNGradient: Operator {
  public static let name = "simple_rnn_gradient"

  public var activation: CellFunction

  public init(activation: CellFunction) { self.activation = activation }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(3, operands)
    let states = try SimpleRNN(activation: activation).infer(Array(operands[..<2]))[0]
    guard operands[2] == states else {
      throw ShapeError("simple_rnn_gradient expects the gradient of states \(states), got \(operands[2])")
    }
    return [states, TensorType(states.element, [states.shape[0], states.shape[2]])]
  }

  public var auxiliaryResults: Set<Int> { [1] }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil, nil, nil] }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.resultTypes[0].shape
      let (time, units) = (shape[1].count, shape[2].count)
      func step(_ t: Index) -> [Statement] {
        context.nest([shape[0], shape[2]]) { at in
          let place = [at[0], t, at[1]]
          let arrived = context.load(2, place) + context.loadResult(1, at)
          return [context.store(0, place, arrived * activation.derivative(ofValue: context.load(0, place)))]
        }
      }
      let clear = context.nest([shape[0], shape[2]], prefix: "z") { [context.store(1, $0, 0.0)] }
      guard time > 1 else { return clear + step(0) }
      let t = Index.variable("t")
      let product = context.product(
        m: shape[0], n: shape[2], k: shape[2],
        a: .init(context.resultBuffers[0], base: t * .constant(units), outerStride: Dimension(time * units)),
        b: .init(context.operandBuffers[1], outerStride: 1, innerStride: shape[2]),
        c: .init(context.resultBuffers[1], outerStride: shape[2]))
      return clear + [
        .loop(
          variable: "back", extent: .constant(time - 1),
          body: [.position("t", .constant(time - 1) + .variable("back") * -1)] + step(t) + [product])
      ] + step(0)
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (h, kernel) = (operands[0], operands[1])
    let (rows, time, units) = (h.shape[0], h.shape[1], h.shape[2])
    var (z, carried) = (h, ReferenceTensor(shape: [rows, units], repeating: 0))
    for row in 0..<rows {
      for t in (0..<time).reversed() {
        for unit in 0..<units {
          let at = [row, t, unit]
          z[at] = (operands[2][at] + carried[[row, unit]]) * activation.derivative(ofValue: h[at])
        }
        for unit in 0..<units where t > 0 {
          carried[[row, unit]] = (0..<units).reduce(0) { $0 + z[[row, t, $1]] * kernel[[unit, $1]] }
        }
      }
    }
    return [z, carried]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    SimpleRNN.draw(&random, operand: operand).map {
      Instance(SimpleRNNGradient(activation: .tanh), [operand, $0.operands[1], operand])
    }
  }
}
