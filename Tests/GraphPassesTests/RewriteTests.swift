import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

@Suite struct RewriteTests {
  @Test func crossEntropiesAreComputedFromLogits() throws {
    let graph = try run(Stabilize.run) { builder in
      let x = builder.input("x", [.rows, 4])
      let (label, y) = (builder.input("label", [.rows], .i32), builder.input("y", [.rows, 4]))
      builder.output(try builder.crossEntropy(builder.softmax(x), label))
      builder.output(try builder.crossEntropy(builder.softmax(x), y))
      builder.output(try builder.binaryCrossEntropy(builder.sigmoid(x), y))
      builder.output(try builder.log(builder.softmax(x)))
      builder.output(try builder.crossEntropy(x, label))
    }
    #expect(
      graph.outline == [
        "softmax_cross_entropy(x, label)", "softmax_cross_entropy(x, y)", "sigmoid_cross_entropy(x, y)",
        "log_softmax(x)", "cross_entropy(x, label)",
      ])
  }

  /// Steps that were rows are steps again behind the softmax; a softmax along another axis is left alone.
  @Test func crossEntropiesLookThroughReshapes() throws {
    let graph = try run(Stabilize.run) { builder in
      let x = builder.input("x", [Dimension(5, perRow: true), 4])
      let (label, other) = (builder.input("label", [.rows, 5], .i32), builder.input("other", [.rows, 10], .i32))
      builder.output(try builder.crossEntropy(builder.reshape(builder.softmax(x), to: [.rows, 5, 4]), label))
      builder.output(try builder.crossEntropy(builder.reshape(builder.softmax(x), to: [.rows, 10, 2]), other))
    }
    #expect(graph.outline == ["softmax_cross_entropy(reshape(x), label)", "cross_entropy(reshape(softmax(x)), other)"])
  }

  @Test func inferenceHasNoDropout() throws {
    let graph = try run(SpecializeForInference.run) { builder in
      let x = builder.input("x", [.rows, 4])
      builder.output(try builder.relu(builder.dropout(builder.stopGradient(x), rate: 0.5, purpose: 1)))
    }
    #expect(graph.outline == ["relu(x)"])
  }

  @Test func sameComputationsAreDoneOnce() throws {
    let graph = try run(CommonSubexpressions.run) { builder in
      let x = builder.input("x", [.rows, 4])
      builder.output(try builder.add(builder.exp(builder.relu(x)), builder.exp(builder.relu(x))))
      builder.output(try builder.dropout(x, rate: 0.5, purpose: 1))
      builder.output(try builder.dropout(x, rate: 0.5, purpose: 1))
      builder.output(try builder.dropout(x, rate: 0.5, purpose: 2))
    }
    #expect(graph.nodes.map { type(of: $0.op).name } == ["source", "relu", "exp", "add", "dropout", "dropout"])
    #expect(graph.nodes[3].operands == [Value(node: 2), Value(node: 2)])
    #expect(graph.roots.map(\.value.node) == [3, 4, 4, 5])
  }

  @Test func unneededNodesGo() throws {
    let graph = try run(DeadCode.run) { builder in
      let (x, y) = (builder.input("x", [3]), builder.input("y", [3]))
      _ = try builder.add(x, y)
      builder.output(try builder.relu(y))
    }
    #expect(graph.nodes.count == 2)
    #expect(graph.outline == ["relu(y)"])
  }

  @Test func precisionIsThatOfTheWholeGraph() throws {
    func build(_ builder: inout GraphBuilder) throws {
      let (x, label) = (builder.input("x", [.rows, 4]), builder.input("label", [.rows], .i32))
      builder.output(try builder.add(x, builder.oneHot(label, classes: 4, element: .f32)))
      builder.output(try builder.mean(x, axes: [0, 1]))
    }
    let graph = try run({ try Retype.run($0, to: .f64) }, on: build)
    #expect(Set(graph.nodes.flatMap(\.results).map(\.element)) == [.f64, .i32])
  }
}
