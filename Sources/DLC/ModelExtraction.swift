import Diagnostics
import GraphIR
import KernelIR

/// Takes each model's part out of the recorded graph.
enum ModelExtraction {
  /// What the program writes: models only if there is no mistake.
  static func output() -> ModelProgramOutput {
    let entries = Recorder.shared.withLock { $0.models }
    for entry in entries.dropFirst() {
      Recorder.report(
        "\(entry.model.location.fileName) declares a second model, \"\(entry.model.name)\"; it must declare one",
        at: entry.model.location,
        notes: [.note("the first model is here", at: entries[0].model.location)])
    }
    var descriptions: [ModelDescription] = []
    for entry in entries {
      checkSearch(of: entry.model)
      if let description = describe(entry.model) { descriptions.append(description) }
    }
    let diagnostics = Recorder.shared.withLock { $0.diagnostics }
    return ModelProgramOutput(diagnostics: diagnostics, models: diagnostics.isEmpty ? descriptions : [])
  }

  /// What a search looks at must be among what training computes.
  private static func checkSearch(of model: Model) {
    guard let search = model.search, let training = model.trainingGraph?.description else { return }
    let known = ["loss", "val_loss"] + training.metrics.map { "val_" + $0.name }
    let quantity = search.objective.quantity.name
    guard !known.contains(quantity) else { return }
    Recorder.report(
      "the search looks at \(quantity), which training does not compute; it has \(known.joined(separator: ", "))",
      at: search.location, notes: [.note("list the metric in Training(metrics: …)", at: training.location)])
  }

  private static func describe(_ model: Model) -> ModelDescription? {
    let inputs = model.inputs.compactMap(\.value)
    var roots: [Root] = []
    for output in model.outputs {
      guard let value = output.tensor.value else { return nil }
      roots.append(Root(.output(output.name), value))
    }
    guard inputs.count == model.inputs.count, model.training == nil || model.trainingGraph != nil else { return nil }
    if let training = model.trainingGraph { roots += training.roots }
    return Recorder.shared.withLock { recorder in
      roots += recorder.updates(reachedFrom: roots.map(\.value), isTrained: model.training != nil)
      let reached = recorder.reached(from: roots.map(\.value))
      guard recorder.checkInputs(of: model, reached: reached) else { return nil }
      let fields = inputs.compactMap { input in
        (recorder.builder.graph.op(of: input) as? Source).map {
          Field(name: $0.name, type: $0.type, classes: recorder.tokenLimits[$0.name] ?? 0)
        }
      }
      let outputs = model.outputs.compactMap { output in
        output.tensor.value.map { Field(name: output.name, type: recorder.builder.type(of: $0)) }
      }
      return ModelDescription(
        name: model.name, graph: recorder.subgraph(named: model.name, reached: reached, roots: roots), inputs: fields,
        outputs: outputs, targets: model.trainingGraph?.targets ?? [],
        parameters: recorder.parameters.filter { reached[$0.value.node] }.map(\.parameter),
        layers: recorder.layers.filter { $0.outputs.contains { reached[$0.node] } }.map(\.record),
        training: model.trainingGraph?.description, hyperparameters: recorder.hyperparameters,
        search: model.search?.description, location: model.location)
    }
  }
}

extension Recorder {
  /// For each node, whether one of `values` needs it.
  func reached(from values: [Value]) -> [Bool] {
    var reached = [Bool](repeating: false, count: builder.graph.nodes.count)
    for value in values { reached[value.node] = true }
    for index in reached.indices.reversed() where reached[index] {
      for operand in builder.graph.nodes[index].operands { reached[operand.node] = true }
    }
    return reached
  }

  /// The updates of states and, if the model is trained, of moving statistics that it has.
  func updates(reachedFrom values: [Value], isTrained: Bool) -> [Root] {
    let reached = reached(from: values)
    return updates.compactMap { source, value in
      guard reached[source.node], let op = builder.graph.op(of: source) as? Source, isTrained || op.kind == .state
      else {
        return nil
      }
      return Root(.update(op.kind, op.name), value)
    }
  }

  func subgraph(named name: String, reached: [Bool], roots: [Root]) -> Graph {
    var graph = Graph(name: name)
    var numbers = [Int](repeating: -1, count: reached.count)
    for (index, node) in builder.graph.nodes.enumerated() where reached[index] {
      numbers[index] = graph.nodes.count
      var copy = node
      copy.operands = node.operands.map { Value(node: numbers[$0.node], result: $0.result) }
      graph.nodes.append(copy)
    }
    graph.roots = roots.map { Root($0.role, Value(node: numbers[$0.value.node], result: $0.value.result)) }
    return graph
  }

  /// Every declared input must be a `Tensor.input` that an output needs, and every needed one be declared.
  mutating func checkInputs(of model: Model, reached: [Bool]) -> Bool {
    let before = diagnostics.count
    var declared: Set<String> = []
    for input in model.inputs.compactMap(\.value) {
      guard let source = builder.graph.op(of: input) as? Source, source.kind == .input else {
        diagnostics.append(
          Diagnostic(.error, "an input of \"\(model.name)\" was not made with Tensor.input", at: model.location))
        continue
      }
      declared.insert(source.name)
      guard !reached[input.node] else { continue }
      diagnostics.append(
        Diagnostic(
          .error, "no output of \"\(model.name)\" uses its input \"\(source.name)\"", at: model.location,
          notes: [.note("the input is made here", at: builder.graph.nodes[input.node].location)]))
    }
    for (index, node) in builder.graph.nodes.enumerated() where reached[index] {
      guard let source = node.op as? Source, source.kind == .input, !declared.contains(source.name) else { continue }
      diagnostics.append(
        Diagnostic(
          .error, "\"\(model.name)\" uses the input \"\(source.name)\", which is not among its inputs",
          at: model.location, notes: [.note("the input is made here", at: node.location)]))
    }
    return diagnostics.count == before
  }
}
