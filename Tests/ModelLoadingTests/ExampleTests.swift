import Foundation
import Testing

@testable import ModelLoading

@Suite struct ExampleTests {
  @Test(arguments: ["digits", "breast_cancer", "diabetes"])
  func loads(_ name: String) async throws {
    let examples = URL(filePath: #filePath).appending(path: "../../../Examples").standardized.path
    let model = try await ModelLoader.load(
      modelFile: "\(examples)/\(name)/model.swift", executableFolder: ModelFile.executableFolder, useCache: false)
    #expect(model.name == name)
    #expect(model.training?.data?.file == "\(name).csv")
  }
}
