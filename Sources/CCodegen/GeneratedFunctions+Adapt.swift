import GraphIR

extension GeneratedFunctions {
  /// Mean and variance of each feature over all rows, by Welford's recurrence.
  var adapt: String {
    let arguments = Arguments("inputs", program.model.inputs)
    var printer = CPrinter()
    printer.lines(comment("Statistics of the input features, from all rows", [arguments]))
    printer.block("\(p)_status \(p)_adapt(\(p)_parameters *parameters, size_t rows, const \(p)_inputs *inputs)") {
      printer in
      printer.line(
        "if (\((["!parameters", "!inputs"] + nulls(arguments)).joined(separator: " || "))) return \(macro)_ERROR_ARGUMENT;"
      )
      printer.line("if (rows == 0) return \(macro)_ERROR_ROWS;")
      printer.line("if (parameters->is_view) return \(macro)_ERROR_VIEW;")
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
      printer.line("parameters->prepared = NULL;")
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }
}
