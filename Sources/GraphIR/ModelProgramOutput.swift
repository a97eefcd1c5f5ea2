import Diagnostics

/// What a run of the model program writes for the compiler: its mistakes, and its models if it made none.
public struct ModelProgramOutput: Sendable, Codable {
  /// The environment variable that names the file to write.
  public static let pathVariable = "DLC_GRAPH_OUTPUT"
  /// The environment variable with the values of hyper-parameters, a JSON object by name.
  public static let hyperparametersVariable = "DLC_HYPERPARAMETERS"

  public var diagnostics: [Diagnostic]
  public var models: [ModelDescription]

  public init(diagnostics: [Diagnostic], models: [ModelDescription]) {
    self.diagnostics = diagnostics
    self.models = models
  }
}
