import Foundation
import GraphIR

/// The values that each trial of a search tries: the same ones for the same trial of the same search.
struct SearchSpace {
  typealias Values = [String: HyperparameterRecord.Value]

  var strategy: SearchDescription.Strategy
  var seed: UInt64
  /// As the model declares them with its defaults.
  var hyperparameters: [HyperparameterRecord]

  /// The number of trials; of a grid, every combination.
  var count: Int {
    switch strategy {
    case .random(let trials): trials
    case .grid(let points):
      hyperparameters.reduce(1) { product, record in
        let (result, isTooLarge) = product.multipliedReportingOverflow(by: record.range.grid(points: points).count)
        return isTooLarge ? Int.max : result
      }
    }
  }

  /// The values of a trial, numbered from 0. `declared` may hold more hyper-parameters than the defaults led to: a grid
  /// leaves those at their defaults. `attempt` counts draws of the same trial.
  func values(trial: Int, attempt: Int = 0, of declared: [HyperparameterRecord]) -> Values {
    var values: Values = [:]
    switch strategy {
    case .random:
      for record in declared {
        var random = RandomSource(seed: seed(of: record.name, trial: trial, attempt: attempt))
        values[record.name] = trial == 0 && attempt == 0 ? record.value : record.range.draw(&random)
      }
    case .grid(let points):
      var rest = trial
      for record in hyperparameters.reversed() {
        let grid = record.range.grid(points: points)
        values[record.name] = grid[rest % grid.count]
        rest /= grid.count
      }
    }
    return values
  }

  /// Of the name too, so that one hyper-parameter more does not move the others' values.
  private func seed(of name: String, trial: Int, attempt: Int) -> UInt64 {
    "\(name) \(trial) \(attempt) \(seed)".fingerprint
  }
}

extension HyperparameterRecord {
  /// `units: 4...32 by 4, default 8`.
  var inWords: String {
    let range =
      switch range {
      case .int(let low, let high, let step): "\(low)...\(high) by \(step)"
      case .float(let low, let high, let isLogarithmic): "\(low)...\(high)" + (isLogarithmic ? " logarithmic" : "")
      case .choice(let values): values.map { "\(HyperparameterScalar($0))" }.joined(separator: " or ")
      }
    return "\(name): \(range), default \(HyperparameterScalar(value))"
  }
}

extension HyperparameterRecord.Range {
  fileprivate func draw(_ random: inout RandomSource) -> HyperparameterRecord.Value {
    switch self {
    case .int(let low, let high, let step):
      return .int(low + step * random.integer(in: 0...((high - low) / step)))
    case .float: return .float(float(at: random.real(in: 0...1)))
    case .choice(let values): return random.element(of: values)
    }
  }

  func grid(points: Int) -> [HyperparameterRecord.Value] {
    switch self {
    case .int(let low, let high, let step): return stride(from: low, through: high, by: step).map { .int($0) }
    case .float(let low, let high, _):
      if low == high { return [.float(low)] }
      return (0..<points).map { .float(float(at: Double($0) / Double(points - 1))) }
    case .choice(let values): return values
    }
  }

  /// The number at a fraction of a range, or of its logarithms, with four significant digits: short enough to be typed.
  private func float(at fraction: Double) -> Double {
    guard case .float(let low, let high, let isLogarithmic) = self else { return fraction }
    let exact =
      isLogarithmic ? exp(log(low) + fraction * (log(high) - log(low))) : low + fraction * (high - low)
    return min(max(Double(String(format: "%.4g", exact)) ?? exact, low), high)
  }
}
