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
    let given = "\(p)_context *context, const \(p)_parameters *parameters, size_t rows,"
    let arrays = "const \(p)_inputs *inputs, const \(p)_outputs *outputs)"
    var printer = CPrinter()
    if program.rowGroup != nil {
      printer.lines(comment("Inference for the rows of a group", arguments))
      printer.block("static void \(p)_predict_group(\(given)\n                       \(arrays)") { printer in
        run(program.predict, &library, in: .context, lap: 0, into: &printer)
      }
      printer.line()
    }
    printer.lines(comment("One call of inference", arguments))
    printer.block("\(p)_status \(p)_predict(\(given)\n                       \(arrays)") { printer in
      check(["context", "parameters"], arguments, in: .context, into: &printer)
      if program.rowGroup == nil {
        run(program.predict, &library, in: .context, lap: 0, into: &printer)
      } else {
        predictGroups(arguments, into: &printer)
      }
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  /// Groups of about the same size, each with the caller's arrays from its first row on.
  private func predictGroups(_ arguments: [Arguments], into printer: inout CPrinter) {
    for group in arguments { printer.line("\(p)_\(group.kind) group_\(group.kind) = *\(group.kind);") }
    printer.block("for (size_t left = rows, count = 0; left > 0; left -= count)") { printer in
      printer.line("const size_t groups = (left + \(macro)_GROUP - 1) / \(macro)_GROUP;")
      printer.line("count = (left + groups - 1) / groups;")
      printer.line("\(p)_predict_group(context, parameters, count, &group_inputs, &group_outputs);")
      for group in arguments {
        for field in group.fields where field.type.shape.perRow {
          printer.line(
            "group_\(group.kind).\(field.name.cIdentifier) += count * \(field.type.shape.elementCount.count);")
        }
      }
    }
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

  func lastPart(of separator: Character) -> String {
    split(separator: separator).last.map(String.init) ?? self
  }
}
