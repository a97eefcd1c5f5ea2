import GraphIR
import KernelIR
import Scheduling

/// The functions of NAME.h that run kernels: predict, evaluate, backward, apply, train_step and adapt.
struct GeneratedFunctions {
  let program: CProgram

  private var p: String { program.prefix }
  private var macro: String { program.macro }
  private var real: String { program.real }

  func definitions(_ library: inout KernelLibrary) -> [String] {
    var functions = [validity(of: program.model.inputs, "inputs"), predict(&library), adapt]
    if let stream = program.stream {
      functions += [validity(of: program.stepInputs, "inputs", prefix: "step_"), self.stream(stream, &library)]
    }
    if program.isTrainable, let evaluate = program.evaluate, let backward = program.backward, let apply = program.apply
    {
      functions += [
        validity(of: program.model.targets, "targets"), addMetrics, self.evaluate(evaluate, &library),
        self.backward(backward, &library),
        self.apply(apply, &library), trainStep,
      ]
    }
    return functions.filter { !$0.isEmpty }
  }

  // MARK: Calls

  /// The declarations of the arena's buffers and the calls of the kernels.
  private func calls(
    _ schedule: Schedule, _ library: inout KernelLibrary, in object: Object, check: Bool, into printer: inout CPrinter
  ) {
    var names: [Placement: String] = [:]
    var taken = Set(["rows", "inputs", "outputs", "targets", "arena", "state", "parameters", "trainer", "seed", "step"])
    for step in schedule.steps {
      for (argument, placement) in zip(step.kernel.arguments, step.arguments) {
        guard names[placement] == nil, let address = address(placement, in: object, schedule) else { continue }
        var name = argument.name
        var number = 1
        while !taken.insert(name).inserted {
          number += 1
          name = "\(argument.name)_\(number)"
        }
        names[placement] = name
        let type = argument.element == .i32 ? "int32_t" : real
        printer.line("\(type) *const \(name) = (\(type) *)(void *)(\(address)); /* \(argument.shape) */")
      }
    }
    printer.line()
    for step in schedule.steps {
      let function = library.add(step.kernel)
      let buffers = step.arguments.map { text(of: $0, names: names) }
      printer.line(function.call(buffers))
      guard check else { continue }
      for (position, count) in step.writtenCounts.sorted(by: { $0.key < $1.key }) {
        let count = ExpressionPrinter(prefix: p, element: program.options.element).text(Index(count))
        printer.line(
          "if (check && !\(p)_finite(\(buffers[position]), \(count))) { trainer->fault = \"\(step.scope)\"; "
            + "return \(macro)_ERROR_NOT_FINITE; }")
      }
    }
  }

  /// Where the object has a value of its own.
  private func address(_ placement: Placement, in object: Object, _ schedule: Schedule) -> String? {
    func offset(_ bytes: Int, perRow: Bool, behind fixed: Int) -> String {
      perRow ? "\(fixed) + \(bytes) * max_rows" : "\(bytes)"
    }
    switch placement {
    case .arena(let index):
      let buffer = schedule.memory.buffers[index]
      return "arena + " + offset(buffer.offset, perRow: buffer.perRow, behind: arenaFixedBytes(of: object))
    case .state(let name):
      let state = state(of: object)
      guard let field = state[name] else { return nil }
      return "state + " + offset(field.offset, perRow: field.type.shape.perRow, behind: state.fixedBytes)
    default: return nil
    }
  }

  private func text(of placement: Placement, names: [Placement: String]) -> String {
    switch placement {
    case .input(let name): "inputs->\(name.cIdentifier)"
    case .target(let name): "targets->\(name.cIdentifier)"
    case .output(let name): "outputs->\(name.cIdentifier)"
    case .parameter(let name): offset("parameters->values", program.layout.parameter(name)?.offset)
    case .slot(let name): offset("trainer->slots", program.layout.slot(name)?.offset)
    case .gradient(let name): offset("trainer->gradients", program.layout.parameter(name)?.offset)
    case .rows: "&row_count"
    case .learningRate: "&learning_rate"
    case .step: "&step_number"
    case .position: "&position"
    case .arena, .state: names[placement] ?? ""
    }
  }

  private func offset(_ base: String, _ offset: Int?) -> String {
    offset.map { $0 == 0 ? base : "\(base) + \($0)" } ?? base
  }

  /// Local scalars of the run that the kernels are passed by address.
  private func scalars(_ schedule: Schedule, into printer: inout CPrinter) {
    let used = Set(schedule.steps.flatMap(\.arguments))
    if used.contains(.rows) { printer.line("const \(real) row_count = (\(real))rows;") }
    if used.contains(.step) { printer.line("const \(real) step_number = (\(real))(trainer->step + 1);") }
    let usages = schedule.steps.map { Usage($0.kernel.body) }
    if usages.contains(where: \.random) { printer.line("const uint64_t seed = trainer->seed, step = trainer->step;") }
  }

  /// Whose memory a function works in.
  private enum Object: String { case context, trainer }

  private func state(of object: Object) -> StateLayout {
    object == .context ? program.contextState : program.trainerState
  }

  private func arenaFixedBytes(of object: Object) -> Int {
    object == .context ? program.contextFixedBytes : program.trainerFixedBytes
  }

  /// The pool where a kernel wants it, and the memory of the object that the kernels use.
  private func memory(_ schedule: Schedule, of object: Object, into printer: inout CPrinter) {
    let object = object.rawValue
    if schedule.steps.contains(where: { $0.kernel.sharedWork != nil }) {
      printer.line("\(p)_pool *const pool = \(object)->pool;")
    }
    let states = schedule.graph.states
    if !states.isEmpty { printer.line("unsigned char *const state = \(object)->state;") }
    if schedule.memory.fixedBytes + schedule.memory.bytesPerRow > 0 {
      printer.line("unsigned char *const arena = \(object)->arena;")
    }
    if schedule.memory.bytesPerRow > 0 || states.contains(where: { $0.type.shape.perRow }) {
      printer.line("const size_t max_rows = \(object)->max_rows;")
    }
  }

  private func nullChecks(_ kind: String, _ fields: [Field]) -> String {
    fields.map { " || !\(kind)->\($0.name.cIdentifier)" }.joined()
  }

  // MARK: Inference

  private func predict(_ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    let model = program.model
    printer.block(
      "\(p)_status \(p)_predict(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,\n"
        + "                       const \(p)_inputs *inputs, const \(p)_outputs *outputs)"
    ) { printer in
      printer.line(
        "if (!context || !parameters || !inputs || !outputs\(nullChecks("inputs", model.inputs))"
          + "\(nullChecks("outputs", model.outputs))) return \(macro)_ERROR_ARGUMENT;")
      printer.line("if (rows == 0 || rows > context->max_rows) return \(macro)_ERROR_ROWS;")
      checkValidity(of: program.model.inputs, "inputs", into: &printer)
      scalars(program.predict, into: &printer)
      memory(program.predict, of: .context, into: &printer)
      calls(program.predict, &library, in: .context, check: false, into: &printer)
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  private func stream(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    let model = program.model
    printer.block(
      "\(p)_status \(p)_stream(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,\n"
        + "                      const \(p)_inputs *inputs, const \(p)_outputs *outputs)"
    ) { printer in
      printer.line(
        "if (!context || !parameters || !inputs || !outputs\(nullChecks("inputs", model.inputs))"
          + "\(nullChecks("outputs", model.outputs))) return \(macro)_ERROR_ARGUMENT;")
      printer.line("if (rows == 0 || rows > context->max_rows) return \(macro)_ERROR_ROWS;")
      checkValidity(of: program.stepInputs, "inputs", prefix: "step_", into: &printer)
      if case .possible(_, let limit?) = program.streaming {
        printer.line("if (context->position >= \(limit)) return \(macro)_ERROR_STEPS;")
        printer.line("const int32_t position = (int32_t)context->position;")
      }
      scalars(schedule, into: &printer)
      memory(schedule, of: .context, into: &printer)
      calls(schedule, &library, in: .context, check: false, into: &printer)
      printer.line("context->position++;")
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  private func evaluate(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.block(
      "\(p)_status \(p)_evaluate(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,\n"
        + "                        const \(p)_inputs *inputs, const \(p)_targets *targets, \(p)_metrics *metrics)"
    ) { printer in
      printer.line(
        "if (!context || !parameters || !inputs || !targets || !metrics\(nullChecks("inputs", program.model.inputs))"
          + "\(nullChecks("targets", program.model.targets))) return \(macro)_ERROR_ARGUMENT;")
      printer.line("if (rows == 0 || rows > context->max_rows) return \(macro)_ERROR_ROWS;")
      checkValidity(of: program.model.inputs, "inputs", into: &printer)
      checkValidity(of: program.model.targets, "targets", into: &printer)
      scalars(schedule, into: &printer)
      memory(schedule, of: .context, into: &printer)
      calls(schedule, &library, in: .context, check: false, into: &printer)
      addMetrics(schedule, of: .context, into: &printer)
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  // MARK: Training

  private func backward(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.line(
      "/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */")
    printer.block(
      "static \(p)_status \(p)_run_backward(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,\n"
        + "                                    const \(p)_targets *targets, \(p)_metrics *metrics, int check)"
    ) { printer in
      printer.line("const \(p)_parameters *const parameters = trainer->parameters;")
      scalars(schedule, into: &printer)
      memory(schedule, of: .trainer, into: &printer)
      calls(schedule, &library, in: .trainer, check: true, into: &printer)
      printer.line("(void)parameters;")
      addMetrics(schedule, of: .trainer, into: &printer)
      printer.line("return \(macro)_OK;")
    }
    printer.line()
    printer.block(
      "\(p)_status \(p)_backward(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,\n"
        + "                        const \(p)_targets *targets, \(p)_metrics *metrics)"
    ) { printer in
      printer.line(
        "if (!trainer || !inputs || !targets || !metrics\(nullChecks("inputs", program.model.inputs))"
          + "\(nullChecks("targets", program.model.targets))) return \(macro)_ERROR_ARGUMENT;")
      printer.line("if (rows == 0 || rows > trainer->max_rows) return \(macro)_ERROR_ROWS;")
      checkValidity(of: program.model.inputs, "inputs", into: &printer)
      checkValidity(of: program.model.targets, "targets", into: &printer)
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

  private func apply(_ schedule: Schedule, _ library: inout KernelLibrary) -> String {
    var printer = CPrinter()
    printer.block("\(p)_status \(p)_apply(\(p)_trainer *trainer, \(real) learning_rate)") { printer in
      printer.line("if (!trainer) return \(macro)_ERROR_ARGUMENT;")
      printer.line("\(p)_parameters *const parameters = trainer->parameters;")
      scalars(schedule, into: &printer)
      memory(schedule, of: .trainer, into: &printer)
      calls(schedule, &library, in: .trainer, check: false, into: &printer)
      printer.line("(void)parameters;")
      printer.line("(void)learning_rate;")
      printer.line("trainer->step++;")
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  private var trainStep: String {
    """
    \(p)_status \(p)_train_step(\(p)_trainer *trainer, size_t rows, const \(p)_inputs *inputs,
                              const \(p)_targets *targets, \(p)_metrics *metrics) {
      const \(p)_status status = \(p)_backward(trainer, rows, inputs, targets, metrics);
      return status == \(macro)_OK ? \(p)_apply(trainer, trainer->learning_rate) : status;
    }

    """
  }

  /// Class numbers and tokens are checked before a kernel uses them to reach into memory.
  private func validity(of fields: [Field], _ kind: String, prefix: String = "") -> String {
    let limited = fields.filter { $0.classes > 0 && $0.type.element == .i32 }
    guard !limited.isEmpty else { return "" }
    var printer = CPrinter()
    printer.block("static int \(p)_\(prefix)\(kind)_are_valid(size_t rows, const \(p)_\(kind) *\(kind))") { printer in
      for field in limited {
        let count = ExpressionPrinter(prefix: p, element: program.options.element)
          .text(Index(field.type.shape.elementCount))
        let name = "\(kind)->\(field.name.cIdentifier)"
        printer.line("for (size_t i = 0; i < \(count); i++)")
        printer.line("  if (\(name)[i] < 0 || \(name)[i] >= \(field.classes)) return 0;")
      }
      printer.line("return 1;")
    }
    return printer.text
  }

  /// The check of a function's class numbers and tokens.
  private func checkValidity(
    of fields: [Field], _ kind: String, prefix: String = "", into printer: inout CPrinter
  ) {
    guard fields.contains(where: { $0.classes > 0 && $0.type.element == .i32 }) else { return }
    printer.line("if (!\(p)_\(prefix)\(kind)_are_valid(rows, \(kind))) return \(macro)_ERROR_LABEL;")
  }

  // MARK: Metrics

  /// Turns the accumulators into values.
  private var addMetrics: String {
    var printer = CPrinter()
    printer.block("static void \(p)_finish_metrics(\(p)_metrics *metrics)") { printer in
      printer.line("const double *const sums = metrics->sums;")
      printer.line("metrics->loss = sums[1] / sums[0];")
      var offset = 2
      for metric in program.metrics {
        let name = "metrics->\(metric.name.cIdentifier)"
        switch metric.formula {
        case .mean: printer.line("\(name) = sums[\(offset)] / sums[0];")
        case .rootMean: printer.line("\(name) = sqrt(sums[\(offset)] / sums[0]);")
        case .exponentialOfMean: printer.line("\(name) = exp(sums[\(offset)] / sums[0]);")
        case .ratio:
          let whole = "sums[\(offset)] + sums[\(offset + 1)]"
          printer.line("\(name) = \(whole) > 0 ? sums[\(offset)] / (\(whole)) : 0;")
        case .areaUnderCurve: areaUnderCurve(name, at: offset, thresholds: metric.count / 4, into: &printer)
        }
        offset += metric.count
      }
    }
    return printer.text
  }

  /// Trapezoids under true-positive rate over false-positive rate, thresholds rising, as Keras's default.
  private func areaUnderCurve(_ name: String, at offset: Int, thresholds: Int, into printer: inout CPrinter) {
    printer.block("", end: "}") { printer in
      printer.line(
        "const double *const tp = sums + \(offset), *const tn = tp + \(thresholds), *const fp = tn + \(thresholds), *const fn = fp + \(thresholds);"
      )
      printer.line("double area = 0;")
      printer.block("for (size_t i = 0; i + 1 < \(thresholds); i++)") { printer in
        for (suffix, index) in [("0", "i"), ("1", "i + 1")] {
          printer.line(
            "const double p\(suffix) = tp[\(index)] + fn[\(index)], n\(suffix) = fp[\(index)] + tn[\(index)];")
          printer.line(
            "const double x\(suffix) = n\(suffix) > 0 ? fp[\(index)] / n\(suffix) : 0, y\(suffix) = p\(suffix) > 0 ? tp[\(index)] / p\(suffix) : 0;"
          )
        }
        printer.line("area += (x0 - x1) * (y0 + y1) / 2;")
      }
      printer.line("\(name) = area;")
    }
  }

  /// Adds a batch's loss and metrics to the accumulators.
  private func addMetrics(_ schedule: Schedule, of object: Object, into printer: inout CPrinter) {
    func pointer(_ placement: Placement) -> String {
      address(placement, in: object, schedule).map { "(const \(real) *)(const void *)(\($0))" }
        ?? text(of: placement, names: [:])
    }
    guard let loss = schedule.results.first(where: { $0.key.role == .loss })?.value else { return }
    printer.line("const double batch_loss = (double)*(\(pointer(loss)));")
    if object == .trainer { printer.line("if (!isfinite(batch_loss)) return \(macro)_ERROR_NOT_FINITE;") }
    printer.line("metrics->sums[0] += (double)rows;")
    printer.line("metrics->sums[1] += batch_loss * (double)rows;")
    var offset = 2
    for metric in program.metrics {
      if let place = schedule.results.first(where: { $0.key.role == .metric(metric.name) })?.value {
        printer.block("") { printer in
          printer.line("const \(real) *const batch = \(pointer(place)); /* \(metric.name) */")
          printer.line("for (size_t i = 0; i < \(metric.count); i++) metrics->sums[\(offset) + i] += (double)batch[i];")
        }
      }
      offset += metric.count
    }
    printer.line("\(p)_finish_metrics(metrics);")
  }

  // MARK: Statistics

  /// Mean and variance of each feature over all rows, by Welford's recurrence.
  private var adapt: String {
    var printer = CPrinter()
    printer.block("\(p)_status \(p)_adapt(\(p)_parameters *parameters, size_t rows, const \(p)_inputs *inputs)") {
      printer in
      printer.line(
        "if (!parameters || !inputs\(nullChecks("inputs", program.model.inputs))) return \(macro)_ERROR_ARGUMENT;")
      printer.line("if (rows == 0) return \(macro)_ERROR_ROWS;")
      for mean in program.model.parameters where mean.statistic?.kind == .mean {
        guard let statistic = mean.statistic,
          let variance = program.model.parameters.first(where: {
            $0.statistic == Statistic(.variance, ofInput: statistic.input)
              && $0.name.dropLast($0.name.lastPart.count) == mean.name.dropLast(mean.name.lastPart.count)
          }),
          let input = program.model.inputs.first(where: { $0.name == statistic.input }),
          let meanOffset = program.layout.parameter(mean.name)?.offset,
          let varianceOffset = program.layout.parameter(variance.name)?.offset
        else { continue }
        let features = mean.type.shape.elementCount.count
        let samples = input.type.shape.elementCount.count / max(features, 1)
        printer.block("for (size_t j = 0; j < \(features); j++)") { printer in
          printer.line("double mean = 0, squares = 0;")
          printer.block("for (size_t i = 0; i < \(samples) * rows; i++)") { printer in
            printer.line(
              "const double x = (double)inputs->\(input.name.cIdentifier)[i * \(features) + j], delta = x - mean;")
            printer.line("mean += delta / (double)(i + 1);")
            printer.line("squares += delta * (x - mean);")
          }
          printer.line("parameters->values[\(meanOffset) + j] = (\(real))mean;")
          printer.line("parameters->values[\(varianceOffset) + j] = (\(real))(squares / (double)(\(samples) * rows));")
        }
      }
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }
}

extension String {
  var lastPart: String { split(separator: "/").last.map(String.init) ?? self }
}
