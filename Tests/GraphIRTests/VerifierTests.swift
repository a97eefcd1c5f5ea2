import GraphIR
import KernelIR
import Operators
import Testing

@Suite struct VerifierTests {
  private static let vector = TensorType(.f32, [.rows, 3])

  /// x, relu(x), relu(relu(x)).
  private func chain() throws -> Graph {
    var builder = GraphBuilder(name: "chain")
    let x = builder.source(.input, "x", Self.vector)
    builder.addRoot(.output("y"), try builder.relu(builder.relu(x)))
    return builder.graph
  }

  private func message(_ change: (inout Graph) -> Void) throws -> String? {
    var graph = try chain()
    change(&graph)
    do { try graph.verify() } catch { return error.description }
    return nil
  }

  @Test func soundGraphPasses() throws {
    #expect(try message { _ in } == nil)
    try GraphParserTests.classifier().verify()
  }

  @Test func operandsComeFirst() throws {
    #expect(try message { $0.nodes[1].operands = [Value(node: 2)] } == "%1: operand %2 does not come before it")
    #expect(try message { $0.nodes[1].operands = [Value(node: 1)] } == "%1: operand %1 does not come before it")
    #expect(try message { $0.nodes[1].operands = [Value(node: -1)] } == "%1: operand %-1 does not come before it")
    #expect(try message { $0.nodes[1].operands[0].result = 1 } == "%1: operand %0.1 does not exist")
  }

  @Test func typesAreTheInferredOnes() throws {
    #expect(
      try message { $0.nodes[2].results = [TensorType(.f64, [.rows, 3])] }
        == "%2: has type [f64[rows, 3]], but its operator gives [f32[rows, 3]]")
    #expect(try message { $0.nodes[2].results = [] } == "%2: has type [], but its operator gives [f32[rows, 3]]")
  }

  @Test func statesKeepTheirTypes() throws {
    #expect(
      try message { graph in
        graph.nodes[0].op = Source(.state, "kept", Self.vector)
        graph.roots[0].role = .update(.state, "kept")
      } == nil)
    #expect(
      try message { graph in
        graph.nodes.append(
          Node(
            op: Source(.state, "kept", TensorType(.f32, [.rows, 4])), operands: [],
            results: [TensorType(.f32, [.rows, 4])], location: .unknown, scope: ""))
        graph.roots[0].role = .update(.state, "kept")
      } == "%2: state kept is f32[rows, 4], but is updated by f32[rows, 3]")
  }

  /// No operator traps on the wrong number of operands.
  @Test func operandsAreCounted() throws {
    #expect(try message { $0.nodes[1].operands = [] } == "%1: relu takes 1 operand, got 0")
    #expect(
      try message {
        $0.nodes[1].op = Transpose(permutation: [1, 0])
        $0.nodes[1].operands = []
      }
        == "%1: transpose takes 1 operand, got 0")
    var random = RandomSource(seed: 3)
    let types = [TensorType(.f32, [.rows, 4]), TensorType(.i32, [.rows])]
    for operatorType in OperatorRegistry.all where operatorType != Concatenate.self {
      for instance in types.compactMap({ operatorType.draw(&random, operand: $0) }) {
        if !instance.operands.isEmpty {
          #expect(throws: ShapeError.self, "\(operatorType)") { try instance.op.infer([]) }
        }
        #expect(throws: ShapeError.self, "\(operatorType)") {
          try instance.op.infer(instance.operands + [TensorType(.f32, [.rows, 4])])
        }
      }
    }
  }

  @Test func shapesHaveOneAxisOfRowsAndElements() throws {
    func source(_ shape: Shape) throws -> String? {
      try message { graph in
        let type = TensorType(.f32, shape)
        for node in graph.nodes.indices { graph.nodes[node].results = [type] }
        graph.nodes[0].op = Source(.input, "x", type)
      }
    }
    #expect(try source([.rows, 2, .rows]) == "%0: shape [rows, 2, rows] has more than one axis of rows")
    #expect(try source([.rows, 0]) == "%0: shape [rows, 0] has no elements")
    #expect(try source([2, .rows]) == nil)
  }

  @Test func rootsAreValid() throws {
    #expect(try message { $0.roots[0].value.node = 3 } == "root output y has no value")
    #expect(try message { $0.roots[0].value.result = 1 } == "root output y has no value")
    #expect(try message { $0.roots[0].role = .loss } == "%2: the loss must be a scalar, not f32[rows, 3]")
  }

  @Test func builderRejectsTwoAxesOfRows() throws {
    var builder = GraphBuilder(name: "outer")
    let x = builder.source(.input, "x", Self.vector)
    #expect {
      try builder.matmul(x, x, transposeRight: true)
    } throws: { ($0 as? ShapeError)?.message == "matmul gives shape [rows, rows], but only one axis may be rows" }
  }
}
