/// What a kernel's code mentions: generated functions take only the parameters that they use.
public struct Usage: Sendable {
  public private(set) var rows = false
  public private(set) var random = false
  public private(set) var variables: Set<String> = []
  public private(set) var functions: Set<UnaryFunction> = []
  public private(set) var operations: Set<BinaryFunction> = []
  public private(set) var methods: Set<Contraction.Method> = []
  /// The arrays that are read or written.
  public private(set) var buffers: Set<String> = []
  /// Each element of an array that is read or written, once, in order.
  public private(set) var accesses: [Access] = []
  /// Each condition that a value is chosen by, once, in order.
  public private(set) var conditions: [Condition] = []
  /// A product whose operand is patches under a window.
  public private(set) var patches = false
  /// A loop that folds values.
  public private(set) var folds = false
  /// One whose sums are pooled.
  public private(set) var isPooled = false
  /// One whose channels don't see each other.
  public private(set) var isDepthwise = false
  /// A product with a matrix in panels.
  public private(set) var panels = false
  /// A matrix that is turned about.
  public private(set) var transposes = false
  /// The gradient of a kernel of few taps.
  public private(set) var hasFewTaps = false
  /// A convolution by Winograd's algorithm.
  public private(set) var isWinograd = false
  /// A matrix that is packed line by line: its kernel can tell which lines are no longer wanted.
  public private(set) var releases = false

  /// An element of an array, which a statement reads or writes.
  public struct Access: Hashable, Sendable {
    public var buffer: String
    public var index: Index
    public var isWritten: Bool
  }

  public init(_ statements: [Statement]) { for statement in statements { visit(statement) } }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .comment, .array: break
    case .loop(_, let extent, let body):
      visit(extent)
      for statement in body { visit(statement) }
    case .constant(_, let value), .variable(_, let value), .assign(_, let value): visit(value)
    case .position(_, let index): visit(index)
    case .store(let buffer, let index, let value), .accumulate(let buffer, let index, let value):
      visit(value)
      access(buffer, index, isWritten: true)
    case .reduction(_, let extent, let body, let accumulators):
      folds = true
      visit(extent)
      for statement in body { visit(statement) }
      for accumulator in accumulators { visit(accumulator.value) }
    case .conditional(let condition, let body):
      visit(condition)
      for statement in body { visit(statement) }
    case .packing(let contraction):
      releases = releases || contraction.packed?.releasesLines ?? false
      methods.insert(contraction.method)
      patches = patches || contraction.patches != nil
      for buffer in [contraction.b.buffer, contraction.packed?.buffer].compactMap(\.self) { buffers.insert(buffer) }
      for index in [contraction.b.base, contraction.b.outerStride, contraction.b.innerStride] { visit(index) }
    case .contraction(let contraction):
      if let packed = contraction.packed { buffers.insert(packed.buffer) }
      methods.insert(contraction.method)
      if let given = contraction.patches {
        patches = true
        isPooled = isPooled || given.pooled != nil
        isDepthwise = isDepthwise || given.window.isDepthwise
        isWinograd = isWinograd || given.window.isWinograd
        hasFewTaps = hasFewTaps || contraction.hasFewTaps
        if given.blocking.scratchCount > 0 { buffers.insert(given.scratch) }
        for operand in [given.image, given.map].compactMap(\.self) {
          for statement in operand.body { visit(statement) }
          visit(operand.value)
        }
        if let pooled = given.pooled {
          visit(pooled.value)
          for statement in pooled.epilogue { visit(statement) }
        }
      }
      for extent in [contraction.m, contraction.n, contraction.k] { visit(Index(extent)) }
      for matrix in [contraction.a, contraction.b, contraction.c] {
        buffers.insert(matrix.buffer)
        visit(matrix.base)
        visit(matrix.outerStride)
        visit(matrix.innerStride)
      }
      for statement in contraction.columnStart + contraction.epilogue { visit(statement) }
    case .panelProduct(let product):
      panels = true
      for buffer in [product.a.buffer, product.panels, product.c.buffer] { buffers.insert(buffer) }
      for index in [product.lines, product.a.base, product.c.base] { visit(index) }
    case .transposition(let matrix):
      transposes = true
      for lines in [matrix.from, matrix.to] {
        buffers.insert(lines.buffer)
        visit(lines.base)
      }
    case .rowBlocks(let extent, _, _, _, let body):
      visit(extent)
      for statement in body { visit(statement) }
    }
  }

  private mutating func access(_ buffer: String, _ index: Index, isWritten: Bool) {
    let access = Access(buffer: buffer, index: index, isWritten: isWritten)
    if !accesses.contains(access) { accesses.append(access) }
    buffers.insert(buffer)
    visit(index)
  }

  private mutating func visit(_ index: Index) {
    switch index {
    case .constant: break
    case .variable(let name): variables.insert(name)
    case .rows: rows = true
    case .sum(let left, let right), .product(let left, let right):
      visit(left)
      visit(right)
    case .quotient(let left, _), .remainder(let left, _): visit(left)
    case .value(let expression): visit(expression)
    }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression {
    case .literal, .local: break
    case .load(let buffer, let index, _): access(buffer, index, isWritten: false)
    case .index(let index): visit(index)
    case .unary(let function, let operand):
      functions.insert(function)
      visit(operand)
    case .binary(let operation, let left, let right):
      operations.insert(operation)
      visit(left)
      visit(right)
    case .select(let condition, let yes, let no), .choose(let condition, let yes, let no):
      if !conditions.contains(condition) { conditions.append(condition) }
      visit(condition)
      visit(yes)
      visit(no)
    case .uniform(_, let element):
      random = true
      visit(element)
    }
  }

  private mutating func visit(_ condition: Condition) {
    switch condition {
    case .compare(_, let left, let right):
      visit(left)
      visit(right)
    case .index(_, let left, let right):
      visit(left)
      visit(right)
    case .and(let left, let right):
      visit(left)
      visit(right)
    }
  }
}

extension [Statement] {
  public func uses(variable: String) -> Bool { Usage(self).variables.contains(variable) }
}
