import GraphPasses
import KernelIR
import Scheduling

/// backward, apply and train_step.
extension GeneratedFunctions {
  func backward(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.line(
      "/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */")
    printer.block(
      "static \(p)_status \(p)_run_backward(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,\n"
        + "                                    const \(p)_targets *targets, \(p)_metrics *metrics, int check)"
    ) { printer in
      printer.line("const \(p)_parameters *const parameters = trainer->parameters;")
      if !program.gradientsOfBackwardAlone.isEmpty { printer.line("trainer->has_gradients = 1;") }
      run(schedule, &library, in: .trainer, check: true, lap: program.trainStep == nil ? 0 : nil, into: &printer)
      printer.line("(void)parameters;")
      addMetrics(schedule, of: .trainer, into: &printer)
      printer.line("return \(macro)_OK;")
    }
    printer.line()
    printer.lines(
      comment("Gradients of the mean loss of the rows, \(program.layout.gradientCount) numbers in the trainer", judged))
    printer.block(
      "\(p)_status \(p)_backward(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,\n"
        + "                        const \(p)_targets *targets, \(p)_metrics *metrics)"
    ) { printer in
      check(["trainer", "metrics"], judged, in: .trainer, into: &printer)
      printer.line("trainer->fault = \"\";")
      printer.line("const \(p)_status status = \(p)_run_backward(trainer, rows, inputs, targets, metrics, 0);")
      printer.line("if (status != \(macro)_ERROR_NOT_FINITE) return status;")
      printer.block("for (size_t i = 0; i < \(macro)_TENSORS; i++)") { printer in
        printer.line("const \(p)_tensor_info *const tensor = &\(p)_tensors_table[i];")
        printer.line("if (\(p)_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;")
        printer.line("trainer->fault = tensor->name;")
        printer.line("return status;")
      }
      printer.line("return \(p)_run_backward(trainer, rows, inputs, targets, metrics, 1);")
    }
    return printer.text
  }

  func apply(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.lines(comment("The optimizer's update of \(program.layout.gradientCount) weights by their gradients", []))
    printer.block("\(p)_status \(p)_apply(\(p)_trainer *trainer, \(real) learning_rate)") { printer in
      printer.line("if (!trainer) return \(macro)_ERROR_ARGUMENT;")
      printer.line("\(p)_parameters *const parameters = trainer->parameters;")
      if !program.gradientsOfBackwardAlone.isEmpty { printer.line("\(p)_begin_gradients(trainer);") }
      let lap = program.trainStep == nil ? program.backward?.steps.count ?? 0 : nil
      run(schedule, &library, in: .trainer, lap: lap, into: &printer)
      finishUpdate(into: &printer)
    }
    return printer.text
  }

  /// The weights are others now.
  private func finishUpdate(into printer: inout CPrinter) {
    printer.line("(void)learning_rate;")
    printer.line("parameters->prepared = NULL;")
    printer.line("trainer->step++;")
    printer.line("return \(macro)_OK;")
  }

  func trainStep(_ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    if let step = program.trainStep { printer.line(joined(step, &library)) }
    printer.lines(comment("\(program.trainStep == nil ? "" : "As ")backward, then apply", judged))
    printer.block(
      "\(p)_status \(p)_train_step(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,\n"
        + "                          const \(p)_targets *targets, \(p)_metrics *metrics)"
    ) { printer in
      if program.trainStep == nil {
        printer.line("const \(p)_status status = \(p)_backward(trainer, rows, inputs, targets, metrics);")
        printer.line("return status == \(macro)_OK ? \(p)_apply(trainer, trainer->learning_rate) : status;")
      } else {
        check(["trainer", "metrics"], judged, in: .trainer, into: &printer)
        printer.line("trainer->fault = \"\";")
        printer.line("const \(p)_status status = \(p)_run_train_step(trainer, rows, inputs, targets, metrics);")
        printer.line("if (status == \(macro)_OK) return \(p)_finish_train_step(trainer, trainer->learning_rate);")
        printer.line("/* Nothing is updated: backward looks for the layer. */")
        printer.line("return \(p)_backward(trainer, rows, inputs, targets, metrics);")
      }
    }
    return printer.text
  }

  /// Two functions: the kernels up to the joined updates, which begin when the loss is known to be a number, and the other
  /// updates.
  private func joined(_ step: TrainStep<Schedule>, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.line("/* The kernels of backward; the last ones update large weights where they make their gradients. */")
    printer.block(
      "static \(p)_status \(p)_run_train_step(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,\n"
        + "                                      const \(p)_targets *targets, \(p)_metrics *metrics)"
    ) { printer in
      printer.line("const \(p)_parameters *const parameters = trainer->parameters;")
      printer.line("const \(real) learning_rate = trainer->learning_rate;")
      run(step.backward, &library, in: .trainer, lap: 0, into: &printer) { printer in
        addMetrics(step.backward, of: .trainer, into: &printer)
      }
      printer.line("return \(macro)_OK;")
    }
    printer.line()
    printer.line("/* The update of the other weights by their gradients. */")
    printer.block("static \(p)_status \(p)_finish_train_step(\(p)_trainer *trainer, \(real) learning_rate)") {
      printer in
      printer.line("\(p)_parameters *const parameters = trainer->parameters;")
      run(step.apply, &library, in: .trainer, lap: step.backward.steps.count, into: &printer)
      finishUpdate(into: &printer)
    }
    return printer.text
  }
}
