import Diagnostics
import GraphIR

/// The network that dlc compiles. A model.swift declares exactly one.
public final class Model {
  struct Output {
    var name: String
    var tensor: Tensor
  }

  public let name: String
  let inputs: [Tensor]
  let outputs: [Output]
  let isSequential: Bool
  let location: SourceLocation
  var trainingGraph: TrainingGraph?

  /// How the model is trained: loss, optimizer, metrics, data.
  public var training: Training? {
    didSet { trainingGraph = training.flatMap { TrainingGraph.build($0, for: self) } }
  }

  /// How `dlc tune` searches the hyper-parameters.
  public var search: Search?

  /// A sequential model: each layer takes the result of the one before it.
  ///
  /// Its input is called `x`, its target `y`, and its output like its last layer.
  public convenience init(
    _ name: String, input: InputShape, file: String = #filePath, line: Int = #line, column: Int = #column,
    @LayerBuilder _ layers: () -> [any Layer]
  ) {
    let location = SourceLocation.call(file, line, column)
    // A second model is a mistake, which its name for the input is not.
    let isFirst = Recorder.shared.withLock { $0.models.isEmpty }
    let input = Tensor.input("x", shape: input, at: location, isNameChecked: isFirst)
    let layers = layers()
    if layers.isEmpty { Recorder.report("the model \"\(name)\" has no layers", at: location) }
    let result = layers.isEmpty ? .poisoned : layers.reduce(input) { $1($0) }
    self.init(
      name, inputs: [input], outputs: [Output(name: Model.outputName(of: result), tensor: result)], sequential: true,
      at: location)
  }

  /// A functional model, from tensors made with `Tensor.input` to named outputs.
  public convenience init(
    _ name: String, inputs: [Tensor], outputs: KeyValuePairs<String, Tensor>, file: String = #filePath,
    line: Int = #line, column: Int = #column
  ) {
    self.init(
      name, inputs: inputs, outputs: outputs.map { Output(name: $0.key, tensor: $0.value) }, sequential: false,
      at: SourceLocation.call(file, line, column))
  }

  /// A functional model whose outputs are called like the layers that they come from.
  public convenience init(
    _ name: String, inputs: [Tensor], outputs: [Tensor], file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    self.init(
      name, inputs: inputs, outputs: outputs.map { Output(name: Model.outputName(of: $0), tensor: $0) },
      sequential: false, at: SourceLocation.call(file, line, column))
  }

  private init(_ name: String, inputs: [Tensor], outputs: [Output], sequential: Bool, at location: SourceLocation) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.isSequential = sequential
    self.location = location
    checkNames()
    let entry = ModelEntry(self)
    Recorder.shared.withLock { $0.models.append(entry) }
  }

  private func checkNames() {
    if let problem = LayerNames.problem(with: name, of: "model") { Recorder.report(problem, at: location) }
    if outputs.isEmpty { Recorder.report("the model \"\(name)\" has no outputs", at: location) }
    if inputs.isEmpty { Recorder.report("the model \"\(name)\" has no inputs", at: location) }
    var seen: Set<String> = []
    for output in outputs where output.tensor.value != nil {
      if let problem = LayerNames.problem(with: output.name, of: "output") { Recorder.report(problem, at: location) }
      if !seen.insert(output.name).inserted {
        Recorder.report(
          "two outputs have the name \"\(output.name)\"", at: location,
          notes: [.note("name them: outputs: [\"a\": first, \"b\": second]")])
      }
    }
  }

  /// The layer that a tensor comes from; `output` for plain arithmetic on several.
  private static func outputName(of tensor: Tensor) -> String {
    guard let value = tensor.value else { return "output" }
    let layers = Recorder.shared.withLock { $0.origins[value]?.layers ?? [] }
    return layers.count == 1 ? layers[0] : "output"
  }
}

/// A model as the recorder keeps it. Models are made and read on one thread, that of the program's top level.
struct ModelEntry: @unchecked Sendable {
  let model: Model

  init(_ model: Model) { self.model = model }
}
