import GraphIR
import KernelIR

/// Which code makes the products.
public enum ProductChoice: String, Sendable, CaseIterable {
  case auto, blas, builtin
}

extension ContractionMap {
  /// From this many multiply-adds a call to BLAS is worth its cost under `auto`: a product of 64×64×64.
  static let smallestBLASProduct = 64 * 64 * 64

  /// `auto` takes BLAS for products of at least `smallestBLASProduct` multiply-adds at the most rows, builtin C otherwise.
  /// BLAS needs one of each operand's strides to be 1.
  func method(_ choice: ProductChoice, maxRows: Int) -> Contraction.Method {
    // BLAS has no patches: it would need a call for each tap of each line.
    if window != nil { return choice == .blas ? .blas : .builtin }
    guard a.suitsBLAS, b.suitsBLAS else { return .builtin }
    switch choice {
    case .blas: return .blas
    case .builtin: return .builtin
    case .auto:
      let product = m.value(rows: maxRows) * n.value(rows: maxRows) * k.value(rows: maxRows)
      return product >= Self.smallestBLASProduct ? .blas : .builtin
    }
  }

  /// Beyond this many weights the product of one step of a recurrent layer is quicker by BLAS: between 50 and 256 units of
  /// an LSTM for 32 rows, as measured.
  static let mostWeightsOfStep = 128 * 512

  /// The same for a product that is made at each step of a loop.
  func method(ofStep choice: ProductChoice, maxRows: Int) -> Contraction.Method {
    let isSmall = k.value(rows: maxRows) * n.value(rows: maxRows) <= Self.mostWeightsOfStep
    return choice == .auto && isSmall ? .builtin : method(choice, maxRows: maxRows)
  }
}

extension ContractionMap.Access {
  var suitsBLAS: Bool { innerStride == 1 || outerStride == 1 }
}
