import Diagnostics
import GraphIR
import KernelIR
import Operators

/// softmax(q·kᵀ/√keyDimension)·v for each of `heads`, then a projection back (Vaswani et al., Attention Is All You Need, 2017).
/// Called with one sequence [time, features] it attends to itself; with two, the first asks and the second answers, and steps that
/// the mask of the second hides are not seen. Weights as Keras's: `query/kernel` [features, heads, keyDimension], `query/bias`
/// [heads, keyDimension], `key`, `value`, and `attention_output/kernel` [heads, valueDimension, features],
/// `attention_output/bias` [features].
///
/// With `keyValueHeads`, which must divide `heads`, neighbouring heads share keys and values (Ainslie et al., GQA, 2023): Keras's
/// GroupQueryAttention, with its name. With `rotary`, queries and keys are turned as by `RotaryEmbedding`.
public struct MultiHeadAttention: Layer {
  /// Which steps a step sees.
  public enum Mask: Sendable {
    case none
    /// Itself and those before it.
    case causal
  }

  private let identity: LayerIdentity
  private let heads: Int
  private let keyValueHeads: Int
  private let keyDimension: Int
  private let valueDimension: Int
  private let dropout: Double
  private let useBias: Bool
  private let mask: Mask
  private let maximumWavelength: Double?
  private let initializers: (kernel: Initializer, bias: Initializer)

  public init(
    heads: Int, keyDimension: Int, valueDimension: Int? = nil, dropout: Double = 0, useBias: Bool = true,
    mask: Mask = .none, keyValueHeads: Int? = nil, rotary: Bool = false, maximumWavelength: Double = 10_000,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "MultiHeadAttention", keyValueHeads == nil ? "multi_head_attention" : "grouped_query_attention", name: name,
      at: SourceLocation.call(file, line, column))
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension ?? keyDimension
    self.dropout = dropout
    self.useBias = useBias
    self.mask = mask
    self.maximumWavelength = rotary ? maximumWavelength : nil
    initializers = (kernelInitializer, biasInitializer)
    identity.require(
      heads > 0 && keyDimension > 0 && self.valueDimension > 0,
      "MultiHeadAttention needs heads and dimensions of at least 1, got \(heads), \(keyDimension) and \(self.valueDimension)"
    )
    identity.require(
      (0..<1).contains(dropout), "MultiHeadAttention's dropout must be at least 0 and less than 1, got \(dropout)")
    identity.require(
      self.keyValueHeads > 0 && heads % self.keyValueHeads == 0,
      "MultiHeadAttention's \(self.keyValueHeads) heads of keys and values must divide its \(heads) heads")
    identity.require(
      !rotary || keyDimension % 2 == 0 && maximumWavelength > 1,
      "rotary MultiHeadAttention needs an even key dimension and a longest wave of more than 1, got \(keyDimension) and \(maximumWavelength)"
    )
  }

  public func callAsFunction(_ input: Tensor) -> Tensor { callAsFunction(input, input) }

  /// Queries from the first sequence, keys and values from the second.
  public func callAsFunction(_ query: Tensor, _ value: Tensor) -> Tensor {
    let seen = value.mask
    return identity.call([query, value]) { (recorder, x) throws(ShapeError) in
      for operand in x {
        let type = recorder.builder.type(of: operand)
        guard type.element.isFloating, type.shape.rank == 3 else {
          throw ShapeError(
            "MultiHeadAttention expects [time, features] but its input has shape \(type.shape.rowShape)",
            advice: type.element.isFloating ? "put Reshape([time, features]) before it" : "put Embedding before it")
        }
      }
      var q = try project(x[0], "query", heads, keyDimension, in: &recorder)
      var k = try project(x[1], "key", keyValueHeads, keyDimension, in: &recorder)
      let v = try project(x[1], "value", keyValueHeads, valueDimension, in: &recorder)
      if let maximumWavelength {
        q = try recorder.builder.rotary(q, base: maximumWavelength)
        k = try recorder.builder.rotary(k, base: maximumWavelength)
      }
      var weightDropout: Operators.Dropout?
      if dropout > 0 {
        recorder.dropouts += 1
        weightDropout = Operators.Dropout(rate: dropout, purpose: recorder.dropouts)
      }
      let answer = try recorder.builder.attention(
        q, k, v, mask: seen, scale: 1 / Double(keyDimension).squareRoot(), isCausal: mask == .causal,
        dropout: weightDropout)
      return try merge(answer, like: x[0], in: &recorder)
    }.masked(like: query)
  }

  /// [rows, time, features] to [rows, time, heads, size].
  private func project(_ x: Value, _ part: String, _ heads: Int, _ size: Int, in recorder: inout Recorder)
    throws(ShapeError)
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
    return try recorder.builder.reshape(result, to: [shape[0], shape[1], Dimension(heads), Dimension(size)])
  }

  /// [rows, time, heads, size] to [rows, time, features].
  private func merge(_ answer: Value, like input: Value, in recorder: inout Recorder) throws(ShapeError) -> Value {
    let shape = recorder.builder.shape(of: input)
    let flat = try recorder.builder.reshape(answer, to: [shape[0], shape[1], Dimension(heads * valueDimension)])
    let weight = try identity.weight(
      "attention_output/kernel", [heads, valueDimension, shape[2].count], initializers.kernel, in: &recorder)
    let kernel = try recorder.builder.reshape(weight, to: [Dimension(heads * valueDimension), shape[2]])
    let result = try recorder.builder.matmul(flat, kernel)
    guard useBias else { return result }
    let bias = try identity.weight("attention_output/bias", [shape[2].count], initializers.bias, in: &recorder)
    return try recorder.builder.add(result, bias)
  }
}
