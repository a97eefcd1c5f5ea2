import Diagnostics
import GraphIR

/// How `dlc tune` looks for the best hyper-parameters.
public struct Search: Hashable, Sendable {
  /// Which values are tried.
  public struct Strategy: Hashable, Sendable {
    let description: SearchDescription.Strategy

    /// The defaults first, then values drawn evenly from the ranges, or from their logarithms.
    public static func random(trials: Int) -> Strategy { Strategy(description: .random(trials: trials)) }
    /// Every combination; of a floating-point range ten numbers at equal distances, or ratios.
    public static var grid: Strategy { grid(points: 10) }
    public static func grid(points: Int) -> Strategy { Strategy(description: .grid(points: points)) }
  }

  /// What a trial is judged by, after its last epoch.
  public struct Quantity: Hashable, Sendable {
    let name: String

    public static var loss: Quantity { Quantity(name: "loss") }
    public static var validationLoss: Quantity { Quantity(name: "val_loss") }
    /// A metric of the rows for validation; where a model has several outputs, `output` says of which.
    public static func validation(_ metric: Metric, of output: String? = nil) -> Quantity {
      Quantity(name: "val_" + (output.map { $0 + "_" } ?? "") + metric.name)
    }
  }

  public struct Objective: Hashable, Sendable {
    let quantity: Quantity
    let isMaximized: Bool

    public static func minimize(_ quantity: Quantity) -> Objective {
      Objective(quantity: quantity, isMaximized: false)
    }
    public static func maximize(_ quantity: Quantity) -> Objective {
      Objective(quantity: quantity, isMaximized: true)
    }
  }

  let strategy: Strategy
  let objective: Objective
  let location: SourceLocation

  public init(
    _ strategy: Strategy, objective: Objective, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    self.strategy = strategy
    self.objective = objective
    location = SourceLocation.call(file, line, column)
    switch strategy.description {
    case .random(let trials) where trials < 1:
      Recorder.report("a random search needs at least 1 trial, got \(trials)", at: location)
    case .grid(let points) where points < 2:
      Recorder.report("a grid needs at least 2 points of a range, got \(points)", at: location)
    default: break
    }
  }

  var description: SearchDescription {
    SearchDescription(
      strategy: strategy.description, quantity: objective.quantity.name, isMaximized: objective.isMaximized,
      location: location)
  }
}
