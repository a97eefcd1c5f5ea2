import GraphIR
import KernelIR
import Operators
import Testing

/// An elementwise operator's type, as a test's argument.
struct ElementwiseCase: CustomTestStringConvertible, Sendable {
  var type: any ElementwiseOperator.Type
  var testDescription: String { type.name }

  static let all = OperatorRegistry.all.compactMap { $0 as? any ElementwiseOperator.Type }.map(ElementwiseCase.init)
}

@Suite struct ElementwiseTests {
  @Test(arguments: ElementwiseCase.all)
  func expressionAgreesWithReference(of elementwise: ElementwiseCase) throws {
    var random = RandomSource(seed: 2)
    for _ in 0..<200 {
      let instance = try #require(elementwise.type.draw(&random, operand: TensorType(.f64, .scalar)))
      let op = try #require(instance.op as? any ElementwiseOperator)
      let x = instance.operands.indices.map { random.real(in: op.domain(ofOperand: $0, type: instance.operands[$0])) }
      let expected = op.evaluate(x)
      let actual = op.expression(x.map { .literal($0) }).value()
      #expect((actual - expected).magnitude <= 1e-12 * max(1, expected.magnitude), "\(op) of \(x)")
    }
  }

  @Test(arguments: [Sigmoid(), Softplus(), Gelu(), Silu(), Tanh(), Elu(), Selu()] as [any ElementwiseOperator])
  func largeNumbersStayFinite(_ op: any ElementwiseOperator) {
    for x in [-1e30, -1000, -100, 100, 1000, 1e30] {
      #expect(op.evaluate([x]).isFinite)
      #expect(op.expression([.literal(x)]).value() == op.evaluate([x]), "\(op) of \(x)")
    }
  }

  @Test func nanStaysNaN() {
    #expect(Relu().evaluate([.nan]).isNaN)
    #expect(Maximum().evaluate([.nan, 1]).isNaN && Maximum().evaluate([1, .nan]).isNaN)
    #expect(Minimum().evaluate([.nan, 1]).isNaN && Minimum().evaluate([1, .nan]).isNaN)
    #expect(BinaryCrossEntropy().evaluate([.nan, 1]).isNaN)
  }

  @Test func crossEntropiesAgree() {
    for (x, z) in [(-3.0, 0.0), (-1, 1), (0, 0.5), (2, 1), (5, 0)] {
      let plain = BinaryCrossEntropy().evaluate([Sigmoid().evaluate([x]), z])
      #expect((SigmoidCrossEntropy().evaluate([x, z]) - plain).magnitude < 1e-12)
    }
    #expect(SigmoidCrossEntropy().evaluate([1000, 0]) == 1000)
  }

  @Test func constantsLowerToTheirValues() throws {
    let values = [3.0, 1, 4, 1, 5, 9]
    var builder = GraphBuilder(name: "constant")
    let type = TensorType(.f32, [2, 3])
    let constant = try builder.constant(values, type)
    guard case .pointwise(let rule) = builder.graph.op(of: constant).lowering else {
      Issue.record("a constant is pointwise")
      return
    }
    let lowered = values.indices.map { position in
      let coordinates: [Index] = [.constant(position / 3), .constant(position % 3)]
      return rule(
        PointwiseContext(coordinates: coordinates, operandTypes: [], resultType: type, element: { _, _ in 0.0 })
      ).value()
    }
    #expect(lowered == values)
    #expect(throws: ShapeError.self) { try builder.constant([1, 2], type) }
  }

  @Test func oneHotMarksTheClass() {
    let op = OneHot(classes: 3, element: .f32)
    let context = ReferenceContext(
      rows: 1, seed: 0, step: 0, operandTypes: [TensorType(.i32, [3])], resultTypes: [TensorType(.f32, [3, 3])])
    let result = op.reference([ReferenceTensor(shape: [3], values: [2, 0, 7])], context)
    #expect(result.first?.values == [0, 0, 1, 1, 0, 0, 0, 0, 0])
  }
}

extension Expression {
  /// The value of an expression of literals.
  fileprivate func value() -> Double {
    switch self {
    case .literal(let number): number
    case .unary(let function, let operand): function.apply(operand.value())
    case .binary(let function, let left, let right): function.apply(left.value(), right.value())
    case .select(let condition, let left, let right), .choose(let condition, let left, let right):
      condition.holds() ? left.value() : right.value()
    case .load, .local, .index, .uniform: .nan
    }
  }
}

extension Condition {
  fileprivate func holds() -> Bool {
    switch self {
    case .compare(let comparison, let left, let right): comparison.holds(left.value(), right.value())
    case .index(let comparison, .constant(let left), .constant(let right)): comparison.holds(left, right)
    case .index: false
    case .and(let left, let right): left.holds() && right.holds()
    }
  }
}
