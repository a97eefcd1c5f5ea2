import Diagnostics
import GraphIR
import Testing

@testable import CompilerDriver

@Suite struct DrawingTests {
  let model = ModelDescription(
    name: "tiny", graph: Graph(name: "tiny"), inputs: [Field(name: "x", type: TensorType(.f32, [.rows, 4]))],
    outputs: [], targets: [], parameters: [],
    layers: [
      LayerRecord(
        name: "dense", type: "Dense", outputShape: [.rows, 2], parameters: [], inputs: ["x"], location: .unknown)
    ], training: nil, hyperparameters: [], location: .unknown)

  @Test func mermaid() {
    #expect(
      GraphDrawing.layers(of: model, as: .mermaid) == """
        flowchart TD
          n0(["x<br/>f32[rows, 4]"])
          n1["dense (Dense)<br/>[rows, 2]"]
          n0 --> n1

        """)
  }

  @Test func dot() {
    #expect(GraphDrawing.layers(of: model, as: .dot).contains("n1 [label=\"dense (Dense)\\n[rows, 2]\"];"))
  }

  @Test func text() {
    #expect(GraphDrawing.layers(of: model, as: .text) == "0: x; f32[rows, 4]\n1: dense (Dense); [rows, 2] <- 0\n")
  }

  @Test func svgHasABoxForEachLayerAndAnArrow() {
    let picture = GraphDrawing.layers(of: model, as: .svg)
    #expect(picture.components(separatedBy: "<rect x=").count == 3)
    #expect(picture.components(separatedBy: "marker-end").count == 2)
  }

  @Test(arguments: [(999, "999 bytes"), (1024, "1.00 KiB"), (9640, "9.41 KiB"), (5 << 20, "5.00 MiB")])
  func sizes(bytes: Int, text: String) { #expect(Summary.size(bytes) == text) }

  @Test(arguments: [(0, "0"), (999, "999"), (1_234_567, "1,234,567")])
  func groups(number: Int, text: String) { #expect(Summary.grouped(number) == text) }
}
