import Diagnostics
import KernelIR

/// Everything that model.swift declares: what a run of the model program writes and the compiler reads.
public struct ModelDescription: Sendable, Codable {
  public var name: String
  /// Forward computation, loss, penalties and metrics; roots are outputs, `loss` and metrics.
  public var graph: Graph
  public var inputs: [Field]
  public var outputs: [Field]
  public var targets: [Field]
  public var parameters: [Parameter]
  public var layers: [LayerRecord]
  public var training: TrainingDescription?
  public var hyperparameters: [HyperparameterRecord]
  public var search: SearchDescription?
  public var location: SourceLocation

  public init(
    name: String, graph: Graph, inputs: [Field], outputs: [Field], targets: [Field], parameters: [Parameter],
    layers: [LayerRecord], training: TrainingDescription?, hyperparameters: [HyperparameterRecord],
    search: SearchDescription? = nil, location: SourceLocation
  ) {
    self.name = name
    self.graph = graph
    self.inputs = inputs
    self.outputs = outputs
    self.targets = targets
    self.parameters = parameters
    self.layers = layers
    self.training = training
    self.hyperparameters = hyperparameters
    self.search = search
    self.location = location
  }
}

/// A named array at the model's boundary. Its type includes the leading row axis.
public struct Field: Hashable, Sendable, Codable {
  public var name: String
  public var type: TensorType
  /// For a target of class numbers or an input of tokens, how many there are; 0 where that is not known.
  public var classes: Int

  public init(name: String, type: TensorType, classes: Int = 0) {
    self.name = name
    self.type = type
    self.classes = classes
  }
}

/// A weight of the model, named as Keras does: `dense/kernel`.
public struct Parameter: Hashable, Sendable, Codable {
  public var name: String
  public var type: TensorType
  public var initializer: Initializer
  public var isTrainable: Bool
  /// For a statistic of the training data: which input it describes.
  public var statistic: Statistic?
  public var location: SourceLocation

  public init(
    name: String, type: TensorType, initializer: Initializer, isTrainable: Bool = true, statistic: Statistic? = nil,
    location: SourceLocation = .unknown
  ) {
    self.name = name
    self.type = type
    self.initializer = initializer
    self.isTrainable = isTrainable
    self.statistic = statistic
    self.location = location
  }
}

/// Mean or variance of each feature (last axis) of an input, taken from the training data before the first epoch.
public struct Statistic: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable { case mean, variance }
  public var kind: Kind
  public var input: String

  public init(_ kind: Kind, ofInput input: String) {
    self.kind = kind
    self.input = input
  }
}

/// How a weight starts. Variance scaling has already been worked out from fan-in and fan-out.
public enum Initializer: Hashable, Sendable, Codable {
  case constant(Double)
  /// As many equal parts as there are numbers, each filled with one: the biases of gates.
  case parts([Double])
  case uniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
  /// Redrawn beyond two deviations; `deviation` is that of the normal distribution before it is cut.
  case truncatedNormal(mean: Double, deviation: Double)
  /// Orthonormal rows or columns of the matrix [all other axes, last axis], times `gain`.
  case orthogonal(gain: Double)
  case identity(gain: Double)
}

/// A layer as the summary shows it.
public struct LayerRecord: Hashable, Sendable, Codable {
  /// `dense_1`.
  public var name: String
  /// `Dense`.
  public var type: String
  public var outputShape: Shape
  public var parameters: [String]
  /// Names of the layers or inputs that its operands come from.
  public var inputs: [String]
  public var location: SourceLocation

  public init(
    name: String, type: String, outputShape: Shape, parameters: [String], inputs: [String], location: SourceLocation
  ) {
    self.name = name
    self.type = type
    self.outputShape = outputShape
    self.parameters = parameters
    self.inputs = inputs
    self.location = location
  }
}

/// How a model is trained, but for the loss and the metrics, which are part of the graph.
public struct TrainingDescription: Hashable, Sendable, Codable {
  public var loss: String
  public var optimizer: OptimizerDescription
  public var metrics: [MetricDescription]
  public var epochs: Int
  public var batchSize: Int
  public var shuffle: Bool
  public var seed: UInt64
  public var data: DataDescription?
  public var validationSplit: Double
  public var validationFile: String
  public var location: SourceLocation

  public init(
    loss: String, optimizer: OptimizerDescription, metrics: [MetricDescription], epochs: Int, batchSize: Int,
    shuffle: Bool, seed: UInt64, data: DataDescription?, validationSplit: Double, validationFile: String,
    location: SourceLocation
  ) {
    self.loss = loss
    self.optimizer = optimizer
    self.metrics = metrics
    self.epochs = epochs
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.seed = seed
    self.data = data
    self.validationSplit = validationSplit
    self.validationFile = validationFile
    self.location = location
  }
}

/// The optimizer and its constants, with Keras's meanings and defaults.
public struct OptimizerDescription: Hashable, Sendable, Codable {
  public enum Method: Hashable, Sendable, Codable {
    case sgd(momentum: Double, nesterov: Bool)
    case rmsprop(rho: Double, momentum: Double, epsilon: Double, centered: Bool)
    case adagrad(initialAccumulator: Double, epsilon: Double)
    case adam(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)
  }

  public enum Clipping: Hashable, Sendable, Codable {
    case value(Double)
    /// The norm of each parameter's gradient.
    case norm(Double)
    /// The norm of all gradients together.
    case globalNorm(Double)
  }

  public var method: Method
  public var learningRate: Double
  public var clipping: Clipping?

  public init(method: Method, learningRate: Double, clipping: Clipping? = nil) {
    self.method = method
    self.learningRate = learningRate
    self.clipping = clipping
  }
}

/// A metric: its graph root holds what a batch adds to the accumulators; this says how they become the value.
public struct MetricDescription: Hashable, Sendable, Codable {
  public enum Formula: String, Hashable, Sendable, Codable {
    /// a[0] / rows, or of a masked output, with a second accumulator for the number of steps that count, a[0] / a[1].
    case mean
    /// The square root of that.
    case rootMean
    /// The exponential of that.
    case exponentialOfMean
    /// a[0] / (a[0] + a[1]): precision from true and false positives, recall from true positives and false negatives.
    case ratio
    /// Area under the ROC curve from [4, thresholds]: true positives, true negatives, false positives, false negatives.
    case areaUnderCurve
  }

  public var name: String
  public var formula: Formula
  /// The number of accumulators.
  public var count: Int

  public init(name: String, formula: Formula, count: Int) {
    self.name = name
    self.formula = formula
    self.count = count
  }
}

/// Where the training data come from, as declared.
public struct DataDescription: Hashable, Sendable, Codable {
  public enum Format: String, Hashable, Sendable, Codable { case csv, npy, npz, idx, cifar, safetensors, text }
  public var format: Format
  /// Of cifar all files, with commas between.
  public var file: String
  /// The second file of npy and idx.
  public var targetsFile: String
  /// The target column of a CSV.
  public var target: String
  /// Of text: byte, character or word, and the column of the texts where they are labelled in a CSV.
  public var tokens: String
  public var column: String
  public var scale: Double
  public var location: SourceLocation

  /// Every file by its own name.
  public var files: [String] {
    (format == .cifar ? file.split(separator: ",").map(String.init) : [file])
      + (targetsFile.isEmpty ? [] : [targetsFile])
  }

  public init(
    format: Format, file: String, targetsFile: String = "", target: String = "", tokens: String = "",
    column: String = "", scale: Double = 1, location: SourceLocation
  ) {
    self.format = format
    self.file = file
    self.targetsFile = targetsFile
    self.target = target
    self.tokens = tokens
    self.column = column
    self.scale = scale
    self.location = location
  }
}

/// A hyper-parameter as declared, and the value that this run used.
public struct HyperparameterRecord: Hashable, Sendable, Codable {
  public enum Value: Hashable, Sendable, Codable {
    case int(Int)
    case float(Double)
    case bool(Bool)
    case string(String)
  }
  public enum Range: Hashable, Sendable, Codable {
    case int(low: Int, high: Int, step: Int)
    case float(low: Double, high: Double, logarithmic: Bool)
    case choice([Value])
  }

  public var name: String
  public var value: Value
  public var range: Range
  public var location: SourceLocation

  public init(name: String, value: Value, range: Range, location: SourceLocation) {
    self.name = name
    self.value = value
    self.range = range
    self.location = location
  }
}
