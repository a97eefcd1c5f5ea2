import GraphIR
import KernelIR

extension KernelLowering {
  /// A product with the rest of the cluster around it: operands that are computed as they are copied, and the epilogue.
  func contractionBody(_ index: Int, _ emitter: NestEmitter) -> [Statement] {
    let node = graph.nodes[index]
    guard case .contraction(let rule) = node.op.lowering else { return [] }
    let map = rule(node.operands.map { graph.type(of: $0) })
    let batch = map.batch.indices.map { Index.variable("b\($0)") }
    func matrix(_ access: ContractionMap.Access, _ operand: Value) -> Contraction.Matrix {
      Contraction.Matrix(
        buffer: names[graph.storage(of: operand)] ?? "", base: .flat(batch, strides: access.batchStrides),
        outerStride: Index(access.outerStride), innerStride: Index(access.innerStride))
    }
    var product = Contraction(
      m: map.m, n: map.n, k: map.k, a: matrix(map.a, node.operands[0]), b: matrix(map.b, node.operands[1]),
      c: sums(of: Value(node: index), map: map, batch: batch),
      method: overwritten.isEmpty ? map.method(options.products) : .builtin)
    product.isShallow = map.isShallow(maxRows: options.maxRows)
    product.updates = overwritten
    let products = inPatches(&product, emitter, map: map, batch: batch)
    let prelude = emitter.prelude.filter { statement in
      guard map.batch.isEmpty, case .loop(_, _, let body) = statement, case .store(let buffer, _, let zero) = body.first
      else { return true }
      product.columnStart.append(.store(buffer: buffer, index: .variable("j"), value: zero))
      return false
    }
    product.foldsColumns = !product.columnStart.isEmpty
    let loops = zip(map.batch.indices, map.batch).reversed().reduce(products(product)) {
      [.loop(variable: "b\($1.0)", extent: Index($1.1), body: $0)]
    }
    return prelude + loops
  }

  /// The buffers in which results take the place of what the epilogue reads: no sum may lie there before.
  private var overwritten: [String] {
    let read = Set(cluster.inputs.compactMap { placements[$0] })
    return cluster.outputs.filter { placements[$0].map(read.contains) ?? false }.compactMap { names[$0] }
  }

  /// Where sums are kept: where the product or, if only its epilogue is wanted, the epilogue's result goes.
  private func sums(of value: Value, map: ContractionMap, batch: [Index]) -> Contraction.Matrix {
    let type = graph.type(of: value)
    let home =
      cluster.outputs.first { $0 == value }
      ?? cluster.outputs.first { graph.type(of: $0).shape.elementCount == type.shape.elementCount }
    let batchStrides = Array(type.shape.strides.prefix(map.batch.count))
    return Contraction.Matrix(
      buffer: home.flatMap { names[$0] } ?? "", base: .flat(batch, strides: batchStrides), outerStride: Index(map.n),
      innerStride: 1)
  }

  /// Gives the product its epilogue, and tells how it becomes statements: one, or for a convolution one for each window.
  private func inPatches(_ product: inout Contraction, _ emitter: NestEmitter, map: ContractionMap, batch: [Index])
    -> (Contraction) -> [Statement]
  {
    let index = cluster.product(in: graph) ?? 0
    let image = cluster.computedOperand(0, in: graph).map(emitter.computedOperand)
    let places = cluster.computedOperand(1, in: graph).map(emitter.computedOperand)
    var pooled: Contraction.Pooled?
    if let pooling = cluster.pooling(in: graph) {
      (product.epilogue, pooled) = emitter.pooled(product: Value(node: index), by: pooling, map: map)
    } else if cluster.outputs != [Value(node: index)] {
      product.epilogue = emitter.epilogue(of: Value(node: index), map: map, batch: batch)
    }
    let patches = cluster.patches(in: graph).map { patches, blocking in
      var given = Contraction.Patches(
        window: patches.window, blocking: blocking, scratch: scratchName,
        scratchCount: cluster.scratchCount(in: graph) ?? 0)
      (given.image, given.map, given.pooled) = (image, places, pooled)
      return (given: given, bBase: patches.bBase)
    }
    guard !patches.isEmpty else { return { [.contraction($0)] } }
    // BLAS has no patches: it needs a call for each tap of each line, and keeps no block in cache.
    let isPlain =
      image == nil && places == nil && pooled == nil
      && patches.allSatisfy { $0.given.window.groups == 1 && !$0.given.window.isWinograd }
    product.method = options.products == .blas && isPlain ? .blas : .builtin
    return { product in
      // BLAS makes all sums before the epilogue reads any.
      let empty = patches.filter { $0.given.window.taps == 0 }
      let ordered = empty + patches.filter { $0.given.window.taps > 0 }
      return ordered.enumerated().map { number, patches in
        var part = product
        part.patches = patches.given
        if !patches.given.window.isTransposed { part.k = Dimension(patches.given.window.depth) }
        part.b.base = part.b.base + .constant(patches.bBase)
        if patches.given.window.taps == 0 { part.method = .builtin }
        if part.method == .blas { part.patches?.blocking.panelCount = 0 }
        if number > 0 { part.columnStart = [] }
        if product.method == .blas, number < ordered.count - 1 { part.epilogue = [] }
        return .contraction(part)
      }
    }
  }
}
