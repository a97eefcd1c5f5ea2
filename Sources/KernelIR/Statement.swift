/// A step of a kernel. A kernel is straight-line code and counted loops over buffers that its caller provides.
public indirect enum Statement: Hashable, Sendable {
  case comment(String)
  /// Memory of the kernel's own for so many numbers, on the stack of its thread, until the block ends.
  case array(String, count: Int)
  /// `for variable in 0 ..< extent`.
  case loop(variable: String, extent: Index, body: [Statement])
  /// A scalar that does not change.
  case constant(String, Expression)
  /// An integer scalar that does not change, for coordinates.
  case position(String, Index)
  /// A scalar that `assign` changes.
  case variable(String, Expression)
  case assign(String, Expression)
  case store(buffer: String, index: Index, value: Expression)
  case accumulate(buffer: String, index: Index, value: Expression)
  /// A loop that also folds values into scalars, declared by it and visible after it.
  case reduction(variable: String, extent: Index, body: [Statement], accumulators: [Accumulator])
  case conditional(Condition, [Statement])
  case contraction(Contraction)
  /// Packs B of a contraction where its `packed` says.
  case packing(Contraction)
  case panelProduct(PanelProduct)
  case transposition(Transposition)
  /// Goes through `extent` rows, or those of the part that is to be made of them, at most `size` at a time: from row
  /// `first` on `height` rows. What the body writes belongs to these rows.
  case rowBlocks(extent: Index, size: Int, first: String, height: String, body: [Statement])
}

/// A scalar that a `Statement.reduction` folds one value per iteration into.
public struct Accumulator: Hashable, Sendable {
  public enum Fold: String, Hashable, Sendable, Codable, CaseIterable {
    case sum, maximum, minimum

    /// The fold of nothing.
    public var identity: Double {
      switch self {
      case .sum: 0
      case .maximum: -.infinity
      case .minimum: .infinity
      }
    }
  }

  public var name: String
  public var fold: Fold
  public var value: Expression

  public init(name: String, fold: Fold, value: Expression) {
    self.name = name
    self.fold = fold
    self.value = value
  }
}

/// C[i, j] = Σₖ A[i, k] · B[k, j], then an epilogue for each element while it is at hand.
///
/// One engine serves every product: what differs is how A and B are reached. i runs to `m`, j to `n`, k to `k`.
/// A convolution is a product whose A is patches of its operand.
public struct Contraction: Hashable, Sendable {
  /// Where a matrix lies: element [outer, inner] of A is `buffer[base + outer·outerStride + inner·innerStride]`,
  /// with (outer, inner) = (i, k) for A, (k, j) for B and (i, j) for C.
  public struct Matrix: Hashable, Sendable {
    public var buffer: String
    public var base: Index
    public var outerStride: Index
    public var innerStride: Index

    public init(buffer: String, base: Index = 0, outerStride: Index, innerStride: Index) {
      self.buffer = buffer
      self.base = base
      self.outerStride = outerStride
      self.innerStride = innerStride
    }
  }

  /// How the product is made.
  public enum Method: String, Hashable, Sendable, Codable { case blas, builtin }

  /// The depth of a panel of B, as in tile.c: deeper products keep partial sums.
  public static let panelDepth = 512

  public var m: Dimension
  public var n: Dimension
  public var k: Dimension
  /// No call is deeper than one panel: sums go from the registers through the epilogue, and what lies in `c` is not read.
  public var isShallow: Bool
  public var a: Matrix
  public var b: Matrix
  /// Where sums are kept; the epilogue may overwrite it element by element.
  public var c: Matrix
  public var method: Method
  /// Names of the variables that the epilogue uses for i, j and the sum.
  public var row: String
  public var column: String
  public var sum: String
  /// What happens once to each column j before any sum of it is made: accumulators of the epilogue are set to 0.
  public var columnStart: [Statement] = []
  /// The epilogue folds sums of a column into one number: a column belongs to one part of the work.
  public var foldsColumns = false
  /// What happens to each sum; empty when the product itself in `c` is the result.
  public var epilogue: [Statement]
  /// Buffers, laid out as C, that the epilogue reads and writes at each sum's place: weights and slots that it updates.
  public var updates: [String] = []
  /// For a convolution, whose A is patches of `a.buffer`: the window, how it is cut into blocks, and the memory for one.
  public var patches: Patches?
  /// Where B may lie packed as it is multiplied; a null pointer where it does not.
  public var packed: Packed?

  /// Panels of B one behind the other, from element `base` of a buffer on.
  public struct Packed: Hashable, Sendable {
    public var buffer: String
    public var base: Int
    /// Lines of B are given back as soon as they are packed: nothing else of the kernel reads them.
    public var releasesLines = false

    public init(buffer: String, base: Int) {
      self.buffer = buffer
      self.base = base
    }
  }

  public struct Patches: Hashable, Sendable {
    public var window: Window
    public var blocking: WindowBlocking
    /// A buffer of `scratchCount` elements for each part.
    public var scratch: String
    /// At least `blocking.scratchCount`. Parts don't wait for each other between the windows of one kernel: each needs
    /// memory of its own that is enough for all of them.
    public var scratchCount: Int
    /// Set where the image is not in memory: an element of it, computed as strips are copied.
    public var image: ComputedOperand?
    /// The same for B, where the window is transposed and B is a map of the window's places.
    public var map: ComputedOperand?
    /// Set where a block of sums is pooled before it leaves the cache.
    public var pooled: Pooled?

    public init(window: Window, blocking: WindowBlocking, scratch: String, scratchCount: Int) {
      self.window = window
      self.blocking = blocking
      self.scratch = scratch
      self.scratchCount = scratchCount
    }
  }

  /// An element [row, y, x, c] of an operand that no memory holds. The coordinates are positions of these names.
  public struct ComputedOperand: Hashable, Sendable {
    public static let coordinates = ["at_row", "at_y", "at_x", "at_c"]

    public var body: [Statement]
    public var value: Expression

    public init(body: [Statement], value: Expression) {
      self.body = body
      self.value = value
    }

    public var usage: Usage { Usage(statements) }
    /// What is done for an element.
    public var statements: [Statement] { body + [.constant("", value)] }
  }

  /// What becomes of a product's sums: `value`, made by the epilogue, is folded over windows of places, and only what
  /// comes of that is stored.
  public struct Pooled: Hashable, Sendable {
    /// Names of what a window folds to, and of the tap that won.
    public static let (result, winner) = ("pooled", "winner")

    public var pooling: Pooling
    public var value: Expression
    public var keepsWinner: Bool
    /// What happens to each place and channel, as the product's `row` and `column`.
    public var epilogue: [Statement]

    public init(pooling: Pooling, value: Expression, keepsWinner: Bool, epilogue: [Statement]) {
      self.pooling = pooling
      self.value = value
      self.keepsWinner = keepsWinner
      self.epilogue = epilogue
    }
  }

  /// The lines of C that it makes: all m, or its own of a window whose results lie between those of others.
  public var lines: Dimension {
    guard let window = patches?.window, !window.isTransposed else { return m }
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    return Dimension(
      m.count / max(vertical.resultExtent * horizontal.resultExtent, 1) * vertical.outputs * horizontal.outputs,
      perRow: m.perRow)
  }

  /// Elements of B beyond which a single line of A is not worth a second copy of it: more does not stay in a cache, and how
  /// fast memory is decides then.
  private static let mostPacked = 1 << 23

  /// The elements of B packed, with zeros behind the last column, for panels of any target; nil where B is read as it lies.
  public var packedCount: Int? {
    guard method == .builtin, !n.perRow, !k.perRow else { return nil }
    guard let window = patches?.window else {
      let count = PanelProduct.padded(n.count) * k.count
      return m.perRow && (m.count > 1 || count <= Self.mostPacked) ? count : nil
    }
    guard window.hasPanels, !window.isTransposed, window.taps > 0 else { return nil }
    return window.groups * PanelProduct.padded(n.count / window.groups) * window.depth
  }

  /// Whether lines of B follow each other without a gap, so that what is packed of them can be given back as one range.
  public var hasAdjacentLines: Bool {
    patches == nil && !n.perRow && b.innerStride == 1 && b.outerStride == .constant(n.count)
  }

  public var hasFewTaps: Bool { method == .builtin && patches?.window.hasFewTaps(columns: n) ?? false }

  public init(
    m: Dimension, n: Dimension, k: Dimension, a: Matrix, b: Matrix, c: Matrix, method: Method,
    row: String = "i", column: String = "j", sum: String = "sum", epilogue: [Statement] = [], patches: Patches? = nil
  ) {
    self.m = m
    self.n = n
    self.k = k
    isShallow = !k.perRow && k.count <= Self.panelDepth
    self.a = a
    self.b = b
    self.c = c
    self.method = method
    self.row = row
    self.column = column
    self.sum = sum
    self.epilogue = epilogue
    self.patches = patches
  }
}
