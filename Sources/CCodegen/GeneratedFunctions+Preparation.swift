import GraphIR
import KernelIR
import Scheduling

/// What is made of weights once, and the weights that nobody reads afterwards.
extension GeneratedFunctions {
  func prepare(_ library: inout KernelLibrary) -> String {
    let signature = "\(p)_parameters *parameters, void *memory, size_t bytes"
    var printer = CPrinter()
    printer.lines(
      comment("What inference would make of the weights alone in each call, \(program.preparedBytes) bytes of it", []))
    printer.block(
      "\(p)_status \(p)_parameters_prepare_and_release(\(signature),\n"
        + "                                            const \(p)_release *release)"
    ) { printer in
      printer.line("if (!parameters) return \(macro)_ERROR_ARGUMENT;")
      printer.line("parameters->prepared = NULL;")
      printer.line("if (!memory) return \(macro)_OK;")
      printer.line("const \(p)_status status = \(p)_check_memory(memory, bytes, \(macro)_PREPARED_BYTES);")
      printer.line("if (status != \(macro)_OK) return status;")
      if program.preparations.contains(where: { $0.preparation.steps.contains { $0.kernel.sharedWork != nil } }) {
        printer.line("\(p)_pool *const pool = NULL;")
      }
      if !program.preparations.isEmpty { printer.line("unsigned char *const prepared = memory;") }
      if program.releasedWeights.allSatisfy({ $0.allSatisfy(\.isEmpty) }) { printer.line("(void)release;") }
      for (preparation, released) in zip(program.preparations, program.releasedWeights) {
        printer.block("/* for \(preparation.name.lastPart(of: ".")) */") {
          make(preparation.preparation, at: preparation.base, releasing: released, &library, into: &$0)
        }
      }
      printer.line("parameters->prepared = memory;")
      printer.line("return \(macro)_OK;")
    }
    printer.line()
    printer.lines(comment("The same, and the weights stay", []))
    printer.block("\(p)_status \(p)_parameters_prepare(\(signature))") {
      $0.line("return \(p)_parameters_prepare_and_release(parameters, memory, bytes, NULL);")
    }
    return printer.text
  }

  /// What a schedule makes of weights alone, at `prepared` and behind what others have there. Behind each step the weights that it is the
  /// last to read are released, where it does not do so itself.
  private func make(
    _ preparation: Preparation, at base: Int, releasing released: [Set<String>], _ library: inout KernelLibrary,
    into printer: inout CPrinter
  ) {
    let names = declarations(preparation.steps, into: &printer) { placement in
      preparation.offset(of: placement).map { "prepared + \(base + $0)" }
    }
    for (step, weights) in zip(preparation.steps, released) {
      printer.line(call(step, &library, names: names, releases: !weights.isEmpty))
      guard !Usage(step.kernel.body).releases else { continue }
      for tensor in weights.compactMap(program.layout.parameter).sorted(by: { $0.offset < $1.offset }) {
        let place = text(of: .parameter(tensor.name), names: names)
        printer.line("\(p)_released(\(KernelFunction.release), \(place), \(tensor.count));")
      }
    }
  }
}

extension CProgram {
  /// Whether preparing makes any weight needless, or has a kernel that could say so.
  var releasesWeights: Bool {
    releasedWeights.contains { $0.contains { !$0.isEmpty } }
      || preparations.contains { $0.preparation.steps.contains { Usage($0.kernel.body).releases } }
  }

  /// For each step of each of `preparations` the parameters that nobody reads after it: no later step, and no call of predict or
  /// stream that has what is prepared.
  var releasedWeights: [[Set<String>]] {
    var seen = Set([predict, stream].compactMap { $0?.preparation }.flatMap(\.weightsReadByCalls))
    return preparations.reversed().map { preparation in
      preparation.preparation.steps.reversed().map { step in
        let weights = Set(step.arguments.compactMap(\.parameter))
        defer { seen.formUnion(weights) }
        return weights.subtracting(seen)
      }.reversed()
    }.reversed()
  }
}
