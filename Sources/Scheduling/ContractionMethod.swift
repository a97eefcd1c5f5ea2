import GraphIR
import KernelIR

/// Which code makes the products.
public enum ProductChoice: String, Sendable, CaseIterable {
  case auto, blas, builtin
}

extension ContractionMap {
  /// `auto` takes builtin C: with its tiles of the target's own vectors it was the quicker at every shape measured, from
  /// one row of 784 by 512 (1.6 times OpenBLAS 0.3.21) to 128 rows (1.5 times in training, 1.9 in inference).
  /// BLAS needs one of each operand's strides to be 1.
  func method(_ choice: ProductChoice) -> Contraction.Method {
    guard a.suitsBLAS, b.suitsBLAS else { return .builtin }
    switch choice {
    case .blas: return .blas
    case .builtin, .auto: return .builtin
    }
  }

  /// Beyond this many weights the product of one step of a recurrent layer is quicker by BLAS: between 50 and 256 units of
  /// an LSTM for 32 rows, as measured.
  static let mostWeightsOfStep = 128 * 512

  /// The same for a product that is made at each step of a loop.
  func method(ofStep choice: ProductChoice, maxRows: Int) -> Contraction.Method {
    let isSmall = k.value(rows: maxRows) * n.value(rows: maxRows) <= Self.mostWeightsOfStep
    return method(choice == .auto && !isSmall ? .blas : choice)
  }
}

extension ContractionMap.Access {
  var suitsBLAS: Bool { innerStride == 1 || outerStride == 1 }
}
