import Diagnostics
import GraphIR
import Operators

/// What training makes small. The loss of a batch is the mean over its rows and all other axes, without
/// masked steps, as in Keras.
public struct Loss {
  enum Kind {
    case meanSquaredError, meanAbsoluteError
    case huber(delta: Double)
    case binaryCrossentropy(fromLogits: Bool)
    case categoricalCrossentropy(fromLogits: Bool)
    case sparseCategoricalCrossentropy(fromLogits: Bool)
    case kullbackLeiblerDivergence
    case custom((Tensor, Tensor) -> Tensor)
  }

  let name: String
  let kind: Kind

  public static var meanSquaredError: Loss { Loss(name: "mean_squared_error", kind: .meanSquaredError) }
  public static var mse: Loss { meanSquaredError }
  public static var meanAbsoluteError: Loss { Loss(name: "mean_absolute_error", kind: .meanAbsoluteError) }
  public static var mae: Loss { meanAbsoluteError }
  public static var huber: Loss { huber(delta: 1) }
  /// e²/2 for |e| ≤ delta, and delta·|e| - delta²/2 beyond.
  public static func huber(delta: Double) -> Loss { Loss(name: "huber", kind: .huber(delta: delta)) }
  public static var binaryCrossentropy: Loss { binaryCrossentropy(fromLogits: false) }
  public static func binaryCrossentropy(fromLogits: Bool) -> Loss {
    Loss(name: "binary_crossentropy", kind: .binaryCrossentropy(fromLogits: fromLogits))
  }
  /// For targets that are probabilities of each class, such as one-hot rows.
  public static var categoricalCrossentropy: Loss { categoricalCrossentropy(fromLogits: false) }
  public static func categoricalCrossentropy(fromLogits: Bool) -> Loss {
    Loss(name: "categorical_crossentropy", kind: .categoricalCrossentropy(fromLogits: fromLogits))
  }
  /// For targets that are class numbers from 0.
  public static var sparseCategoricalCrossentropy: Loss { sparseCategoricalCrossentropy(fromLogits: false) }
  public static func sparseCategoricalCrossentropy(fromLogits: Bool) -> Loss {
    Loss(name: "sparse_categorical_crossentropy", kind: .sparseCategoricalCrossentropy(fromLogits: fromLogits))
  }
  /// Σ t·log(t/p) over the last axis.
  public static var kullbackLeiblerDivergence: Loss { Loss(name: "kl_divergence", kind: .kullbackLeiblerDivergence) }

  /// A loss of your own: from the target and the output, both of the output's shape, to one number or more a row.
  public static func custom(_ name: String, _ function: @escaping (_ yTrue: Tensor, _ yPred: Tensor) -> Tensor) -> Loss
  {
    Loss(name: name, kind: .custom(function))
  }

  /// Targets are class numbers, of the output's shape without its last axis.
  var isSparse: Bool { if case .sparseCategoricalCrossentropy = kind { true } else { false } }

  /// A cross-entropy of classes of which one is right.
  var isOverClasses: Bool {
    switch kind {
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy: true
    default: false
    }
  }

  var isFromLogits: Bool {
    switch kind {
    case .binaryCrossentropy(let logits), .categoricalCrossentropy(let logits),
      .sparseCategoricalCrossentropy(let logits):
      logits
    default: false
    }
  }
}
