import CompilerDriver
import Foundation
import GraphIR
import Testing

/// The well-known networks of Examples, which come without data: each has the number of weights that it is known for, its C
/// compiles without a warning, trains and predicts.
@Suite(.serialized) struct NetworkTests {
  struct Network: Sendable, CustomTestStringConvertible {
    var name: String
    var parameters: String
    /// What makes it small enough to run unoptimized.
    var small: [String: Int] = [:]
    var testDescription: String { name }

    func options(_ hyperparameters: [String: Int] = [:]) -> CompileOptions {
      CompileOptions(
        model: ExampleTests.root.appendingPathComponent("Examples/\(name)/model.swift").path,
        hyperparameters: hyperparameters.mapValues { .int($0) })
    }
  }

  static let networks = [
    Network(name: "lenet5", parameters: "61,706"),
    Network(name: "vgg_cifar", parameters: "2,196,810"),
    Network(name: "alexnet", parameters: "60,965,224", small: ["side": 67]),
    Network(name: "resnet18", parameters: "11,689,512", small: ["side": 32]),
    Network(name: "mobilenet_v2", parameters: "3,504,872", small: ["side": 32]),
    Network(name: "unet", parameters: "31,030,658", small: ["side": 32, "width": 4]),
  ]

  /// The count also stands in the example's README.
  @Test(arguments: networks) func hasItsParameters(network: Network) async throws {
    let summary = try await Compiler.summary(network.options())
    #expect(summary.contains("\nTrainable parameters: \(network.parameters) ("), "\(summary)")
    let readme = ExampleTests.root.appendingPathComponent("Examples/\(network.name)/README.md")
    #expect(try String(contentsOf: readme, encoding: .utf8).contains(network.parameters))
  }

  /// The arenas of inference and training, for one row and for many, are at most a twentieth above what is alive at once.
  @Test(arguments: networks, [1, 256])
  func arenasAreNearTheirLowerBound(network: Network, rows: Int) async throws {
    var options = network.options()
    options.emission = .plan
    options.maxRows = rows
    let plan = try #require(try await Compiler.compile(options).text)
    for function in ["predict", "backward"] {
      let line = try #require(plan.split(separator: "\n").first { $0.hasPrefix("\(function): arena of ") })
      let numbers = line.split(separator: " ").compactMap { Int($0.replacing(",", with: "")) }
      try #require(numbers.count == 3, "\(line)")
      let isForRows = function == "predict" ? (1...rows).contains(numbers[1]) : numbers[1] == rows
      #expect(isForRows && numbers[2] > 0 && numbers[0] * 20 <= numbers[2] * 21, "\(line)")
    }
  }

  @Test(arguments: networks) func trainsAndPredicts(network: Network) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = network.options(network.small)
    options.output = folder.path
    options.emission = .c
    _ = try await Compiler.compile(options)
    let sources = ["", "_io", "_main"].map { folder.appendingPathComponent("\(network.name)\($0).c").path }
    let program = folder.appendingPathComponent(network.name).path
    _ = try Program.run("/usr/bin/env", ["gcc", "-fsyntax-only"] + CCompiler.strictness + sources)
    _ = try Program.run(
      "/usr/bin/env",
      ["clang", "-O0", "-march=native"] + CCompiler.strictness + sources + ["-o", program, "-lm", "-lpthread"])
    for mode in ["train", "infer"] {
      let said = try Program.run(program, ["benchmark", "--mode", mode, "--batch", "2", "--seconds", "0.01"])
      #expect(said.contains("\"mode\": \"\(mode)\", \"batch\": 2,"))
    }
  }
}
