import GraphIR
import KernelIR
import Operators

/// One step of training in two functions: `backward` and `apply`, as graphs or as schedules.
public struct TrainStep<Function: Sendable>: Sendable {
  /// Forward, loss, the gradients, and the updates that end the products of theirs.
  public var backward: Function
  /// The other updates.
  public var apply: Function

  public init(backward: Function, apply: Function) {
    self.backward = backward
    self.apply = apply
  }

  public var functions: [Function] { [backward, apply] }
}

/// Puts the update of a large weight behind the product that makes its gradient, whose sums then need no memory.
///
/// A gradient of its own is written by the one pass and read by the other, which for a weight that no cache holds is a third
/// of all that an update moves, and more without slots. The weights concerned are few, since each has a kernel more in the C:
/// backward and apply stay what they are for who calls them.
enum JoinUpdates {
  static let name = "optimizer-update"

  /// The parameters of at least `smallest` elements whose gradient is a product and nothing else, no deeper than one
  /// panel: deeper ones keep partial sums in memory.
  static func parameters(
    _ parameters: [Parameter], in backward: Graph, optimizer: OptimizerDescription, options: PassOptions
  ) -> Set<String> {
    // A norm is that of a whole gradient, or of all.
    switch optimizer.clipping {
    case .norm, .globalNorm: return []
    case .value, nil: break
    }
    let readers = backward.readers
    let gradients = backward.roots.filter { root in
      let node = backward.nodes[root.value.node]
      guard case .contraction(let rule) = node.op.lowering, readers[root.value.node].isEmpty else { return false }
      let map = rule(node.operands.map { backward.type(of: $0) })
      return map.batch.isEmpty && map.staysInRegisters(maxRows: options.maxRows)
    }
    return Set(
      parameters.filter { parameter in
        parameter.type.shape.elementCount.count >= options.smallestJoinedWeight
          && gradients.contains { $0.role == .gradient(parameter.name) }
      }.map(\.name))
  }
}
