import GraphIR
import KernelIR

/// An array as C sees it, on a boundary of 64 bytes, with bytes behind its end that no kernel may change.
final class NativeArray {
  private static let fence: UInt8 = 0xA5
  private static let fenceCount = 64

  let address: UnsafeMutableRawPointer
  private let element: ElementType
  private let count: Int

  init(_ values: [Double], element: ElementType) {
    self.element = element
    count = values.count
    let bytes = values.count * element.byteCount
    address = .allocate(byteCount: bytes + Self.fenceCount, alignment: 64)
    address.initializeMemory(as: UInt8.self, repeating: Self.fence, count: bytes + Self.fenceCount)
    for (index, value) in values.enumerated() {
      let offset = index * element.byteCount
      switch element {
      case .f32: address.storeBytes(of: Float(value), toByteOffset: offset, as: Float.self)
      case .f64: address.storeBytes(of: value, toByteOffset: offset, as: Double.self)
      case .i32: address.storeBytes(of: Int32(value), toByteOffset: offset, as: Int32.self)
      }
    }
  }

  deinit { address.deallocate() }

  var values: [Double] {
    (0..<count).map { index in
      let offset = index * element.byteCount
      return switch element {
      case .f32: Double(address.load(fromByteOffset: offset, as: Float.self))
      case .f64: address.load(fromByteOffset: offset, as: Double.self)
      case .i32: Double(address.load(fromByteOffset: offset, as: Int32.self))
      }
    }
  }

  var fenceStands: Bool {
    (0..<Self.fenceCount).allSatisfy {
      address.load(fromByteOffset: count * element.byteCount + $0, as: UInt8.self) == Self.fence
    }
  }
}
