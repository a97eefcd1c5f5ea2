import GraphIR
import KernelIR
import Operators

/// Writes the loops of a cluster of pointwise nodes and reductions: one nest for each shape of result,
/// in which every node becomes a scalar that is computed once.
final class NestEmitter {
  /// Names that generated functions use themselves, and C's keywords that a layer could be called.
  static let reservedNames = Set([
    "rows", "seed", "step", "i", "j", "k", "sum", "panel", "tile", "auto", "break", "case", "char", "const", "continue",
    "default", "do", "double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long",
    "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
    "unsigned", "void", "volatile", "while", "exp", "log", "tanh", "erf", "sin", "cos", "y0", "y1", "yn", "j0", "j1",
    "jn", "index", "total", "partial", "l", "m", "n", "o", "p", "main", "gamma", "abs", "sqrt", "floor", "pow",
    "largest", "position", "log_total", "loss", "start", "lane", "lanes", "value", "best", "count", "strip", "window",
    "line", "lines", "t", "time", "dh", "dc", "th", "cell", "before", "back", "input", "forget", "candidate", "out",
    "bent", "state", "update", "reset", "inner", "fresh", "gate", "opened", "strip_lines",
    "image", "images", "top", "place", "from", "tap", "ky", "kx", "c", "e", "r", "s",
    "n0", "m0", "k0", "x0", "width", "height", "depth", "part", "parts", "first", "last", "share", "vectors", "end",
    "at_row", "at_y", "at_x", "at_c", "block", "blocks", "unit", "panels", "copied", "packed", "map", "pooled",
    "winner", "group", "source_line", "pooled_top", "pooled_lines", "bottom", "seen", "won", "u", "to", "first_y",
    "first_x", "end_y", "end_x", "release",
    "row", "head", "key_head", "member", "query", "key", "query_tile", "key_tile", "d", "scores", "weights",
    "flows", "weight", "factor", "change", "inverse", "delta", "sums", "old", "passed",
    "slice", "ahead", "distance", "half", "deep", "next", "run", "tiles", "turned", "columns", "along", "own", "kx",
    "transformed", "patches", "has_columns", "first_panel", "own_panels", "left", "right", "e", "count",
  ]).union(["b", "d", "i", "z"].flatMap { prefix in (0..<9).map { "\(prefix)\($0)" } })
    .union((1..<100).map { "holds\($0)" })
    .union(
      WinogradScheme(height: 6, width: 6).parts.flatMap { part in
        (["g", "m", "t"].flatMap { name in (0..<16).map { "\(name)\($0 / 4)\($0 % 4)" } } + ["taps", "last"])
          .map { $0 + part.suffix }
      })

  let graph: Graph
  let cluster: Cluster
  let buffers: [Value: String]
  private let inside: Set<Int>
  /// Statements that stand before the nest: results set to the fold of nothing.
  private(set) var prelude: [Statement] = []

  private var space = IterationSpace(shape: .scalar, coordinates: [], flat: 0)
  private(set) var body: [Statement] = []
  private var scalars: [Value: Expression] = [:]
  /// What is known of the line that the loops are at.
  var lineScalars: [Value: Expression] = [:]
  private var taken: Set<String>
  private var inlinedScalars: [Value: Expression] = [:]

  init(graph: Graph, cluster: Cluster, buffers: [Value: String]) {
    self.graph = graph
    self.cluster = cluster
    self.buffers = buffers
    inside = Set(cluster.nodes)
    taken = Set(buffers.values).union(Self.reservedNames)
  }

  // MARK: Pointwise clusters

  /// A nest for each shape over which the cluster's outputs range.
  func nests() -> [Statement] {
    if let shape = graph.lineShape(of: cluster.nodes) { return lineNest(over: shape) }
    var groups: [(shape: Shape, outputs: [Value])] = []
    for output in cluster.outputs {
      let shape = iterationShape(of: output)
      if let known = groups.firstIndex(where: { $0.shape == shape }) {
        groups[known].outputs.append(output)
      } else {
        groups.append((shape, [output]))
      }
    }
    return groups.flatMap { group in
      prelude = []
      let nest = nest(over: group.shape, outputs: group.outputs)
      return prelude + nest
    }
  }

  /// The elements that are visited to make a value: the operand's for a reduction.
  private func iterationShape(of value: Value) -> Shape {
    let node = graph.nodes[value.node]
    return node.reduction == nil ? node.results[0].shape : graph.type(of: node.operands[0]).shape
  }

  private func nest(over shape: Shape, outputs: [Value]) -> [Statement] {
    let reductions = outputs.filter { graph.nodes[$0.node].reduction != nil }
    let loops = LoopOrder(shape, collapse: canCollapse(shape, reductions: reductions))
    enter(IterationSpace(shape: shape, coordinates: loops.coordinates, flat: loops.flat))
    storeElements(of: outputs)
    // One fold over the innermost axes stays in a scalar; every other one adds to its result in memory.
    if let only = reductions.first, reductions.count == 1, let reduction = graph.nodes[only.node].reduction,
      let inner = loops.innerLoops(ifSuffix: reduction.axes, of: shape)
    {
      return loops.nest(folding: inner, reduction.fold, of: scalar(graph.nodes[only.node].operands[0]), body: body) {
        .store(buffer: self.buffers[only] ?? "", index: self.reducedIndex(only, axes: reduction.axes), value: $0)
      }
    }
    for reduction in reductions { accumulate(reduction) }
    return loops.nest(body)
  }

  /// Begins at the current element of a space.
  func enter(_ space: IterationSpace) {
    self.space = space
    (scalars, body) = ([:], [])
  }

  /// Outputs that are not folds, at the current element.
  func storeElements(of outputs: [Value]) {
    computeScalars(of: outputs)
    for output in outputs where graph.nodes[output.node].reduction == nil {
      body.append(.store(buffer: buffers[output] ?? "", index: space.flat, value: scalar(output)))
    }
  }

  /// Computes everything before the first store: a result may lie where an operand of another one did.
  private func computeScalars(of outputs: [Value]) {
    for output in outputs {
      let node = graph.nodes[output.node]
      _ = scalar(node.reduction == nil ? output : node.operands[0])
    }
  }

  /// Whether one long loop may serve all axes: every node works element by element, on operands of the whole shape
  /// or of one element.
  private func canCollapse(_ shape: Shape, reductions: [Value]) -> Bool {
    guard shape.dimensions.dropFirst().allSatisfy({ !$0.perRow }) else { return false }
    guard reductions.allSatisfy({ graph.nodes[$0.node].reduction?.axes.count == shape.rank }) else { return false }
    return cluster.nodes.allSatisfy { index in
      let node = graph.nodes[index]
      if node.reduction != nil { return true }
      guard node.op.isElementwise else { return false }
      return node.operands.allSatisfy { operand in
        let type = graph.type(of: operand)
        return type.shape == shape || type.shape.elementCount == 1
      } && (node.results[0].shape == shape || node.results[0].shape.elementCount == 1)
    }
  }

  /// Zeroes a reduction's result before the nest, and folds each element into it.
  private func accumulate(_ value: Value) {
    let node = graph.nodes[value.node]
    guard let reduction = node.reduction, let buffer = buffers[value] else { return }
    let index = reducedIndex(value, axes: reduction.axes)
    let element = scalar(node.operands[0])
    prelude.append(
      .loop(
        variable: "i", extent: Index(node.results[0].shape.elementCount),
        body: [.store(buffer: buffer, index: .variable("i"), value: .literal(reduction.fold.identity))]))
    switch reduction.fold {
    case .sum: body.append(.accumulate(buffer: buffer, index: index, value: element))
    case .maximum, .minimum:
      let old = Expression.load(buffer: buffer, index: index, element: node.results[0].element)
      body.append(
        .store(
          buffer: buffer, index: index, value: .binary(reduction.fold == .maximum ? .maximum : .minimum, old, element)))
    }
  }

  /// The position of the current element in a reduction's result.
  private func reducedIndex(_ value: Value, axes: [Int]) -> Index {
    let kept = space.shape.dimensions.indices.filter { !axes.contains($0) }
    let shape = Shape(kept.map { space.shape[$0] })
    return .flat(kept.map { space.coordinates[$0] }, strides: shape.strides)
  }

  // MARK: Epilogues

  /// What happens to each sum of a product: everything in the cluster that is made of it.
  func epilogue(of product: Value, map: ContractionMap, batch: [Index]) -> [Statement] {
    enter(graph.type(of: product).shape, columns: map.n, batch: batch)
    scalars = [product: .local("sum")]
    return storedOutputs()
  }

  /// The same for a product whose sums are pooled by node `pooling`: what happens to each sum, and to each place.
  func pooled(product: Value, by pooling: Int, map: ContractionMap) -> ([Statement], Contraction.Pooled?) {
    let node = graph.nodes[pooling]
    guard case .pooling(let rule, _) = node.op.lowering else { return ([], nil) }
    enter(graph.type(of: product).shape, columns: map.n, batch: [])
    scalars = [product: .local("sum")]
    let value = scalar(node.operands[0])
    let epilogue = body
    enter(node.results[0].shape, columns: map.n, batch: [])
    let winner = Value(node: pooling, result: 1)
    scalars = [
      Value(node: pooling): .local(Contraction.Pooled.result), winner: .local(Contraction.Pooled.winner),
    ]
    let pooled = Contraction.Pooled(
      pooling: rule(node.operands.map { graph.type(of: $0) }), value: value,
      keepsWinner: cluster.outputs.contains(winner), epilogue: storedOutputs())
    return (epilogue, pooled)
  }

  /// An element of a value of the cluster that a product reads as it copies it.
  func computedOperand(_ value: Value) -> Contraction.ComputedOperand {
    let shape = graph.type(of: value).shape
    let coordinates = shape.canonical(Contraction.ComputedOperand.coordinates.map { .variable($0) })
    enter(IterationSpace(shape: shape, coordinates: coordinates, flat: .flat(coordinates, strides: shape.strides)))
    let value = scalar(value)
    return Contraction.ComputedOperand(body: body, value: value)
  }

  /// Begins at element (i, j) of a value of `shape`, whose leading axes but those of `batch` i runs over together.
  private func enter(_ shape: Shape, columns: Dimension, batch: [Index]) {
    let (row, column) = (Index.variable("i"), Index.variable("j"))
    let flat =
      Index.flat(batch, strides: Array(shape.strides.prefix(batch.count))) + row * Index(columns) + column
    let leading = Shape(Array(shape.dimensions.dropLast().dropFirst(batch.count)))
    enter(
      IterationSpace(
        shape: shape, coordinates: shape.canonical(batch + leading.coordinates(ofFlat: row) + [column]), flat: flat))
  }

  /// Every output of the cluster, stored or folded at the current element.
  private func storedOutputs() -> [Statement] {
    computeScalars(of: cluster.outputs)
    for output in cluster.outputs {
      if graph.nodes[output.node].reduction != nil {
        accumulate(output)
      } else {
        body.append(.store(buffer: buffers[output] ?? "", index: space.flat, value: scalar(output)))
      }
    }
    return body
  }

  // MARK: Scalars

  /// The current element of a value of the cluster or of an input, computed once.
  func scalar(_ value: Value) -> Expression {
    element(of: value, at: space.coordinates)
  }

  /// A scalar that no kernel stores: computed before the loops.
  private func inlinedScalar(_ value: Value) -> Expression {
    if let known = inlinedScalars[value] { return known }
    let node = graph.nodes[value.node]
    guard case .pointwise(let rule) = node.op.lowering else { return .literal(.nan) }
    let expression = rule(
      PointwiseContext(
        coordinates: [], operandTypes: node.operands.map { graph.type(of: $0) }, resultType: node.results[0],
        element: { operand, _ in self.element(of: node.operands[operand], at: []) }))
    guard !expression.isTrivial else {
      inlinedScalars[value] = expression
      return expression
    }
    let name = newName(for: node)
    prelude.append(.constant(name, expression))
    inlinedScalars[value] = .local(name)
    return .local(name)
  }

  /// A name of its own for what a node computes.
  func newName(for node: Node) -> String {
    let name = Swift.type(of: node.op).name.cIdentifier.unique(among: taken)
    taken.insert(name)
    return name
  }

  /// An element of a value. Inside the cluster it is computed here; from outside it is loaded.
  private func element(of value: Value, at coordinates: [Index]) -> Expression {
    let type = graph.type(of: value)
    if cluster.inlined.contains(value.node) { return inlinedScalar(value) }
    if let known = lineScalars[value] { return known }
    let isCurrent = type.shape == space.shape && coordinates == space.coordinates
    guard inside.contains(value.node) else {
      let index = isCurrent ? space.flat : Index.flat(coordinates, strides: type.shape.strides)
      return .load(buffer: buffers[graph.storage(of: value)] ?? "", index: index, element: type.element)
    }
    if isCurrent, let known = scalars[value] { return known }
    let node = graph.nodes[value.node]
    guard case .pointwise(let rule) = node.op.lowering else { return .literal(.nan) }
    let expression = rule(
      PointwiseContext(
        coordinates: coordinates, flatIndex: isCurrent ? space.flat : nil,
        operandTypes: node.operands.map { graph.type(of: $0) }, resultType: type,
        element: { self.element(of: node.operands[$0], at: $1) }))
    // Elements at other coordinates stay inside the expression: a guard around them may hold them back.
    guard isCurrent, !expression.isTrivial else {
      if isCurrent { scalars[value] = expression }
      return expression
    }
    let name = newName(for: node)
    body.append(.constant(name, expression))
    scalars[value] = .local(name)
    return .local(name)
  }
}

/// The loops' current element: its coordinates in `shape`, and its position in row-major order.
struct IterationSpace {
  var shape: Shape
  var coordinates: [Index]
  var flat: Index
}

extension Shape {
  /// The coordinates of the element at a row-major position.
  func coordinates(ofFlat flat: Index) -> [Index] {
    if rank == 1 { return [flat] }
    var rest = flat
    var result: [Index] = []
    for dimension in dimensions.dropFirst().reversed() where !dimension.perRow {
      result.append(rest % dimension.count)
      rest = rest / dimension.count
    }
    return rank == 0 ? [] : [rest] + result.reversed()
  }
}

extension Shape {
  /// The coordinates with 0 along axes of extent 1, as broadcasting spells them.
  func canonical(_ coordinates: [Index]) -> [Index] {
    zip(coordinates, dimensions).map { $1 == 1 ? 0 : $0 }
  }
}

extension Expression {
  /// Not worth a name of its own.
  var isTrivial: Bool {
    switch self {
    case .literal, .load, .local, .index: true
    case .unary, .binary, .select, .choose, .uniform: false
    }
  }
}
