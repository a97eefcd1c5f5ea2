import Diagnostics
import Foundation
import GraphIR
import Testing

@testable import ModelLoading

@Suite struct LoadingFailureTests {
  static let small = """
    import DLC
    let model = Model("small", input: [2]) { Dense(1) }

    """

  @Test func missingFile() async throws {
    let failure = await #expect(throws: LoadingFailure.self) {
      try await ModelLoader.load(modelFile: "/nowhere/model.swift", executableFolder: ModelFile.executableFolder)
    }
    #expect(failure?.diagnostics.first?.message == "cannot read /nowhere/model.swift")
  }

  @Test func noSwiftc() {
    let failure = #expect(throws: LoadingFailure.self) {
      try Toolchain.find(executableFolder: ModelFile.executableFolder, path: "/nowhere:/neither")
    }
    #expect(failure?.diagnostics.first?.message.hasPrefix("swiftc was not found") == true)
  }

  @Test func noLibrary() throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let failure = #expect(throws: LoadingFailure.self) {
      try Toolchain.find(executableFolder: "/nowhere", path: path)
    }
    #expect(failure?.diagnostics.first?.message == "the library DLC was not found beside dlc, in /nowhere")
  }

  @Test func anotherSwiftc() {
    let said = "x.swift:1:8: error: module compiled with Swift 6.1 cannot be imported by the Swift 6.3 compiler: DLC\n"
    let failure = ModelProgram.failure(
      said, of: "/m/model.swift", Toolchain(swiftc: "/usr/bin/swiftc", modules: "", libraries: ""))
    #expect(failure.compilerOutput == nil)
    #expect(
      failure.diagnostics.first?.message
        == "/usr/bin/swiftc is another Swift compiler than the one that built dlc")
  }

  /// A module that swiftc cannot read is what another compiler's module is to it.
  @Test func moduleOfAnotherSwiftc() async throws {
    let file = try ModelFile(Self.small)
    try "no module\n".write(toFile: file.folder + "/DLC.swiftmodule", atomically: true, encoding: .utf8)
    var toolchain = try Toolchain.find(
      executableFolder: ModelFile.executableFolder, path: ProcessInfo.processInfo.environment["PATH"] ?? "")
    toolchain.modules = file.folder
    let (other, path) = (toolchain, file.path)
    let failure = await #expect(throws: LoadingFailure.self) {
      _ = try await ModelProgram.compile(path, into: path + ".program", with: other)
    }
    let diagnostic = try #require(failure?.diagnostics.first)
    #expect(diagnostic.message == "\(toolchain.swiftc) is another Swift compiler than the one that built dlc")
    #expect(diagnostic.notes.first?.message.contains("malformed compiled module") == true)
    #expect(failure?.compilerOutput == nil)
  }

  /// swiftc's own words come unchanged.
  @Test func doesNotCompile() async throws {
    let file = try ModelFile("import DLC\nlet x: Int = \"word\"\nlet y: Bool = 3\n")
    let failure = await #expect(throws: LoadingFailure.self) { try await file.load() }
    #expect(failure?.diagnostics.map(\.message) == ["model.swift does not compile"])
    let toolchain = try Toolchain.find(
      executableFolder: ModelFile.executableFolder, path: ProcessInfo.processInfo.environment["PATH"] ?? "")
    let process = Process()
    process.executableURL = URL(filePath: toolchain.swiftc)
    process.arguments = [
      "-swift-version", "5", "-Onone", "-g", "-module-name", "ModelProgram", "-I", toolchain.modules, file.path,
      "-o", file.folder + "/program",
    ]
    let said = Pipe()
    process.standardError = said
    try process.run()
    let words = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(words.contains("model.swift:2:14: error: cannot convert value of type 'String' to specified type 'Int'"))
    #expect(words.contains("model.swift:3:15: error: cannot convert value of type 'Int' to specified type 'Bool'"))
    #expect(failure?.compilerOutput == words)
  }

  /// The place is in model.swift, whoever found the fault.
  @Test(arguments: [
    (
      "let units = [1, 2]\nprint(units[units.count])\n",
      "model.swift:4:12: error: model.swift crashed: Fatal error: Index out of range\n"
    ),
    (
      "print(\"first\")\nfatalError(\"own words\")\n",
      "model.swift:4:1: error: model.swift crashed: Fatal error: own words\n"
    ),
    (
      "func f(_ n: Int) -> Int { n == -1 ? 0 : f(n + 1) + 1 }\nprint(f(0))\n",
      "model.swift:3:1: error: model.swift crashed with signal 11, which a recursion without end also leads to\n"
    ),
  ])
  func crashed(lines: String, message: String) async throws {
    let text = try await ModelFile(Self.small + lines).failure()
    #expect(text == message)
  }

  @Test func ranTooLong() async throws {
    let text = try await ModelFile(Self.small + "while true {}\n").failure(timeLimit: .seconds(1))
    #expect(text.hasPrefix("error: model.swift ran for more than 1 seconds and was stopped\n"))
  }

  /// All threads that run tasks are busy for longer than the program may take: that it ended in time is noticed late.
  @Test func endedInTimeButNoticedLate() async throws {
    let file = try ModelFile(Self.small)
    _ = try await file.load(useCache: true)
    async let model = file.load(useCache: true, timeLimit: .seconds(1))
    let busy = (0..<(4 * ProcessInfo.processInfo.activeProcessorCount)).map { _ in
      Task.detached { usleep(1_000_000) }
    }
    #expect(try await model.name == "small")
    for task in busy { await task.value }
  }

  @Test func endedWithStatus() async throws {
    let text = try await ModelFile("import Glibc\n" + Self.small + "exit(3)\n").failure()
    #expect(text.hasPrefix("error: model.swift ended with status 3\n"))
  }

  @Test(arguments: ["print(\"nothing\")\n", "import DLC\nlet input = Tensor.input(\"a\", shape: [2])\n"])
  func noModel(_ source: String) async throws {
    #expect(try await ModelFile(source).failure().contains("declares no Model\n"))
  }

  @Test func twoSequentialModels() async throws {
    let text = try await ModelFile(
      Self.small + "let other = Model(\"other\", input: [3]) { Dense(1) }\n"
    ).failure()
    #expect(
      text == """
        model.swift:3:13: error: model.swift declares a second model, "other"; it must declare one
        model.swift:2:13: note: the first model is here

        """)
  }

  @Test func twoModels() async throws {
    let text = try await ModelFile(
      "import DLC\nlet a = Model(\"a\", input: [2]) { Dense(1) }\n"
        + "let b = Model(\"b\", inputs: [Tensor.input(\"i\", shape: [1])], outputs: [])\n"
    ).failure()
    #expect(text.contains("model.swift:3:9: error: model.swift declares a second model, \"b\"; it must declare one\n"))
    #expect(text.contains("model.swift:2:9: note: the first model is here\n"))
  }

  @Test func noTraining() async throws {
    let file = try ModelFile(Self.small)
    let text = await file.failure(requireTraining: true)
    #expect(text.hasPrefix("model.swift:2:13: error: the model \"small\" does not say how it is trained\n"))
    #expect(await file.failure() == "")
  }

  @Test func missingValidation() async throws {
    let source =
      Self.small
      + "model.training = Training(loss: .mse, data: .npy(\"x.npy\", targets: \"y.npy\"), validation: .file(\"v.npz\"))\n"
    let text = try await ModelFile(source).failure(requireTraining: true)
    let messages: [String] = text.split(separator: "\n").map(String.init).filter { $0.contains("error: ") }
    #expect(
      messages == [
        "model.swift:3:45: error: the data file \"x.npy\" is not there",
        "model.swift:3:45: error: the data file \"y.npy\" is not there",
        "model.swift:3:18: error: the data file \"v.npz\" is not there",
      ])
  }

  @Test func missingData() async throws {
    let source = Self.small + "model.training = Training(loss: .mse, data: .csv(\"there.csv\", target: \"y\"))\n"
    let file = try ModelFile(source)
    let text = await file.failure(requireTraining: true)
    #expect(text.hasPrefix("model.swift:3:45: error: the data file \"there.csv\" is not there\n"))
    try "x\n".write(toFile: file.folder + "/there.csv", atomically: true, encoding: .utf8)
    #expect(await file.failure(requireTraining: true) == "")
  }
}
