import Foundation
import GraphIR
import Testing

@testable import ModelLoading

@Suite struct LoadedModelTests {
  static let source = """
    import DLC
    let units = Hyperparameter.int("units", in: 4...64, step: 4, default: 8)
    let rate = Hyperparameter.float("rate", in: 1e-4...1e-2, scale: .logarithmic, default: 1e-3)
    let model = Model("flowers", input: [4]) {
      Normalization()
      Dense(units, activation: .relu, kernelRegularizer: .l2(1e-4))
      if units > 100 { Dropout(0.5) }
      for _ in 0..<2 { Dense(units, activation: .tanh) }
      Dense(3, activation: .softmax)
    }
    model.training = Training(
      loss: .sparseCategoricalCrossentropy, optimizer: .adam(learningRate: rate), metrics: [.accuracy],
      epochs: 3, batchSize: 16, validation: .split(0.25), seed: 7)

    """

  @Test func sequential() async throws {
    let model = try await ModelFile(Self.source).load(requireTraining: true)
    #expect(model.name == "flowers")
    #expect(model.layers.map(\.name) == ["normalization", "dense", "dense_1", "dense_2", "dense_3"])
    #expect(model.inputs == [Field(name: "x", type: TensorType(.f32, [.rows, 4]))])
    #expect(model.outputs == [Field(name: "dense_3", type: TensorType(.f32, [.rows, 3]))])
    #expect(model.targets == [Field(name: "y", type: TensorType(.i32, [.rows]), classes: 3)])
    #expect(
      model.parameters.map(\.name) == [
        "normalization/mean", "normalization/variance", "dense/kernel", "dense/bias", "dense_1/kernel",
        "dense_1/bias", "dense_2/kernel", "dense_2/bias", "dense_3/kernel", "dense_3/bias",
      ])
    #expect(model.parameters[0].statistic == Statistic(.mean, ofInput: "x"))
    #expect(!model.parameters[0].isTrainable)
    #expect(model.parameters[2].initializer == .uniform(low: -0.5.squareRoot(), high: 0.5.squareRoot()))
    #expect(model.parameters[2].location.description == "model.swift:6:3")
    #expect(model.graph.roots.map(\.role) == [.output("dense_3"), .loss, .metric("accuracy")])
    #expect(model.training?.optimizer.learningRate == 1e-3)
    #expect(model.training?.seed == 7)
    #expect(model.hyperparameters.map(\.value) == [.int(8), .float(1e-3)])
  }

  @Test func hyperparametersFromOutside() async throws {
    let file = try ModelFile(Self.source)
    let model = try await file.load(hyperparameters: ["units": .int(16), "rate": .float(0.01)])
    #expect(model.parameters[2].type.shape == [4, 16])
    #expect(model.training?.optimizer.learningRate == 0.01)
    let unknown = await #expect(throws: LoadingFailure.self) {
      _ = try await file.load(hyperparameters: ["depth": .int(1)])
    }
    #expect(
      unknown?.diagnostics.first?.message
        == "\"depth\" is not a hyper-parameter of the model; it has units, rate")
    let outside = await #expect(throws: LoadingFailure.self) {
      _ = try await file.load(hyperparameters: ["units": .int(1000)])
    }
    #expect(outside?.diagnostics.first?.message == "\"units\" is 1000, outside 4...64")
    let word = await #expect(throws: LoadingFailure.self) {
      _ = try await file.load(hyperparameters: ["units": .string("many")])
    }
    #expect(word?.diagnostics.first?.message == "\"units\" was given as \"many\", but it is a whole number")
  }

  @Test func functionalWithSharedLayer() async throws {
    let model = try await ModelFile(
      """
      import DLC
      let a = Tensor.input("left", shape: [5])
      let b = Tensor.input("right", shape: [5])
      let encoder = Dense(3, activation: .tanh, name: "encoder")
      let both = concatenate([encoder(a), encoder(b)])
      let model = Model("pair", inputs: [a, b], outputs: ["same": Dense(1, activation: .sigmoid)(both), "left_again": Dense(5)(encoder(a))])
      model.training = Training(losses: ["same": .binaryCrossentropy, "left_again": .mse], weights: ["left_again": 0.5])

      """
    ).load(requireTraining: true)
    #expect(
      model.parameters.map(\.name) == [
        "encoder/kernel", "encoder/bias", "dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias",
      ])
    #expect(model.targets.map(\.name) == ["same", "left_again"])
    #expect(model.layers[0].inputs == ["left", "right"])
  }

  @Test func unchangedModelIsNotCompiledAgain() async throws {
    let file = try ModelFile(Self.source)
    _ = try await file.load(useCache: true)
    let toolchain = try Toolchain.find(
      executableFolder: ModelFile.executableFolder, path: ProcessInfo.processInfo.environment["PATH"] ?? "")
    let cache = ModelCache(environment: ProcessInfo.processInfo.environment)
    let program = cache.program(source: Data(Self.source.utf8), file: file.path, toolchain: toolchain)
    let made = try FileManager.default.attributesOfItem(atPath: program)[.modificationDate] as? Date
    _ = try await file.load(useCache: true)
    let now = try FileManager.default.attributesOfItem(atPath: program)[.modificationDate] as? Date
    #expect(made == now)
    try FileManager.default.removeItem(atPath: program)
  }

  /// What was made a moment ago may be in use.
  @Test func onlyOldProgramsMakeRoom() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var cache = ModelCache(environment: ["XDG_CACHE_HOME": folder])
    cache.folder = folder
    try FileManager.default.removeItem(atPath: folder + "/dlc")
    for (name, age) in [("oldest", 9000.0), ("older", 8000), ("old", 7000), ("new", 10)] {
      let date = Date(timeIntervalSinceNow: -age)
      try Data().write(to: URL(fileURLWithPath: folder + "/" + name))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder + "/" + name)
    }
    cache.makeRoom(keeping: 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["new", "old"])
    cache.makeRoom(keeping: 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["new"])
  }

  /// Several processes or tasks may compile the same new model at once.
  @Test func loadedAtOnce() async throws {
    let file = try ModelFile(Self.source)
    let path = file.path
    let folder = ModelFile.executableFolder
    let names = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await ModelLoader.load(modelFile: path, executableFolder: folder, requireTraining: false).name
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(names.count == 4 && Set(names).count == 1)
  }
}
