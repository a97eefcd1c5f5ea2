import GraphIR

/// Boxes and arrows between them; what every picture of a model is made from.
struct Drawing {
  struct Box {
    var lines: [String]
    var isBoundary: Bool
  }

  struct Arrow: Hashable {
    var from: Int
    var to: Int
  }

  var name: String
  /// In an order in which arrows go forward.
  var boxes: [Box] = []
  var arrows: [Arrow] = []

  private mutating func add(_ lines: [String], isBoundary: Bool = false) -> Int {
    boxes.append(Box(lines: lines, isBoundary: isBoundary))
    return boxes.count - 1
  }

  private mutating func connect(_ from: Int, _ to: Int) {
    let arrow = Arrow(from: from, to: to)
    if from != to && !arrows.contains(arrow) { arrows.append(arrow) }
  }

  /// The layers of a model.
  init(layersOf model: ModelDescription) {
    name = model.name
    var boxOf: [String: Int] = [:]
    for input in model.inputs { boxOf[input.name] = add([input.name, input.type.description], isBoundary: true) }
    for layer in model.layers {
      let box = add(["\(layer.name) (\(layer.type))", layer.outputShape.description])
      for input in layer.inputs { if let source = boxOf[input] { connect(source, box) } }
      boxOf[layer.name] = box
    }
  }

  /// The kernels of a graph after fusion, or its nodes before.
  init(kernelsOf graph: Graph) {
    name = graph.name
    var boxOfKernel: [Int: Int] = [:]
    var boxOfNode: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if let source = node.op as? Source {
        boxOfNode[index] = add(["\(source.kind.rawValue) \(source.name)", source.type.description], isBoundary: true)
        continue
      }
      let line = Swift.type(of: node.op).name + " " + node.results.map(\.description).joined(separator: ", ")
      if let kernel = node.kernel, let box = boxOfKernel[kernel] {
        boxes[box].lines.append(line)
        boxOfNode[index] = box
      } else {
        let box = add((node.scope.isEmpty ? [] : [node.scope]) + [line])
        boxOfNode[index] = box
        if let kernel = node.kernel { boxOfKernel[kernel] = box }
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      for operand in node.operands {
        if let from = boxOfNode[operand.node], let to = boxOfNode[index] { connect(from, to) }
      }
    }
  }
}
