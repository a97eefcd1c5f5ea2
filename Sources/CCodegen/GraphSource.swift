import GraphIR
import KernelIR
import Scheduling
import Templates

/// Any number of graphs as one C file, to be run beside the compiler: the kernels and arena of each are those that a model would get.
///
/// Graph N is `void check_graph_N(size_t rows, uint64_t seed, uint64_t step, void *const *arrays, unsigned char *arena)`,
/// whose arrays are the graph's sources and then its roots, in order.
public struct GraphSource: Sendable {
  /// The kernels of each graph.
  public let schedules: [Schedule]
  public let element: ElementType

  private static let prefix = "check"

  /// `graphs` have been through the passes, and the role of every root is an output, a gradient or an update.
  public init(_ graphs: [Graph], element: ElementType, options: ScheduleOptions) {
    schedules = graphs.map { Schedule($0, options: options) }
    self.element = element
  }

  public static func functionName(_ index: Int) -> String { "\(prefix)_graph_\(index)" }

  private var usage: [Usage] { schedules.flatMap { $0.steps.map { Usage($0.kernel.body) } } }

  public var usesBLAS: Bool { usage.contains { $0.methods.contains(.blas) } }

  /// The functions of the kernels alone.
  public var kernels: String {
    var library = KernelLibrary(prefix: Self.prefix, element: element)
    for step in schedules.flatMap(\.steps) { _ = library.add(step.kernel) }
    return library.functions.map(\.text).joined(separator: "\n")
  }

  /// The C file.
  public func text() throws -> String {
    var library = KernelLibrary(prefix: Self.prefix, element: element)
    let functions = schedules.enumerated().map { function($0, $1, &library) }
    let headers = ["math.h", "stddef.h", "stdint.h", "string.h"] + (usesBLAS ? ["cblas.h"] : [])
    let sections = [
      headers.map { "#include <\($0)>\n" }.joined(),
      "#define \(Self.prefix.uppercased())_REAL_BITS \(element.byteCount * 8)\n"
        + "typedef \(element.cName) \(Self.prefix)_real;\n",
      try Templates.expand(TemplateList.kernels(usage: usage), name: Self.prefix),
    ]
    return (sections + library.functions.map(\.text) + functions).joined(separator: "\n")
  }

  private func function(_ index: Int, _ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    let graph = schedule.graph
    let places =
      graph.nodes.compactMap { ($0.op as? Source).map(Placement.init) } + graph.roots.map { Placement($0.role) }
    let parameters = "size_t rows, uint64_t seed, uint64_t step, void *const *arrays, unsigned char *arena"
    var printer = CPrinter()
    printer.line("void \(Self.functionName(index))(\(parameters));")
    printer.block("void \(Self.functionName(index))(\(parameters))") { printer in
      for step in schedule.steps {
        let arguments = step.arguments.map { place in
          if case .arena(let number) = place {
            return "(void *)(arena + \(schedule.memory.buffers[number].offset.text(rows: "rows")))"
          }
          return "arrays[\(places.firstIndex(of: place) ?? 0)]"
        }
        printer.line(library.add(step.kernel).call(arguments))
      }
      for name in ["rows", "seed", "step", "arrays", "arena"] { printer.line("(void)\(name);") }
    }
    return printer.text
  }
}
