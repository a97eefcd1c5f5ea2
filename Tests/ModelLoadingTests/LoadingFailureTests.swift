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
      said, Toolchain(swiftc: "/usr/bin/swiftc", modules: "", libraries: ""))
    #expect(failure.compilerOutput == nil)
    #expect(
      failure.diagnostics.first?.message
        == "/usr/bin/swiftc is another Swift compiler than the one that built dlc")
  }

  @Test func doesNotCompile() async throws {
    let text = try await ModelFile("import DLC\nlet x: Int = \"word\"\n").failure()
    #expect(text.contains("error: model.swift does not compile\n"))
    #expect(text.contains("model.swift:2:14: error: cannot convert value of type 'String' to specified type 'Int'"))
  }

  @Test func crashed() async throws {
    let text = try await ModelFile(Self.small + "let units = [1, 2]\nprint(units[units.count])\n").failure()
    #expect(text.contains("model.swift crashed"))
    #expect(text.contains("Index out of range"))
  }

  @Test func ranTooLong() async throws {
    let text = try await ModelFile(Self.small + "while true {}\n").failure(timeLimit: .seconds(1))
    #expect(text.hasPrefix("error: model.swift ran for more than 1 seconds and was stopped\n"))
  }

  @Test func endedWithStatus() async throws {
    let text = try await ModelFile("import Glibc\n" + Self.small + "exit(3)\n").failure()
    #expect(text.hasPrefix("error: model.swift ended with status 3\n"))
  }

  @Test(arguments: ["print(\"nothing\")\n", "import DLC\nlet input = Tensor.input(\"a\", shape: [2])\n"])
  func noModel(_ source: String) async throws {
    #expect(try await ModelFile(source).failure().contains("declares no Model\n"))
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

  @Test func missingData() async throws {
    let source = Self.small + "model.training = Training(loss: .mse, data: .csv(\"there.csv\", target: \"y\"))\n"
    let file = try ModelFile(source)
    let text = await file.failure(requireTraining: true)
    #expect(text.hasPrefix("model.swift:3:45: error: the data file \"there.csv\" is not there\n"))
    try "x\n".write(toFile: file.folder + "/there.csv", atomically: true, encoding: .utf8)
    #expect(await file.failure(requireTraining: true) == "")
  }
}
