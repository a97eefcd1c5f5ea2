import GraphPasses

extension CompiledGraphs {
  /// All the graphs, each with the kernels that it became, as `--emit fused` prints them.
  var text: String {
    ([predict, stream.graph, evaluate, backward, apply].compactMap { $0 } + (trainStep?.functions ?? []))
      .map { "\($0)kernels of \($0.name)\n\(FusionReport.text($0))" }.joined(separator: "\n")
  }
}
