import GraphIR
import KernelIR
import Scheduling

extension GeneratedFunctions {
  /// What the kernels of a schedule are called with, and the calls. A profile counts them from `lap` on. `beforeUpdates`
  /// prints what stands before the first update of a trainable weight.
  func run(
    _ schedule: Schedule, _ library: inout KernelLibrary, in object: Object, check: Bool = false, lap: Int? = nil,
    into printer: inout CPrinter, beforeUpdates: ((inout CPrinter) -> Void)? = nil
  ) {
    scalars(schedule, into: &printer)
    memory(schedule, of: object, into: &printer)
    calls(schedule, &library, in: object, check: check, lap: lap, into: &printer, beforeUpdates: beforeUpdates)
  }

  /// The declarations of the arena's buffers and the calls of the kernels.
  private func calls(
    _ schedule: Schedule, _ library: inout KernelLibrary, in object: Object, check: Bool, lap: Int?,
    into printer: inout CPrinter, beforeUpdates: ((inout CPrinter) -> Void)?
  ) {
    let firstUpdate = schedule.steps.firstIndex(where: isUpdate)
    let names = declarations(schedule.steps, into: &printer) { address($0, in: object, schedule) }
    printer.line()
    for (number, step) in schedule.steps.enumerated() {
      if number == firstUpdate { beforeUpdates?(&printer) }
      let lines = [
        call(step, &library, names: names), lap.map { "\(macro)_LAP(\(object.rawValue), \($0 + number));" },
      ].compactMap { $0 }
      if schedule.isPrepared(number) {
        printer.block("if (!prepared)") { $0.lines(lines) }
      } else {
        printer.lines(lines)
      }
      guard check else { continue }
      for (position, count) in step.writtenCounts.sorted(by: { $0.key < $1.key }) {
        let count = ExpressionPrinter(prefix: p, element: program.options.element).text(Index(count))
        printer.line(
          "if (check && !\(p)_finite(\(text(of: step.arguments[position], names: names)), \(count))) { "
            + "trainer->fault = \"\(step.scope)\"; return \(macro)_ERROR_NOT_FINITE; }")
      }
    }
  }

  /// Whether a kernel writes a trainable weight.
  private func isUpdate(_ step: Schedule.Step) -> Bool {
    zip(step.kernel.arguments, step.arguments).contains { argument, place in
      guard argument.isWritten, case .parameter(let name) = place else { return false }
      return program.layout.parameter(name)?.isTrainable ?? false
    }
  }

  func call(
    _ step: Schedule.Step, _ library: inout KernelLibrary, names: [Placement: String], releases: Bool = false
  ) -> String {
    library.add(step.kernel).call(step.arguments.map { text(of: $0, names: names) }, releases: releases)
  }

  /// Declares, for the places that have an `address`, pointers named after the first argument that lies there.
  func declarations(_ steps: [Schedule.Step], into printer: inout CPrinter, address: (Placement) -> String?)
    -> [Placement: String]
  {
    var names: [Placement: String] = [:]
    var taken = Set([
      "rows", "inputs", "outputs", "targets", "arena", "state", "parameters", "prepared", "trainer", "seed", "step",
    ])
    for step in steps {
      for (argument, placement) in zip(step.kernel.arguments, step.arguments) {
        guard names[placement] == nil, let address = address(placement) else { continue }
        var name = argument.name
        var number = 1
        while !taken.insert(name).inserted {
          number += 1
          name = "\(argument.name)_\(number)"
        }
        names[placement] = name
        let type = argument.element.isFloating ? real : argument.element.cName
        printer.line("\(type) *const \(name) = (\(type) *)(void *)(\(address)); /* \(argument.shape) */")
      }
    }
    return names
  }

  /// Where the object has a value of its own.
  func address(_ placement: Placement, in object: Object, _ schedule: Schedule) -> String? {
    switch placement {
    case .arena(let index):
      (schedule.preparation?.offset(of: placement).map { "prepared ? prepared + \($0) : " } ?? "")
        + "arena + " + schedule.memory.buffers[index].offset.text(rows: "max_rows")
    case .packed: schedule.preparation?.offset(of: placement).map { "prepared ? prepared + \($0) : NULL" }
    case .state(let name): state(of: object).offset(of: name).map { "state + " + $0.text(rows: "max_rows") }
    default: nil
    }
  }

  func text(of placement: Placement, names: [Placement: String]) -> String {
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
    case .arena, .state, .packed: names[placement] ?? ""
    case .nothing: "NULL"
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
  enum Object: String { case context, trainer }

  private func state(of object: Object) -> StateLayout {
    object == .context ? program.contextState : program.trainerState
  }

  /// The pool where a kernel wants it, and the memory of the object that the kernels use.
  private func memory(_ schedule: Schedule, of object: Object, into printer: inout CPrinter) {
    let object = object.rawValue
    if schedule.steps.contains(where: { $0.kernel.sharedWork != nil }) {
      printer.line("\(p)_pool *const pool = \(object)->pool;")
    }
    let states = schedule.graph.states
    if !states.isEmpty { printer.line("unsigned char *const state = \(object)->state;") }
    let buffers = schedule.memory.buffers
    if !buffers.isEmpty { printer.line("unsigned char *const arena = \(object)->arena;") }
    if let place = program.preparations.first(where: { $0.name == schedule.graph.name }) {
      printer.line(
        place.base == 0
          ? "unsigned char *const prepared = parameters->prepared;"
          : "unsigned char *const prepared = parameters->prepared ? parameters->prepared + \(place.base) : NULL;")
    }
    if buffers.contains(where: { $0.offset.perRow > 0 }) || states.contains(where: { $0.type.shape.perRow }) {
      let rows = "\(object)->max_rows"
      let isGrouped = program.rowGroup(of: schedule) != nil
      printer.line("const size_t max_rows = \(isGrouped ? "\(macro)_IN_GROUP(\(rows))" : rows);")
    }
  }
}
