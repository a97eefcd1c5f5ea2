import KernelIR
import Testing

@testable import CCodegen

/// Conditions that all turns of an innermost loop share are evaluated before it, once, and have a name from then on.
@Suite struct ConditionTests {
  private let border = Condition.and(.index(.greater, .variable("i"), 0), .index(.less, .variable("i"), 7))

  private func text(_ statements: [Statement]) -> String {
    var printer = CPrinter()
    StatementPrinter(expressions: ExpressionPrinter(prefix: "net", element: .f32), integerBuffers: [:])
      .print([.loop(variable: "i", extent: 8, body: statements)], into: &printer)
    return printer.text
  }

  private func loop(_ variable: String, where condition: Condition, before: [Statement] = []) -> Statement {
    let value = Expression.load(buffer: "x", index: .variable(variable), element: .f32)
    return .loop(
      variable: variable, extent: 9,
      body: before + [.store(buffer: "y", index: .variable(variable), value: .select(condition, value, 0.0))])
  }

  @Test func loopsThatFollowShareTheName() {
    #expect(
      text([loop("j", where: border), loop("k", where: border)]) == """
        for (size_t i = 0; i < 8; i++) {
          const int holds1 = (ptrdiff_t)i > 0 && (ptrdiff_t)i < 7;
          for (size_t j = 0; j < 9; j++) {
            y[j] = holds1 ? x[j] : 0.0f;
          }
          for (size_t k = 0; k < 9; k++) {
            y[k] = holds1 ? x[k] : 0.0f;
          }
        }

        """)
  }

  @Test func partsOfAConditionAreFound() {
    let corner = Condition.and(border, .index(.less, .variable("j"), 3))
    #expect(text([loop("j", where: border), loop("j", where: corner)]).contains("holds1 && (ptrdiff_t)j < 3 ? x[j]"))
  }

  @Test(
    arguments: [
      Condition.index(.less, .variable("j"), 3), .index(.less, .variable("at"), 3),
      .index(.less, .value(.load(buffer: "x", index: .variable("i"), element: .i32)), 3),
      .compare(.less, .load(buffer: "x", index: .variable("i"), element: .f32), 3.0),
    ])
  func whatTheLoopChangesStaysInIt(condition: Condition) {
    let position = Statement.position("at", .variable("j") / 2)
    #expect(!text([loop("j", where: condition, before: [position])]).contains("holds"))
  }

  @Test func foldsAskBeforeTheirLoopToo() {
    let value = Expression.select(border, .load(buffer: "x", index: .variable("j"), element: .f32), 0.0)
    let total = Accumulator(name: "total", fold: .sum, value: value)
    let printed = text([.reduction(variable: "j", extent: 40, body: [], accumulators: [total])])
    #expect(printed.components(separatedBy: "holds1 = ").count == 2)
    #expect(printed.components(separatedBy: "holds1 ? x[j]").count == 3)
  }
}
