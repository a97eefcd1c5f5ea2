import KernelIR

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
    let integers = Set(kernel.arguments.filter { $0.element == .i32 }.map(\.name))
    let statements = StatementPrinter(
      expressions: ExpressionPrinter(prefix: prefix, element: element), integerBuffers: integers)
    printer.block("static void \(name)(\(parameters.joined(separator: ",\n    ")))") {
      for argument in kernel.arguments where !usage.buffers.contains(argument.name) {
        $0.line("(void)\(argument.name);")
      }
      statements.print(kernel.body, into: &$0)
    }
    return printer.text
  }

  private var parameters: [String] {
    var parameters = usage.rows ? ["size_t rows"] : []
    if usage.random { parameters += ["uint64_t seed", "uint64_t step"] }
    return parameters
      + kernel.arguments.map { argument in
        let type = argument.element == .i32 ? "int32_t" : element.cName
        return "\(argument.isWritten ? "" : "const ")\(type) *restrict \(argument.name) /* \(argument.shape) */"
      }
  }

  /// The call's arguments for the buffers given.
  func call(_ buffers: [String]) -> String {
    let scalars = (usage.rows ? ["rows"] : []) + (usage.random ? ["seed", "step"] : [])
    return "\(name)(\((scalars + buffers).joined(separator: ", ")));"
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
    if let known = functions.first(where: { $0.kernel.arguments == kernel.arguments && $0.kernel.body == kernel.body })
    {
      return known
    }
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
