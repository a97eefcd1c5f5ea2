/// C[i, j] = Σₖ A[i, k] · B[k, j] with a B that is packed in panels once and used many times: element (k, j) of a panel matrix
/// is `panels[(j / width · depth + k) · width + j % width]`, zeros behind the last column.
///
/// Lines of C are at least `columns` rounded up to whole panels apart; behind the columns they hold nothing of meaning.
public struct PanelProduct: Hashable, Sendable {
  /// Columns of a panel: two vectors of AVX-512 floats.
  public static let width = 32

  /// `count` columns rounded up to whole panels.
  public static func padded(_ count: Int) -> Int { (count + width - 1) / width * width }

  public var lines: Index
  public var columns: Int
  public var depth: Int
  public var a: MatrixLines
  public var panels: String
  /// Where the panels begin, in elements.
  public var panelsBase: Int
  public var c: MatrixLines

  public init(
    lines: Index, columns: Int, depth: Int, a: MatrixLines, panels: String, panelsBase: Int = 0, c: MatrixLines
  ) {
    self.lines = lines
    self.columns = columns
    self.depth = depth
    self.a = a
    self.panels = panels
    self.panelsBase = panelsBase
    self.c = c
  }
}
