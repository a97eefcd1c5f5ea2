import KernelIR

/// An invariant of graphs that does not hold.
public struct VerifierError: Error, Hashable, Sendable, CustomStringConvertible {
  public var node: Int?
  public var message: String

  public var description: String { node.map { "%\($0): \(message)" } ?? message }
}

extension Graph {
  /// Checks what every pass must keep: operands come first, types are those that the operators infer, at most one
  /// axis of a shape is per row, extents are positive, roots exist, the loss is a scalar, and
  /// a state keeps its type.
  /// `verifyKernels` checks what fusion adds.
  public func verify() throws(VerifierError) {
    for (index, node) in nodes.enumerated() {
      for operand in node.operands {
        guard operand.node >= 0, operand.node < index else {
          throw VerifierError(node: index, message: "operand %\(operand.node) does not come before it")
        }
        guard nodes[operand.node].results.indices.contains(operand.result) else {
          throw VerifierError(node: index, message: "operand \(text(of: operand)) does not exist")
        }
      }
      let inferred: [TensorType]
      do { inferred = try node.op.infer(node.operands.map { type(of: $0) }) } catch {
        throw VerifierError(node: index, message: error.message)
      }
      guard inferred == node.results else {
        throw VerifierError(node: index, message: "has type \(node.results), but its operator gives \(inferred)")
      }
      for result in node.results where result.shape.dimensions.filter(\.perRow).count > 1 {
        throw VerifierError(node: index, message: "shape \(result.shape) has more than one axis of rows")
      }
      for result in node.results where !result.shape.dimensions.allSatisfy({ $0.count > 0 }) {
        throw VerifierError(node: index, message: "shape \(result.shape) has no elements")
      }
    }
    for root in roots {
      guard nodes.indices.contains(root.value.node), nodes[root.value.node].results.indices.contains(root.value.result)
      else {
        throw VerifierError(node: nil, message: "root \(root.role.text) has no value")
      }
      guard root.role != .loss || type(of: root.value).shape == .scalar else {
        throw VerifierError(node: root.value.node, message: "the loss must be a scalar, not \(type(of: root.value))")
      }
      if case .update(.state, let name) = root.role, let kept = states.first(where: { $0.name == name })?.type,
        kept != type(of: root.value)
      {
        throw VerifierError(
          node: root.value.node, message: "state \(name) is \(kept), but is updated by \(type(of: root.value))")
      }
    }
  }
}
