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
    switch element {
    case .f32: address.store(values.map { Float($0) })
    case .f64: address.store(values)
    case .i32: address.store(values.map { Int32($0) })
    case .u8: address.store(values.map { UInt8($0) })
    }
  }

  deinit { address.deallocate() }

  var values: [Double] {
    switch element {
    case .f32: UnsafeBufferPointer(start: address.assumingMemoryBound(to: Float.self), count: count).map { Double($0) }
    case .f64: Array(UnsafeBufferPointer(start: address.assumingMemoryBound(to: Double.self), count: count))
    case .i32: UnsafeBufferPointer(start: address.assumingMemoryBound(to: Int32.self), count: count).map { Double($0) }
    case .u8: UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: count).map { Double($0) }
    }
  }

  var fenceStands: Bool {
    (0..<Self.fenceCount).allSatisfy {
      address.load(fromByteOffset: count * element.byteCount + $0, as: UInt8.self) == Self.fence
    }
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func store<Number: BitwiseCopyable>(_ numbers: [Number]) {
    numbers.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
    }
  }
}
