import GraphIR
import GraphPasses
import KernelIR

/// Numbers for all that comes from outside a model's graphs, so that they can be run: weights near where training
/// begins, data, targets, the optimizer's memory and the gradients that it is given.
struct TrialPoint {
  /// By `kind/name`, as in `GraphEvaluator.evaluate`.
  private(set) var sources: [String: ReferenceTensor] = [:]
  let rows: Int

  /// `inputs` is where input numbers are drawn from; class numbers and tokens are drawn from all that there are.
  init(
    _ model: ModelDescription, slots: [Slot], states: [(name: String, type: TensorType)], rows: Int,
    inputs: ClosedRange<Double>, random: inout RandomSource
  ) {
    self.rows = rows
    func draw(_ key: String, _ type: TensorType, _ range: ClosedRange<Double>, _ random: inout RandomSource) {
      sources[key] = random.tensor(type, in: range, rows: rows)
    }
    for field in model.inputs { draw("input/\(field.name)", field.type, field.numbers(inputs), &random) }
    // Probabilities and values alike: no loss takes a logarithm of 0 there.
    for field in model.targets { draw("target/\(field.name)", field.type, field.numbers(0.05...0.95), &random) }
    for parameter in model.parameters {
      draw("parameter/\(parameter.name)", parameter.type, parameter.initializer.numbers, &random)
      draw("gradient/\(parameter.name)", parameter.type, -1...1, &random)
    }
    // Small beside 1, and no mean square below the square of its mean.
    for slot in slots { draw("slot/\(slot.name)", slot.type, 0.1...0.2, &random) }
    // As large as what an activation leaves behind.
    for state in states { draw("state/\(state.name)", state.type, -0.5...0.5, &random) }
    sources["learningRate/learning_rate"] = ReferenceTensor(shape: [], values: [Double(Float(0.01))])
  }

  /// Every number but class numbers moved as far as f32 may: by half its spacing, and a weight by √K of that, since K
  /// partial sums round wherever it multiplies [.., K, n].
  func rounded(of model: ModelDescription, random: inout RandomSource) -> TrialPoint {
    let whole = Set(
      model.inputs.filter { !$0.type.element.isFloating }.map { "input/\($0.name)" }
        + model.targets.filter { !$0.type.element.isFloating }.map { "target/\($0.name)" })
    var moved = self
    for (key, tensor) in sources.sorted(by: { $0.key < $1.key }) where !whole.contains(key) {
      let length = tensor.values.count / max(tensor.shape.last ?? 1, 1)
      let spacing = 0x1p-24 * (key.hasPrefix("parameter/") ? Double(max(length, 1)).squareRoot() : 1)
      for (index, value) in tensor.values.enumerated() {
        moved.sources[key]?.values[index] = value * (1 + random.real(in: -spacing...spacing))
      }
    }
    return moved
  }

  /// The point with `distance · direction` added to some weights.
  func moved(_ directions: [String: [Double]], by distance: Double) -> TrialPoint {
    var moved = self
    for (name, direction) in directions {
      for (index, step) in direction.enumerated() {
        moved.sources["parameter/\(name)"]?.values[index] += distance * step
      }
    }
    return moved
  }

  /// Other numbers for a source, by `kind/name`.
  mutating func put(_ tensor: ReferenceTensor, at key: String) { sources[key] = tensor }

  /// The point before anything has been kept.
  var beginning: TrialPoint {
    var start = self
    for (key, tensor) in sources where key.hasPrefix("state/") {
      start.sources[key]?.values = tensor.values.map { _ in 0 }
    }
    return start
  }

  /// Only the data and states of row `row`.
  func row(_ row: Int, of model: ModelDescription, states: [(name: String, type: TensorType)]) -> TrialPoint {
    var one = self
    let fields = model.inputs.map { ("input/\($0.name)", $0.type) } + states.map { ("state/\($0.name)", $0.type) }
    for (key, type) in fields where type.shape.perRow {
      guard let tensor = sources[key] else { continue }
      let count = tensor.values.count / rows
      one.sources[key]?.shape[0] /= rows
      one.sources[key]?.values = Array(tensor.values[row * count..<(row + 1) * count])
    }
    return one
  }
}

extension Field {
  fileprivate func numbers(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    type.element.isFloating ? range : 0...Double(max(classes, 2) - 1)
  }
}

extension Initializer {
  /// Where weights are drawn from: about as large as at the start of training, but none of them exactly 0 or 1, where
  /// functions have corners.
  fileprivate var numbers: ClosedRange<Double> {
    func around(_ center: Double, _ width: Double) -> ClosedRange<Double> { center - width...center + width }
    switch self {
    case .constant(let value): return around(value, 0.1)
    case .parts(let values): return around(values.reduce(0, +) / Double(max(values.count, 1)), 0.1)
    case .uniform(let low, let high): return low < high ? low...high : around(low, 0.1)
    // As wide as the uniform distribution of the same deviation: √3 of it.
    case .normal(let mean, let deviation), .truncatedNormal(let mean, let deviation):
      return around(mean, 1.732 * max(deviation, 0.01))
    case .orthogonal(let gain), .identity(let gain): return around(0, 0.2 * max(gain.magnitude, 0.1))
    }
  }
}
