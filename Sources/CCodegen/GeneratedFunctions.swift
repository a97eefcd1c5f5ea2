import GraphIR
import Scheduling

/// The functions of NAME.h that run kernels: predict, evaluate, adapt and, in an extension, those of training.
struct GeneratedFunctions {
  let program: CProgram

  var p: String { program.prefix }
  var macro: String { program.macro }
  var real: String { program.real }

  func definitions(_ library: inout KernelLibrary) -> [String] {
    var functions = [
      validity(of: Arguments("inputs", program.model.inputs)), predict(&library), prepare(&library), adapt,
    ]
    if let stream = program.stream {
      functions += [
        validity(of: Arguments("inputs", program.stepInputs, prefix: "step_")), self.stream(stream, &library),
      ]
    }
    if program.isTrainable, let evaluate = program.evaluate, let backward = program.backward, let apply = program.apply
    {
      functions += [
        validity(of: Arguments("targets", program.model.targets)), finishMetrics, self.evaluate(evaluate, &library),
        self.backward(backward, &library), self.apply(apply, &library), trainStep(&library),
      ]
    }
    return functions.filter { !$0.isEmpty }
  }

  // MARK: Inference

  private func predict(_ library: inout KernelLibrary) -> String {
    let arguments = [Arguments("inputs", program.model.inputs), Arguments("outputs", program.model.outputs)]
    var printer = CPrinter()
    printer.lines(comment("One call of inference", arguments))
    printer.block(
      "\(p)_status \(p)_predict(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,\n"
        + "                       const \(p)_inputs *inputs, const \(p)_outputs *outputs)"
    ) { printer in
      check(["context", "parameters"], arguments, in: .context, into: &printer)
      run(program.predict, &library, in: .context, lap: 0, into: &printer)
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  private func prepare(_ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.lines(
      comment("What inference would make of the weights alone in each call, \(program.preparedBytes) bytes of it", []))
    printer.block("\(p)_status \(p)_parameters_prepare(\(p)_parameters *parameters, void *memory, size_t bytes)") {
      printer in
      printer.line("if (!parameters) return \(macro)_ERROR_ARGUMENT;")
      printer.line("parameters->prepared = NULL;")
      printer.line("if (!memory) return \(macro)_OK;")
      printer.line("const \(p)_status status = \(p)_check_memory(memory, bytes, \(macro)_PREPARED_BYTES);")
      printer.line("if (status != \(macro)_OK) return status;")
      if program.preparations.contains(where: { $0.preparation.steps.contains { $0.kernel.sharedWork != nil } }) {
        printer.line("\(p)_pool *const pool = NULL;")
      }
      if !program.preparations.isEmpty { printer.line("unsigned char *const prepared = memory;") }
      for (name, base, preparation) in program.preparations {
        printer.block("/* for \(name.lastPart(of: ".")) */") { make(preparation, at: base, &library, into: &$0) }
      }
      printer.line("parameters->prepared = memory;")
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  private func stream(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    let arguments = [
      Arguments("inputs", program.stepInputs, prefix: "step_"), Arguments("outputs", program.stepOutputs),
    ]
    var printer = CPrinter()
    printer.lines(comment("One step of each sequence", arguments))
    printer.block(
      "\(p)_status \(p)_stream(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,\n"
        + "                      const \(p)_inputs *inputs, const \(p)_outputs *outputs)"
    ) { printer in
      check(["context", "parameters"], arguments, in: .context, into: &printer)
      if case .possible(_, let limit?) = program.streaming {
        printer.line("if (context->position >= \(limit)) return \(macro)_ERROR_STEPS;")
        printer.line("const int32_t position = (int32_t)context->position;")
      }
      run(schedule, &library, in: .context, into: &printer)
      printer.line("context->position++;")
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  /// What a row is judged by.
  var judged: [Arguments] {
    [Arguments("inputs", program.model.inputs), Arguments("targets", program.model.targets)]
  }

  private func evaluate(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.lines(comment("Loss and metrics as in inference, added to those in metrics", judged))
    printer.block(
      "\(p)_status \(p)_evaluate(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,\n"
        + "                        const \(p)_inputs *inputs, const \(p)_targets *targets, \(p)_metrics *metrics)"
    ) { printer in
      check(["context", "parameters", "metrics"], judged, in: .context, into: &printer)
      run(schedule, &library, in: .context, into: &printer)
      addMetrics(schedule, of: .context, into: &printer)
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }
}

extension String {
  var lastPart: String { lastPart(of: "/") }

  fileprivate func lastPart(of separator: Character) -> String {
    split(separator: separator).last.map(String.init) ?? self
  }
}
