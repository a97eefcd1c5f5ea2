import GraphIR
import KernelIR

/// The loops that recurrent operators and their walks back share: some rows at a time go through all steps, so that what a step
/// leaves to the next stays in cache, and threads that take rows meet only at the end.
struct RecurrentLoops {
  let context: LoopContext
  let layout: RecurrentLayout
  let rows: Dimension
  let time: Int
  let units: Int

  /// The first operand with recurrent weights as the forward pass has them, and those of the options.
  private let panels: Int
  private let mask: Int?
  private let factors: Int?

  private let first = Index.variable("first")
  private let height = Index.variable("height")
  let t = Index.variable("t")

  /// `states` [rows, time, units].
  init(_ context: LoopContext, _ layout: RecurrentLayout, states: Shape) {
    self.init(context, layout, states: states, panels: 1, mask: layout.mask, factors: layout.factors)
  }

  init(_ context: LoopContext, _ walk: RecurrentWalk, states: Shape) {
    self.init(context, walk.forward, states: states, panels: walk.again, mask: walk.mask, factors: walk.factors)
  }

  private init(
    _ context: LoopContext, _ layout: RecurrentLayout, states: Shape, panels: Int, mask: Int?, factors: Int?
  ) {
    self.context = context
    self.layout = layout
    rows = states[0]
    time = states[1].count
    units = states[2].count
    (self.panels, self.mask, self.factors) = (panels, mask, factors)
  }

  private var width: Int { layout.gates * units }
  private var padded: Int { PanelProduct.padded(units) }

  // MARK: Loops

  /// Rows that go through the steps together, whole tiles of 6, 8 or 12 lines: few, unless the weights are too many to stay in
  /// a second-level cache of 512 KiB, where more rows share what is read of them.
  private var rowsAtOnce: Int { units * width <= 1 << 17 ? 24 : 96 }

  func overRows(_ body: [Statement]) -> [Statement] {
    [.rowBlocks(extent: Index(rows), size: rowsAtOnce, first: "first", height: "height", body: body)]
  }

  func forward(_ body: [Statement]) -> Statement { .loop(variable: "t", extent: .constant(time), body: body) }

  func backward(_ body: [Statement]) -> Statement {
    guard time > 1 else { return forward(body) }
    return .loop(
      variable: "back", extent: .constant(time),
      body: [.position("t", .constant(time - 1) + .variable("back") * -1)] + body)
  }

  func forEachUnit(_ body: (_ row: Index, _ unit: Index) -> [Statement]) -> Statement {
    let row = first + .variable("i0")
    return .loop(
      variable: "i0", extent: height,
      body: units == 1
        ? body(row, 0) : [.loop(variable: "i1", extent: .constant(units), body: body(row, .variable("i1")))])
  }

  /// Before the first step the states become what they start from.
  var begin: Statement {
    forEachUnit { row, unit in
      layout.last.enumerated().map { number, state in
        context.store(state, [row, unit], layout.start.map { context.load($0 + number, [row, unit]) } ?? 0.0)
      }
    }
  }

  // MARK: Elements

  /// Stores an element of a result, unless nothing reads the result.
  func storeIfNeeded(_ result: Int, _ place: [Index], _ value: Expression) -> [Statement] {
    context.isNeeded(result: result) ? [context.store(result, place, value)] : []
  }

  func gate(_ number: Int, _ row: Index, _ unit: Index) -> [Index] { [row, t, unit + .constant(number * units)] }

  /// Whether anything is ever behind a step: without a start the only one has nothing.
  var hasProducts: Bool { time > 1 || layout.options.hasStart }

  /// What the state's product has made for a gate.
  func product(_ gate: Int, in sums: Int, _ row: Index, _ unit: Index) -> Expression {
    hasProducts ? context.loadResult(sums, [row, unit + .constant(gate * units)]) : 0.0
  }

  /// What a gate's activation takes: the projected input, operand 0, and of the product in `sums` the same gate, or gate `product`.
  func sum(_ number: Int, product: Int? = nil, in sums: Int, _ row: Index, _ unit: Index) -> Expression {
    context.load(0, gate(number, row, unit)) + self.product(product ?? number, in: sums, row, unit)
  }

  /// `new` where the step counts, else `old`.
  func kept(_ new: Expression, _ old: Expression, _ row: Index) -> Expression {
    guard let mask else { return new }
    return .select(.compare(.greater, context.load(mask, [row, t]), 0.0), new, old)
  }

  // MARK: Products

  /// h, a result [rows, units], times the first of the recurrent weights. With factors, `scaled` is the place for what h becomes
  /// by them.
  func products(of state: Int, scaled: Int, into sums: Int) -> [Statement] {
    products(of: lines(state, units), scaled: scaled, into: sums) { context.loadResult(state, [$0, $1]) }
  }

  /// The same for h before step t, of an operand [rows, time, units].
  func productsAgain(of states: Int, scaled: Int, into sums: Int) -> [Statement] {
    products(of: linesOfStep(context.operandBuffers[states]), scaled: scaled, into: sums) {
      context.load(states, [$0, t, $1])
    }
  }

  private func products(
    of lines: MatrixLines, scaled: Int, into sums: Int, _ element: (Index, Index) -> Expression
  ) -> [Statement] {
    guard hasProducts, factors != nil else { return products(of: lines, weights: 0, into: sums) }
    let scale = forEachUnit { row, unit in
      [context.store(scaled, [row, unit], factored(element(row, unit), row, unit))]
    }
    return [scale] + products(of: self.lines(scaled, units), weights: 0, into: sums)
  }

  /// Lines of units times recurrent weights.
  func products(of lines: MatrixLines, weights: Int, into sums: Int) -> [Statement] {
    guard hasProducts else { return [] }
    let columns = layout.weights[weights] * units
    return [
      product(
        columns: columns, depth: units, a: lines, panels: panels + weights,
        c: self.lines(sums, PanelProduct.padded(columns)))
    ]
  }

  /// The gradient of the product [rows, time, gates·units] at step t times the turned weights: what flows to the state before.
  /// `first` is the first gate of those weights.
  func productsBack(of flow: Int, first gate: Int = 0, weights: Int = 0, turned: Int, into sums: Int) -> [Statement] {
    let start = first * .constant(time * width) + t * .constant(width) + .constant(gate * units)
    let a = MatrixLines(context.resultBuffers[flow], base: start, stride: time * width)
    let depth = layout.weights[weights] * units
    return [product(columns: units, depth: depth, a: a, panels: turned + weights, c: lines(sums, padded))]
  }

  /// What `productsBack` made flow to a unit of the state.
  func flow(in sums: Int, _ row: Index, _ unit: Index) -> Expression {
    factored(context.loadResult(sums, [row, unit]), row, unit)
  }

  /// A number of a unit times the unit's factor, where there are factors.
  func factored(_ value: Expression, _ row: Index, _ unit: Index) -> Expression {
    factors.map { value * context.load($0, [row, unit]) } ?? value
  }

  /// What happens behind a step of the walk back: `products`, unless nothing is before it, or the gradient ends here, where the
  /// flow and the `cleared` results of one state become 0.
  func goOn(_ products: [Statement], flow sums: Int, cleared: [Int]) -> [Statement] {
    let isLater = Condition.index(.greater, t, 0)
    let truncation = layout.options.truncation
    guard truncation > 0, truncation < time else {
      return layout.options.hasStart ? products : time > 1 ? [.conditional(isLater, products)] : []
    }
    let phase = t % truncation
    let cut = forEachUnit { row, unit in ([sums] + cleared).map { context.store($0, [row, unit], 0.0) } }
    return [
      .conditional(.index(.greater, phase, 0), products),
      .conditional(.and(.index(.equal, phase, 0), isLater), [cut]),
    ] + (layout.options.hasStart ? [.conditional(.index(.equal, t, 0), products)] : [])
  }

  /// The gradient of a state that was given to start from; 0 where none was.
  func startState(_ result: Int, flow sums: Int, past: Int) -> [Statement] {
    guard context.isNeeded(result: result) else { return [] }
    return [
      forEachUnit { row, unit in
        let arrived = flow(in: sums, row, unit) + context.loadResult(past, [row, unit])
        return [context.store(result, [row, unit], layout.options.hasStart ? arrived : 0.0)]
      }
    ]
  }

  /// Rows of step t of an array [rows, time, units].
  func linesOfStep(_ buffer: String) -> MatrixLines {
    .init(buffer, base: first * .constant(time * units) + t * .constant(units), stride: time * units)
  }

  /// Rows of a result [rows, count].
  func lines(_ result: Int, _ count: Int) -> MatrixLines {
    .init(context.resultBuffers[result], base: first * .constant(count), stride: count)
  }

  private func product(columns: Int, depth: Int, a: MatrixLines, panels: Int, c: MatrixLines)
    -> Statement
  {
    .panelProduct(
      PanelProduct(
        lines: height, columns: columns, depth: depth, a: a, panels: context.operandBuffers[panels], c: c))
  }
}

extension GraphBuilder {
  /// What a recurrent operator makes of x [rows, time, gates·units], the projected input with its bias: the states of every step, and
  /// those in the end. `kernel` [units, gates·units] are its recurrent weights, which the operator may want in parts, `others` the
  /// operands of its own; `start` are as many states as it has, or none. These and mask and factors decide what `op`'s options say of them.
  public mutating func recurrent<Cell: RecurrentOperator>(
    _ op: Cell, _ x: Value, _ kernel: Value, others: [Value] = [], start: [Value] = [], mask: Value? = nil,
    factors: Value? = nil
  ) throws(ShapeError) -> (states: Value, last: [Value]) {
    var op = op
    (op.options.hasStart, op.options.hasMask, op.options.hasFactors) = (!start.isEmpty, mask != nil, factors != nil)
    let units = shape(of: kernel)[0].count
    var panels: [Value] = []
    var first = 0
    for gates in Cell.weights {
      let end = first + gates * units
      let part =
        gates == Cell.gates
        ? kernel : try slice(kernel, starts: [0, first], ends: [units, end], strides: [1, 1])
      panels.append(try append(Panels(), [part]))
      first = end
    }
    let states = try append(op, [x] + panels + others + start + [mask, factors].compactMap { $0 })
    return (states, Cell.last.map { Value(node: states.node, result: $0) })
  }

  /// Σ over rows and steps of h[t-1]ᵀ·gradient of the product: the gradient of the recurrent weights, packed as they are.
  /// `states` are h before each step, `factors` [rows, units] what each is multiplied by.
  mutating func recurrentGradient(states: Value, flow: Value, factors: Value?) throws(ShapeError) -> Value {
    var states = states
    if let factors {
      let shape = self.shape(of: states)
      states = try multiply(states, reshape(factors, to: [shape[0], 1, shape[2]]))
    }
    let weight = try matmul(flattenedToMatrix(states), flattenedToMatrix(flow), transposeLeft: true)
    return try append(Panels(), [weight])
  }
}
