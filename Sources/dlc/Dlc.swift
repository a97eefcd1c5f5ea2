import ArgumentParser

@main
struct Dlc: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dlc",
    abstract: "Compiles neural networks, declared in Swift, to plain C that trains and predicts.",
    version: "dlc 0.1.0",
    subcommands: [
      Compile.self, Train.self, Tune.self, Summarize.self, DrawGraph.self, Check.self, PackData.self, New.self,
    ])
}
