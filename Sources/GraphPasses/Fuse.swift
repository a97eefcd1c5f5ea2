import GraphIR
import KernelIR

/// Gathers nodes into kernels: a product with what follows it, chains of pointwise nodes, and the reductions that
/// read them.
///
/// Every node begins as a cluster of its own and is then united with the clusters of its operands where
/// `FusionClusters` allows it: products first, so that what can be an epilogue becomes one. Nodes that had better be with
/// what reads them come last. At the end reductions are united with those that read their results, where lines may be made one by one.
enum Fuse {
  static let normalization = "normalization"
  static let names = [
    "contraction-epilogue", "contraction-prologue", "elementwise", normalization, "pooling", "reduction",
  ]

  static func run(_ graph: Graph, enabled: Bool, disabled: Set<String>) -> Graph {
    var clusters = FusionClusters(graph)
    let made = graph.nodes.indices.filter { clusters.open($0) }
    guard enabled else { return clusters.numbered() }
    let late = Set(made.filter(clusters.isWantedLate))
    for index in made.filter({ !late.contains($0) }) + late.sorted() {
      // Of several products the last one: the others are made by then.
      let operands = graph.nodes[index].operands.map(\.node).sorted(by: >)
      let (products, others) = (operands.filter(clusters.hasProduct), operands.filter { !clusters.hasProduct($0) })
      for operand in products + others {
        guard let one = clusters.home[operand], let other = clusters.home[index], one != other,
          disabled.isDisjoint(with: clusters.fusions(one, other)), clusters.mayUnite(one, other)
        else { continue }
        clusters.unite(one, other)
      }
    }
    if !disabled.contains(normalization) { clusters.joinLines(made) }
    return clusters.numbered()
  }
}
