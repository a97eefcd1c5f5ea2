import GraphIR
import GraphPasses
import KernelIR

/// Where each weight and each optimizer slot lies, in elements from the start of its block.
///
/// Trainable weights come first, so that the gradient of a weight has the weight's offset in the array of gradients.
struct StorageLayout {
  struct Tensor {
    var name: String
    var extents: [Int]
    var offset: Int
    var isTrainable: Bool

    var count: Int { extents.reduce(1, *) }
  }

  private(set) var parameters: [Tensor] = []
  private(set) var slots: [Tensor] = []

  init(parameters: [Parameter], slots: [Slot]) {
    for parameter in parameters.filter(\.isTrainable) + parameters.filter({ !$0.isTrainable }) {
      self.parameters.append(
        Tensor(
          name: parameter.name, extents: parameter.type.shape.dimensions.map(\.count),
          offset: self.parameters.end, isTrainable: parameter.isTrainable))
    }
    for slot in slots {
      self.slots.append(
        Tensor(
          name: slot.name, extents: slot.type.shape.dimensions.map(\.count), offset: self.slots.end,
          isTrainable: false))
    }
  }

  var gradientCount: Int { parameters.filter(\.isTrainable).end }
  var parameterCount: Int { parameters.end }
  var slotCount: Int { slots.end }

  func parameter(_ name: String) -> Tensor? { parameters.first { $0.name == name } }
  func slot(_ name: String) -> Tensor? { slots.first { $0.name == name } }
}

extension [StorageLayout.Tensor] {
  fileprivate var end: Int { last.map { $0.offset + $0.count } ?? 0 }
}
