import GraphIR
import KernelIR
import Operators
import Testing

@Suite struct CrossEntropyTests {
  private static let labels = ReferenceTensor(shape: [3], values: [3, 0, 2])
  private static let probabilities = ReferenceTensor(
    shape: [3, 4], values: [0.1, 0.2, 0.3, 0.4, 0, 0, 1, 0, 0.25, 0.25, 0.25, 0.25])
  private static let outputs = TensorType(.f64, [.rows, 4])

  @Test(arguments: [SoftmaxCrossEntropy(), CrossEntropy()] as [any Operator])
  func gradientAgreesWithDifferences(_ op: any Operator) throws {
    var random = RandomSource(seed: 21)
    let sparse = Instance(op, [Self.outputs, TensorType(.i32, [.rows])])
    try checkGradient(of: sparse, random: &random, fixed: [1: Self.labels])
    try checkLowering(of: sparse, random: &random, fixed: [1: Self.labels])
    let dense = Instance(op, [Self.outputs, Self.outputs])
    try checkGradient(of: dense, random: &random, fixed: [1: Self.probabilities])
    try checkLowering(of: dense, random: &random, fixed: [1: Self.probabilities])
    let one = Instance(op, [TensorType(.f64, [4]), TensorType(.i32, .scalar)])
    try checkGradient(of: one, random: &random, fixed: [1: ReferenceTensor(shape: [], values: [2])])
    try checkLowering(of: one, random: &random, fixed: [1: ReferenceTensor(shape: [], values: [2])])
    let sequence = Instance(op, [TensorType(.f64, [.rows, 1, 4]), TensorType(.i32, [.rows, 1])])
    let words = ReferenceTensor(shape: [3, 1], values: [0, 1, 3])
    try checkGradient(of: sequence, random: &random, fixed: [1: words])
    try checkLowering(of: sequence, random: &random, fixed: [1: words])
  }

  /// Weighted classes: rows that do not sum to 1.
  @Test func gradientHoldsForAnyTarget() throws {
    var random = RandomSource(seed: 22)
    let weights = ReferenceTensor(shape: [3, 4], values: [0.5, 2, 0, 1, 0, 0, 0, 0, 0.1, 0.2, 0, 0.3])
    try checkGradient(
      of: Instance(SoftmaxCrossEntropy(), [Self.outputs, Self.outputs]), random: &random, fixed: [1: weights])
  }

  /// From logits and from probabilities the loss is the same, for class numbers as for their indicators.
  @Test func fourWaysAgree() throws {
    var builder = GraphBuilder(name: "losses")
    let x = builder.source(.input, "x", Self.outputs)
    let label = builder.source(.target, "label", TensorType(.i32, [.rows]))
    let indicators = try builder.oneHot(label, classes: 4, element: .f64)
    for (index, target) in [label, indicators].enumerated() {
      builder.addRoot(.output("a\(index)"), try builder.softmaxCrossEntropy(x, target))
      builder.addRoot(.output("b\(index)"), try builder.crossEntropy(builder.softmax(x), target))
    }
    let logits = ReferenceTensor(shape: [3, 4], values: [1, 2, 3, 4, -1, 0, 1, 5, 0.5, 0.25, 2, -3])
    let results = try GraphEvaluator.evaluate(
      builder.graph, sources: ["input/x": logits, "target/label": Self.labels], rows: 3)
    for result in results.dropFirst() {
      for (a, b) in zip(result.values, results[0].values) { #expect((a - b).magnitude < 1e-12) }
    }
    #expect((results[0].values[0] - 0.4401896985611953).magnitude < 1e-12)
  }

  @Test func hopelessProbabilityHasAFiniteLoss() throws {
    let types = [TensorType(.f64, [2]), TensorType(.i32, .scalar)]
    let context = ReferenceContext(
      rows: 1, seed: 0, step: 0, operandTypes: types, resultTypes: [TensorType(.f64, .scalar)])
    let operands = [
      ReferenceTensor(shape: [2], values: [1, 0]), ReferenceTensor(shape: [], values: [1]),
    ]
    let loss = CrossEntropy().reference(operands, context)[0].values[0]
    #expect((loss - 16.11809565095832).magnitude < 1e-12)
    let logits = [ReferenceTensor(shape: [2], values: [1000, 0]), operands[1]]
    #expect(SoftmaxCrossEntropy().reference(logits, context)[0].values == [1000])
  }
}
