import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

@Suite struct FuseTests {
  private func fused(
    disabled: Set<String> = [], enabled: Bool = true, _ build: (inout GraphBuilder) throws -> Void
  ) throws -> Graph {
    let graph = try run({ Fuse.run($0, enabled: enabled, disabled: disabled) }, on: build)
    try graph.verifyKernels()
    return graph
  }

  private func dense(_ builder: inout GraphBuilder) throws {
    let (x, w, b) = (builder.input("x", [.rows, 4]), builder.parameter("w", [4, 3]), builder.parameter("b", [3]))
    builder.scope = "dense"
    builder.output(try builder.relu(builder.add(builder.matmul(x, w), b)))
  }

  @Test func biasAndActivationAreTheProductsEpilogue() throws {
    #expect(try fused(dense).kernels == ["matmul + add + relu"])
    #expect(try fused(disabled: ["contraction-epilogue"], dense).kernels == ["matmul", "add + relu"])
    #expect(try fused(disabled: ["elementwise"], dense).kernels == ["matmul + add + relu"])
    #expect(try fused(enabled: false, dense).kernels == ["matmul", "add", "relu"])
  }

  @Test func reportHasALineForEachKernel() throws {
    #expect(FusionReport.text(try fused(dense)) == "0 dense: matmul + add + relu -> f32[rows, 3]\n")
  }

  /// The gradient of a relu, with the sum down the columns that is the bias's gradient; a sum along the rows stays out.
  @Test func activationGradientIsTheProductsEpilogue() throws {
    func build(_ builder: inout GraphBuilder) throws {
      let (g, w) = (builder.input("g", [.rows, 3]), builder.parameter("w", [4, 3]))
      let x = builder.input("x", [.rows, 4])
      let product = try builder.matmul(g, w, transposeRight: true)
      let zero = try builder.scalar(0, like: x)
      let gradient = try builder.select(builder.compare(.greater, x, zero), product, zero)
      builder.output(gradient)
      builder.output(try builder.sum(gradient, axes: [0]), "columns")
      builder.output(try builder.sum(gradient, axes: [1]), "rows")
    }
    #expect(try fused(build).kernels == ["matmul + compare + select + sum", "sum"])
    #expect(try fused(disabled: ["reduction"], build).kernels == ["matmul + compare + select", "sum", "sum"])
  }

  @Test func pointwiseNodesOfOneShapeAreOneKernel() throws {
    func build(_ builder: inout GraphBuilder) throws {
      let (x, y) = (builder.input("x", [.rows, 4]), builder.input("y", [.rows, 4]))
      // Both operands of the product come from kernels that were separate before.
      builder.output(try builder.multiply(builder.exp(x), builder.tanh(y)))
    }
    #expect(try fused(build).kernels == ["exp + tanh + multiply"])
    #expect(try fused(disabled: ["elementwise"], build).kernels == ["exp", "tanh", "multiply"])
  }

  @Test func nothingReadsAReductionInItsOwnKernel() throws {
    let graph = try fused { builder in
      let x = builder.input("x", [.rows, 4])
      let exponentials = try builder.exp(x)
      builder.output(
        try builder.divide(exponentials, builder.sum(exponentials, axes: [1], keepDimensions: true)))
    }
    #expect(graph.kernels == ["exp + sum", "divide"])
  }

  /// Lines of at least a vector, that each row has: the fold, what comes of it, and what that is for the elements of the same line.
  @Test func linesAreGoneThroughOneByOne() throws {
    func build(_ shape: Shape, axis: Int) -> (inout GraphBuilder) throws -> Void {
      { builder in
        let x = builder.input("x", shape)
        let mean = try builder.mean(x, axes: [axis], keepDimensions: true)
        let difference = try builder.subtract(x, mean)
        let square = try builder.mean(builder.multiply(difference, difference), axes: [axis], keepDimensions: true)
        builder.output(try builder.multiply(difference, builder.sqrt(square)))
      }
    }
    let kernel = "sum + multiply + subtract + multiply + sum + multiply + sqrt + multiply"
    let apart = ["sum", "multiply", "subtract + multiply + sum", "multiply + sqrt", "multiply"]
    #expect(try fused(build([.rows, 3, 16], axis: 2)).kernels == [kernel])
    #expect(try fused(disabled: ["normalization"], build([.rows, 3, 16], axis: 2)).kernels == apart)
    #expect(try fused(build([.rows, 3, 15], axis: 2)).kernels == apart)
    #expect(try fused(build([.rows, 16, 3], axis: 1)).kernels == apart)
    #expect(try fused(build([3, 16], axis: 1)).kernels == apart)
  }

  /// A sum of exponentials would be made of them once more.
  @Test func whatIsFoldedIsNotMadeTwiceIfItIsDear() throws {
    let graph = try fused { builder in
      let exponentials = try builder.exp(builder.input("x", [.rows, 20]))
      builder.output(
        try builder.divide(exponentials, builder.sum(exponentials, axes: [1], keepDimensions: true)))
    }
    #expect(graph.kernels == ["exp + sum", "divide"])
  }

  @Test func loopsStandAlone() throws {
    let graph = try fused { builder in
      let x = builder.input("x", [.rows, 4])
      builder.output(try builder.relu(builder.softmax(builder.exp(x))))
    }
    #expect(graph.kernels == ["exp", "softmax", "relu"])
  }

  @Test func whatIsReadUnderAnotherShapeIsMadeBefore() throws {
    let graph = try fused { builder in
      let x = builder.input("x", [4, 4])
      let y = try builder.exp(x)
      builder.output(try builder.add(y, builder.transpose(y, permutation: [1, 0])))
      let z = try builder.tanh(x)
      builder.output(try builder.add(z, builder.reshape(builder.reshape(z, to: [16]), to: [4, 4])), "viewed")
    }
    #expect(graph.kernels == ["exp", "transpose + add", "tanh", "add"])
  }

  @Test func pathThatLeavesAndComesBackKeepsKernelsApart() throws {
    let graph = try fused { builder in
      let x = builder.input("x", [.rows, 4])
      let y = try builder.exp(x)
      builder.output(try builder.add(y, builder.softmax(y)))
    }
    #expect(graph.kernels == ["exp", "softmax", "add"])
  }

  /// add(product, small) must not join the product: `small` is in the kernel of `other`, which depends on the product.
  @Test func pathThroughAnotherKernelsMembersKeepsKernelsApart() throws {
    let graph = try fused { builder in
      let (x, w, v) = (builder.input("x", [2, 4]), builder.parameter("w", [4, 3]), builder.input("v", [3]))
      let small = try builder.exp(v)
      let product = try builder.matmul(x, w)
      let other = try builder.add(small, builder.reduceMaximum(builder.softmax(product), axes: [0]))
      builder.output(other, "other")
      builder.output(try builder.add(product, small))
    }
    #expect(graph.kernels == ["matmul", "softmax", "reduce_maximum", "exp + add", "add"])
  }

  @Test func dropoutIsAnEpilogue() throws {
    let graph = try fused { builder in
      let (x, w) = (builder.input("x", [.rows, 4]), builder.parameter("w", [4, 3]))
      builder.output(try builder.dropout(builder.relu(builder.matmul(x, w)), rate: 0.5, purpose: 1))
    }
    #expect(graph.kernels == ["matmul + relu + dropout"])
  }

  @Test func verifierSeesKernelsThatCannotRun() throws {
    var graph = try fused { builder in
      let x = builder.input("x", [.rows, 4])
      builder.output(try builder.relu(builder.softmax(builder.exp(x))))
    }
    graph.nodes[1].kernel = 2
    #expect(throws: VerifierError.self) { try graph.verifyKernels() }
    graph.nodes[1].kernel = nil
    #expect(throws: VerifierError.self) { try graph.verifyKernels() }
    graph.nodes[1].kernel = 1
    #expect(throws: VerifierError.self) { try graph.verifyKernels() }
  }

  @Test(arguments: 0..<40)
  func randomGraphsHaveKernelsThatCanRun(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    var builder = GraphBuilder(name: "random")
    var values = [builder.input("x", [.rows, 4]), builder.input("y", [.rows, 4]), builder.input("v", [4])]
    let square = builder.parameter("w", [4, 4])
    for number in 0..<60 {
      let (a, b) = (random.element(of: values.suffix(12)), random.element(of: values))
      switch random.integer(in: 0...9) {
      case 0 where builder.shape(of: a).rank == 2: values.append(try builder.matmul(a, square))
      case 1 where builder.shape(of: a).rank == 2: values.append(try builder.sum(a, axes: [0]))
      case 2 where builder.shape(of: a).rank == 2:
        values.append(try builder.sum(a, axes: [1], keepDimensions: true))
      case 3: values.append(try builder.softmax(a))
      case 4: values.append(try builder.exp(a))
      case 5 where builder.shape(of: a) == [.rows, 4]:
        values.append(try builder.reshape(builder.reshape(a, to: [.rows, 2, 2]), to: [.rows, 4]))
      case 6: values.append(try builder.tanh(a))
      default: values.append(try builder.multiply(a, b))
      }
      if builder.shape(of: values[values.count - 1]) == [.rows, 1] {
        values.append(try builder.add(values.removeLast(), values[0]))
      }
      if random.integer(in: 0...9) == 0 { builder.output(values[values.count - 1], "out\(number)") }
    }
    builder.output(values[values.count - 1])
    let graph = try DeadCode.run(builder.graph)
    for disabled in [[], ["reduction"], ["elementwise"], ["contraction-epilogue"]] as [Set<String>] {
      let fused = Fuse.run(graph, enabled: true, disabled: disabled)
      try fused.verifyKernels()
      #expect(fused.kernels.count <= Fuse.run(graph, enabled: false, disabled: []).kernels.count)
    }
  }
}
