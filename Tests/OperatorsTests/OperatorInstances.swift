import GraphIR
import KernelIR
import Operators

/// What the operators are checked on.
enum OperatorInstances {
  /// For what `draw` does not make: one line for each.
  static let chosen: [Instance] = [
    Instance(Constant(TensorType(.f32, [2, 3]), [1, -2, 0.5, 3, 0, -0.25]), []),
    // Other strides down than across, and a single filter: both have been wrong.
    Instance(
      ConvolutionInputGradient(
        ConvolutionGeometry(vertical: .init(stride: 2), horizontal: .init(stride: 3)), height: 6, width: 8),
      [TensorType(.f32, [.rows, 3, 3, 1]), TensorType(.f32, [2, 2, 3, 1])]),
    Instance(SoftmaxCrossEntropy(), [TensorType(.f32, [.rows, 5]), TensorType(.f32, [.rows, 5])]),
  ]

  private static let operands = [
    TensorType(.f32, [.rows, 5]), TensorType(.f32, [7]), TensorType(.f32, [.rows, 2, 9]),
    TensorType(.f32, [.rows, 6, 5, 3]), TensorType(.i32, [.rows, 4]), TensorType(.f32, []),
  ]

  /// Two draws for each first operand that the operator takes, and those chosen.
  static let all: [Instance] = {
    var random = RandomSource(seed: 20)
    var instances = chosen
    for op in OperatorRegistry.all {
      for operand in operands {
        for _ in 0..<2 {
          if let instance = op.draw(&random, operand: operand) { instances.append(instance) }
        }
      }
    }
    return instances
  }()
}
