import GraphIR
import KernelIR

/// Where a value lies while a generated function runs.
public enum Placement: Hashable, Sendable {
  /// An array of the caller, by name.
  case input(String)
  case target(String)
  case output(String)
  /// A weight, an optimizer slot, or the gradient of a weight, by name.
  case parameter(String)
  case slot(String)
  case gradient(String)
  /// What a context or a trainer keeps from call to call, by name.
  case state(String)
  /// A number of the run.
  case rows, learningRate, step, position
  /// The arena: region and number of the buffer in the memory plan.
  case arena(Int)
  /// Weights packed for a product: by which step of the preparation.
  case packed(Int)
  /// No memory: a null pointer.
  case nothing

  /// Where a source's value is found.
  public init(_ source: Source) {
    switch source.kind {
    case .input: self = .input(source.name)
    case .target: self = .target(source.name)
    case .parameter: self = .parameter(source.name)
    case .slot: self = .slot(source.name)
    case .gradient: self = .gradient(source.name)
    case .state: self = .state(source.name)
    case .position: self = .position
    case .rows: self = .rows
    case .learningRate: self = .learningRate
    case .step: self = .step
    }
  }

  /// The name of the weight that it is, or nil.
  public var parameter: String? { if case .parameter(let name) = self { name } else { nil } }

  /// Where a root's value has to go; nil for a value that the function reads itself after its kernels.
  public init?(_ role: Root.Role) {
    switch role {
    case .output(let name): self = .output(name)
    case .gradient(let name): self = .gradient(name)
    case .update(.slot, let name): self = .slot(name)
    case .update(.state, let name): self = .state(name)
    case .update(_, let name): self = .parameter(name)
    case .loss, .metric: return nil
    }
  }
}
