import GraphIR
import Operators

/// Adds the gradient of the loss with respect to each trainable parameter: one walk from the loss back to the sources
/// (reverse accumulation: Griewank and Walther, Evaluating Derivatives, 2008).
///
/// Only what a trainable parameter needs is made. A gradient node has the location and the scope of the node that it
/// is the gradient of.
enum Differentiate {
  static func run(_ graph: Graph, parameters: [Parameter]) throws(ShapeError) -> Graph {
    guard let loss = graph.roots.first(where: { $0.role == .loss })?.value else { return graph }
    let trainable = Set(parameters.filter(\.isTrainable).map(\.name))
    let leadsToParameter = Self.leadsToParameter(graph, trainable)
    var builder = GraphBuilder(graph)
    var gradients: [Value: Value] = [:]
    gradients[loss] = try builder.constant(1, element: builder.type(of: loss).element)

    for index in stride(from: loss.node, through: 0, by: -1) where leadsToParameter[index] {
      let node = graph.nodes[index]
      let results = node.results.indices.map { Value(node: index, result: $0) }
      let arrived = results.map { gradients[$0] }
      guard !(node.op is Source), arrived.contains(where: { $0 != nil }) else { continue }
      let isNeeded = node.operands.map { leadsToParameter[$0.node] }
      let operandGradients = try Self.gradients(of: node, results, arrived, isNeeded, in: &builder)
      for (operand, gradient) in zip(node.operands, operandGradients) where leadsToParameter[operand.node] {
        guard let gradient else { continue }
        guard builder.type(of: gradient) == graph.type(of: operand) else {
          throw ShapeError(
            "the gradient rule of \(type(of: node.op).name) gives \(builder.type(of: gradient)) for an operand of type \(graph.type(of: operand))"
          )
        }
        if let before = gradients[operand] {
          gradients[operand] = try builder.add(before, gradient)
        } else {
          gradients[operand] = gradient
        }
      }
    }

    for parameter in parameters where parameter.isTrainable {
      let sources = graph.nodes.indices.filter { graph.nodes[$0].isParameter(parameter.name) }
      let arrived = sources.compactMap { gradients[Value(node: $0)] }
      (builder.location, builder.scope) = (parameter.location, parameter.name.layerOfParameter)
      guard let first = arrived.first else {
        let type = TensorType(builder.type(of: loss).element, parameter.type.shape)
        builder.addRoot(.gradient(parameter.name), try zeros(type, &builder))
        continue
      }
      var total = first
      for gradient in arrived.dropFirst() { total = try builder.add(total, gradient) }
      builder.addRoot(.gradient(parameter.name), total)
    }
    return builder.graph
  }

  /// What the node's rule makes of the gradients that arrived at its results, appended to the builder's graph.
  private static func gradients(
    of node: Node, _ results: [Value], _ arrived: [Value?], _ isNeeded: [Bool], in builder: inout GraphBuilder
  ) throws(ShapeError) -> [Value?] {
    (builder.location, builder.scope) = (node.location, node.scope)
    var context = GradientContext(
      operands: node.operands, results: results, resultGradients: arrived, isNeeded: isNeeded, builder: builder)
    // The graph has one owner at a time, so that it grows in place.
    builder = GraphBuilder(name: "")
    defer { builder = context.builder }
    return try node.op.gradient(&context)
  }

  private static func leadsToParameter(_ graph: Graph, _ trainable: Set<String>) -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      if let source = node.op as? Source {
        result[index] = source.kind == .parameter && trainable.contains(source.name)
      } else {
        result[index] = node.operands.contains { result[$0.node] }
      }
    }
    return result
  }

  /// The gradient of a parameter that the loss does not depend on.
  private static func zeros(_ type: TensorType, _ builder: inout GraphBuilder) throws(ShapeError) -> Value {
    try builder.broadcast(builder.constant(0, element: type.element), to: type.shape)
  }
}

extension Node {
  fileprivate func isParameter(_ name: String) -> Bool {
    (op as? Source).map { $0.kind == .parameter && $0.name == name } ?? false
  }
}

extension String {
  /// `block/dense` of `block/dense/kernel`.
  var layerOfParameter: String { split(separator: "/").dropLast().joined(separator: "/") }
}
