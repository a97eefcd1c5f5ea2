import Diagnostics
import GraphIR
import KernelIR
import Operators

/// What stays the same when a layer is called again or copied: its name and its weights, which the first call makes.
final class LayerIdentity {
  let type: String
  /// As given, else the type in snake case with a running number. Layers are numbered as they are first called, so that
  /// those inside a block of layers come in the order of the network, as in Keras.
  private(set) lazy var name = given ?? Recorder.shared.withLock { $0.names.next(base) }
  private let given: String?
  private let base: String
  let location: SourceLocation
  /// False after a mistake in the layer's own arguments: its results are poisoned.
  private(set) var isValid: Bool
  private var weights: [String: Value] = [:]

  init(_ type: String, _ base: String, name given: String?, isValid: Bool = true, at location: SourceLocation) {
    self.type = type
    self.location = location
    self.given = given
    self.base = base
    self.isValid = isValid
    guard let given, isValid else { return }
    if let problem = LayerNames.problem(with: given, of: "layer") {
      self.isValid = false
      Recorder.report(problem, at: location)
    } else if !Recorder.shared.withLock({ $0.names.take(given) }) {
      self.isValid = false
      Recorder.report("two layers have the name \"\(given)\"", at: location)
    }
  }

  /// Another layer like this one; of a named layer its name has `backward_` in front.
  var twin: LayerIdentity {
    LayerIdentity(type, base, name: given.map { "backward_" + $0 }, isValid: isValid, at: location)
  }

  /// Reports a mistake in the layer's own arguments.
  func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if condition { return }
    isValid = false
    Recorder.report(message(), at: location)
  }

  /// Calls the layer: `body` adds its nodes and returns its result.
  func call(
    _ inputs: [Tensor], activityRegularizer: Regularizer? = nil,
    _ body: (inout Recorder, [Value]) throws(ShapeError) -> Value
  ) -> Tensor {
    let values = inputs.compactMap(\.value)
    let name = name
    guard isValid, values.count == inputs.count else { return .poisoned }
    return Recorder.shared.withLock { recorder in
      let result = recorder.build(type, scope: name, layers: [name], operands: values, at: location, body)
      if let value = result.value {
        record(value, inputs: values, in: &recorder)
        if let regularizer = activityRegularizer {
          recorder.penalties.append(
            .init(regularizer: regularizer, value: value, isActivity: true, location: location))
        }
      }
      return result
    }
  }

  /// Further results of a call.
  func results(_ values: [Value]) -> [Tensor] {
    Recorder.shared.withLock { recorder in
      for value in values { recorder.origins[value] = .init(type: type, location: location, layers: [name]) }
    }
    return values.map { Tensor($0) }
  }

  private func record(_ value: Value, inputs: [Value], in recorder: inout Recorder) {
    // A layer that only passes its operand on, such as a linear activation, still is where the result comes from.
    recorder.origins[value] = .init(type: type, location: location, layers: [name])
    let names = recorder.layerNames(of: inputs)
    if let index = recorder.layers.firstIndex(where: { $0.record.name == name }) {
      recorder.layers[index].outputs.append(value)
      recorder.layers[index].record.inputs += names.filter { !recorder.layers[index].record.inputs.contains($0) }
      return
    }
    let parameters = recorder.parameters.map(\.parameter.name).filter { $0.hasPrefix(name + "/") }
    let record = LayerRecord(
      name: name, type: type, outputShape: recorder.builder.shape(of: value), parameters: parameters, inputs: names,
      location: location)
    recorder.layers.append(.init(record: record, outputs: [value]))
  }

  /// The layer's weight `name`, made when first asked for.
  func weight(
    _ name: String, _ shape: [Int], _ initializer: Initializer, regularizer: Regularizer? = nil,
    isTrainable: Bool = true, statistic: Statistic? = nil, in recorder: inout Recorder
  ) throws(ShapeError) -> Value {
    let type = TensorType(.f32, Shape(shape.map { Dimension($0) }))
    if let value = weights[name] {
      let known = recorder.builder.type(of: value)
      guard known == type else {
        throw ShapeError(
          "\(self.type) shares its weights between its calls; its \(name) has shape \(known.shape), "
            + "but this call needs \(type.shape)",
          advice: "create another \(self.type) for an input of another shape")
      }
      return value
    }
    let full = "\(self.name)/\(name)"
    let value = recorder.builder.source(.parameter, full, type)
    let parameter = Parameter(
      name: full, type: type, initializer: initializer.resolved(for: shape), isTrainable: isTrainable,
      statistic: statistic, location: location)
    recorder.parameters.append((parameter, value))
    if let regularizer {
      recorder.penalties.append(
        .init(regularizer: regularizer, value: value, isActivity: false, location: location))
    }
    weights[name] = value
    return value
  }
}

extension LayerIdentity {
  /// Training sets the layer's weight `name` to `value`, made from what it is now by `body`; a layer that is called twice
  /// does so one after the other.
  func update(
    _ name: String, in recorder: inout Recorder, _ body: (inout GraphBuilder, Value) throws(ShapeError) -> Value
  ) throws(ShapeError) {
    guard let parameter = weights[name] else { return }
    let known = recorder.updates.first { $0.source == parameter }
    recorder.keep(try body(&recorder.builder, known?.value ?? parameter), in: parameter)
  }

  /// What the layer's calls leave to the next call of the same context or trainer as `name`: zeros until
  /// `Recorder.keep(_:in:)` says what it becomes, and again after a reset.
  func state(_ name: String, _ type: TensorType, in recorder: inout Recorder) -> Value {
    recorder.builder.source(.state, "\(self.name)/\(name)", type)
  }
}

extension Recorder {
  /// A call sets `source`, a weight or a state, to `value`.
  mutating func keep(_ value: Value, in source: Value) {
    updates.removeAll { $0.source == source }
    updates.append((source, value))
  }

  /// The shape of one row of a value.
  func rowShape(of value: Value) -> TensorShape { builder.shape(of: value).rowShape }
}
