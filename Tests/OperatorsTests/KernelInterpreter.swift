import KernelIR
import Operators

/// Runs the statements of a kernel in Double. An access outside a buffer or to an undeclared name is kept as a fault.
struct KernelInterpreter {
  static let seed: UInt64 = 7
  static let step: UInt64 = 11

  var rows: Int
  var buffers: [String: [Double]]
  private(set) var faults: [String] = []
  private var scalars: [String: Double] = [:]
  private var positions: [String: Int] = [:]
  private var arrays: Set<String> = []

  init(rows: Int, buffers: [String: [Double]]) {
    self.rows = rows
    self.buffers = buffers
  }

  mutating func run(_ statements: [Statement]) {
    // What a block declares ends with it; what it assigns outside of it stays.
    let outside = (Set(scalars.keys), Set(positions.keys), arrays)
    for statement in statements { run(statement) }
    scalars = scalars.filter { outside.0.contains($0.key) }
    positions = positions.filter { outside.1.contains($0.key) }
    for array in arrays.subtracting(outside.2) { buffers[array] = nil }
    arrays = outside.2
  }

  private mutating func run(_ statement: Statement) {
    switch statement {
    case .comment, .packing: break
    case .array(let name, let count):
      checkNew(name)
      arrays.insert(name)
      buffers[name] = Array(repeating: .nan, count: count)
    case .loop(let variable, let extent, let body):
      for position in 0..<value(extent) {
        declare(variable, position)
        run(body)
        positions[variable] = nil
      }
    case .constant(let name, let expression), .variable(let name, let expression):
      declare(name, value(expression))
    case .position(let name, let index): declare(name, value(index))
    case .assign(let name, let expression):
      if scalars[name] == nil { faults.append("\(name) is not declared") }
      scalars[name] = value(expression)
    case .store(let buffer, let index, let expression):
      let number = value(expression)
      if let position = place(buffer, index) { buffers[buffer]?[position] = number }
    case .accumulate(let buffer, let index, let expression):
      let number = value(expression)
      if let position = place(buffer, index) { buffers[buffer]?[position] += number }
    case .reduction(let variable, let extent, let body, let accumulators):
      var folded = accumulators.map(\.fold.identity)
      for position in 0..<value(extent) {
        declare(variable, position)
        run(body)
        for (index, accumulator) in accumulators.enumerated() {
          let number = value(accumulator.value)
          switch accumulator.fold {
          case .sum: folded[index] += number
          case .maximum: folded[index] = BinaryFunction.maximum.apply(folded[index], number)
          case .minimum: folded[index] = BinaryFunction.minimum.apply(folded[index], number)
          }
        }
        positions[variable] = nil
      }
      for (accumulator, number) in zip(accumulators, folded) { declare(accumulator.name, number) }
    case .conditional(let condition, let body): if holds(condition) { run(body) }
    case .contraction(let product): run(product)
    case .panelProduct(let product): run(product)
    case .transposition(let matrix):
      for i in 0..<matrix.rows {
        for j in 0..<matrix.columns {
          let number = value(
            .load(buffer: matrix.from.buffer, index: matrix.from.index(.constant(i), .constant(j)), element: .f64))
          if let position = place(matrix.to.buffer, matrix.to.index(.constant(j), .constant(i))) {
            buffers[matrix.to.buffer]?[position] = number
          }
        }
      }
    case .rowBlocks(let extent, let size, let first, let height, let body):
      let count = value(extent)
      for start in stride(from: 0, to: count, by: size) {
        declare(first, start)
        declare(height, min(size, count - start))
        run(body)
        (positions[first], positions[height]) = (nil, nil)
      }
    }
  }

  private mutating func run(_ product: PanelProduct) {
    let width = PanelProduct.width
    for i in 0..<value(product.lines) {
      for j in 0..<product.columns {
        var sum = 0.0
        for k in 0..<product.depth {
          let panel = product.panelsBase + (j / width * product.depth + k) * width + j % width
          sum +=
            value(.load(buffer: product.a.buffer, index: product.a.index(.constant(i), .constant(k)), element: .f64))
            * value(.load(buffer: product.panels, index: .constant(panel), element: .f64))
        }
        if let position = place(product.c.buffer, product.c.index(.constant(i), .constant(j))) {
          buffers[product.c.buffer]?[position] = sum
        }
      }
    }
  }

  private mutating func run(_ product: Contraction) {
    guard product.patches == nil else {
      faults.append("patches are not interpreted")
      return
    }
    func element(_ matrix: Contraction.Matrix, _ outer: Int, _ inner: Int) -> Index {
      matrix.base + .constant(outer) * matrix.outerStride + .constant(inner) * matrix.innerStride
    }
    for i in 0..<product.m.value(rows: rows) {
      for j in 0..<product.n.value(rows: rows) {
        var sum = 0.0
        for k in 0..<product.k.value(rows: rows) {
          sum +=
            value(.load(buffer: product.a.buffer, index: element(product.a, i, k), element: .f64))
            * value(.load(buffer: product.b.buffer, index: element(product.b, k, j), element: .f64))
        }
        guard !product.epilogue.isEmpty else {
          if let position = place(product.c.buffer, element(product.c, i, j)) {
            buffers[product.c.buffer]?[position] = sum
          }
          continue
        }
        positions[product.row] = i
        positions[product.column] = j
        scalars[product.sum] = sum
        run(product.epilogue)
        (positions[product.row], positions[product.column], scalars[product.sum]) = (nil, nil, nil)
      }
    }
  }

  /// C would warn of a name that hides another.
  private mutating func declare(_ name: String, _ number: Double) {
    checkNew(name)
    scalars[name] = number
  }

  private mutating func declare(_ name: String, _ position: Int) {
    checkNew(name)
    positions[name] = position
  }

  private mutating func checkNew(_ name: String) {
    if scalars[name] != nil || positions[name] != nil || buffers[name] != nil { faults.append("\(name) is hidden") }
  }

  private mutating func place(_ buffer: String, _ index: Index) -> Int? {
    let position = value(index)
    guard let numbers = buffers[buffer], numbers.indices.contains(position) else {
      faults.append("\(buffer)[\(position)]")
      return nil
    }
    return position
  }

  mutating func value(_ expression: Expression) -> Double {
    switch expression {
    case .literal(let number): return number
    case .load(let buffer, let index, _): return place(buffer, index).flatMap { buffers[buffer]?[$0] } ?? .nan
    case .local(let name):
      guard let number = scalars[name] else {
        faults.append("\(name) is not declared")
        return .nan
      }
      return number
    case .index(let index): return Double(value(index))
    case .unary(let function, let operand): return function.apply(value(operand))
    case .binary(let function, let left, let right): return function.apply(value(left), value(right))
    case .select(let condition, let yes, let no): return holds(condition) ? value(yes) : value(no)
    case .choose(let condition, let yes, let no):
      let values = (value(yes), value(no))
      return holds(condition) ? values.0 : values.1
    case .uniform(let purpose, let element):
      return Philox.uniform(
        seed: Self.seed, purpose: UInt32(purpose), step: Self.step, element: UInt64(value(element)))
    }
  }

  private mutating func holds(_ condition: Condition) -> Bool {
    switch condition {
    case .compare(let comparison, let left, let right): return comparison.holds(value(left), value(right))
    case .index(let comparison, let left, let right): return comparison.holds(value(left), value(right))
    case .and(let left, let right): return holds(left) && holds(right)
    }
  }

  private mutating func value(_ index: Index) -> Int {
    switch index {
    case .constant(let number): return number
    case .variable(let name):
      guard let position = positions[name] else {
        faults.append("\(name) is not declared")
        return 0
      }
      return position
    case .rows: return rows
    case .sum(let left, let right): return value(left) + value(right)
    case .product(let left, let right): return value(left) * value(right)
    case .quotient(let left, let right): return value(left) / right
    case .remainder(let left, let right): return value(left) % right
    case .value(let expression):
      let number = value(expression)
      return number.isFinite ? Int(number) : -1
    }
  }
}
