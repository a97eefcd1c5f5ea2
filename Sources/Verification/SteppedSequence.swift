import GraphIR
import KernelIR

/// Which inputs and outputs of a model go along time, seen by what a step of its stream has less.
struct SteppedSequence {
  /// Steps of a whole sequence.
  let length: Int
  /// Sources that are sequences, by `kind/name`; their second axis goes along time.
  let inputs: Set<String>
  /// For each output that is a sequence, its axis along time.
  let axes: [String: Int]

  init(_ model: ModelDescription, _ step: Graph) {
    var lengths: Set<Int> = []
    var inputs: Set<String> = []
    for source in step.nodes.compactMap({ $0.op as? Source }) where source.kind == .input {
      guard let whole = model.inputs.first(where: { $0.name == source.name })?.type.shape,
        whole != source.type.shape
      else { continue }
      lengths.insert(whole[1].count)
      inputs.insert("input/\(source.name)")
    }
    length = lengths.first ?? 1
    self.inputs = inputs
    axes = step.roots.reduce(into: [:]) { axes, root in
      guard case .output(let name) = root.role,
        let whole = model.outputs.first(where: { $0.name == name })?.type.shape
      else { return }
      axes[name] = whole.dimensions.indices.first { whole[$0] != step.type(of: root.value).shape[$0] }
    }
  }
}

extension ReferenceTensor {
  /// Element `index` of an axis, which stays as 1.
  func step(_ index: Int, axis: Int) -> ReferenceTensor {
    var shape = self.shape
    shape[axis] = 1
    return .generate(shape) { at in
      var place = at
      place[axis] = index
      return self[place]
    }
  }

  /// Both one after another along an axis.
  func appending(_ other: ReferenceTensor, axis: Int) -> ReferenceTensor {
    var shape = self.shape
    shape[axis] += other.shape[axis]
    return .generate(shape) { at in
      if at[axis] < self.shape[axis] { return self[at] }
      var place = at
      place[axis] -= self.shape[axis]
      return other[place]
    }
  }
}
