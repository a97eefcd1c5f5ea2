import GraphIR
import KernelIR

/// Kernels that go through one line after the other: a loop for each fold along it, then one for what is made of its elements. What a
/// line has once, as its mean, is a scalar between them.
extension NestEmitter {
  func lineNest(over shape: Shape) -> [Statement] {
    let loops = LoopOrder(shape, collapse: false)
    guard let inner = loops.loops.last else { return [] }
    let line = shape.line
    let coordinates = Array(loops.coordinates.dropLast()) + [0]
    let lines = IterationSpace(shape: line, coordinates: coordinates, flat: .flat(coordinates, strides: line.strides))
    let elements = IterationSpace(shape: shape, coordinates: loops.coordinates, flat: loops.flat)
    var statements: [Statement] = []
    for index in cluster.nodes {
      let (node, value) = (graph.nodes[index], Value(node: index))
      if let reduction = node.reduction {
        enter(elements)
        let element = scalar(node.operands[0])
        let name = newName(for: node)
        statements.append(
          .reduction(
            variable: inner.variable, extent: Index(inner.extent), body: body,
            accumulators: [Accumulator(name: name, fold: reduction.fold, value: element)]))
        lineScalars[value] = .local(name)
      } else if node.results[0].shape == line {
        enter(lines)
        lineScalars[value] = scalar(value)
        statements += body
      }
      if let scalar = lineScalars[value], cluster.outputs.contains(value) {
        statements.append(.store(buffer: buffers[value] ?? "", index: lines.flat, value: scalar))
      }
    }
    enter(elements)
    storeElements(of: cluster.outputs.filter { lineScalars[$0] == nil })
    if !body.isEmpty {
      statements.append(.loop(variable: inner.variable, extent: Index(inner.extent), body: body))
    }
    return prelude + loops.nest(lines: statements)
  }
}
