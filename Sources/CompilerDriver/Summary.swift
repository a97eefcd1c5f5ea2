import CCodegen
import GraphIR
import GraphPasses

/// A model's layers as a table, in the manner of Keras, and its totals.
enum Summary {
  static func text(of model: ModelDescription, graphs: CompiledGraphs, program: CProgram) -> String {
    var lines = ["Model: \"\(model.name)\""]
    lines += table(of: model)
    lines += totals(of: model.parameters)
    lines.append(flops(of: program))
    for (name, schedule) in MemoryText.functions(of: program) where name == "predict" || name == "backward" {
      lines.append("Memory of \(name): \(MemoryText.arena(schedule, of: program))")
    }
    lines.append(streaming(graphs.stream))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func streaming(_ streaming: Streaming) -> String {
    switch streaming {
    case .possible(_, nil): return "Streams: a step at a time, without end"
    case .possible(_, let limit?): return "Streams: a step at a time, \(limit) steps"
    case .impossible(let reason, let location):
      return "Does not stream: \(reason)\(location.isKnown ? " (\(location))" : "")"
    }
  }

  private static func table(of model: ModelDescription) -> [String] {
    let parameters = Dictionary(model.parameters.map { ($0.name, $0) }) { first, _ in first }
    var rows: [[String]] = model.inputs.map { ["\($0.name) (Input)", $0.type.shape.description, "0", "", ""] }
    var counted: Set<String> = []
    for layer in model.layers {
      let own = layer.parameters.compactMap { parameters[$0] }
      let isShared = !own.isEmpty && own.allSatisfy { counted.contains($0.name) }
      counted.formUnion(own.map(\.name))
      rows.append([
        "\(layer.name) (\(layer.type))", layer.outputShape.description,
        isShared ? "shared" : grouped(count(own)), trainability(own), layer.inputs.joined(separator: ", "),
      ])
    }
    return TextTable(
      header: ["Layer (type)", "Output shape", "Parameters", "Trainable", "Connected to"], rows: rows,
      rightAligned: [2]
    ).lines
  }

  private static func trainability(_ parameters: [Parameter]) -> String {
    let trainable = parameters.filter(\.isTrainable).count
    if parameters.isEmpty { return "" }
    return trainable == parameters.count ? "yes" : trainable == 0 ? "no" : "partly"
  }

  private static func totals(of parameters: [Parameter]) -> [String] {
    let trainable = parameters.filter(\.isTrainable)
    let frozen = parameters.filter { !$0.isTrainable }
    return [("Total", parameters), ("Trainable", trainable), ("Non-trainable", frozen)].map { title, parameters in
      "\(title) parameters: \(grouped(count(parameters))) (\(size(bytes(parameters))))"
    }
  }

  private static func flops(of program: CProgram) -> String {
    let forward = program.predict.work.flops.value(rows: 1)
    guard let backward = program.backward else { return "FLOPs for a row: \(grouped(forward)) forward" }
    let training = backward.work.flops.value(rows: 1)
    return "FLOPs for a row: \(grouped(forward)) forward, \(grouped(training)) forward, loss and backward"
  }

  private static func count(_ parameters: [Parameter]) -> Int {
    parameters.reduce(0) { $0 + $1.type.shape.elementCount.count }
  }

  private static func bytes(_ parameters: [Parameter]) -> Int {
    parameters.reduce(0) { $0 + $1.type.shape.elementCount.count * $1.type.element.byteCount }
  }

  /// `2,410`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return String(
      digits.enumerated().flatMap { position, digit in
        position > 0 && (digits.count - position) % 3 == 0 ? [",", digit] : [digit]
      })
  }

  /// `9.41 KiB`.
  static func size(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB"]
    var hundredths = bytes * 100
    var unit = 0
    while hundredths >= 102400 && unit < 3 {
      hundredths = (hundredths + 512) / 1024
      unit += 1
    }
    if unit == 0 { return "\(bytes) bytes" }
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(units[unit])"
  }
}
