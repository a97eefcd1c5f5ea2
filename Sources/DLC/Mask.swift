import Diagnostics
import GraphIR
import KernelIR
import Operators

// Masks of sequences. `Embedding(maskZero: true)` and `Masking` make one, `Tensor.mask` carries it: layers that treat each step by
// itself hand it on as Keras's do, and so does arithmetic; recurrent layers, averages and losses leave out what it marks.

extension Tensor {
  /// The tensor with this mask, f32 [rows, time], instead of its own.
  func masked(by mask: Value?) -> Tensor { value.map { Tensor($0, mask: mask) } ?? self }

  /// The tensor with the mask of the input that its steps come from.
  func masked(like input: Tensor) -> Tensor { masked(by: input.mask) }

  /// As Keras's layers that merge inputs: a step counts if it does in one of them, and all do if an input has no mask.
  func masked(likeAnyOf inputs: [Tensor]) -> Tensor {
    let masks = inputs.compactMap(\.mask)
    guard masks.count == inputs.count, let value else { return masked(by: nil) }
    return masked(by: Recorder.shared.withLock { $0.builder.anyOf(masks, for: value) })
  }

  /// Joined along the time, masks are too, and sequences without one count whole; along another axis they are merged.
  func masked(likeJoined inputs: [Tensor], axis: Int) -> Tensor {
    guard value != nil, inputs.contains(where: { $0.mask != nil }) else { return masked(by: nil) }
    guard axis == 0 || axis == -shape.rank, shape.rank > 1 else { return masked(likeAnyOf: inputs) }
    return masked(by: Recorder.shared.withLock { try? $0.builder.joined(inputs) })
  }
}

extension GraphBuilder {
  /// The masks of sequences one behind another; those that have none count whole.
  fileprivate mutating func joined(_ sequences: [Tensor]) throws(ShapeError) -> Value {
    var masks: [Value] = []
    for sequence in sequences {
      if let mask = sequence.mask {
        masks.append(mask)
      } else if let value = sequence.value {
        masks.append(
          try broadcast(scalar(1, like: value), to: Shape(Array(shape(of: value).dimensions.prefix(2)))))
      }
    }
    return try concatenate(masks, axis: 1)
  }

  /// 1 where one of the masks is; nil if they are not all as long as the sequence that they are for.
  fileprivate mutating func anyOf(_ masks: [Value], for sequence: Value) -> Value? {
    guard let first = masks.first, masks.allSatisfy({ isMask($0, of: sequence) }) else { return nil }
    return masks.dropFirst().reduce(first) { sum, mask in
      sum == mask ? sum : sum.flatMap { try? maximum($0, mask) }
    }
  }

  /// Whether the mask is [rows, time] for a value [rows, time, ..].
  func isMask(_ mask: Value, of value: Value) -> Bool {
    shape(of: value).dimensions.prefix(2) == shape(of: mask).dimensions[...]
  }

  /// The mask with axes of extent 1 behind it, so that it broadcasts against a value [rows, time, ..].
  mutating func mask(_ mask: Value, alongside value: Value) throws(ShapeError) -> Value {
    let axes = shape(of: mask).dimensions + Array(repeating: 1, count: shape(of: value).rank - 2)
    return try reshape(mask, to: Shape(axes))
  }

  /// The mean over `axes`, time among them, of the steps that count of values [rows, time, ..]: 0 where none does.
  mutating func mean(_ value: Value, axes: [Int], counting mask: Value?, keepDimensions: Bool = false)
    throws(ShapeError) -> Value
  {
    guard let mask else { return try mean(value, axes: axes, keepDimensions: keepDimensions) }
    let marks = try self.mask(mask, alongside: value)
    let kept = try select(marks, value, scalar(0, like: value))
    let total = try sum(kept, axes: axes, keepDimensions: keepDimensions)
    let each = axes.filter { $0 > 1 }.reduce(1) { $0 * shape(of: value)[$1].count }
    var count = try sum(marks, axes: axes, keepDimensions: keepDimensions)
    if each > 1 { count = try multiply(count, scalar(Double(each), like: count)) }
    return try divide(total, maximum(count, scalar(1, like: count)))
  }
}
