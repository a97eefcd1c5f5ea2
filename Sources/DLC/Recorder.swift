import Diagnostics
import GraphIR
import Operators
import Synchronization

/// Everything that model.swift has built so far. One graph holds all of it; each model later takes its part out.
struct Recorder: Sendable {
  /// Where a value comes from, for notes and for the summary's "connected to".
  struct Origin: Sendable {
    /// `MaxPooling2D`, `relu` or `input`.
    var type: String
    var location: SourceLocation
    /// Layers and inputs that it belongs to or, for plain arithmetic, that its operands come from.
    var layers: [String]
  }

  struct Penalty: Sendable {
    var regularizer: Regularizer
    var value: Value
    /// Penalties of activities are divided by the number of rows, as in Keras.
    var isActivity: Bool
    var location: SourceLocation
  }

  struct RecordedLayer: Sendable {
    var record: LayerRecord
    var outputs: [Value]
  }

  var builder = GraphBuilder(name: "model")
  var diagnostics: [Diagnostic] = []
  var origins: [Value: Origin] = [:]
  var parameters: [(parameter: Parameter, value: Value)] = []
  var penalties: [Penalty] = []
  var layers: [RecordedLayer] = []
  /// New contents of sources that change without differentiation, weights that training moves and states that are kept from
  /// call to call: the source, and what it becomes.
  var updates: [(source: Value, value: Value)] = []
  var names = LayerNames()
  var inputs: [(field: Field, location: SourceLocation)] = []
  var hyperparameters: [HyperparameterRecord] = []
  var models: [ModelEntry] = []
  var dropouts = 0
  /// For inputs of tokens, how many there are at most: what an Embedding has vectors for.
  var tokenLimits: [String: Int] = [:]

  /// Requires that every number of the inputs which the indices are made of lies below `count`: that is what keeps the
  /// generated code within its arrays.
  mutating func limitTokens(in indices: Value, to count: Int) throws(ShapeError) {
    let node = builder.graph.nodes[indices.node]
    switch node.op {
    case let source as Source where source.kind == .input:
      tokenLimits[source.name] = min(tokenLimits[source.name] ?? count, count)
    case is Operators.Reshape, is Slice, is Transpose, is Broadcast, is Gather:
      if let first = node.operands.first { try limitTokens(in: first, to: count) }
    case is Operators.Concatenate:
      for operand in node.operands { try limitTokens(in: operand, to: count) }
    default:
      throw ShapeError("the numbers to look up must come from an input of tokens, not from \(type(of: node.op).name)")
    }
  }

  /// The one recorder of the program. The lock is held only while a function of this module runs, never while
  /// one of the user's does.
  static let shared: Mutex<Recorder> = {
    ProgramExit.register()
    return Mutex(Recorder())
  }()

  static func report(_ message: String, at location: SourceLocation, notes: [Diagnostic] = []) {
    shared.withLock { $0.diagnostics.append(Diagnostic(.error, message, at: location, notes: notes)) }
  }

  /// Applies `body` to the values of the operands; a shape error becomes a diagnostic and a poisoned tensor.
  static func apply(
    _ name: String, to operands: [Tensor], at location: SourceLocation, scope: String? = nil,
    _ body: (inout GraphBuilder, [Value]) throws(ShapeError) -> Value
  ) -> Tensor {
    applyInRecorder(name, to: operands, at: location, scope: scope) { (recorder, values) throws(ShapeError) in
      try body(&recorder.builder, values)
    }
  }

  /// The same for a `body` that does more than build.
  static func applyInRecorder(
    _ name: String, to operands: [Tensor], at location: SourceLocation, scope: String? = nil,
    _ body: (inout Recorder, [Value]) throws(ShapeError) -> Value
  ) -> Tensor {
    let values = operands.compactMap(\.value)
    guard values.count == operands.count else { return .poisoned }
    return shared.withLock { recorder in
      let layers = recorder.layerNames(of: values)
      return recorder.build(
        name, scope: scope ?? layers.first ?? "", layers: layers, operands: values, at: location, body)
    }
  }

  /// Runs `body` with location and scope set, and turns a failure into a diagnostic.
  mutating func build(
    _ type: String, scope: String, layers: [String], operands: [Value], at location: SourceLocation,
    _ body: (inout Recorder, [Value]) throws(ShapeError) -> Value
  ) -> Tensor {
    builder.location = location
    builder.scope = scope
    do throws(ShapeError) {
      let value = try body(&self, operands)
      if origins[value] == nil { origins[value] = Origin(type: type, location: location, layers: layers) }
      return Tensor(value)
    } catch {
      var notes: [Diagnostic] = []
      for operand in operands {
        guard let origin = origins[operand], origin.location.isKnown else { continue }
        let which = operands.count == 1 ? "the input" : "an operand"
        let text = origin.type == "input" ? "\(which) is made here" : "\(which) comes from this \(origin.type)"
        let note = Diagnostic.note(text, at: origin.location)
        if !notes.contains(note) { notes.append(note) }
      }
      if let advice = error.advice { notes.append(.note(advice)) }
      diagnostics.append(Diagnostic(.error, error.message, at: location, notes: notes))
      return .poisoned
    }
  }

  func layerNames(of values: [Value]) -> [String] {
    var names: [String] = []
    for name in values.flatMap({ origins[$0]?.layers ?? [] }) where !names.contains(name) { names.append(name) }
    return names
  }
}
