import Glibc
import GraphIR
import KernelIR

/// Cross-entropy of softmax(x) with a target, from the logits x [.., classes]: ln Σ eˣ - x[label] for class numbers [..],
/// Σ t (ln Σ eˣ - x) for probabilities [.., classes].
public struct SoftmaxCrossEntropy: Operator {
  public static let name = "softmax_cross_entropy"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    return [try Self.name.crossEntropyType(of: operands)]
  }

  /// (softmax(x) Σt - t) g; class numbers are rows t that sum to 1. Nothing flows back to the target.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let x = context.operands[0]
    let type = context.builder.type(of: x)
    let target = try context.builder.targetProbabilities(context.operands[1], like: x)
    var shares = try context.builder.softmax(x)
    if context.builder.type(of: context.operands[1]).element.isFloating {
      let total = try context.builder.sum(target, axes: [type.shape.rank - 1], keepDimensions: true)
      shares = try context.builder.multiply(shares, total)
    }
    let difference = try context.builder.subtract(shares, target)
    let aligned = try context.builder.reshape(gradient, to: Shape(type.shape.dimensions.dropLast() + [1]))
    return [try context.builder.multiply(difference, aligned), nil]
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      let extent = Index(shape[shape.rank - 1])
      let isSparse = context.operandTypes[1].element == .i32
      return context.nest(Array(shape.dimensions.dropLast())) { lead in
        let at = lead + [.variable("j")]
        let start = context.logSumExp(over: extent, at: at)
        if isSparse {
          let logit = context.load(0, lead + [.value(context.load(1, lead))])
          return start + [context.store(0, lead, .local("log_total") - logit)]
        }
        let share = context.load(1, at) * (.local("log_total") - context.load(0, at))
        return start + [
          .reduction(
            variable: "j", extent: extent, body: [],
            accumulators: [Accumulator(name: "loss", fold: .sum, value: share)]),
          context.store(0, lead, .local("loss")),
        ]
      }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let logarithms = LogSoftmax().reference([operands[0]], context)[0]
    return [logarithms.crossEntropy(with: operands[1], shape: context.shape()) { -$0 }]
  }

  /// Class numbers are safe for every operand that `draw` takes.
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> {
    if index == 1 { return 0...1 }
    return -2...2
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, let last = operand.shape.dimensions.last, !last.perRow, last.count > 1 else {
      return nil
    }
    let labels = TensorType(.i32, Shape(Array(operand.shape.dimensions.dropLast())))
    return Instance(Self(), [operand, random.integer(in: 0...1) == 0 ? labels : operand])
  }
}

extension String {
  /// The type of a cross-entropy's result; `self` is the operator's name, for the error.
  func crossEntropyType(of operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, target) = (operands[0], operands[1])
    guard x.element.isFloating, x.shape.rank > 0 else {
      throw ShapeError("\(self) expects outputs [.., classes], got \(x)")
    }
    let lead = Shape(Array(x.shape.dimensions.dropLast()))
    let wanted = target.element == .i32 ? lead : x.shape
    guard target.shape == wanted, target.element == .i32 || target.element == x.element else {
      throw ShapeError(
        "\(self) of outputs \(x) expects class numbers i32\(lead) or probabilities \(x) as its target, got \(target)")
    }
    return TensorType(x.element, lead)
  }
}

extension ReferenceTensor {
  /// Σ t · cost(self) over the last axis, for class numbers or probabilities t.
  func crossEntropy(with target: ReferenceTensor, shape: [Int], cost: (Double) -> Double) -> ReferenceTensor {
    .generate(shape) { lead in
      if target.shape.count == shape.count { return cost(self[lead + [Int(target[lead])]]) }
      return (0..<(self.shape.last ?? 0)).reduce(0) { $0 + target[lead + [$1]] * cost(self[lead + [$1]]) }
    }
  }
}

extension GraphBuilder {
  public mutating func softmaxCrossEntropy(_ logits: Value, _ target: Value) throws(ShapeError) -> Value {
    try append(SoftmaxCrossEntropy(), [logits, target])
  }

  /// A target as probabilities: class numbers become rows with a single 1.
  mutating func targetProbabilities(_ target: Value, like x: Value) throws(ShapeError) -> Value {
    let type = self.type(of: x)
    guard self.type(of: target).element == .i32 else { return target }
    return try oneHot(target, classes: type.shape[type.shape.rank - 1].count, element: type.element)
  }
}
