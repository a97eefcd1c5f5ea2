import Testing

/// Mistakes in the arguments of functions and operators of tensors: one run reports each, where it stands.
@Suite struct FunctionMistakeTests {
  private static let inputs = """
    import DLC
    let x = Tensor.input("x", shape: [2, 3])
    let y = Tensor.input("y", shape: [4])
    let t = Tensor.input("t", shape: .tokens(length: 2))

    """

  /// Expressions with the column that their message names, counted from the start of the expression, and the message.
  static let mistakes: [(expression: String, column: Int, message: String)] = [
    ("pow(x, y)", 0, "pow cannot broadcast shapes [2, 3] and [4]"),
    ("min(x, y)", 0, "min cannot broadcast shapes [2, 3] and [4]"),
    ("max(x, y)", 0, "max cannot broadcast shapes [2, 3] and [4]"),
    ("exp(t)", 0, "exp expects numbers, but its input holds tokens"),
    ("log(t)", 0, "log expects numbers, but its input holds tokens"),
    ("sqrt(t)", 0, "sqrt expects numbers, but its input holds tokens"),
    ("abs(t)", 0, "abs expects numbers, but its input holds tokens"),
    ("pow(t, 2)", 0, "pow expects numbers, but its input holds tokens"),
    ("sum(t)", 0, "sum expects numbers, but its input holds tokens"),
    ("sum(x, axis: 2)", 0, "sum has axis 2, but its input has shape [2, 3]"),
    ("mean(x, axis: 5)", 0, "mean has axis 5, but its input has shape [2, 3]"),
    ("min(x, axis: 2)", 0, "min has axis 2, but its input has shape [2, 3]"),
    ("max(x, axis: -3)", 0, "max has axis -3, but its input has shape [2, 3]"),
    ("matmul(x, y)", 0, "matmul expects two matrices [.., m, k] and [.., k, n] for each row, got [2, 3] and [4]"),
    (
      "matmul(x, x)", 0,
      "matmul of [rows, 2, 3] and [rows, 2, 3]: the inner extents are 3 and 2, which must be equal"
    ),
    ("transpose(x, [0, 0])", 0, "transpose of shape [2, 3] needs each of its axes once, got [0, 0]"),
    ("slice(x, axis: 1, from: 1, to: 1)", 0, "slice from 1 to 1 by 1 of axis 1 of shape [2, 3]"),
    ("slice(x, axis: 2, to: 1)", 0, "slice has axis 2, but its input has shape [2, 3]"),
    ("gather(x, [0, 2])", 0, "gather of [0, 2] from axis 0, whose positions are 0 to 1"),
    ("gather(x, x)", 0, "gather expects whole numbers as indices, but they are numbers of shape [2, 3]"),
    ("gather(x, t, axis: 2)", 0, "gather has axis 2, but its input has shape [2, 3]"),
    ("`where`(x .> 0, x, y)", 0, "where cannot broadcast shapes [2, 3], [2, 3] and [4]"),
    ("`where`(x, y, 0)", 0, "where cannot broadcast shapes [2, 3] and [4]"),
    ("select(y, x, x)", 0, "select cannot broadcast shapes [4], [2, 3] and [2, 3]"),
    ("x .< y", 2, ".< cannot broadcast shapes [2, 3] and [4]"),
    ("x .!= y", 2, ".!= cannot broadcast shapes [2, 3] and [4]"),
    ("x * y", 2, "* cannot broadcast shapes [2, 3] and [4]"),
    ("t + x", 2, "+ cannot broadcast shapes [2] and [2, 3]"),
    ("t / t", 2, "/ expects numbers, but its input holds tokens"),
    ("2 * t", 2, "* expects numbers, but its input holds tokens"),
    ("-t", 0, "- expects numbers, but its input holds tokens"),
  ]

  @Test func eachIsReportedWhereItStands() async throws {
    let lines = Self.mistakes.enumerated().map { "let v\($0.offset) = \($0.element.expression)\n" }
    // What follows from a mistake is no mistake of its own.
    let follow = "let model = Model(\"m\", inputs: [x], outputs: [\"a\": exp(v0) + v1, \"b\": Dense(2)(v2)])\n"
    let text = try await ModelFile(Self.inputs + lines.joined() + follow).failure()
    let found = text.split(separator: "\n").filter { $0.contains(": error: ") }.map(String.init)
    let wanted = Self.mistakes.enumerated().map { index, mistake in
      "model.swift:\(5 + index):\("let v\(index) = ".count + mistake.column + 1): error: \(mistake.message)"
    }
    #expect(found.count == wanted.count)
    for (found, wanted) in zip(found, wanted) { #expect(found == wanted) }
    #expect(text.contains("note: declare the input of the indices as .tokens(length:)"))
  }

  /// Numbers to look up are checked before they are used, whatever way they take from the input.
  @Test func indicesAreLimitedAtTheInput() async throws {
    let model = try await ModelFile(
      """
      import DLC
      let t = Tensor.input("t", shape: .tokens(length: 6))
      let vectors = Embedding(vocabulary: 5, dimension: 2)(slice(t, to: 3))
      let model = Model("m", inputs: [t], outputs: ["a": gather(vectors, reshape(slice(t, from: 3), to: [3, 1]))])

      """
    ).load()
    #expect(model.inputs[0].classes == 3)
    #expect(model.outputs[0].type.shape == [.rows, 3, 1, 2])
  }
}
