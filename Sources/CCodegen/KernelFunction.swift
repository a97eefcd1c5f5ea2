import KernelIR
import Scheduling

/// A kernel as a static C function.
struct KernelFunction {
  let kernel: Kernel
  let usage: Usage
  /// `digits_dense_forward`.
  let name: String
  let prefix: String
  let element: ElementType

  init(_ kernel: Kernel, name: String, prefix: String, element: ElementType) {
    self.kernel = kernel
    self.name = name
    self.prefix = prefix
    self.element = element
    usage = Usage(kernel.body)
  }

  var text: String {
    var printer = CPrinter()
    printer.line("/* " + kernel.comment.joined(separator: "\n * ") + " */")
    let integers = Dictionary(
      kernel.arguments.filter { !$0.element.isFloating }.map { ($0.name, $0.element) },
      uniquingKeysWith: { first, _ in first })
    let statements = StatementPrinter(
      expressions: ExpressionPrinter(prefix: prefix, element: element), integerBuffers: integers,
      isPart: kernel.sharedWork != nil)
    printer.block("static void \(name)(\(parameters.map(\.declaration).joined(separator: ",\n    ")))") {
      for argument in kernel.arguments where !usage.buffers.contains(argument.name) {
        $0.line("(void)\(argument.name);")
      }
      statements.printTop(kernel.body, into: &$0)
    }
    if kernel.sharedWork != nil { printTask(into: &printer) }
    return printer.text
  }

  private struct Parameter {
    var type: String
    var name: String
    var comment = ""
    /// As a parameter; a pointer is the only one to what it points to.
    var declaration: String { "\(type)\(type.hasSuffix("*") ? "restrict " : " ")\(name)\(comment)" }
    var member: String { "\(type)\(type.hasSuffix("*") ? "" : " ")\(name);" }
  }

  private var parameters: [Parameter] {
    (kernel.sharedWork == nil ? [] : ["part", "parts"].map { Parameter(type: "size_t", name: $0) }) + callParameters
  }

  /// Those that the caller gives.
  private var callParameters: [Parameter] {
    var parameters = usage.rows || kernel.sharedWork?.perRow == true ? [Parameter(type: "size_t", name: "rows")] : []
    if usage.random { parameters += ["seed", "step"].map { Parameter(type: "uint64_t", name: $0) } }
    if usage.releases { parameters.append(Parameter(type: "const \(prefix)_release *", name: Self.release)) }
    return parameters
      + kernel.arguments.map { argument in
        let type = argument.element.isFloating ? element.cName : argument.element.cName
        return Parameter(
          type: "\(argument.isWritten ? "" : "const ")\(type) *", name: argument.name,
          comment: " /* \(argument.shape) */")
      }
  }

  /// A call as one value, and the function that a pool runs on it.
  private func printTask(into printer: inout CPrinter) {
    printer.line()
    printer.block("struct \(name)_call", end: "};") { printer in
      for parameter in callParameters { printer.line(parameter.member) }
    }
    printer.line()
    printer.block("static void \(name)_task(void *given, size_t part, size_t parts)") { printer in
      printer.line("const struct \(name)_call *const call = given;")
      printer.line(
        "\(name)(\((["part", "parts"] + callParameters.map { "call->\($0.name)" }).joined(separator: ", ")));")
    }
  }

  /// What takes weights back that have been packed.
  static let release = "release"

  /// The statement that calls it on the buffers given. Where it could release weights it may do so.
  func call(_ buffers: [String], releases: Bool = false) -> String {
    let scalars = callParameters.prefix(callParameters.count - buffers.count).map {
      $0.name == Self.release && !releases ? "NULL" : $0.name
    }
    let values = (scalars + buffers).joined(separator: ", ")
    guard let work = kernel.sharedWork else { return "\(name)(\(values));" }
    let amount = "\(work.perRow ? "rows * " : "")\(work.count)"
    return "\(prefix)_parallel(pool, \(amount), \(name)_task, &(struct \(name)_call){\(values)});"
  }
}

/// The kernels of all generated functions; those that are alike in two of them are printed once.
struct KernelLibrary {
  private(set) var functions: [KernelFunction] = []
  private var taken: Set<String> = []
  let prefix: String
  let element: ElementType

  init(prefix: String, element: ElementType) {
    self.prefix = prefix
    self.element = element
  }

  mutating func add(_ kernel: Kernel) -> KernelFunction {
    if let known = functions.first(where: { $0.kernel.unnamed == kernel.unnamed }) { return known }
    var name = "\(prefix)_\(kernel.name)"
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(prefix)_\(kernel.name)_\(number)"
    }
    let function = KernelFunction(kernel, name: name, prefix: prefix, element: element)
    functions.append(function)
    return function
  }
}
