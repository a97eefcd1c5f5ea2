import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

@Suite struct RecomputeTests {
  private func expect(
    _ expected: [String], at place: Testing.SourceLocation = #_sourceLocation,
    _ build: (inout GraphBuilder) throws -> Void
  ) throws {
    let graph = try run({ Recompute.run(Fuse.run($0, enabled: true, disabled: [])) }, on: build)
    try graph.verifyKernels()
    #expect(graph.kernels == expected, sourceLocation: place)
  }

  /// A map, made by a product, less its mean, as `make` has it, and then twice in sums of its own and once beside them.
  private func centred(
    _ builder: inout GraphBuilder, _ make: (inout GraphBuilder, _ map: Value, _ mean: Value) throws -> Value
  ) throws {
    let map = try builder.matmul(builder.input("x", [.rows, 4]), builder.parameter("w", [4, 64]))
    let mean = try builder.mean(map, axes: [0])
    let value = try make(&builder, map, mean)
    let square = try builder.sum(builder.multiply(value, value), axes: [0])
    builder.output(try builder.multiply(value, square), "scaled")
  }

  @Test func whatIsLessItsMeanIsNotStored() throws {
    try expect(["matmul + sum", "divide", "subtract + multiply + sum", "subtract + multiply"]) {
      try centred(&$0) { try $0.subtract($1, $2) }
    }
  }

  /// One is made of the other, and both where they are read.
  @Test func whatIsMadeOfItIsNotStoredEither() throws {
    try expect(["matmul + sum", "divide", "subtract + multiply + multiply + sum", "subtract + multiply + multiply"]) {
      try centred(&$0) { try $0.multiply($0.subtract($1, $2), $2) }
    }
  }

  @Test func whatTakesLongIsStored() throws {
    try expect(["matmul + sum", "divide", "subtract + exp + multiply + sum", "multiply"]) {
      try centred(&$0) { try $0.exp($0.subtract($1, $2)) }
    }
  }

  @Test func whatIsMadeOfTwoMapsIsStored() throws {
    try expect(["matmul + sum", "divide", "subtract + add + multiply + sum", "multiply"]) { builder in
      let other = builder.input("other", [.rows, 64])
      try centred(&builder) { try $0.add($0.subtract($1, $2), other) }
    }
  }

  /// A product reads it from memory.
  @Test func whatAProductReadsIsStored() throws {
    try expect(["matmul + sum", "divide", "subtract + multiply + sum", "matmul", "multiply"]) { builder in
      let other = builder.parameter("v", [64, 3])
      try centred(&builder) { builder, map, mean in
        let value = try builder.subtract(map, mean)
        builder.output(try builder.matmul(value, other), "product")
        return value
      }
    }
  }

  @Test func outputsAreStored() throws {
    try expect(["matmul + sum", "divide", "subtract + multiply + sum", "multiply"]) { builder in
      try centred(&builder) { builder, map, mean in
        let value = try builder.subtract(map, mean)
        builder.output(value, "value")
        return value
      }
    }
  }

  /// A view of it is no reader that could make it.
  @Test func whatIsSeenInAnotherShapeIsStored() throws {
    try expect(["matmul + sum", "divide", "subtract + multiply + sum", "matmul", "multiply"]) { builder in
      let other = builder.parameter("v", [8, 3])
      try centred(&builder) { builder, map, mean in
        let value = try builder.subtract(map, mean)
        let shape = Shape([.rows, Dimension(8), Dimension(8)])
        builder.output(try builder.matmul(builder.reshape(value, to: shape), other), "product")
        return value
      }
    }
  }
}
