import GraphIR
import KernelIR
import Operators
import Testing

/// Checks that the loops or the expression of `instance` compute what its reference does, within 1e-10, and touch
/// nothing outside the buffers. Views, reductions and contractions have no loops of their own.
func checkLowering(
  of instance: Instance, random: inout RandomSource, rows: Int = 3, fixed: [Int: ReferenceTensor] = [:],
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let name = "\(instance.op) of \(instance.operands)"
  let resultTypes = try instance.op.infer(instance.operands)
  let operands = instance.operands.indices.map {
    fixed[$0] ?? drawOperand($0, of: instance, random: &random, rows: rows)
  }
  let context = ReferenceContext(
    rows: rows, seed: KernelInterpreter.seed, step: KernelInterpreter.step, operandTypes: instance.operands,
    resultTypes: resultTypes)
  let expected = instance.op.reference(operands, context)
  var buffers = Dictionary(uniqueKeysWithValues: operands.enumerated().map { ("x\($0)", $1.values) })
  for (index, result) in expected.enumerated() { buffers["y\(index)"] = result.values.map { _ in .nan } }
  let loops = LoopContext(
    operandTypes: instance.operands, resultTypes: resultTypes, operandBuffers: operands.indices.map { "x\($0)" },
    resultBuffers: expected.indices.map { "y\($0)" })
  let statements: [Statement]
  switch instance.op.lowering {
  case .source, .view, .reduction, .contraction: return
  case .loops(let rule), .pooling(_, let rule): statements = rule(loops)
  case .pointwise(let rule):
    statements = loops.nest(resultTypes[0].shape.dimensions) { at in
      let pointwise = PointwiseContext(
        coordinates: at, operandTypes: instance.operands, resultType: resultTypes[0],
        element: { loops.load($0, $1) })
      return [loops.store(0, at, rule(pointwise))]
    }
  }
  var interpreter = KernelInterpreter(rows: rows, buffers: buffers)
  interpreter.run(statements)
  try #require(interpreter.faults.isEmpty, "\(name): \(interpreter.faults)", sourceLocation: sourceLocation)
  for (index, result) in expected.enumerated() where !instance.op.workspaceResults.contains(index) {
    let actual = interpreter.buffers["y\(index)"] ?? []
    for (position, pair) in zip(actual, result.values).enumerated() {
      #expect(
        (pair.0 - pair.1).magnitude <= 1e-10 * max(1, pair.1.magnitude) || (pair.0.isNaN && pair.1.isNaN),
        "\(name), element \(position): \(pair.0), but the reference is \(pair.1)", sourceLocation: sourceLocation)
    }
  }
}
