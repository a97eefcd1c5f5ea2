/// One C function: a name, the buffers that it reads and writes, and its body.
public struct Kernel: Hashable, Sendable {
  /// A buffer that the caller passes as a pointer.
  public struct Argument: Hashable, Sendable {
    public var name: String
    public var element: ElementType
    /// For the comment beside it: `[rows, 64]`.
    public var shape: String
    /// Its elements.
    public var count: Dimension
    public var isWritten: Bool

    public init(name: String, element: ElementType, shape: String, count: Dimension, isWritten: Bool) {
      self.name = name
      self.element = element
      self.shape = shape
      self.count = count
      self.isWritten = isWritten
    }
  }

  public var name: String
  /// What it computes, with shapes, and the place in model.swift; a line each.
  public var comment: [String]
  public var arguments: [Argument]
  public var body: [Statement]
  /// The work of a call, where its outermost loops may run in parts side by side.
  public var sharedWork: Dimension?

  public init(name: String, comment: [String], arguments: [Argument], body: [Statement]) {
    self.name = name
    self.comment = comment
    self.arguments = arguments
    self.body = body
  }

  /// What it does alone: no name, and no place in model.swift.
  public var unnamed: Kernel {
    var kernel = Kernel(name: "", comment: [], arguments: arguments, body: body)
    kernel.sharedWork = sharedWork
    return kernel
  }
}
