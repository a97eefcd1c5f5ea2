import Diagnostics
import GraphIR
import KernelIR
import Operators

/// What an optimizer remembers of a parameter between updates.
public struct Slot: Hashable, Sendable {
  /// `adam/dense/kernel/momentum`.
  public var name: String
  public var type: TensorType
  public var initial: Double
}

/// Builds the update of every trainable parameter as a graph, with Keras 3's formulas.
///
/// Sources are parameters, their gradients, slots, the learning rate and the number of this update, counted from 1.
struct OptimizerUpdate {
  private(set) var slots: [Slot] = []
  private var builder: GraphBuilder
  /// Gradients that the graph makes itself, by parameter.
  private var gradients: [String: Value] = [:]
  private let optimizer: OptimizerDescription
  /// Where it is declared.
  private let place: SourceLocation
  private var element: ElementType = .f32

  init(name: String, optimizer: OptimizerDescription, at place: SourceLocation = .unknown) {
    builder = GraphBuilder(name: name)
    self.optimizer = optimizer
    self.place = place
  }

  /// Goes on from a graph that makes gradients; those of `joined` are then no results of it any more.
  init(
    behind backward: Graph, joined: Set<String>, name: String, optimizer: OptimizerDescription,
    at place: SourceLocation = .unknown
  ) {
    for case (.gradient(let parameter), let value) in backward.roots.map({ ($0.role, $0.value) })
    where joined.contains(parameter) {
      gradients[parameter] = value
    }
    builder = GraphBuilder(
      backward.keeping(name) { if case .gradient(let parameter) = $0 { !joined.contains(parameter) } else { true } })
    self.optimizer = optimizer
    self.place = place
  }

  mutating func graph(for parameters: [Parameter]) throws(ShapeError) -> Graph {
    element = parameters.first?.type.element ?? .f32
    var gradients: [Value] = []
    for parameter in parameters {
      gradients.append(
        self.gradients[parameter.name] ?? builder.source(.gradient, parameter.name, parameter.type))
    }
    gradients = try clipped(gradients)
    for (parameter, gradient) in zip(parameters, gradients) {
      builder.location = parameter.location
      builder.scope = parameter.name.layerOfParameter
      let old = builder.source(.parameter, parameter.name, parameter.type)
      let new = try update(parameter, old, gradient)
      builder.addRoot(.update(.parameter, parameter.name), new)
    }
    return builder.graph
  }

  // MARK: Arithmetic

  private mutating func number(_ value: Double) throws(ShapeError) -> Value {
    try builder.constant(value, element: element)
  }

  private mutating func scaled(_ x: Value, _ factor: Double) throws(ShapeError) -> Value {
    try builder.multiply(x, number(factor))
  }

  private mutating func square(_ x: Value) throws(ShapeError) -> Value { try builder.multiply(x, x) }

  /// rate · old + (1 - rate) · new.
  private mutating func average(_ old: Value, _ new: Value, _ rate: Double) throws(ShapeError) -> Value {
    try builder.add(scaled(old, rate), scaled(new, 1 - rate))
  }

  private mutating func slot(_ parameter: Parameter, _ method: String, _ name: String, initial: Double = 0) -> Value {
    let slot = Slot(name: "\(method)/\(parameter.name)/\(name)", type: parameter.type, initial: initial)
    slots.append(slot)
    return builder.source(.slot, slot.name, slot.type)
  }

  private mutating func store(_ slot: Value, _ new: Value) {
    guard let source = builder.graph.op(of: slot) as? Source else { return }
    builder.addRoot(.update(.slot, source.name), new)
  }

  private var scalarType: TensorType { TensorType(element, .scalar) }

  private mutating func learningRate() -> Value { builder.source(.learningRate, "learning_rate", scalarType) }

  // MARK: Methods

  private mutating func update(_ parameter: Parameter, _ old: Value, _ gradient: Value) throws(ShapeError) -> Value {
    switch optimizer.method {
    case .sgd(let momentum, let nesterov):
      let step = try builder.multiply(learningRate(), gradient)
      guard momentum != 0 else { return try builder.subtract(old, step) }
      // v = momentum v - lr g
      let slot = slot(parameter, "sgd", "momentum")
      let velocity = try builder.subtract(scaled(slot, momentum), step)
      store(slot, velocity)
      guard nesterov else { return try builder.add(old, velocity) }
      return try builder.add(old, builder.subtract(scaled(velocity, momentum), step))

    case .rmsprop(let rho, let momentum, let epsilon, let centered):
      let slot = slot(parameter, "rmsprop", "velocity")
      let velocity = try average(slot, square(gradient), rho)
      store(slot, velocity)
      var variance = velocity
      if centered {
        let meanSlot = self.slot(parameter, "rmsprop", "average_gradient")
        let mean = try average(meanSlot, gradient, rho)
        store(meanSlot, mean)
        variance = try builder.subtract(velocity, square(mean))
      }
      let root = try builder.sqrt(builder.add(variance, number(epsilon)))
      let step = try builder.divide(builder.multiply(learningRate(), gradient), root)
      guard momentum > 0 else { return try builder.subtract(old, step) }
      let momentumSlot = self.slot(parameter, "rmsprop", "momentum")
      let moved = try builder.add(scaled(momentumSlot, momentum), step)
      store(momentumSlot, moved)
      return try builder.subtract(old, moved)

    case .adagrad(let initial, let epsilon):
      let slot = slot(parameter, "adagrad", "accumulator", initial: initial)
      let total = try builder.add(slot, square(gradient))
      store(slot, total)
      let root = try builder.sqrt(builder.add(total, number(epsilon)))
      return try builder.subtract(old, builder.divide(builder.multiply(learningRate(), gradient), root))

    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      // p -= lr √(1 - β2ᵗ) / (1 - β1ᵗ) · m / (√v + ε) (Kingma and Ba, 2015; decoupled decay: Loshchilov and Hutter, 2019)
      let name = weightDecay == 0 ? "adam" : "adamw"
      let (momentumSlot, velocitySlot) = (slot(parameter, name, "momentum"), slot(parameter, name, "velocity"))
      let momentum = try average(momentumSlot, gradient, beta1)
      let velocity = try average(velocitySlot, square(gradient), beta2)
      store(momentumSlot, momentum)
      store(velocitySlot, velocity)
      let rate = try adamRate(beta1, beta2)
      let step = try builder.divide(
        builder.multiply(rate, momentum), builder.add(builder.sqrt(velocity), number(epsilon)))
      guard weightDecay != 0 else { return try builder.subtract(old, step) }
      let decay = try scaled(learningRate(), weightDecay)
      return try builder.subtract(builder.subtract(old, builder.multiply(old, decay)), step)
    }
  }

  /// The same for all parameters, and of none.
  private mutating func adamRate(_ beta1: Double, _ beta2: Double) throws(ShapeError) -> Value {
    let saved = (builder.location, builder.scope)
    (builder.location, builder.scope) = (place, "optimizer")
    defer { (builder.location, builder.scope) = saved }
    let step = builder.source(.step, "step", scalarType)
    let one = try number(1)
    let first = try builder.subtract(one, builder.power(number(beta1), step))
    let second = try builder.subtract(one, builder.power(number(beta2), step))
    return try builder.divide(builder.multiply(learningRate(), builder.sqrt(second)), first)
  }

  // MARK: Clipping

  private mutating func clipped(_ gradients: [Value]) throws(ShapeError) -> [Value] {
    guard let clipping = optimizer.clipping else { return gradients }
    var result: [Value] = []
    switch clipping {
    case .value(let limit):
      for gradient in gradients {
        result.append(try builder.maximum(builder.minimum(gradient, number(limit)), number(-limit)))
      }
    case .norm(let limit):
      for gradient in gradients {
        result.append(try builder.multiply(gradient, factor(limit, sumOfSquares(gradient))))
      }
    case .globalNorm(let limit):
      var total = try number(0)
      for gradient in gradients { total = try builder.add(total, sumOfSquares(gradient)) }
      let scale = try factor(limit, total)
      for gradient in gradients { result.append(try builder.multiply(gradient, scale)) }
    }
    return result
  }

  private mutating func sumOfSquares(_ x: Value) throws(ShapeError) -> Value {
    try builder.sum(square(x), axes: Array(builder.shape(of: x).dimensions.indices))
  }

  /// limit / max(norm, limit): 1 while the norm is within the limit.
  private mutating func factor(_ limit: Double, _ squares: Value) throws(ShapeError) -> Value {
    try builder.divide(number(limit), builder.maximum(builder.sqrt(squares), number(limit)))
  }
}
