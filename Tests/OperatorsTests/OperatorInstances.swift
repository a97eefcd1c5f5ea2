import GraphIR
import KernelIR
import Operators

/// What the operators are checked on.
enum OperatorInstances {
  /// For what `draw` does not make: one line for each.
  static let chosen: [Instance] =
    [
      Instance(Constant(TensorType(.f32, [2, 3]), [1, -2, 0.5, 3, 0, -0.25]), []),
      // Other strides down than across, and a single filter: both have been wrong.
      Instance(
        ConvolutionInputGradient(
          ConvolutionGeometry(vertical: .init(stride: 2), horizontal: .init(stride: 3)), height: 6, width: 8),
        [TensorType(.f32, [.rows, 3, 3, 1]), TensorType(.f32, [2, 2, 3, 1])]),
      // Panels of less than 32 columns, of one more than that, and of two whole ones.
      Instance(Panels(), [TensorType(.f32, [3, 33])]),
      Instance(Panels(isTransposed: true), [TensorType(.f32, [64, 4])]),
      Instance(Unpanels(Panels(), rows: 3, columns: 33), [TensorType(.f32, [2, 3, 32])]),
      Instance(SoftmaxCrossEntropy(), [TensorType(.f32, [.rows, 5]), TensorType(.f32, [.rows, 5])]),
      Instance(WinogradKernel(), [TensorType(.f32, [3, 3, 1, 33])]),
      Instance(WinogradTaps(filters: 3), [TensorType(.f32, [1, 16, 1, 32])]),
    ]
    + attentions
    + winograds([
      (5, 6, 16, 17, WinogradScheme()), (1, 3, 32, 33, WinogradScheme()), (70, 9, 16, 2, WinogradScheme()),
    ])

  /// Winograd's algorithm with more than 3 taps along an axis. The numbers that instances are checked on depend on their place among all:
  /// new ones come last.
  static let parted: [Instance] =
    [
      Instance(WinogradKernel(), [TensorType(.f32, [5, 3, 1, 3])]),
      Instance(WinogradTaps(filters: 1, scheme: WinogradScheme(height: 5)), [TensorType(.f32, [1, 28, 1, 32])]),
    ]
    + winograds([
      (5, 4, 16, 33, WinogradScheme(height: 5, width: 5)), (11, 5, 16, 3, WinogradScheme(height: 5)),
      (4, 5, 16, 2, WinogradScheme(width: 6)),
    ])

  /// Of more than two panels' depth, which only the C is compared at, since differences in each element would take too long:
  /// convolutions of a few places, dilated, in groups and with strides; matrices of whole panels and of others.
  static let deep: [Instance] =
    [
      (ConvolutionGeometry.Axis(before: 1, after: 1), 3, 4, 128, 1),
      (.init(dilation: 2, before: 2, after: 2), 5, 5, 120, 1),
      (.init(stride: 2, before: 1, after: 1), 15, 6, 117, 1), (.init(before: 1, after: 1), 2, 2, 232, 2),
    ].map { (axis: ConvolutionGeometry.Axis, height: Int, width: Int, channels: Int, groups: Int) in
      Instance(
        Convolution(ConvolutionGeometry(vertical: axis, horizontal: axis, groups: groups)),
        [
          TensorType(.f32, [.rows, Dimension(height), Dimension(width), Dimension(channels)]),
          TensorType(.f32, [3, 3, Dimension(channels / groups), 34]),
        ])
    }
    + [(23, 37), (13, 64)].map { (lines: Dimension, columns: Dimension) in
      Instance(MatrixMultiply(), [TensorType(.f32, [lines, 1030]), TensorType(.f32, [1030, columns])])
    }

  /// Products with a wide matrix that lies column after column: of one panel's depth, and of more.
  static let turned: [Instance] = [70, 600].map { depth in
    Instance(
      MatrixMultiply(transposeRight: true),
      [TensorType(.f32, [.rows, Dimension(depth)]), TensorType(.f32, [1030, Dimension(depth)])])
  }

  /// Products with a left matrix that lies column after column, and columns of a whole panel: of fewer lines than twice as many, and of more,
  /// which is deeper than a panel as well.
  static let across: [Instance] = [(40, 60), (530, 66)].map { (depth: Dimension, lines: Dimension) in
    Instance(MatrixMultiply(transposeLeft: true), [TensorType(.f32, [depth, lines]), TensorType(.f32, [depth, 32])])
  }

  /// A Winograd kernel turned, in more than one panel and one block of rows, and its gradient; the gradient of a kernel of few taps, dilated
  /// down and a stride apart. Only the C is compared.
  static let partedPanels: [Instance] = [
    Instance(WinogradKernel(isTurned: true), [TensorType(.f32, [5, 6, 35, 19])]),
    Instance(
      WinogradTaps(filters: 35, scheme: WinogradScheme(height: 5, width: 6)), [TensorType(.f32, [2, 56, 3, 32])]),
    Instance(
      ConvolutionKernelGradient(
        ConvolutionGeometry(vertical: .init(dilation: 2, before: 1, after: 2), horizontal: .init(stride: 2, after: 1)),
        height: 2, width: 4),
      [TensorType(.f32, [.rows, 7, 12, 3]), TensorType(.f32, [.rows, 8, 5, 64])]),
  ]

  /// Odd and even places, several blocks of an image, several images in one, more than one panel.
  private static func winograds(_ cases: [(Int, Int, Int, Int, WinogradScheme)]) -> [Instance] {
    cases.flatMap { height, width, channels, filters, scheme -> [Instance] in
      let vertical = ConvolutionGeometry.Axis(before: 1, after: scheme.height - 2)
      let horizontal = ConvolutionGeometry.Axis(before: scheme.width / 2, after: scheme.width / 2)
      let op = WinogradConvolution(
        ConvolutionGeometry(vertical: vertical, horizontal: horizontal), filters: filters, scheme: scheme)
      let kernel = TensorType(
        .f32, [Dimension(scheme.height), Dimension(scheme.width), Dimension(channels), Dimension(filters)])
      let image = TensorType(.f32, [.rows, Dimension(height), Dimension(width), Dimension(channels)])
      guard let panels = try? WinogradKernel().infer([kernel]), let results = try? op.infer([image] + panels) else {
        return []
      }
      return [
        Instance(op, [image] + panels), Instance(WinogradKernelSums(op.geometry, scheme: scheme), [image] + results),
      ]
    }
  }

  /// Tiles that overlap, skipped ones, one step, one key, groups of heads, dropout, a mask.
  private static let attentions: [Instance] = [
    (Attention(scale: 0.5, isCausal: true, block: 4), 7, 7, 2, 2, false),
    (Attention(scale: 0.5, isCausal: true, block: 4), 5, 9, 4, 2, true),
    (Attention(scale: 0.3, isCausal: true, block: 4), 9, 3, 3, 1, false),
    (Attention(scale: 1, dropout: Dropout(rate: 0.3, purpose: 3), block: 4), 5, 6, 2, 1, true),
    (Attention(scale: 1, isCausal: true), 1, 1, 1, 1, true),
    (Attention(scale: 1), 1, 7, 2, 1, true),
  ].flatMap { (op: Attention, time: Int, keys: Int, heads: Int, keyHeads: Int, isMasked: Bool) in
    let query = TensorType(.f32, [.rows, Dimension(time), Dimension(heads), 3])
    let key = TensorType(.f32, [.rows, Dimension(keys), Dimension(keyHeads), 3])
    let value = TensorType(.f32, [.rows, Dimension(keys), Dimension(keyHeads), 2])
    let operands = [query, key, value] + (isMasked ? [TensorType(.f32, [.rows, Dimension(keys)])] : [])
    let results = (try? op.infer(operands)) ?? []
    return [
      Instance(op, operands), Instance(AttentionGradient(forward: op), operands + results + results.prefix(1)),
    ]
  }

  private static let shapes: [Shape] = [
    [.rows, 4], [.rows, 6, 5, 3], [.rows, 2, 9], .scalar, [5], [1], [.rows], [4, .rows], [2, 1, 3], [2, .rows, 3],
    [.rows, 1, 2, 3],
  ]

  /// Those chosen, and a draw for each first operand that the operator takes.
  static let all: [Instance] = OperatorRegistry.all.flatMap { type in
    var random = RandomSource(seed: 20)
    let drawn = [ElementType.f32, .i32].flatMap { element in
      shapes.compactMap { type.draw(&random, operand: TensorType(element, $0)) }
    }
    return drawn + chosen.filter { Swift.type(of: $0.op).name == type.name }
  }

  static func of(_ type: any Operator.Type) -> [Instance] {
    (all + parted).filter { Swift.type(of: $0.op).name == type.name }
  }

  /// False for what gives class numbers or flags, or stops a gradient, and for the operators that are gradients of others
  /// themselves where nobody asks for second derivatives.
  static func isDifferentiable(_ type: any Operator.Type) -> Bool {
    let not = [
      ArgumentMaximum.name, Constant.name, Iota.name, StopGradient.name, MaxPoolingGradient.name, LSTMGradient.name,
      GRUGradient.name, ResetBeforeGRUGradient.name, SimpleRNNGradient.name, AttentionGradient.name,
      WinogradConvolution.name, WinogradKernelSums.name,
    ]
    return !not.contains(type.name)
  }

  /// Operands that nothing flows back to: the targets of a loss, a mask, angles, the factors of a recurrent dropout.
  static func targets(of op: any Operator) -> Set<Int> {
    if let factors = (op as? any RecurrentOperator)?.layout.factors { return [factors] }
    return op is CrossEntropy || op is SoftmaxCrossEntropy ? [1] : op is Attention ? [3] : op is Rotary ? [1, 2] : []
  }
}
