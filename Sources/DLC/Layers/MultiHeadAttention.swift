import Diagnostics
import GraphIR
import KernelIR
import Operators

/// softmax(q·kᵀ/√keyDimension)·v for each of `heads`, then a projection back (Vaswani et al., Attention Is All You Need, 2017).
/// Called with one sequence [time, features] it attends to itself; with two, the first asks and the second answers. Weights as
/// Keras's: `query/kernel` [features, heads, keyDimension], `query/bias` [heads, keyDimension], `key`, `value`, and
/// `attention_output/kernel` [heads, valueDimension, features], `attention_output/bias` [features].
public struct MultiHeadAttention: Layer {
  /// Which steps a step sees.
  public enum Mask: Sendable {
    case none
    /// Itself and those before it.
    case causal
  }

  private let identity: LayerIdentity
  private let heads: Int
  private let keyDimension: Int
  private let valueDimension: Int
  private let dropout: Double
  private let useBias: Bool
  private let mask: Mask
  private let initializers: (kernel: Initializer, bias: Initializer)

  public init(
    heads: Int, keyDimension: Int, valueDimension: Int? = nil, dropout: Double = 0, useBias: Bool = true,
    mask: Mask = .none, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "MultiHeadAttention", "multi_head_attention", name: name, at: SourceLocation.call(file, line, column))
    self.heads = heads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension ?? keyDimension
    self.dropout = dropout
    self.useBias = useBias
    self.mask = mask
    initializers = (kernelInitializer, biasInitializer)
    identity.require(
      heads > 0 && keyDimension > 0 && self.valueDimension > 0,
      "MultiHeadAttention needs heads and dimensions of at least 1, got \(heads), \(keyDimension) and \(self.valueDimension)"
    )
    identity.require(
      (0..<1).contains(dropout), "MultiHeadAttention's dropout must be at least 0 and less than 1, got \(dropout)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor { callAsFunction(input, input) }

  /// Queries from the first sequence, keys and values from the second.
  public func callAsFunction(_ query: Tensor, _ value: Tensor) -> Tensor {
    identity.call([query, value]) { (recorder, x) throws(ShapeError) in
      for operand in x {
        let type = recorder.builder.type(of: operand)
        guard type.element.isFloating, type.shape.rank == 3 else {
          throw ShapeError(
            "MultiHeadAttention expects [time, features] but its input has shape \(type.shape.rowShape)",
            advice: type.element.isFloating ? "put Reshape([time, features]) before it" : "put Embedding before it")
        }
      }
      let q = try project(x[0], "query", keyDimension, in: &recorder)
      let k = try project(x[1], "key", keyDimension, in: &recorder)
      let v = try project(x[1], "value", valueDimension, in: &recorder)
      let scale = try recorder.builder.scalar(1 / Double(keyDimension).squareRoot(), like: q)
      var scores = try recorder.builder.matmul(recorder.builder.multiply(q, scale), k, transposeRight: true)
      if case .causal = mask { scores = try recorder.builder.lowerTriangle(scores, fill: -.infinity) }
      var weights = try recorder.builder.softmax(scores)
      if dropout > 0 {
        recorder.dropouts += 1
        weights = try recorder.builder.dropout(weights, rate: dropout, purpose: recorder.dropouts)
      }
      let seen = try recorder.builder.matmul(weights, v)
      return try merge(seen, like: x[0], in: &recorder)
    }
  }

  /// [rows, time, features] to [rows, heads, time, size].
  private func project(_ x: Value, _ part: String, _ size: Int, in recorder: inout Recorder) throws(ShapeError)
    -> Value
  {
    let shape = recorder.builder.shape(of: x)
    let weight = try identity.weight(
      "\(part)/kernel", [shape[2].count, heads, size], initializers.kernel, in: &recorder)
    let kernel = try recorder.builder.reshape(weight, to: [shape[2], Dimension(heads * size)])
    var result = try recorder.builder.matmul(x, kernel)
    if useBias {
      let bias = try identity.weight("\(part)/bias", [heads, size], initializers.bias, in: &recorder)
      result = try recorder.builder.add(result, recorder.builder.reshape(bias, to: [Dimension(heads * size)]))
    }
    let apart = try recorder.builder.reshape(result, to: [shape[0], shape[1], Dimension(heads), Dimension(size)])
    return try recorder.builder.transpose(apart, permutation: [0, 2, 1, 3])
  }

  /// [rows, heads, time, size] to [rows, time, features].
  private func merge(_ seen: Value, like input: Value, in recorder: inout Recorder) throws(ShapeError) -> Value {
    let shape = recorder.builder.shape(of: input)
    let together = try recorder.builder.transpose(seen, permutation: [0, 2, 1, 3])
    let flat = try recorder.builder.reshape(together, to: [shape[0], shape[1], Dimension(heads * valueDimension)])
    let weight = try identity.weight(
      "attention_output/kernel", [heads, valueDimension, shape[2].count], initializers.kernel, in: &recorder)
    let kernel = try recorder.builder.reshape(weight, to: [Dimension(heads * valueDimension), shape[2]])
    let result = try recorder.builder.matmul(flat, kernel)
    guard useBias else { return result }
    let bias = try identity.weight("attention_output/bias", [shape[2].count], initializers.bias, in: &recorder)
    return try recorder.builder.add(result, bias)
  }
}
