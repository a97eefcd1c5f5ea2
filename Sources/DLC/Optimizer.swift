import GraphIR

/// How gradients become updates, with Keras's names and defaults.
public struct Optimizer: Hashable, Sendable {
  /// A limit for gradients before the update.
  public struct Clipping: Hashable, Sendable {
    let kind: OptimizerDescription.Clipping

    /// Each element to [-limit, limit].
    public static func value(_ limit: Double) -> Clipping { Clipping(kind: .value(limit)) }
    /// The norm of each weight's gradient.
    public static func norm(_ limit: Double) -> Clipping { Clipping(kind: .norm(limit)) }
    /// The norm of all gradients together.
    public static func globalNorm(_ limit: Double) -> Clipping { Clipping(kind: .globalNorm(limit)) }
  }

  let description: OptimizerDescription

  private init(_ method: OptimizerDescription.Method, _ learningRate: Double, _ clipping: Clipping?) {
    description = OptimizerDescription(method: method, learningRate: learningRate, clipping: clipping?.kind)
  }

  public static func sgd(
    learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, clipping: Clipping? = nil
  ) -> Optimizer {
    Optimizer(.sgd(momentum: momentum, nesterov: nesterov), learningRate, clipping)
  }

  public static func rmsprop(
    learningRate: Double = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false, clipping: Clipping? = nil
  ) -> Optimizer {
    Optimizer(
      .rmsprop(rho: rho, momentum: momentum, epsilon: epsilon, centered: centered), learningRate, clipping)
  }

  public static func adagrad(
    learningRate: Double = 0.001, initialAccumulator: Double = 0.1, epsilon: Double = 1e-7, clipping: Clipping? = nil
  ) -> Optimizer {
    Optimizer(.adagrad(initialAccumulator: initialAccumulator, epsilon: epsilon), learningRate, clipping)
  }

  public static func adam(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    clipping: Clipping? = nil
  ) -> Optimizer {
    Optimizer(.adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0), learningRate, clipping)
  }

  /// Adam whose weight decay is apart from the gradient.
  public static func adamW(
    learningRate: Double = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7, clipping: Clipping? = nil
  ) -> Optimizer {
    Optimizer(
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay), learningRate, clipping)
  }

  public static var sgd: Optimizer { sgd() }
  public static var rmsprop: Optimizer { rmsprop() }
  public static var adagrad: Optimizer { adagrad() }
  public static var adam: Optimizer { adam() }
  public static var adamW: Optimizer { adamW() }

  /// What is wrong with the constants; nil if nothing is.
  var problem: String? {
    func outside(_ name: String, _ value: Double) -> String? {
      value >= 0 && value < 1 ? nil : "\(name) must be at least 0 and less than 1, got \(value)"
    }
    if !(description.learningRate > 0 && description.learningRate.isFinite) {
      return "the learning rate must be a positive number, got \(description.learningRate)"
    }
    switch description.clipping {
    case .value(let limit), .norm(let limit), .globalNorm(let limit):
      if !(limit > 0) { return "the limit of gradient clipping must be positive, got \(limit)" }
    case nil: break
    }
    switch description.method {
    case .sgd(let momentum, let nesterov):
      if nesterov && momentum == 0 { return "Nesterov's method needs a momentum greater than 0" }
      return outside("momentum", momentum)
    case .rmsprop(let rho, let momentum, _, _): return outside("rho", rho) ?? outside("momentum", momentum)
    case .adagrad: return nil
    case .adam(let beta1, let beta2, _, _): return outside("beta1", beta1) ?? outside("beta2", beta2)
    }
  }
}
