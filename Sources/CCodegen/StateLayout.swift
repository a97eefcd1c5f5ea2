import GraphIR
import KernelIR
import Scheduling

/// Where each state lies in the memory that a context or a trainer keeps from call to call: bytes from its start, in two
/// regions as the arena has them, one of fixed size and one that grows with the rows.
struct StateLayout {
  struct Field: Hashable {
    var name: String
    var type: TensorType
    /// Bytes from the start of its region; for one row if its shape is per row.
    var offset: Int
  }

  private(set) var fields: [Field] = []
  private(set) var fixedBytes = 0
  private(set) var bytesPerRow = 0

  var isEmpty: Bool { fields.isEmpty }

  /// The states that any of `graphs` reads or updates.
  init(_ graphs: [Graph]) {
    for (name, type) in graphs.flatMap(\.states) where self[name] == nil {
      let count = type.shape.elementCount
      let bytes = (count.count * type.element.byteCount).roundedUp(to: MemoryPlan.alignment)
      fields.append(Field(name: name, type: type, offset: count.perRow ? bytesPerRow : fixedBytes))
      if count.perRow { bytesPerRow += bytes } else { fixedBytes += bytes }
    }
  }

  subscript(name: String) -> Field? { fields.first { $0.name == name } }
}
