import Diagnostics
import GraphIR
import KernelIR

/// A value of the model being built: one for each row of a batch, whose axis stays implicit.
///
/// Arithmetic, the functions of this module and layers make new tensors. A mistake yields a tensor that spoils what is
/// made from it without any further message.
public struct Tensor: Sendable {
  /// nil after a mistake.
  let value: Value?
  /// Which steps of a sequence count, f32 [rows, time]: 1 for those that do, 0 for padding; nil where all do.
  let mask: Value?

  init(_ value: Value, mask: Value? = nil) { (self.value, self.mask) = (value, mask) }

  private init() { (value, mask) = (nil, nil) }

  static var poisoned: Tensor { Tensor() }

  /// The shape of one row.
  public var shape: TensorShape {
    guard let value else { return .unknown }
    return Recorder.shared.withLock { $0.builder.shape(of: value) }.rowShape
  }

  /// An input of a functional model.
  ///
  /// - Parameters:
  ///   - name: what the generated code and data files call it.
  ///   - shape: one row of it, such as `[32, 32, 3]` or `.tokens(length: 128)`.
  public static func input(
    _ name: String, shape: InputShape, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Tensor {
    input(name, shape: shape, at: SourceLocation.call(file, line, column))
  }

  static func input(
    _ name: String, shape: InputShape, at location: SourceLocation, isNameChecked: Bool = true
  ) -> Tensor {
    if let problem = LayerNames.problem(with: name, of: "input") {
      Recorder.report(problem, at: location)
      return .poisoned
    }
    guard shape.extents.allSatisfy({ $0 > 0 }) else {
      Recorder.report("input \"\(name)\" has shape \(shape.extents); every extent must be at least 1", at: location)
      return .poisoned
    }
    let type = TensorType(
      shape.isTokens ? .i32 : .f32, Shape([.rows] + shape.extents.map { Dimension($0) }))
    return Recorder.shared.withLock { recorder in
      if isNameChecked, let other = recorder.inputs.first(where: { $0.field.name == name }) {
        recorder.diagnostics.append(
          Diagnostic(
            .error, "a second input has the name \"\(name)\"", at: location,
            notes: [.note("the first is here", at: other.location)]))
        return .poisoned
      }
      recorder.inputs.append((Field(name: name, type: type), location))
      return recorder.build("input", scope: "", layers: [name], operands: [], at: location) {
        (recorder, _) throws(ShapeError) in recorder.builder.source(.input, name, type)
      }
    }
  }
}

extension Shape {
  /// Whether the first axis is the batch's: rows, or the steps of all rows within `TimeDistributed`.
  var hasRows: Bool { dimensions.first?.perRow == true }

  /// Without the batch axis.
  var rowShape: TensorShape {
    TensorShape((hasRows ? Array(dimensions.dropFirst()) : dimensions).map(\.count))
  }
}
