import ArgumentParser
import CompilerDriver

struct New: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a folder with a model.swift and data to start from.")

  @Argument(help: "The folder's name, which becomes the model's.", completion: .directory)
  var name: String

  @Option(help: "The kind of network.")
  var template = Project.Template.mlp

  func run() async throws {
    try await report {
      try Project.create(name, template: template)
      Terminal.status("made \(name); now: dlc train \(name)/model.swift")
    }
  }
}

extension Project.Template: ExpressibleByArgument {}
