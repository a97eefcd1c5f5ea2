import KernelIR

/// How an operator becomes loops. What kind it is decides what it fuses with; no operator has fusion code of its own.
public enum Lowering: Sendable {
  /// Comes from outside the graph.
  case source
  /// The first operand's elements in the same order under another shape: no code, no memory.
  case view
  /// Each element of the result is an expression of operand elements.
  case pointwise(@Sendable (PointwiseContext) -> Expression)
  /// Folds the operand over `axes`. The result lacks those axes, or has them as 1; the order of elements is the same.
  case reduction(Accumulator.Fold, axes: [Int])
  /// A product of matrices, or of patches with a matrix. The first operand is A, the second B.
  case contraction(@Sendable ([TensorType]) -> ContractionMap)
  /// Folds the elements under a window: behind a convolution while a block of its sums is in cache, else as the loops.
  case pooling(@Sendable ([TensorType]) -> Pooling, alone: @Sendable (LoopContext) -> [Statement])
  /// A loop nest of its own.
  case loops(@Sendable (LoopContext) -> [Statement])
}

/// What a pointwise rule sees of the element that it computes.
public struct PointwiseContext {
  /// The coordinates of the element in the result.
  public let coordinates: [Index]
  public let operandTypes: [TensorType]
  public let resultType: TensorType
  /// The element of an operand at coordinates of that operand.
  public let element: (_ operand: Int, _ coordinates: [Index]) -> Expression
  /// The position of the element in the row-major result.
  public let flatIndex: Index

  /// `flatIndex` is made from the coordinates unless the loops know a shorter way to say it.
  public init(
    coordinates: [Index], flatIndex: Index? = nil, operandTypes: [TensorType], resultType: TensorType,
    element: @escaping (Int, [Index]) -> Expression
  ) {
    self.coordinates = coordinates
    self.flatIndex = flatIndex ?? .flat(coordinates, strides: resultType.shape.strides)
    self.operandTypes = operandTypes
    self.resultType = resultType
    self.element = element
  }

  /// The operand's element that stands for this result element under NumPy's broadcasting.
  public func broadcast(_ operand: Int) -> Expression {
    let shape = operandTypes[operand].shape
    let aligned = coordinates.suffix(shape.rank)
    return element(operand, zip(aligned, shape.dimensions).map { $1 == 1 ? 0 : $0 })
  }
}

/// What an operator with its own loop nest sees: its operands and results as buffers.
///
/// Names made with `name` are unique in the kernel, so that several nests can stand in one function.
public struct LoopContext: Sendable {
  public let operandTypes: [TensorType]
  public let resultTypes: [TensorType]
  public let operandBuffers: [String]
  public let resultBuffers: [String]
  private let method: @Sendable (ContractionMap) -> Contraction.Method

  /// `method` chooses how a product inside the loops is made.
  public init(
    operandTypes: [TensorType], resultTypes: [TensorType], operandBuffers: [String], resultBuffers: [String],
    method: @escaping @Sendable (ContractionMap) -> Contraction.Method = { _ in .builtin }
  ) {
    self.method = method
    self.operandTypes = operandTypes
    self.resultTypes = resultTypes
    self.operandBuffers = operandBuffers
    self.resultBuffers = resultBuffers
  }

  /// `operand[coordinates]`.
  public func load(_ operand: Int, _ coordinates: [Index]) -> Expression {
    let type = operandTypes[operand]
    return .load(
      buffer: operandBuffers[operand], index: .flat(coordinates, strides: type.shape.strides), element: type.element)
  }

  /// The lines along the last axis of an operand, which follow each other along `axis`, from `coordinates` on.
  public func lines(_ operand: Int, _ coordinates: [Index], along axis: Int) -> MatrixLines {
    let strides = operandTypes[operand].shape.strides
    return MatrixLines(
      operandBuffers[operand], base: .flat(coordinates, strides: strides), stride: strides[axis].count)
  }

  /// `result[coordinates]`, as stored before.
  public func loadResult(_ result: Int, _ coordinates: [Index]) -> Expression {
    let type = resultTypes[result]
    return .load(
      buffer: resultBuffers[result], index: .flat(coordinates, strides: type.shape.strides), element: type.element)
  }

  /// `result[coordinates] = value`.
  public func store(_ result: Int = 0, _ coordinates: [Index], _ value: Expression) -> Statement {
    .store(
      buffer: resultBuffers[result], index: .flat(coordinates, strides: resultTypes[result].shape.strides), value: value
    )
  }

  /// False for a result that nothing reads, which has no buffer.
  public func isNeeded(result: Int) -> Bool { !resultBuffers[result].isEmpty }

  /// `result[coordinates] += value`.
  public func add(_ result: Int = 0, _ coordinates: [Index], _ value: Expression) -> Statement {
    .accumulate(
      buffer: resultBuffers[result], index: .flat(coordinates, strides: resultTypes[result].shape.strides), value: value
    )
  }

  /// C[i, j] = Σₖ A[i, k] · B[k, j] for matrices that lie in operands, results or arrays, i below `m` and so on. `epilogue`
  /// gets each "sum" and its place under the names `row` and `column`; without it the sums stay in `c`.
  public func product(
    m: Dimension, n: Dimension, k: Dimension, a: Matrix, b: Matrix, c: Matrix, row: String = "i", column: String = "j",
    epilogue: [Statement] = []
  ) -> Statement {
    .contraction(
      Contraction(
        m: m, n: n, k: k, a: a.matrix, b: b.matrix, c: c.matrix, method: productMethod(m: m, n: n, k: k, a: a, b: b),
        row: row, column: column, epilogue: epilogue))
  }

  /// How `product` will be made.
  public func productMethod(m: Dimension, n: Dimension, k: Dimension, a: Matrix, b: Matrix) -> Contraction.Method {
    method(ContractionMap(batch: [], m: m, n: n, k: k, a: a.access, b: b.access))
  }

  /// Elements `buffer[base + outer·outerStride + inner·innerStride]`.
  public struct Matrix: Sendable {
    var buffer: String
    var base: Index
    var outerStride: Dimension
    var innerStride: Dimension

    public init(_ buffer: String, base: Index = 0, outerStride: Dimension, innerStride: Dimension = 1) {
      self.buffer = buffer
      self.base = base
      self.outerStride = outerStride
      self.innerStride = innerStride
    }

    /// The same elements with outer and inner exchanged.
    public var transposed: Matrix { Matrix(buffer, base: base, outerStride: innerStride, innerStride: outerStride) }

    var access: ContractionMap.Access {
      ContractionMap.Access(batchStrides: [], outerStride: outerStride, innerStride: innerStride)
    }

    var matrix: Contraction.Matrix {
      Contraction.Matrix(
        buffer: buffer, base: base, outerStride: Index(outerStride), innerStride: Index(innerStride))
    }
  }

  /// A loop over each of `extents`, outermost first; `body` gets the coordinates.
  public func nest(_ extents: [Dimension], prefix: String = "i", _ body: ([Index]) -> [Statement]) -> [Statement] {
    let names = extents.indices.map { "\(prefix)\($0)" }
    let coordinates = zip(names, extents).map { name, extent in extent == 1 ? Index.constant(0) : .variable(name) }
    return zip(names, extents).reversed().reduce(body(coordinates)) { body, loop in
      loop.1 == 1 ? body : [.loop(variable: loop.0, extent: Index(loop.1), body: body)]
    }
  }
}

/// A product as matrices: for each point of `batch`, C[i, j] = Σₖ A[i, k] · B[k, j].
public struct ContractionMap: Sendable {
  /// Strides in elements of one operand along the batch axes, its outer and its inner axis:
  /// (i, k) for A, (k, j) for B. C is row-major over batch, i, j.
  public struct Access: Sendable {
    public var batchStrides: [Dimension]
    public var outerStride: Dimension
    public var innerStride: Dimension

    public init(batchStrides: [Dimension], outerStride: Dimension, innerStride: Dimension) {
      self.batchStrides = batchStrides
      self.outerStride = outerStride
      self.innerStride = innerStride
    }
  }

  public var batch: [Dimension]
  public var m: Dimension
  public var n: Dimension
  public var k: Dimension
  public var a: Access
  public var b: Access
  /// For a convolution: how A's patches lie in the first operand; several where different places see different taps.
  /// `a` has no meaning then unless `isMatrix`; the strides of `b` are those within one tap.
  public var patches: [Patches] = []
  /// The patches are the lines of a matrix as it lies.
  public var isMatrix = true

  public struct Patches: Sendable {
    public var window: Window
    /// Where B begins, in elements.
    public var bBase: Int

    public init(_ window: Window, bBase: Int = 0) {
      self.window = window
      self.bBase = bBase
    }
  }

  public init(batch: [Dimension], m: Dimension, n: Dimension, k: Dimension, a: Access, b: Access) {
    self.batch = batch
    self.m = m
    self.n = n
    self.k = k
    self.a = a
    self.b = b
  }

  /// Whether no call of so many rows is deeper than one panel.
  public func isShallow(maxRows: Int) -> Bool { k.value(rows: maxRows) <= Contraction.panelDepth }

  /// Whether each sum is made and goes through the epilogue without having been in memory.
  public func staysInRegisters(maxRows: Int) -> Bool {
    // Few rows of A meet B where it lies, line after line; a convolution has blocks of sums.
    isShallow(maxRows: maxRows) && m != .rows && patches.isEmpty
  }
}
