import CCodegen
import Foundation
import GraphIR
import GraphPasses
import KernelIR
import Operators
import Scheduling
import Testing

/// Holds the C of `instance`'s kernels, in f32 with builtin products, against `Kernels/NAME.c`.
///
/// With `DLC_REWRITE` in the environment the file is written instead, and the check fails: a run that rewrites shows
/// nothing.
func checkKernel(of instance: Instance) throws {
  let name = type(of: instance.op).name
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Kernels/\(name).c")
  let text = try kernel(of: instance)
  if ProcessInfo.processInfo.environment["DLC_REWRITE"] != nil {
    try Data(text.utf8).write(to: file)
    Issue.record("\(file.lastPathComponent) is written")
    return
  }
  let kept = FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) }
  #expect(kept == text, "the C of \(name) is not that of Kernels/\(name).c, which make golden rewrites")
}

/// The operator, its operands and the C functions that it becomes.
func kernel(of instance: Instance) throws -> String {
  let graph = try OperatorTrial(instance, element: .f32, rows: 1, seed: 1).graph
  let compiled = try PassPipeline.compile(
    graph, options: PassOptions(optimize: true, disabledFusions: [], inferenceOnly: true, element: .f32))
  let source = GraphSource(
    [compiled], element: .f32,
    options: ScheduleOptions(products: .builtin, maxRows: 3, threads: 1, reuse: true, phase: "forward"))
  let lines = graph.description.split(separator: "\n").filter { $0.contains(" = \(type(of: instance.op).name) ") }
  return "/* \(lines.joined()) */\n\n" + source.kernels
}
