import GraphIR
import KernelIR
import Operators
import Testing

@Suite struct StructuralTests {
  @Test func softmaxOfLargeNumbersIsFinite() throws {
    let type = TensorType(.f64, [4])
    let x = ReferenceTensor(shape: [4], values: [1e4, -1e4, 9999, 0])
    let context = ReferenceContext(rows: 1, seed: 0, step: 0, operandTypes: [type], resultTypes: [type])
    for op in [Softmax(), LogSoftmax()] as [any Operator] {
      #expect(op.reference([x], context)[0].values.allSatisfy { $0.isFinite })
      var random = RandomSource(seed: 13)
      try checkLowering(of: Instance(op, [type]), random: &random, fixed: [0: x])
    }
    #expect(Softmax().reference([x], context)[0].values.reduce(0, +) == 1)
  }

  @Test func reductionsPassNaNOn() throws {
    let x = ReferenceTensor(shape: [2, 3], values: [1, .nan, 3, 4, 6, 5])
    let context = ReferenceContext(
      rows: 1, seed: 0, step: 0, operandTypes: [TensorType(.f64, [2, 3])], resultTypes: [TensorType(.f64, [2])])
    let maximum = ReduceMaximum(axes: [1]).reference([x], context)[0].values
    #expect(maximum[0].isNaN && maximum[1] == 6)
    let minimum = ReduceMinimum(axes: [1]).reference([x], context)[0].values
    #expect(minimum[0].isNaN && minimum[1] == 4)
  }

  @Test func meanDividesByTheRows() throws {
    var builder = GraphBuilder(name: "mean")
    let x = builder.source(.input, "x", TensorType(.f64, [.rows, 2]))
    for (index, axes) in [[0], [1], [0, 1], []].enumerated() {
      builder.addRoot(.output("y\(index)"), try builder.mean(x, axes: axes))
    }
    let numbers = ReferenceTensor(shape: [3, 2], values: [1, 2, 3, 4, 5, 6])
    let results = try GraphEvaluator.evaluate(builder.graph, sources: ["input/x": numbers], rows: 3)
    #expect(results.map(\.values) == [[3, 4], [1.5, 3.5, 5.5], [3.5], numbers.values])
    #expect(results.map(\.shape) == [[2], [3], [], [3, 2]])
  }

  @Test func evaluatorNamesTheMissingSource() throws {
    var builder = GraphBuilder(name: "missing")
    builder.addRoot(.output("y"), builder.source(.parameter, "dense/kernel", TensorType(.f64, [2])))
    #expect {
      try GraphEvaluator.evaluate(builder.graph, sources: [:], rows: 1)
    } throws: { ($0 as? GraphEvaluator.Failure)?.source == "parameter/dense/kernel" }
  }

  @Test func padPutsZerosAround() throws {
    var builder = GraphBuilder(name: "pad")
    let x = builder.source(.input, "x", TensorType(.f64, [.rows, 2]))
    let unpadded = try builder.pad(x, before: [0, 0], after: [0, 0])
    #expect(unpadded == x)
    builder.addRoot(.output("y"), try builder.pad(x, before: [0, 1], after: [0, 2]))
    let numbers = ReferenceTensor(shape: [2, 2], values: [1, 2, 3, 4])
    let result = try GraphEvaluator.evaluate(builder.graph, sources: ["input/x": numbers], rows: 2)[0]
    #expect(result == ReferenceTensor(shape: [2, 5], values: [0, 1, 2, 0, 0, 0, 3, 4, 0, 0]))
  }

  /// What a gather took twice, its gradient gets twice.
  @Test func gatherAndScatterRepeat() throws {
    let data = TensorType(.f64, [.rows, 4, 2])
    let indices = ReferenceTensor(shape: [2, 2], values: [3, 0, 3, 3])
    var random = RandomSource(seed: 14)
    let gather = Instance(Gather(axis: 1), [data, TensorType(.i32, [2, 2])])
    try checkGradient(of: gather, random: &random, fixed: [1: indices])
    try checkLowering(of: gather, random: &random, fixed: [1: indices])
    let updates = TensorType(.f64, [.rows, 2, 2, 3])
    let scatter = Instance(ScatterAdd(axis: 1, count: 4), [updates, TensorType(.i32, [2, 2])])
    try checkGradient(of: scatter, random: &random, fixed: [1: indices])
    try checkLowering(of: scatter, random: &random, fixed: [1: indices])
    // Each row by numbers of its own.
    let own = ReferenceTensor(shape: [3, 2], values: [3, 0, 1, 1, 2, 3])
    let byRow = Instance(Gather(axis: 1), [data, TensorType(.i32, [.rows, 2])])
    try checkGradient(of: byRow, random: &random, fixed: [1: own])
    try checkLowering(of: byRow, random: &random, fixed: [1: own])
    let inner = Instance(Gather(axis: 2), [TensorType(.f64, [.rows, 2, 4]), TensorType(.i32, [.rows, 2])])
    try checkGradient(of: inner, random: &random, fixed: [1: own])
    try checkLowering(of: inner, random: &random, fixed: [1: own])
    // A table of vectors looked up by the rows' numbers, as an embedding does.
    let rows = ReferenceTensor(shape: [3], values: [2, 0, 2])
    let embedding = Instance(Gather(axis: 0), [TensorType(.f64, [4, 2]), TensorType(.i32, [.rows])])
    try checkGradient(of: embedding, random: &random, fixed: [1: rows])
    try checkLowering(of: embedding, random: &random, fixed: [1: rows])
  }
}
