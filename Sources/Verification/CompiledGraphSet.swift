import CCodegen
import CompilerDriver
import Foundation
import GraphIR
import GraphPasses
import KernelIR
import Scheduling

/// Graphs as compiled C in this process: many in one shared object, because the C compiler's start costs most.
public final class CompiledGraphSet {
  /// How the C is made.
  public struct Choice: Hashable, Sendable, CustomStringConvertible {
    /// clang, gcc or a path.
    public var compiler: String
    public var element: ElementType
    public var products: ProductChoice
    public var optimize: Bool
    public var disabledFusions: Set<String>

    public init(
      compiler: String, element: ElementType, products: ProductChoice, optimize: Bool = true,
      disabledFusions: Set<String> = []
    ) {
      self.compiler = compiler
      self.element = element
      self.products = products
      self.optimize = optimize
      self.disabledFusions = disabledFusions
    }

    public var description: String {
      let fusions = disabledFusions.sorted().map { ", without \($0)" }.joined()
      return "\(compiler), \(element.rawValue), \(products.rawValue)\(optimize ? "" : ", unoptimized")\(fusions)"
    }

    func passes(inferenceOnly: Bool) -> PassOptions {
      PassOptions(
        optimize: optimize, disabledFusions: disabledFusions, inferenceOnly: inferenceOnly, element: element)
    }
  }

  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  typealias Function =
    @convention(c) (
      Int, UInt64, UInt64, UnsafePointer<UnsafeMutableRawPointer?>, UnsafeMutableRawPointer
    ) -> Void

  let source: GraphSource
  private let handle: UnsafeMutableRawPointer
  private let functions: [Function]

  /// Takes `graphs` through the passes and compiles them for calls of at most `maxRows` rows.
  public convenience init(_ graphs: [Graph], as choice: Choice, maxRows: Int) async throws {
    var compiled: [Graph] = []
    for graph in graphs {
      compiled.append(try PassPipeline.compile(graph, options: choice.passes(inferenceOnly: true)))
    }
    try await self.init(compiled: compiled, as: choice, maxRows: maxRows)
  }

  /// Compiles graphs that have been through the passes. Files go to a folder of their own and are removed.
  init(compiled graphs: [Graph], as choice: Choice, maxRows: Int) async throws {
    source = GraphSource(
      graphs.map(\.withEveryRootInMemory), element: choice.element,
      options: ScheduleOptions(
        products: choice.products, maxRows: maxRows, threads: 1, reuse: choice.optimize, phase: "forward"))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-check-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("check.c").path
    let object = folder.appendingPathComponent("check.so").path
    try Data(source.text().utf8).write(to: URL(fileURLWithPath: file))
    try await CCompiler.buildSharedObject(
      object, from: file, compiler: choice.compiler, libraries: (source.usesBLAS ? ["openblas"] : []) + ["m"])
    guard let handle = dlopen(object, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure(description: "cannot load the compiled graphs: \(dlerror().map { String(cString: $0) } ?? "")")
    }
    self.handle = handle
    functions = try graphs.indices.map { index in
      guard let symbol = dlsym(handle, GraphSource.functionName(index)) else {
        throw Failure(description: "the compiled graphs lack \(GraphSource.functionName(index))")
      }
      return unsafeBitCast(symbol, to: Function.self)
    }
  }

  deinit { dlclose(handle) }

  /// The roots of a graph, in order. `sources` are named as in `GraphEvaluator.evaluate`.
  public func run(
    _ index: Int, sources: [String: ReferenceTensor], rows: Int, seed: UInt64 = 0, step: UInt64 = 0
  ) throws -> [ReferenceTensor] {
    let schedule = source.schedules[index]
    let graph = schedule.graph
    var arrays: [NativeArray] = []
    var places: [Placement: NativeArray] = [:]
    for node in graph.nodes {
      guard let op = node.op as? Source else { continue }
      let key = "\(op.kind.rawValue)/\(op.name)"
      let values: [Double]
      switch op.kind {
      case .rows: values = [Double(rows)]
      case .step: values = [Double(step + 1)]
      default:
        guard let given = sources[key] else { throw Failure(description: "no numbers for source \(key)") }
        values = given.values
      }
      let array = NativeArray(values, element: node.results[0].element)
      arrays.append(array)
      places[Placement(op)] = places[Placement(op)] ?? array
    }
    // A weight is updated where it lies.
    let outputs = graph.roots.map { root in
      if let array = Placement(root.role).flatMap({ places[$0] }) { return array }
      let type = graph.type(of: root.value)
      return NativeArray(
        [Double](repeating: 0, count: type.shape.dimensions.reduce(1) { $0 * $1.value(rows: rows) }),
        element: type.element)
    }
    let arena = NativeArray(
      [Double](repeating: 0, count: schedule.memory.byteCount(rows: rows) / 8 + 8), element: .f64)
    functions[index](
      rows, seed, step, (arrays + outputs).map { Optional($0.address) }, arena.address)
    for array in arrays + outputs + [arena] where !array.fenceStands {
      throw Failure(description: "\(graph.name): a kernel writes past the end of an array")
    }
    return zip(graph.roots, outputs).map { root, array in
      ReferenceTensor(
        shape: graph.type(of: root.value).shape.dimensions.map { $0.value(rows: rows) }, values: array.values)
    }
  }
}

extension Graph {
  /// The loss and the metrics become outputs, since no driver reads them here.
  fileprivate var withEveryRootInMemory: Graph {
    var graph = self
    for index in roots.indices {
      switch roots[index].role {
      case .loss: graph.roots[index].role = .output("loss")
      case .metric(let name): graph.roots[index].role = .output("metric/\(name)")
      case .output, .gradient, .update: continue
      }
    }
    return graph
  }
}
