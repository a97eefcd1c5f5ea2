import CompilerDriver
import GraphIR
import KernelIR
import Operators
import Testing
import Verification

/// Attention beyond what `checkOperator` draws: extents of several tiles, masks, and errors.
@Suite struct AttentionTests {
  private static func instance(
    _ op: Attention, time: Int, keys: Int, heads: Int, keyHeads: Int, size: Int, isMasked: Bool
  ) throws -> Instance {
    func type(_ axes: [Int]) -> TensorType { TensorType(.f32, Shape([.rows] + axes.map { Dimension($0) })) }
    return Instance(
      op,
      [type([time, heads, size]), type([keys, keyHeads, size]), type([keys, keyHeads, size])]
        + (isMasked ? [type([keys])] : []))
  }

  /// Whole tiles, tiles that overlap, primes, one step, one key, and sizes that the tiles of a product do not divide.
  @Test func tilesAgreeWithReference() async throws {
    let forward = try [
      Self.instance(
        Attention(scale: 0.2, isCausal: true), time: 128, keys: 128, heads: 1, keyHeads: 1, size: 32, isMasked: false),
      Self.instance(
        Attention(scale: 0.3, isCausal: true), time: 67, keys: 131, heads: 2, keyHeads: 1, size: 5, isMasked: true),
      Self.instance(
        Attention(scale: 0.3, isCausal: true), time: 131, keys: 67, heads: 1, keyHeads: 1, size: 3, isMasked: false),
      Self.instance(Attention(scale: 0.3), time: 1, keys: 200, heads: 6, keyHeads: 2, size: 17, isMasked: true),
      Self.instance(Attention(scale: 0.3), time: 97, keys: 1, heads: 2, keyHeads: 2, size: 8, isMasked: false),
      Self.instance(
        Attention(scale: 0.3, dropout: Dropout(rate: 0.4, purpose: 2)), time: 70, keys: 65, heads: 2, keyHeads: 2,
        size: 4,
        isMasked: false),
    ]
    let instances =
      try forward
      + forward.map { instance in
        let op = try #require(instance.op as? Attention)
        let results = try op.infer(instance.operands)
        return Instance(AttentionGradient(forward: op), instance.operands + results + [results[0]])
      }
    for choice in [
      CompiledGraphSet.Choice(compiler: "clang", element: .f32, products: .builtin),
      CompiledGraphSet.Choice(compiler: "gcc", element: .f64, products: .blas),
    ] where CCompiler.isPresent(choice.compiler) {
      let trials = try instances.enumerated().map {
        try OperatorTrial($1, element: choice.element, rows: 2, seed: UInt64($0))
      }
      let compiled = try await CompiledGraphSet(trials.map(\.graph), as: choice, maxRows: 2)
      for (index, trial) in trials.enumerated() {
        let results = try compiled.run(
          index, sources: trial.sources, rows: 2, seed: OperatorTrial.seed, step: OperatorTrial.step)
        for difference in trial.differences(from: results).prefix(3) { Issue.record("\(choice): \(difference)") }
      }
    }
  }

  private func run(_ op: Attention, _ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let types = operands.map { TensorType(.f64, Shape($0.shape.map { Dimension($0) })) }
    return op.reference(
      operands, ReferenceContext(rows: 1, seed: 0, step: 0, operandTypes: types, resultTypes: try op.infer(types)))
  }

  private func numbers(_ shape: [Int], seed: UInt64) -> ReferenceTensor {
    var random = RandomSource(seed: seed)
    return .generate(shape) { _ in random.real(in: -1...1) }
  }

  /// Keys that the mask hides are as good as not there.
  @Test func maskedKeysAreAbsent() throws {
    let (query, key, value) = (
      numbers([1, 4, 2, 3], seed: 1), numbers([1, 5, 2, 3], seed: 2), numbers([1, 5, 2, 3], seed: 3)
    )
    func first(_ tensor: ReferenceTensor) -> ReferenceTensor {
      ReferenceTensor(shape: [1, 3, 2, 3], values: Array(tensor.values[..<18]))
    }
    let mask = ReferenceTensor(shape: [1, 5], values: [1, 1, 1, 0, 0])
    let op = Attention(scale: 0.7)
    #expect(try run(op, [query, key, value, mask]) == run(op, [query, first(key), first(value)]))
  }

  /// A query that sees nothing gets 0, and no gradient passes it.
  @Test func nothingSeenIsZero() throws {
    let (query, key) = (numbers([1, 2, 1, 2], seed: 4), numbers([1, 3, 1, 2], seed: 5))
    let mask = ReferenceTensor(shape: [1, 3], repeating: 0)
    let op = Attention(scale: 1)
    let results = try run(op, [query, key, key, mask])
    #expect(results[0].values.allSatisfy { $0 == 0 } && results[1].values.allSatisfy { $0 > 1e38 && $0.isFinite })
    var random = RandomSource(seed: 6)
    let instance = Instance(
      op,
      [[.rows, 2, 1, 2], [.rows, 3, 1, 2], [.rows, 3, 1, 2], [.rows, 3]].map { (shape: Shape) in
        TensorType(.f64, shape)
      })
    try checkGradient(of: instance, random: &random, rows: 1, fixed: [3: mask])
    try checkLowering(of: instance, random: &random, rows: 1, fixed: [3: mask])
  }

  @Test func errors() {
    let query = TensorType(.f32, [.rows, 4, 6, 8])
    func message(_ op: any Operator, _ operands: [TensorType]) -> String {
      do {
        _ = try op.infer(operands)
        return ""
      } catch { return error.message }
    }
    let op = Attention(scale: 1)
    let key = TensorType(.f32, [.rows, 5, 3, 8])
    #expect(message(op, [query, key]) == "attention takes 3 operands, or 4 with a mask, got 2")
    #expect(
      message(op, [query, TensorType(.f32, [.rows, 5, 4, 8]), key])
        == "attention of queries f32[rows, 4, 6, 8] expects keys [rows, time, heads, 8] whose heads divide 6, got "
        + "f32[rows, 5, 4, 8]")
    #expect(
      message(op, [query, key, query])
        == "attention of keys f32[rows, 5, 3, 8] expects values [rows, 5, 3, size], got f32[rows, 4, 6, 8]")
    #expect(
      message(op, [query, key, key, TensorType(.f32, [.rows, 4])])
        == "attention expects a mask f32[rows, 5], got f32[rows, 4]")
    #expect(
      message(op, [TensorType(.f32, [.rows, 4, 8]), key, key])
        == "attention expects queries [rows, time, heads, size], got f32[rows, 4, 8]")
    #expect(
      message(Attention(scale: 1, block: 0), [query, key, key]) == "attention needs tiles of at least 1 step, got 0")
    #expect(
      message(AttentionGradient(forward: op), [query, key, key, query, query, query])
        == "attention_gradient expects f32[rows, 6, 4], got f32[rows, 4, 6, 8]")
  }
}
