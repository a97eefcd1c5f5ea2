import GraphIR

/// A figure that is shown during training beside the loss.
public struct Metric: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case accuracy
    case binaryAccuracy(threshold: Double)
    case categoricalAccuracy, sparseCategoricalAccuracy
    case topK(Int)
    case meanSquaredError, rootMeanSquaredError, meanAbsoluteError
    case precision(threshold: Double)
    case recall(threshold: Double)
    case areaUnderCurve
    case perplexity
  }

  let name: String
  let kind: Kind

  /// Binary for outputs of one number, else of classes, sparse or not after the target, as Keras chooses.
  public static var accuracy: Metric { Metric(name: "accuracy", kind: .accuracy) }
  public static var binaryAccuracy: Metric { binaryAccuracy(threshold: 0.5) }
  public static func binaryAccuracy(threshold: Double) -> Metric {
    Metric(name: "binary_accuracy", kind: .binaryAccuracy(threshold: threshold))
  }
  public static var categoricalAccuracy: Metric { Metric(name: "categorical_accuracy", kind: .categoricalAccuracy) }
  public static var sparseCategoricalAccuracy: Metric {
    Metric(name: "sparse_categorical_accuracy", kind: .sparseCategoricalAccuracy)
  }
  public static var topKAccuracy: Metric { topKAccuracy(5) }
  /// Whether the right class is among the `k` most probable.
  public static func topKAccuracy(_ k: Int) -> Metric { Metric(name: "top_\(k)_accuracy", kind: .topK(k)) }
  public static var meanSquaredError: Metric { Metric(name: "mean_squared_error", kind: .meanSquaredError) }
  public static var mse: Metric { Metric(name: "mse", kind: .meanSquaredError) }
  public static var rootMeanSquaredError: Metric {
    Metric(name: "root_mean_squared_error", kind: .rootMeanSquaredError)
  }
  public static var meanAbsoluteError: Metric { Metric(name: "mean_absolute_error", kind: .meanAbsoluteError) }
  public static var mae: Metric { Metric(name: "mae", kind: .meanAbsoluteError) }
  public static var precision: Metric { precision(threshold: 0.5) }
  public static func precision(threshold: Double) -> Metric {
    Metric(name: "precision", kind: .precision(threshold: threshold))
  }
  public static var recall: Metric { recall(threshold: 0.5) }
  public static func recall(threshold: Double) -> Metric {
    Metric(name: "recall", kind: .recall(threshold: threshold))
  }
  /// Area under the receiver operating characteristic from 200 thresholds, as Keras interpolates it.
  public static var auc: Metric { Metric(name: "auc", kind: .areaUnderCurve) }

  /// The exponential of the mean cross-entropy over classes: between how many tokens a language model is as good as undecided.
  public static var perplexity: Metric { Metric(name: "perplexity", kind: .perplexity) }

  static let thresholdCount = 200

  var formula: MetricDescription.Formula {
    switch kind {
    case .rootMeanSquaredError: .rootMean
    case .precision, .recall: .ratio
    case .areaUnderCurve: .areaUnderCurve
    case .perplexity: .exponentialOfMean
    default: .mean
    }
  }

  /// Elements of the accumulator. Means of masked outputs are over steps, whose number is kept too, not over rows; the other
  /// metrics take masked steps with the rest, as in Keras.
  func count(isMasked: Bool) -> Int {
    switch formula {
    case .mean, .rootMean, .exponentialOfMean: isMasked ? 2 : 1
    case .ratio: 2
    case .areaUnderCurve: 4 * Self.thresholdCount
    }
  }
}
