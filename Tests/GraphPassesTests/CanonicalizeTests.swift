import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

@Suite struct CanonicalizeTests {
  private func outline(isDifferentiated: Bool = false, _ build: (inout GraphBuilder) throws -> Void) throws -> [String]
  {
    try run({ try Canonicalize.run($0, isDifferentiated: isDifferentiated) }, on: build).outline
  }

  @Test func neutralOperandsAreDropped() throws {
    let roots = try outline { builder in
      let x = builder.input("x", [.rows, 4])
      let (zero, one) = (try builder.scalar(0, like: x), try builder.scalar(1, like: x))
      builder.output(try builder.add(x, zero))
      builder.output(try builder.add(zero, x))
      builder.output(try builder.subtract(x, zero))
      builder.output(try builder.multiply(one, x))
      builder.output(try builder.divide(x, one))
      builder.output(try builder.power(x, one))
      builder.output(try builder.subtract(zero, x))
      builder.output(try builder.divide(one, x))
    }
    #expect(roots == ["x", "x", "x", "x", "x", "x", "subtract(0.0, x)", "divide(1.0, x)"])
  }

  /// 1 + x of a scalar x is not x where the 1 gives the shape.
  @Test func neutralOperandThatGivesTheShapeStays() throws {
    let roots = try outline { builder in
      let x = builder.input("x", [.rows, 1])
      builder.output(try builder.add(x, builder.constant([0], TensorType(.f32, [3]))))
    }
    #expect(roots == ["add(x, 0.0)"])
  }

  @Test func constantsAreFolded() throws {
    let roots = try outline { builder in
      let two = try builder.constant(2, element: .f32)
      let vector = try builder.constant([1, 2, 3], TensorType(.f32, [3]))
      builder.output(try builder.sqrt(builder.multiply(two, builder.add(two, two))))
      builder.output(try builder.multiply(vector, two))
      builder.output(try builder.sum(vector, axes: [0]))
    }
    #expect(roots == ["2.8284271247461903", "[2.0, 4.0, 6.0]", "6.0"])
  }

  @Test func whatIsNotFiniteOrDependsOnTheRunIsNotFolded() throws {
    let roots = try outline { builder in
      let zero = try builder.constant(0, element: .f32)
      builder.output(try builder.log(zero))
      builder.output(try builder.dropout(builder.constant(1, element: .f32), rate: 0.5, purpose: 1))
    }
    #expect(roots == ["log(0.0)", "dropout(1.0)"])
  }

  @Test func changesOfShapeAreJoined() throws {
    let roots = try outline { builder in
      let x = builder.input("x", [.rows, 4, 6])
      builder.output(try builder.reshape(builder.reshape(x, to: [.rows, 24]), to: [.rows, 4, 6]))
      builder.output(try builder.reshape(builder.reshape(x, to: [.rows, 24]), to: [.rows, 8, 3]))
      let turned = try builder.transpose(x, permutation: [0, 2, 1])
      builder.output(try builder.transpose(turned, permutation: [0, 2, 1]))
      builder.output(try builder.transpose(turned, permutation: [2, 0, 1]))
      builder.output(try builder.transpose(x, permutation: [0, 1, 2]))
      builder.output(try builder.append(Broadcast(to: [.rows, 4, 6]), [x]))
    }
    #expect(roots == ["x", "reshape(x)", "x", "transpose(x)", "x", "x"])
  }

  @Test func broadcastsGoIntoTheirReaders() throws {
    let roots = try outline { builder in
      let (x, g) = (builder.input("x", [.rows, 4]), builder.input("g", .scalar))
      let spread = try builder.broadcast(builder.reshape(g, to: [1]), to: [.rows])
      builder.output(try builder.multiply(x, builder.reshape(spread, to: [.rows, 1])))
      // Here the broadcast gives the shape.
      builder.output(try builder.exp(builder.broadcast(g, to: [3])))
    }
    #expect(roots == ["multiply(x, g)", "exp(broadcast(g))"])
  }

  @Test func productsReadTransposedOperands() throws {
    func build(_ builder: inout GraphBuilder) throws {
      let (x, w) = (builder.input("x", [.rows, 4]), builder.parameter("w", [3, 4]))
      builder.output(try builder.matmul(x, builder.transpose(w, permutation: [1, 0])))
    }
    let graph = try run({ try Canonicalize.run($0, isDifferentiated: false) }, on: build)
    #expect(graph.outline == ["matmul(x, w)"])
    #expect((graph.nodes.last?.op as? MatrixMultiply) == MatrixMultiply(transposeRight: true))
  }

  @Test func stopGradientGoesOnceDifferentiated() throws {
    func build(_ builder: inout GraphBuilder) throws {
      builder.output(try builder.stopGradient(builder.input("x", [3])))
    }
    #expect(try outline(build) == ["stop_gradient(x)"])
    #expect(try outline(isDifferentiated: true, build) == ["x"])
  }

  @Test func trainingsSideIsTaken() throws {
    let roots = try outline(isDifferentiated: true) { builder in
      let x = builder.input("x", [3])
      builder.output(try builder.trainingPhase(x, inference: builder.exp(x)))
    }
    #expect(roots == ["x"])
  }
}
