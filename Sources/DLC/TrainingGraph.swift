import Diagnostics
import GraphIR
import KernelIR
import Operators

/// The part of a model's graph that only training and evaluation need: targets, loss and metrics.
struct TrainingGraph {
  var roots: [Root] = []
  var targets: [Field] = []
  var description: TrainingDescription

  /// nil if an output or the training is spoilt, which has been reported.
  static func build(_ training: Training, for model: Model) -> TrainingGraph? {
    guard model.outputs.allSatisfy({ $0.tensor.value != nil }), checkLossNames(training, model) else { return nil }
    var graph = TrainingGraph(description: training.description)
    var total: Tensor?
    for output in model.outputs {
      let named = training.losses.first { $0.output == output.name }
      guard let chosen = named ?? training.losses.first(where: { $0.output == nil }) else { continue }
      let target = graph.addTarget(for: output, of: model, loss: chosen.loss, at: training.location)
      let value = loss(chosen.loss, chosen.weight, target, output.tensor, at: training.location)
      total =
        total.map { sum in
          Recorder.apply("loss", to: [sum, value], at: training.location) { (builder, x) throws(ShapeError) in
            try builder.add(x[0], x[1])
          }
        } ?? value
      graph.addMetrics(
        training, loss: chosen.loss, prefix: model.outputs.count > 1 ? output.name + "_" : "", target, output.tensor)
    }
    let outputs = model.outputs.compactMap(\.tensor.value)
    guard let data = total, let loss = addPenalties(to: data, outputs: outputs, at: training.location).value,
      graph.roots.count == graph.description.metrics.count
    else { return nil }
    graph.roots.insert(Root(.loss, loss), at: 0)
    return graph
  }

  private static func checkLossNames(_ training: Training, _ model: Model) -> Bool {
    let names = model.outputs.map(\.name)
    let unknown = training.losses.compactMap(\.output).filter { !names.contains($0) }
    for name in unknown {
      Recorder.report(
        "a loss is given for \"\(name)\", but the model's outputs are \(names.joined(separator: ", "))",
        at: training.location)
    }
    if training.losses.isEmpty { Recorder.report("training needs a loss", at: training.location) }
    return unknown.isEmpty && !training.losses.isEmpty
  }

  /// Class numbers for a sparse loss, else numbers of the output's shape.
  private mutating func addTarget(for output: Model.Output, of model: Model, loss: Loss, at location: SourceLocation)
    -> Tensor
  {
    let name = model.isSequential ? "y" : output.name
    guard let value = output.tensor.value else { return .poisoned }
    return Recorder.shared.withLock { recorder in
      let type = recorder.builder.type(of: value)
      let isSparse = loss.isSparse && type.shape.rank > 1
      let field =
        isSparse
        ? Field(
          name: name, type: TensorType(.i32, Shape(Array(type.shape.dimensions.dropLast()))),
          classes: type.shape.rowShape.last)
        : Field(name: name, type: type)
      targets.append(field)
      return recorder.build("target", scope: "loss", layers: [], operands: [], at: location) {
        (recorder, _) throws(ShapeError) in recorder.builder.source(.target, name, field.type)
      }
    }
  }

  /// The weighted mean loss over rows and all other axes; masked steps are left out.
  private static func loss(
    _ loss: Loss, _ weight: Double, _ target: Tensor, _ output: Tensor, at location: SourceLocation
  ) -> Tensor {
    var elements: Tensor
    if case .custom(let function) = loss.kind {
      elements = function(target, output)
    } else {
      elements = apply("loss", [target, output], location) { (builder, x) throws(ShapeError) in
        try builder.loss(loss.kind, target: x[0], output: x[1])
      }
    }
    return apply("loss", [elements], location) { (builder, x) throws(ShapeError) in
      guard builder.type(of: x[0]).element.isFloating else {
        throw ShapeError("the loss \(loss.name) is not a floating-point number")
      }
      if let mask = output.mask, !builder.isMask(mask, of: x[0]) {
        throw ShapeError(
          "the loss \(loss.name) has shape \(builder.shape(of: x[0]).rowShape), but the output has a mask for each step",
          advice: "let the loss give [time] or [time, ..]")
      }
      let mean = try builder.mean(ofAll: x[0], counting: output.mask)
      return weight == 1 ? mean : try builder.multiply(mean, builder.scalar(weight, like: mean))
    }
  }

  private mutating func addMetrics(
    _ training: Training, loss: Loss, prefix: String, _ target: Tensor, _ output: Tensor
  ) {
    for metric in training.metrics {
      let name = prefix + metric.name
      description.metrics.append(
        MetricDescription(name: name, formula: metric.formula, count: metric.count(isMasked: output.mask != nil)))
      let contribution = Self.apply("metric", [target, output], training.location) {
        (builder, x) throws(ShapeError) in
        try builder.contribution(of: metric, loss: loss, target: x[0], output: x[1], mask: output.mask)
      }
      if let value = contribution.value { roots.append(Root(.metric(name), value)) }
    }
  }

  /// Adds the penalties of the regularizers on weights and activities that the outputs depend on.
  private static func addPenalties(to loss: Tensor, outputs: [Value], at location: SourceLocation) -> Tensor {
    let penalties = Recorder.shared.withLock { recorder in
      let reached = recorder.reached(from: outputs)
      return recorder.penalties.filter { reached[$0.value.node] }
    }
    return penalties.reduce(loss) { sum, penalty in
      apply("penalty", [sum, Tensor(penalty.value)], penalty.location) { (builder, x) throws(ShapeError) in
        guard var term = try penalty.regularizer.penalty(of: x[1], in: &builder) else { return x[0] }
        if penalty.isActivity {
          let rows = builder.source(.rows, "rows", TensorType(builder.type(of: term).element, .scalar))
          term = try builder.divide(term, rows)
        }
        return try builder.add(x[0], term)
      }
    }
  }

  private static func apply(
    _ name: String, _ operands: [Tensor], _ location: SourceLocation,
    _ body: (inout GraphBuilder, [Value]) throws(ShapeError) -> Value
  ) -> Tensor {
    Recorder.apply(name, to: operands, at: location, scope: "loss", body)
  }
}

extension Training {
  /// All but the metrics, which depend on the outputs.
  var description: TrainingDescription {
    TrainingDescription(
      loss: losses.map(\.loss.name).joined(separator: " + "), optimizer: optimizer.description, metrics: [],
      epochs: epochs, batchSize: batchSize, shuffle: shuffle, seed: seed, data: data?.description,
      validationSplit: validation.split, validationFile: validation.file, location: location)
  }
}
