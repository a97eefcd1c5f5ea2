import Diagnostics
import GraphIR
import KernelIR
import Operators
import Testing

@Suite struct GraphParserTests {
  @Test func textFormReadsBack() throws {
    let graph = try Self.classifier()
    let text = graph.description
    let parsed = try GraphParser.parse(text, operators: OperatorRegistry.byName)
    #expect(parsed.description == text)
    #expect(parsed.name == graph.name)
    #expect(parsed.roots == graph.roots)
    #expect(parsed.nodes.map(\.location) == graph.nodes.map(\.location))
    #expect(parsed.nodes.map(\.kernel) == graph.nodes.map(\.kernel))
    try parsed.verify()
  }

  /// Every operator's attributes survive, for random instances.
  @Test func everyOperatorReadsBack() throws {
    var random = RandomSource(seed: 8)
    var drawn: Set<String> = []
    let types = [
      TensorType(.f32, [.rows, 4]), TensorType(.f64, [2, 3, 2]), TensorType(.i32, [.rows]),
      TensorType(.f32, [.rows, 4, 4, 2]), TensorType(.f32, [.rows, 3, 2]), TensorType(.f32, [3, 5]),
      TensorType(.f32, [.rows, 4, 5, 16]), TensorType(.f32, [3, 3, 2, 5]), TensorType(.f32, [1, 16, 2, 32]),
    ]
    for operatorType in OperatorRegistry.all {
      for type in types + types {
        guard let instance = operatorType.draw(&random, operand: type) else { continue }
        drawn.insert(operatorType.name)
        let text = try Self.graph(of: instance).description
        let parsed = try GraphParser.parse(text, operators: OperatorRegistry.byName)
        try parsed.verify()
        #expect(parsed.description == text)
      }
    }
    let undrawn = Set(OperatorRegistry.all.map { $0.name }).subtracting(drawn)
    #expect(undrawn.sorted() == ["constant", "source"])
  }

  @Test func numbersThatJSONLacksReadBack() throws {
    var builder = GraphBuilder(name: "constants")
    let values = [Double.infinity, -.infinity, 0.1, -0.0, .leastNonzeroMagnitude]
    builder.addRoot(.output("y"), try builder.constant(values, TensorType(.f64, [5])))
    let parsed = try GraphParser.parse(builder.graph.description, operators: OperatorRegistry.byName)
    let constant = try #require(parsed.nodes[0].op as? Constant)
    #expect(constant.values.map(\.bitPattern) == values.map(\.bitPattern))
    let nan = builder.graph.description.replacing("0.1", with: "\"nan\"")
    let hasNaN = try GraphParser.parse(nan, operators: OperatorRegistry.byName).nodes[0].op as? Constant
    #expect(hasNaN?.values[2].isNaN == true)
  }

  @Test func namesMayHaveSpacesAndBraces() throws {
    var builder = GraphBuilder(name: "two words")
    builder.location = SourceLocation(file: "my: model in.swift", line: 3, column: 14)
    builder.scope = "block 2/dense"
    let x = builder.source(.input, "a } \"b\" \\ [", TensorType(.f32, [.rows, 2]))
    builder.addRoot(.output("my output"), x)
    builder.addRoot(.update(.state, "lstm/h"), builder.source(.state, "lstm/h", builder.type(of: x)))
    builder.addRoot(.update(.slot, "adam/my kernel"), x)
    let parsed = try GraphParser.parse(builder.graph.description, operators: OperatorRegistry.byName)
    #expect(parsed.description == builder.graph.description)
    #expect(parsed.roots == builder.graph.roots)
    #expect(parsed.nodes[0].location == builder.location)
    #expect((parsed.nodes[0].op as? Source)?.name == "a } \"b\" \\ [")
  }

  @Test func commentsAndBlankLinesAreSkipped() throws {
    let text =
      "// a test\ngraph g\n\n  %0: f32[] = constant {\"type\":\(Self.scalar),\"values\":[1]} ()\nroot loss %0\n"
    let parsed = try GraphParser.parse(text, operators: OperatorRegistry.byName)
    #expect(parsed.nodes.count == 1)
    #expect(parsed.roots == [Root(.loss, Value(node: 0))])
  }

  private static let scalar = "{\"element\":\"f32\",\"shape\":{\"dimensions\":[]}}"
  private static let one = "%0: f32[] = constant {\"type\":\(scalar),\"values\":[1]} ()"

  @Test(arguments: [
    ("graph g\n%1: f32[] = relu {} (%0)", 2, "the next value is %0"),
    ("%0: f16[] = relu {} ()", 1, "'f16' is not an element type"),
    ("%0: f32[rows 3] = relu {} ()", 1, "',' expected before '3] = relu {} ()'"),
    ("%0: f32[] = conv {} ()", 1, "there is no operator 'conv'"),
    ("%0: f32[] = relu () ()", 1, "attributes in braces expected before '() ()'"),
    ("%0: f32[] = relu {\"a}\" ()", 1, "the attributes have no closing brace"),
    ("%0: f32[] = sum {} (%0)", 1, "the attributes {} do not fit sum"),
    ("%0: f32[] = relu {} (0)", 1, "'%' expected before '0)'"),
    ("%0: f32[] = relu {} (%99999999999999999999)", 1, "a number expected before ')'"),
    ("%0, %0.1: f32[] = relu {} (%0)", 1, "2 results, but 1 types"),
    (one + " @ model.swift:3", 1, "a location is FILE:LINE:COLUMN, not 'model.swift:3'"),
    (one + " in \"dense", 1, "'\"' expected before ''"),
    (one + " kernel", 1, "'kernel' is not expected here"),
    (one + "\nroot loss", 2, "a root is a role and a value, not 'loss'"),
    (one + "\nroot loss %0 %0", 2, "'loss %0 %0' is not a root"),
    (one + "\nroot output %0", 2, "root 'output %0' has no name"),
    (one + "\nroot update kernel k %0", 2, "'kernel' is not updated"),
    (one + "\nroot loss %0x", 2, "'x' is not expected here"),
  ])
  func errorsNameTheLine(_ text: String, _ line: Int, _ message: String) {
    #expect {
      try GraphParser.parse(text, operators: OperatorRegistry.byName)
    } throws: { error in
      let failure = error as? GraphParser.Failure
      #expect(failure?.message == message)
      return failure?.line == line
    }
  }

  /// Whatever the text is cut or altered to, the parser and the verifier answer or throw.
  @Test func damagedTextIsNoTrap() throws {
    var random = RandomSource(seed: 9)
    let types = [TensorType(.f32, [.rows, 4]), TensorType(.f64, [2, 3, 2]), TensorType(.i32, [.rows])]
    let instances = OperatorRegistry.all.flatMap { op in types.compactMap { op.draw(&random, operand: $0) } }
    var texts = try instances.map { try Self.graph(of: $0).description }
    texts += try (0..<30).map { _ in try Self.classifier().description }
    for text in texts {
      for _ in 0..<40 {
        let damaged = damage(Array(text.utf8), &random)
        if let graph = try? GraphParser.parse(damaged, operators: OperatorRegistry.byName) { try? graph.verify() }
      }
    }
  }

  /// One to three bytes lost, changed or repeated elsewhere.
  private func damage(_ text: [UInt8], _ random: inout RandomSource) -> String {
    var damaged = text
    for _ in 0...random.integer(in: 0...2) {
      let position = random.integer(in: 0...(damaged.count - 1))
      switch random.integer(in: 0...2) {
      case 0: damaged.remove(at: position)
      case 1: damaged[position] = random.element(of: Array("0129%{}[](),\". \n-:rf".utf8))
      default: damaged.insert(random.element(of: text), at: position)
      }
    }
    return String(decoding: damaged, as: UTF8.self)
  }

  private static func graph(of instance: Instance) throws -> Graph {
    var builder = GraphBuilder(name: "one")
    let operands = instance.operands.enumerated().map { builder.source(.input, "x\($0)", $1) }
    builder.addRoot(.output("y"), try builder.append(instance.op, operands))
    return builder.graph
  }

  /// A dense layer with softmax and its loss.
  static func classifier() throws -> Graph {
    var builder = GraphBuilder(name: "digits")
    let x = builder.source(.input, "x", TensorType(.f32, [.rows, 6]))
    let label = builder.source(.target, "y", TensorType(.i32, [.rows]))
    let kernel = builder.source(.parameter, "dense/kernel", TensorType(.f32, [6, 3]))
    builder.location = SourceLocation(file: "model.swift", line: 6, column: 13)
    builder.scope = "dense"
    let scaled = try builder.multiply(x, builder.constant(0.1, element: .f32))
    let logits = try builder.matmul(scaled, kernel)
    builder.addRoot(.output("dense"), try builder.softmax(logits))
    builder.scope = ""
    let losses = try builder.softmaxCrossEntropy(logits, label)
    builder.addRoot(.loss, try builder.mean(losses, axes: [0]))
    builder.addRoot(.metric("accuracy"), try builder.argmax(logits))
    builder.addRoot(.gradient("dense/kernel"), try builder.pad(kernel, before: [0, 1], after: [2, 0]))
    builder.addRoot(.update(.slot, "sgd/dense/kernel"), try builder.transpose(kernel, permutation: [1, 0]))
    var graph = builder.graph
    for index in graph.nodes.indices where !(graph.nodes[index].op is Source) { graph.nodes[index].kernel = index / 2 }
    return graph
  }
}
