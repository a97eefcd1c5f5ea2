import GraphIR
import KernelIR
import Operators
import Testing

@testable import Scheduling

/// Which kernels a preparation takes out of each call.
@Suite struct ConstantBufferTests {
  /// x · exp(w) + exp(exp(w)), not fused, prepared.
  private func schedule(reuse: Bool) throws -> Schedule {
    var builder = GraphBuilder(name: "predict")
    let type = TensorType(.f64, [4])
    let (x, w) = (builder.source(.input, "x", type), builder.source(.parameter, "w", type))
    let first = try builder.exp(w)
    let product = try builder.multiply(x, first)
    builder.addRoot(.output("y"), try builder.add(product, builder.exp(first)))
    var schedule = Schedule(
      builder.graph,
      options: ScheduleOptions(products: .builtin, maxRows: 1, threads: 1, reuse: reuse, phase: "forward"))
    schedule.prepare()
    return schedule
  }

  @Test func whatComesOfWeightsIsMadeOnce() throws {
    let preparation = try #require(try schedule(reuse: false).preparation)
    #expect(preparation.steps.count == 2)
    #expect(preparation.replaced == [0, 2])
    #expect(preparation.byteCount == 2 * MemoryPlan.alignment)
  }

  /// The second exp is written over the first, which the product reads in each call.
  @Test func whatIsOverwrittenInPlaceIsNot() throws {
    let preparation = try #require(try schedule(reuse: true).preparation)
    #expect(preparation.steps.isEmpty)
    #expect(preparation.replaced.isEmpty)
    #expect(preparation.byteCount == 0)
  }
}
