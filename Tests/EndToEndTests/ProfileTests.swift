import CompilerDriver
import Foundation
import Testing

/// What `benchmark --profile` and `dlc summary` say of a model's work.
@Suite final class ProfileTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private struct Kernel: Decodable {
    var kernel, layer, place: String
    var us, share, gflops, gbs: Double
  }

  private struct Machine: Decodable {
    struct Products: Decodable { var us, gflops: Double }
    var products: Products
  }

  private struct Benchmark: Decodable {
    var milliseconds, gflops: Double
    enum CodingKeys: String, CodingKey {
      case milliseconds = "min_ms"
      case gflops
    }
  }

  private func options(_ source: String) throws -> CompileOptions {
    let model = folder.appendingPathComponent("model.swift").path
    try source.write(toFile: model, atomically: true, encoding: .utf8)
    var options = CompileOptions(model: model)
    options.output = folder.appendingPathComponent("out").path
    return options
  }

  private let digits = """
    import DLC
    let model = Model("net", input: [64]) {
      Dense(256, activation: .relu)
      Dense(10, activation: .softmax)
    }
    model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .adam(learningRate: 1e-3))

    """

  @Test func everyKernelHasItsShare() async throws {
    let options = try options(digits)
    let program = try #require(try await Compiler.compile(options).executable)
    for (mode, kernels) in [("infer", ["dense_forward"]), ("train", ["dense_backward", "dense_update_kernel"])] {
      let lines = try Program.run(
        program,
        ["benchmark", "--mode", mode, "--batch", "32", "--seconds", "0.05", "--profile", "--format", "json"]
      ).split(separator: "\n").map { Data($0.utf8) }
      let whole = try JSONDecoder().decode(Benchmark.self, from: lines[0])
      let found = try lines.dropFirst(2).map { try JSONDecoder().decode(Kernel.self, from: $0) }
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.us >= $1.us })
      #expect((found.reduce(0) { $0 + $1.share } - 1).magnitude < 0.01)
      // Thousands of operations: in the profile, and in the figure of the whole step.
      let operations = found.reduce(0) { $0 + $1.us * $1.gflops }
      #expect((operations / (whole.milliseconds * whole.gflops * 1e3) - 1).magnitude < 0.02)
      let products = try JSONDecoder().decode(Machine.self, from: lines[1]).products
      let others = found.filter {
        $0.kernel.contains("softmax") || $0.kernel.contains("loss") || $0.kernel.contains("update")
      }
      #expect(products.us > 0 && products.us <= found.reduce(0.01) { $0 + $1.us } - others.reduce(0) { $0 + $1.us })
      #expect(products.us * products.gflops > 0.8 * operations || mode == "train")
      for name in kernels {
        let kernel = try #require(found.first { $0.kernel == name })
        #expect(kernel.layer == "dense" && kernel.place == "model.swift:3:3" && kernel.gbs > 0)
      }
    }
    let text = try Program.run(program, ["benchmark", "--mode", "infer", "--seconds", "0.01", "--profile"])
    #expect(text.contains("of multiply-adds") && text.contains("model.swift:3:3"))
    #expect(text.contains("\nall convolutions and matrix products "))
    #expect(try Program.misuse(program, ["benchmark", "--format", "csv"]).contains("--format is text or json"))
  }

  /// What was prepared before is no part of a step.
  @Test func preparedKernelsHaveNoShare() async throws {
    let options = try options(
      """
      import DLC
      let model = Model("net", input: [16, 16, 32]) {
        Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
      }
      model.training = Training(loss: .meanSquaredError)

      """)
    let program = try #require(try await Compiler.compile(options).executable)
    let code = try String(contentsOf: folder.appendingPathComponent("out/net.c"), encoding: .utf8)
    #expect(code.contains("if (!prepared) {"))
    let lines = try Program.run(
      program, ["benchmark", "--mode", "infer", "--batch", "4", "--seconds", "0.05", "--profile", "--format", "json"]
    ).split(separator: "\n").map { Data($0.utf8) }
    let kernels = try lines.dropFirst(2).map { try JSONDecoder().decode(Kernel.self, from: $0) }
    #expect(kernels.map(\.kernel) == ["conv2d_forward_2"])
    let whole = try JSONDecoder().decode(Benchmark.self, from: lines[0])
    #expect(
      (kernels.reduce(0) { $0 + $1.us * $1.gflops } / (whole.milliseconds * whole.gflops * 1e3) - 1).magnitude < 0.02)
  }

  @Test func isLeftOutOfOtherBuilds() async throws {
    var options = try options(digits)
    options.emission = .c
    _ = try await Compiler.compile(options)
    let out = folder.appendingPathComponent("out")
    let sources = ["net.c", "net_io.c", "net_main.c"].map { out.appendingPathComponent($0).path }
    for compiler in ["gcc", "clang"] {
      _ = try Program.run(
        "/usr/bin/env", [compiler, "-fsyntax-only", "-DNET_PROFILE"] + CCompiler.strictness + sources)
    }
    let program = out.appendingPathComponent("net").path
    _ = try Program.run("/usr/bin/env", ["gcc"] + sources + ["-o", program, "-lm", "-lpthread"])
    #expect(try Program.misuse(program, ["benchmark", "--profile"]).contains("compiled with -DNET_PROFILE"))
  }

  /// Two operations for a multiply-add, one for a bias and an activation, five for a number of a softmax.
  @Test func summaryCountsProducts() async throws {
    let summary = try await Compiler.summary(try options(digits))
    #expect(summary.contains("FLOPs for a row: 38,460 forward"), "\(summary)")
  }

  /// 7 steps of 4 gates of 8 units, whose products are with 5 inputs and with 8 units.
  @Test func summaryCountsWhatALoopMultiplies() async throws {
    let summary = try await Compiler.summary(
      try options("import DLC\nlet model = Model(\"net\", input: [7, 5]) { LSTM(8) }\n"))
    let line = try #require(summary.split(separator: "\n").first { $0.hasPrefix("FLOPs for a row: ") })
    let count = try #require(Int(line.filter(\.isNumber)))
    let products = 2 * 7 * 4 * 8 * (5 + 8)
    #expect(count > products && count < 2 * products, "\(line)")
  }
}
