import Testing

@testable import DLC

@Suite struct NamesTests {
  @Test func numbered() {
    var names = LayerNames()
    let isTaken = names.take("dense_1")
    #expect(isTaken)
    let next = [names.next("dense"), names.next("dense"), names.next("dense")]
    #expect(next == ["dense", "dense_2", "dense_3"])
    let other = names.next("conv2d")
    #expect(other == "conv2d")
    let isFree = names.take("dense")
    #expect(!isFree)
  }

  @Test(arguments: ["a/b", "", "1a", "ä", "a b"])
  func refused(_ name: String) { #expect(LayerNames.problem(with: name, of: "layer") != nil) }

  @Test func fans() {
    #expect(Initializer.fans(of: [3, 3, 4, 8]) == (36, 72))
    #expect(Initializer.fans(of: [5]) == (5, 5))
    #expect(Initializer.glorotUniform.resolved(for: [2, 4]) == .uniform(low: -1, high: 1))
    #expect(
      Initializer.heNormal.resolved(for: [2, 4]) == .truncatedNormal(mean: 0, deviation: 1 / 0.87962566103423978))
  }
}
