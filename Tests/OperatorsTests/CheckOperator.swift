import GraphIR
import KernelIR
import Operators
import Testing

/// Everything that an operator must hold, on the instances of `OperatorInstances`: shapes and their errors, the gradient
/// against central differences, the lowering in Double, the C by both compilers in both precisions, and the C as kept.
func checkOperator(_ type: any Operator.Type) async throws {
  let instances = OperatorInstances.of(type)
  try #require(!instances.isEmpty, "let \(type).draw make an instance, or add one to OperatorInstances.chosen")
  var random = RandomSource(seed: 11)
  for instance in instances {
    checkShapes(of: instance)
    for rows in [1, 3] { try checkLowering(of: instance, random: &random, rows: rows) }
    if OperatorInstances.isDifferentiable(type) {
      try checkGradient(of: inDoublePrecision(instance), random: &random)
    } else {
      try checkThatNothingFlowsBack(through: instance)
    }
  }
  for difference in try await CompiledOperators.differences(of: type) { Issue.record("\(difference)") }
  try checkKernel(of: instances[0])
}

/// Operands that do not fit are an error that names the operator, the axis or the window, never a crash; without any operand, or with
/// more than it can take, there always is one. A gradient may name the operator that it belongs to.
func checkShapes(of instance: Instance) {
  let (op, operands) = (instance.op, instance.operands)
  let name = type(of: op).name
  let family = name.split(separator: "_").first.map(String.init) ?? name
  let places = [family, "axis", "window"]
  func refuses(_ operands: [TensorType]) -> Bool {
    do {
      _ = try op.infer(operands)
      return false
    } catch {
      #expect(places.contains { error.message.contains($0) }, "\(op) of \(operands): \(error.message)")
      return true
    }
  }
  #expect(!refuses(operands))
  if !operands.isEmpty { #expect(refuses([]), "\(name) takes no operands") }
  let many = operands + operands + [TensorType(.f32, [3])]
  if !(op is Concatenate) { #expect(refuses(many), "\(name) takes \(many.count) operands") }
  for index in operands.indices {
    let operand = operands[index]
    let other: ElementType = operand.element.isFloating ? .i32 : .f32
    for wrong in [
      TensorType(operand.element, Shape(operand.shape.dimensions + [7])),
      TensorType(operand.element, Shape(Array(operand.shape.dimensions.dropLast()))),
      TensorType(operand.element, Shape(operand.shape.dimensions.map { $0 == .rows ? $0 : Dimension($0.count + 1) })),
      TensorType(other, operand.shape), TensorType(operand.element, .scalar),
    ] {
      var changed = operands
      changed[index] = wrong
      _ = refuses(changed)
    }
  }
}

/// The rule of what is not differentiable gives no gradient, instead of a wrong one.
func checkThatNothingFlowsBack(through instance: Instance) throws {
  var builder = GraphBuilder(name: "gradient")
  let operands = instance.operands.enumerated().map { builder.source(.input, "x\($0)", $1) }
  let node = try builder.append(instance.op, operands).node
  let results = builder.graph.nodes[node].results.indices.map { Value(node: node, result: $0) }
  let seeds = results.enumerated().map { builder.source(.gradient, "w\($0)", builder.graph.type(of: $1)) }
  var context = GradientContext(
    operands: operands, results: results, resultGradients: seeds, isNeeded: operands.map { _ in true },
    builder: builder)
  let gradients = try instance.op.gradient(&context)
  #expect(gradients.allSatisfy { $0 == nil }, "\(instance.op) is said not to be differentiable")
}
