import GraphIR

/// A picture of a model as text.
public enum GraphDrawing {
  public enum Format: String, CaseIterable, Sendable { case mermaid, dot, svg, text }

  /// The layers of a model.
  public static func layers(of model: ModelDescription, as format: Format) -> String {
    render(Drawing(layersOf: model), as: format)
  }

  /// The kernels of a graph.
  public static func kernels(of graph: Graph, as format: Format) -> String {
    render(Drawing(kernelsOf: graph), as: format)
  }

  private static func render(_ drawing: Drawing, as format: Format) -> String {
    switch format {
    case .mermaid: mermaid(drawing)
    case .dot: dot(drawing)
    case .svg: LayeredPicture(drawing).svg
    case .text: text(drawing)
    }
  }

  /// https://mermaid.js.org/syntax/flowchart.html
  private static func mermaid(_ drawing: Drawing) -> String {
    var lines = ["flowchart TD"]
    for (index, box) in drawing.boxes.enumerated() {
      let label = "\"" + box.lines.map(markup).joined(separator: "<br/>") + "\""
      lines.append("  n\(index)" + (box.isBoundary ? "([\(label)])" : "[\(label)]"))
    }
    lines += drawing.arrows.map { "  n\($0.from) --> n\($0.to)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// https://graphviz.org/doc/info/lang.html
  private static func dot(_ drawing: Drawing) -> String {
    func quoted(_ text: String) -> String {
      text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
    var lines = ["digraph \"\(quoted(drawing.name))\" {", "  node [shape=box, fontname=\"sans-serif\"];"]
    for (index, box) in drawing.boxes.enumerated() {
      let label = box.lines.map(quoted).joined(separator: "\\n")
      lines.append("  n\(index) [label=\"\(label)\"" + (box.isBoundary ? ", style=rounded" : "") + "];")
    }
    lines += drawing.arrows.map { "  n\($0.from) -> n\($0.to);" }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// One paragraph a box: what is in it, and which boxes it reads.
  private static func text(_ drawing: Drawing) -> String {
    drawing.boxes.enumerated().map { index, box in
      let sources = drawing.arrows.filter { $0.to == index }.map { "\($0.from)" }
      let suffix = sources.isEmpty ? "" : " <- " + sources.joined(separator: ", ")
      return "\(index): \(box.lines.joined(separator: "; "))\(suffix)\n"
    }.joined()
  }

  /// Text as XML and HTML want it.
  static func markup(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
