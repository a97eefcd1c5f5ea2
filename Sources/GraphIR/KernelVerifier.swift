import KernelIR

extension Node {
  public var isReduction: Bool { if case .reduction = op.lowering { true } else { false } }

  /// Whether an operand of the loops' shape is read at no other element than the one at which the loops are.
  public var readsElementwise: Bool {
    switch op.lowering {
    case .pointwise: op.isElementwise
    case .reduction: true
    case .source, .view, .contraction, .pooling, .loops: false
    }
  }
}

extension Graph {
  /// Checks that the kernels can be written and run in the order of their numbers: every node that needs one has one,
  /// a kernel reads what kernels before it made, and of its own values only the element at which its loops are, or its line.
  public func verifyKernels() throws(VerifierError) {
    let inlined = inlinedScalars
    var members: [Int: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      if let kernel = node.kernel { members[kernel, default: []].append(index) }
    }
    let lines = Set(members.filter { lineShape(of: $0.value) != nil }.keys)
    for (index, node) in nodes.enumerated() {
      switch node.op.lowering {
      case .source, .view:
        guard node.kernel == nil else { throw VerifierError(node: index, message: "needs no kernel, but has one") }
        continue
      case .pointwise, .reduction, .contraction, .pooling, .loops: if inlined.contains(index) { continue }
      }
      guard let kernel = node.kernel else { throw VerifierError(node: index, message: "has no kernel") }
      if case .loops = node.op.lowering, members[kernel]?.count != 1 {
        throw VerifierError(node: index, message: "shares kernel \(kernel), but has loops of its own")
      }
      for operand in node.operands {
        let producerNode = storage(of: operand).node
        guard let producer = nodes[producerNode].kernel else { continue }
        guard producer <= kernel else {
          throw VerifierError(node: index, message: "kernel \(kernel) reads \(text(of: operand)) of kernel \(producer)")
        }
        guard producer == kernel, !lines.contains(kernel) else { continue }
        // A product may copy an operand that is computed as it is copied, and pooling waits for a block of sums.
        if operand.node == producerNode, mayReadBlocks(node, of: nodes[operand.node]) { continue }
        guard nodes[operand.node].kernel == kernel, node.readsElementwise, !nodes[operand.node].isReduction,
          node.isReduction || type(of: operand).shape == node.results[0].shape
        else {
          throw VerifierError(
            node: index, message: "reads \(text(of: operand)) of its own kernel at more than the current element")
        }
      }
    }
  }

  private func mayReadBlocks(_ reader: Node, of producer: Node) -> Bool {
    switch (reader.op.lowering, producer.op.lowering) {
    case (.contraction, .pointwise), (.pooling, .pointwise), (.pooling, .contraction): true
    default: false
    }
  }
}
