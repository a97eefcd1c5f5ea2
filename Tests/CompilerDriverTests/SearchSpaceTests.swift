import Foundation
import GraphIR
import Testing

@testable import CompilerDriver

@Suite struct SearchSpaceTests {
  private func record(_ name: String, _ value: HyperparameterRecord.Value, _ range: HyperparameterRecord.Range)
    -> HyperparameterRecord
  { HyperparameterRecord(name: name, value: value, range: range, location: .unknown) }

  private var records: [HyperparameterRecord] {
    [
      record("units", .int(8), .int(low: 4, high: 30, step: 8)),
      record("rate", .float(0.01), .float(low: 1e-4, high: 1, logarithmic: true)),
      record("deep", .bool(false), .choice([.bool(false), .bool(true)])),
    ]
  }

  @Test func randomStartsWithTheDefaultsAndStaysInRange() {
    let space = SearchSpace(strategy: .random(trials: 400), seed: 3, hyperparameters: records)
    #expect(space.count == 400)
    #expect(space.values(trial: 0, of: records) == ["units": .int(8), "rate": .float(0.01), "deep": .bool(false)])
    var (units, deep, small) = ([Int: Int](), 0, 0)
    for trial in 1..<401 {
      let values = space.values(trial: trial, of: records)
      #expect(values == space.values(trial: trial, of: records.reversed()))
      guard case .int(let unit) = values["units"], case .float(let rate) = values["rate"] else {
        Issue.record("\(values)")
        return
      }
      units[unit, default: 0] += 1
      #expect((1e-4...1).contains(rate))
      if rate < 0.01 { small += 1 }
      if values["deep"] == .bool(true) { deep += 1 }
    }
    #expect(units.keys.sorted() == [4, 12, 20, 28])
    // Four deviations of a binomial distribution: 100 ± 35, 200 ± 40.
    #expect(units.values.allSatisfy { (65...135).contains($0) }, "\(units)")
    #expect((160...240).contains(small), "0.01 is the middle of the logarithms: \(small)")
    #expect((160...240).contains(deep), "\(deep)")
    let other = SearchSpace(strategy: .random(trials: 400), seed: 4, hyperparameters: records)
    #expect(other.values(trial: 1, of: records) != space.values(trial: 1, of: records))
  }

  @Test func gridHasEveryCombinationOnce() {
    let space = SearchSpace(strategy: .grid(points: 5), seed: 0, hyperparameters: records)
    #expect(space.count == 4 * 5 * 2)
    let all = (0..<space.count).map { space.values(trial: $0, of: records) }
    #expect(Set(all).count == 40)
    #expect(Set(all.compactMap { $0["rate"] }) == Set([1e-4, 1e-3, 1e-2, 1e-1, 1].map { .float($0) }))
    #expect(all[0] == ["units": .int(4), "rate": .float(1e-4), "deep": .bool(false)])
    #expect(all[39] == ["units": .int(28), "rate": .float(1), "deep": .bool(true)])
  }

  @Test func hugeGridIsCounted() {
    let wide = (0..<9).map { record("p\($0)", .int(0), .int(low: 0, high: 999, step: 1)) }
    #expect(SearchSpace(strategy: .grid(points: 2), seed: 0, hyperparameters: wide).count == Int.max)
  }
}
