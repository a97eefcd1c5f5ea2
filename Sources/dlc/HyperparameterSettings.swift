import ArgumentParser
import GraphIR

/// `--set NAME=VALUE`, for every command that loads a model.
struct HyperparameterSettings: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Give a hyper-parameter a value. Can be repeated.", valueName: "name=value"))
  var settings: [String] = []

  func validate() throws {
    var names: Set<Substring> = []
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--set wants NAME=VALUE, such as units=64, not \(setting).")
      }
      if !names.insert(parts[0]).inserted { throw ValidationError("--set gives \(parts[0]) twice.") }
    }
  }

  /// As text: what it means depends on the declaration.
  var values: [String: HyperparameterRecord.Value] {
    let parts = settings.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    return Dictionary(parts.map { (String($0[0]), .string(String($0[1]))) }) { $1 }
  }
}
