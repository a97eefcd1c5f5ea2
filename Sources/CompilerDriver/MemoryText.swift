import CCodegen
import Scheduling

/// The memory plan in words.
enum MemoryText {
  /// For each function, its kernels in order with where their arguments lie, and the arena.
  static func plan(of program: CProgram) -> String {
    functions(of: program).map { name, schedule in
      let kernels = schedule.steps.map { step in
        let arguments = zip(step.kernel.arguments, step.arguments).map { argument, placement in
          "\(argument.isWritten ? "-> " : "")\(text(placement)) \(argument.element.rawValue)\(argument.shape)"
        }
        return "  \(step.kernel.name)(\(arguments.joined(separator: ", ")))"
      }
      let buffers = schedule.memory.buffers.enumerated().map { index, buffer in
        "  arena \(index): offset \(buffer.offset.text(rows: "rows")), \(buffer.byteCount) bytes\(buffer.perRow ? " a row" : ""),"
          + " alive \(buffer.lifetime.lowerBound)...\(buffer.lifetime.upperBound)"
      }
      return (["\(name): \(arena(schedule, of: program))"] + kernels + buffers).joined(
        separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// `12,288 bytes for 256 rows, lower bound 12,288`.
  static func arena(_ schedule: Schedule, of program: CProgram) -> String {
    let rows = program.rowGroup(of: schedule) ?? program.options.maxRows
    let bytes = Summary.grouped(schedule.memory.byteCount(rows: rows))
    return "arena of \(bytes) bytes for \(rows) rows, lower bound"
      + " \(Summary.grouped(schedule.memory.lowerBound(rows: rows)))"
  }

  /// The generated functions that have kernels.
  static func functions(of program: CProgram) -> [(String, Schedule)] {
    [
      ("predict", program.predict), ("stream", program.stream), ("evaluate", program.evaluate),
      ("backward", program.backward), ("apply", program.apply), ("train_step", program.trainStep?.backward),
      ("train_step, other updates", program.trainStep?.apply),
    ]
    .compactMap { name, schedule in schedule.map { (name, $0) } }
  }

  private static func text(_ placement: Placement) -> String {
    switch placement {
    case .input(let name): "input \(name)"
    case .target(let name): "target \(name)"
    case .output(let name): "output \(name)"
    case .parameter(let name): "parameter \(name)"
    case .slot(let name): "slot \(name)"
    case .gradient(let name): "gradient \(name)"
    case .state(let name): "state \(name)"
    case .rows: "rows"
    case .learningRate: "learning rate"
    case .step: "step"
    case .position: "position"
    case .arena(let index): "arena \(index)"
    case .packed(let index): "packed \(index)"
    case .nothing: "nothing"
    }
  }
}
