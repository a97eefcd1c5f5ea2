import GraphIR
import KernelIR
import Operators

@testable import GraphPasses

/// A part of a network that becomes fewer kernels than it has operators: a row of Documentation/fusion.md.
struct FusionPattern: Sendable {
  /// The extents of one instance.
  struct Extents: Sendable {
    var height: Int
    var width: Int
    var channels: Int
    var filters: Int
    /// Taps of a convolution's kernel, down and across.
    var kernel: (Int, Int)
  }

  /// Odd and even; 1; less than the kernel; places of more than one block, few taps and whole vectors of filters; columns of more than
  /// one panel; enough for Winograd's algorithm.
  static let extents = [
    Extents(height: 6, width: 9, channels: 3, filters: 5, kernel: (3, 3)),
    Extents(height: 1, width: 1, channels: 1, filters: 2, kernel: (1, 1)),
    Extents(height: 2, width: 3, channels: 1, filters: 2, kernel: (5, 4)),
    Extents(height: 29, width: 17, channels: 1, filters: 32, kernel: (3, 2)),
    Extents(height: 3, width: 4, channels: 2, filters: 36, kernel: (1, 3)),
    Extents(height: 4, width: 4, channels: 32, filters: 33, kernel: (3, 3)),
  ]

  /// Of the nodes that are no layer's.
  static let lossScope = "loss"

  /// The layers, as a person would list them.
  var layers: String
  var build: @Sendable (inout NetworkBuilder) throws -> Value

  static let all: [FusionPattern] = [
    FusionPattern(layers: "Dense, relu") { network in
      let x = network.input(network.extents.channels)
      return try network.graph.relu(network.dense(x))
    },
    FusionPattern(layers: "Dense, sigmoid, Dropout, Dense") { network in
      let x = network.input(network.extents.channels)
      let hidden = try network.graph.dropout(network.graph.sigmoid(network.dense(x)), rate: 0.25, purpose: 3)
      return try network.dense(hidden)
    },
    FusionPattern(layers: "Dense, gelu, Dense") { network in
      try network.dense(network.graph.gelu(network.dense(network.input(network.extents.channels))))
    },
    FusionPattern(layers: "Dense of 1030, relu, Dense of 70") { network in
      let hidden = try network.graph.relu(network.dense(network.input(network.extents.channels), filters: 1030))
      return try network.dense(hidden, filters: 70)
    },
    FusionPattern(layers: "Conv2D, relu") { network in
      try network.graph.relu(network.convolution(network.image()))
    },
    FusionPattern(layers: "Conv2D, relu, MaxPooling2D") { network in
      try network.maxPooling(network.graph.relu(network.convolution(network.image())), 2, strides: 2)
    },
    FusionPattern(layers: "Conv2D, tanh, MaxPooling2D that overlaps, Conv2D") { network in
      let pooled = try network.maxPooling(network.graph.tanh(network.convolution(network.image())), 3, strides: 2)
      return try network.convolution(pooled, strides: (1, 2))
    },
    FusionPattern(layers: "Conv2D, Conv2D, relu, MaxPooling2D") { network in
      let map = try network.graph.elu(network.convolution(network.image(), strides: (2, 1)))
      return try network.maxPooling(network.graph.relu(network.convolution(map)), 2, strides: 2)
    },
    FusionPattern(layers: "Conv2D, Conv2D, sigmoid, AveragePooling2D") { network in
      let map = try network.graph.sigmoid(network.convolution(network.convolution(network.image())))
      return try network.averagePooling(map, 2, strides: 2)
    },
    FusionPattern(layers: "Conv2D of 1×1, relu6, MaxPooling2D") { network in
      let map = try network.convolution(network.image(), kernel: (1, 1))
      return try network.maxPooling(network.graph.relu6(map), 2, strides: 2)
    },
    FusionPattern(layers: "Conv2D, BatchNormalization, relu") { network in
      try network.graph.relu(network.normalization(network.convolution(network.image(), hasBias: false)))
    },
    FusionPattern(layers: "Conv2D, BatchNormalization, Add of another map, relu") { network in
      let x = network.image()
      let map = try network.normalization(network.convolution(x, strides: (2, 2), hasBias: false))
      let shortcut = try network.convolution(x, strides: (2, 2), kernel: (1, 1), hasBias: false)
      return try network.graph.relu(network.graph.add(map, network.normalization(shortcut)))
    },
    FusionPattern(layers: "DepthwiseConv2D, BatchNormalization, relu6, Conv2D of 1×1") { network in
      let channels = network.extents.channels
      let map = try network.convolution(
        network.image(), strides: (1, 2), filters: channels, groups: channels, hasBias: false)
      return try network.convolution(network.graph.relu6(network.normalization(map)), kernel: (1, 1))
    },
    FusionPattern(layers: "Conv2D in groups, tanh, MaxPooling2D") { network in
      let (channels, filters) = (network.extents.channels, network.extents.filters)
      let map = try network.convolution(network.image(), filters: channels * filters, groups: channels)
      return try network.maxPooling(network.graph.tanh(map), 2, strides: 2)
    },
    FusionPattern(layers: "Conv2D of 3×3, relu, Conv2D of 3×3, each of 32 filters") { network in
      let map = try network.graph.relu(network.convolution(network.image(), kernel: (3, 3), filters: 32))
      return try network.convolution(map, kernel: (3, 3), filters: 32)
    },
    FusionPattern(layers: "Conv2D, relu, GlobalAveragePooling2D") { network in
      try network.graph.mean(network.graph.relu(network.convolution(network.image())), axes: [1, 2])
    },
    FusionPattern(layers: "Dense, LayerNormalization") { network in
      // Of a vector and more, and of less.
      let x = try network.dense(network.input(network.extents.channels), filters: network.extents.filters + 13)
      return try network.layerNormalization(x)
    },
    FusionPattern(layers: "Conv2D, LayerNormalization, relu, LayerNormalization") { network in
      let map = try network.convolution(network.image(), filters: network.extents.filters + 13)
      return try network.layerNormalization(network.graph.relu(network.layerNormalization(map)))
    },
  ]

  /// One instance as a model, with the cross-entropy of its results as the loss.
  func model(_ extents: Extents) throws -> ModelDescription {
    var network = NetworkBuilder(extents)
    let result = try build(&network)
    network.graph.addRoot(.output("y"), result)
    network.graph.scope = Self.lossScope
    let features = network.graph.shape(of: result).dimensions.dropFirst().reduce(1) { $0 * $1.count }
    let logits = try network.graph.reshape(result, to: [.rows, Dimension(features)])
    let target = network.graph.source(.target, "t", network.graph.type(of: logits))
    let losses = try network.graph.softmaxCrossEntropy(logits, target)
    network.graph.addRoot(.loss, try network.graph.mean(losses, axes: [0]))
    return ModelDescription(
      name: layers, graph: network.graph.graph, inputs: [], outputs: [], targets: [], parameters: network.parameters,
      layers: [],
      training: TrainingDescription(
        loss: "", optimizer: OptimizerDescription(method: .sgd(momentum: 0, nesterov: false), learningRate: 0.01),
        metrics: [], epochs: 1, batchSize: 1, shuffle: false, seed: 0, data: nil, validationSplit: 0,
        validationFile: "",
        location: .unknown),
      hyperparameters: [], location: .unknown)
  }
}

/// Layers as `DLC` makes them, in a graph alone.
struct NetworkBuilder {
  let extents: FusionPattern.Extents
  var graph = GraphBuilder(name: "pattern")
  private(set) var parameters: [Parameter] = []

  init(_ extents: FusionPattern.Extents) { self.extents = extents }

  mutating func input(_ features: Int) -> Value {
    graph.source(.input, "x", TensorType(.f32, [.rows, Dimension(features)]))
  }

  mutating func image() -> Value {
    graph.source(
      .input, "x",
      TensorType(.f32, [.rows, Dimension(extents.height), Dimension(extents.width), Dimension(extents.channels)]))
  }

  mutating func weight(_ name: String, _ shape: Shape) -> Value {
    let type = TensorType(.f32, shape)
    let unique = "\(name)_\(parameters.count)"
    parameters.append(Parameter(name: unique, type: type, initializer: .constant(0)))
    return graph.source(.parameter, unique, type)
  }

  mutating func dense(_ x: Value, filters: Int? = nil) throws -> Value {
    let filters = filters ?? extents.filters
    let kernel = weight("kernel", [graph.shape(of: x)[1], Dimension(filters)])
    let bias = weight("bias", [Dimension(filters)])
    return try graph.add(graph.matmul(x, kernel), bias)
  }

  /// With as many places as the image has elements, divided by the strides.
  mutating func convolution(
    _ x: Value, strides: (Int, Int) = (1, 1), kernel: (Int, Int)? = nil, filters: Int? = nil, groups: Int = 1,
    hasBias: Bool = true
  ) throws -> Value {
    let shape = graph.shape(of: x)
    let (taps, filters) = (kernel ?? extents.kernel, filters ?? extents.filters)
    let weights = weight(
      "kernel",
      [Dimension(taps.0), Dimension(taps.1), Dimension(shape[3].count / groups), Dimension(filters)])
    let map = try graph.convolution(
      x, weights,
      ConvolutionGeometry(
        vertical: .same(shape[1].count, window: taps.0, stride: strides.0),
        horizontal: .same(shape[2].count, window: taps.1, stride: strides.1), groups: groups))
    return hasBias ? try graph.add(map, weight("bias", [Dimension(filters)])) : map
  }

  private func pooling(_ x: Value, _ window: Int, strides: Int) -> PoolingGeometry {
    let shape = graph.shape(of: x)
    // Where it fits no place looks over the edge, as with Keras's default.
    func axis(_ extent: Int) -> ConvolutionGeometry.Axis {
      window == strides && extent >= window ? .init(stride: strides) : .same(extent, window: window, stride: strides)
    }
    return PoolingGeometry(
      height: window, width: window, vertical: axis(shape[1].count), horizontal: axis(shape[2].count))
  }

  mutating func maxPooling(_ x: Value, _ window: Int, strides: Int) throws -> Value {
    try graph.maxPooling(x, pooling(x, window, strides: strides))
  }

  mutating func averagePooling(_ x: Value, _ window: Int, strides: Int) throws -> Value {
    try graph.averagePooling(x, pooling(x, window, strides: strides))
  }

  /// 1/√(x + ε)
  mutating func inverseRoot(_ x: Value) throws -> Value {
    let root = try graph.sqrt(graph.add(x, graph.scalar(1e-3, like: x)))
    return try graph.divide(graph.scalar(1, like: root), root)
  }

  /// Along the last axis.
  mutating func layerNormalization(_ x: Value) throws -> Value {
    let axis = graph.shape(of: x).rank - 1
    let features: Shape = [graph.shape(of: x)[axis]]
    let centered = try graph.subtract(x, graph.mean(x, axes: [axis], keepDimensions: true))
    let variance = try graph.mean(graph.multiply(centered, centered), axes: [axis], keepDimensions: true)
    let normalized = try graph.multiply(centered, inverseRoot(variance))
    let (gamma, beta) = (weight("gamma", features), weight("beta", features))
    return try graph.add(graph.multiply(normalized, gamma), beta)
  }

  /// Batch normalization: by the batch's statistics in training, by given ones in inference.
  mutating func normalization(_ x: Value) throws -> Value {
    let shape = graph.shape(of: x)
    let axes = Array(0..<(shape.rank - 1))
    let type = TensorType(.f32, [shape[shape.rank - 1]])
    func statistic(_ name: String) -> Value { graph.source(.input, "\(name)_\(parameters.count)", type) }
    let (movingMean, movingVariance) = (statistic("mean"), statistic("variance"))
    let mean = try graph.mean(x, axes: axes)
    let difference = try graph.subtract(x, mean)
    let variance = try graph.mean(graph.multiply(difference, difference), axes: axes)
    let centered = try graph.subtract(x, graph.trainingPhase(mean, inference: movingMean))
    let factor = try inverseRoot(graph.trainingPhase(variance, inference: movingVariance))
    let (gamma, beta) = (weight("gamma", type.shape), weight("beta", type.shape))
    return try graph.add(graph.multiply(centered, graph.multiply(factor, gamma)), beta)
  }
}

extension ConvolutionGeometry.Axis {
  /// ⌈extent / stride⌉ places, the odd element of padding behind.
  fileprivate static func same(_ extent: Int, window: Int, stride: Int) -> Self {
    let places = (extent + stride - 1) / stride
    let total = max((places - 1) * stride + window - extent, 0)
    return Self(stride: stride, before: total / 2, after: total - total / 2)
  }
}
