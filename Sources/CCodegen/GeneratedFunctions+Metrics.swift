import GraphIR
import Scheduling

extension GeneratedFunctions {
  /// Turns the accumulators into values.
  var finishMetrics: String {
    var printer = CPrinter()
    printer.block("static void \(p)_finish_metrics(\(p)_metrics *metrics)") { printer in
      printer.line("const double *const sums = metrics->sums;")
      printer.line("metrics->loss = sums[1] / sums[0];")
      var offset = 2
      for metric in program.metrics {
        let name = "metrics->\(metric.name.cIdentifier)"
        switch metric.formula {
        case .mean: printer.line("\(name) = \(mean(of: metric, at: offset));")
        case .rootMean: printer.line("\(name) = sqrt(\(mean(of: metric, at: offset)));")
        case .exponentialOfMean: printer.line("\(name) = exp(\(mean(of: metric, at: offset)));")
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

  /// A sum over rows by their number, or of a masked output over steps by theirs, which stands behind it.
  private func mean(of metric: MetricDescription, at offset: Int) -> String {
    metric.count == 1
      ? "sums[\(offset)] / sums[0]" : "sums[\(offset + 1)] > 0 ? sums[\(offset)] / sums[\(offset + 1)] : 0"
  }

  /// Trapezoids under true-positive rate over false-positive rate, thresholds rising, as Keras's default.
  private func areaUnderCurve(_ name: String, at offset: Int, thresholds: Int, into printer: inout CPrinter) {
    printer.block("") { printer in
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
  func addMetrics(_ schedule: Schedule, of object: Object, into printer: inout CPrinter) {
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
}
