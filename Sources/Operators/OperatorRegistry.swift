import GraphIR

/// Every operator by its name in the text form.
public enum OperatorRegistry {
  /// One line for each operator.
  public static let all: [any Operator.Type] = [
    Source.self,
    Add.self,
    Broadcast.self,
    MatrixMultiply.self,
    Reshape.self,
    Sum.self,
  ]

  public static let byName: [String: any Operator.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })
}
