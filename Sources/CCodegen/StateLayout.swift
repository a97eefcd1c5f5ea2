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
  private(set) var bytes = ByteCount()

  var isEmpty: Bool { fields.isEmpty }

  /// The states that any of `graphs` reads or updates.
  init(_ graphs: [Graph]) {
    for (name, type) in graphs.flatMap(\.states) where self[name] == nil {
      let count = type.shape.elementCount
      let size = (count.count * type.element.byteCount).roundedUp(to: MemoryPlan.alignment)
      fields.append(Field(name: name, type: type, offset: count.perRow ? bytes.perRow : bytes.fixed))
      if count.perRow { bytes.perRow += size } else { bytes.fixed += size }
    }
  }

  /// Bytes from the start of the memory to a state; nil if it is not kept.
  func offset(of name: String) -> ByteCount? {
    self[name].map {
      $0.type.shape.perRow ? ByteCount(fixed: bytes.fixed, perRow: $0.offset) : ByteCount(fixed: $0.offset)
    }
  }

  subscript(name: String) -> Field? { fields.first { $0.name == name } }
}
