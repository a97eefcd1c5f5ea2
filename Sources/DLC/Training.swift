import Diagnostics
import GraphIR

/// How a model is trained.
public struct Training {
  let losses: [(output: String?, loss: Loss, weight: Double)]
  let optimizer: Optimizer
  let metrics: [Metric]
  let epochs: Int
  let batchSize: Int
  let shuffle: Bool
  let seed: UInt64
  let data: TrainingData?
  let validation: Validation
  let location: SourceLocation

  /// One loss for all outputs; with several outputs, the sum of theirs.
  public init(
    loss: Loss, optimizer: Optimizer = .rmsprop, metrics: [Metric] = [], epochs: Int = 1, batchSize: Int = 32,
    shuffle: Bool = true, data: TrainingData? = nil, validation: Validation = .none, seed: Int = 0,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    self.init(
      [(nil, loss, 1)], optimizer, metrics, epochs, batchSize, shuffle, data, validation, seed,
      SourceLocation.call(file, line, column))
  }

  /// A loss for each output by name, added up with weights (1 where none is given).
  public init(
    losses: KeyValuePairs<String, Loss>, weights: [String: Double] = [:], optimizer: Optimizer = .rmsprop,
    metrics: [Metric] = [], epochs: Int = 1, batchSize: Int = 32, shuffle: Bool = true, data: TrainingData? = nil,
    validation: Validation = .none, seed: Int = 0,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    self.init(
      losses.map { ($0.key, $0.value, weights[$0.key] ?? 1) }, optimizer, metrics, epochs, batchSize, shuffle, data,
      validation, seed, SourceLocation.call(file, line, column))
  }

  private init(
    _ losses: [(output: String?, loss: Loss, weight: Double)], _ optimizer: Optimizer, _ metrics: [Metric],
    _ epochs: Int, _ batchSize: Int, _ shuffle: Bool, _ data: TrainingData?, _ validation: Validation, _ seed: Int,
    _ location: SourceLocation
  ) {
    (self.losses, self.optimizer, self.metrics) = (losses, optimizer, metrics)
    (self.epochs, self.batchSize, self.shuffle) = (epochs, batchSize, shuffle)
    (self.data, self.validation, self.seed) = (data, validation, UInt64(bitPattern: Int64(seed)))
    self.location = location
    if epochs < 1 { Recorder.report("epochs must be at least 1, got \(epochs)", at: location) }
    if batchSize < 1 { Recorder.report("batchSize must be at least 1, got \(batchSize)", at: location) }
    if !(validation.split >= 0 && validation.split < 1) {
      Recorder.report(
        "the validation split must be at least 0 and less than 1, got \(validation.split)", at: location)
    }
    if let problem = optimizer.problem { Recorder.report(problem, at: location) }
    var seen: Set<String> = ["loss"]
    for metric in metrics where !seen.insert(metric.name).inserted {
      Recorder.report("the metric \(metric.name) is listed twice", at: location)
    }
  }
}
