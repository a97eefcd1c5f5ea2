import GraphIR

/// One training of a search, as its log holds it.
struct Trial: Codable {
  /// From 1.
  var trial: Int
  var values: [String: HyperparameterScalar]
  /// What the search looks at, after the last epoch; nil where the trial failed.
  var objective: Double?
  /// Everything that the last epoch logged.
  var metrics: [String: Double]?
  var seconds: Double
  /// Why the trial failed.
  var failure: String?

  var words: String {
    values.keys.sorted().map { "\($0)=\(values[$0]?.description ?? "")" }.joined(separator: " ")
  }
}

/// The first line of a log: which search it belongs to.
struct SearchHeader: Codable, Hashable {
  var model: String
  /// Of the graph with the default values.
  var hash: String
  var objective: String
  var strategy: String
  var seed: UInt64
  var hyperparameters: [String]
  /// Options of the trainings.
  var arguments: [String]
}
