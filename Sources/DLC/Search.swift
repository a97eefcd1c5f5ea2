/// How `dlc tune` looks for the best hyper-parameters.
public struct Search: Hashable, Sendable {
  /// Which values are tried.
  public struct Strategy: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case random(trials: Int)
      case grid
    }
    let kind: Kind

    public static func random(trials: Int) -> Strategy { Strategy(kind: .random(trials: trials)) }
    public static var grid: Strategy { Strategy(kind: .grid) }
  }

  /// What a trial is judged by.
  public struct Quantity: Hashable, Sendable {
    let name: String

    public static var loss: Quantity { Quantity(name: "loss") }
    public static var validationLoss: Quantity { Quantity(name: "val_loss") }
    public static func validation(_ metric: Metric) -> Quantity { Quantity(name: "val_" + metric.name) }
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

  public init(_ strategy: Strategy, objective: Objective) {
    self.strategy = strategy
    self.objective = objective
  }
}
