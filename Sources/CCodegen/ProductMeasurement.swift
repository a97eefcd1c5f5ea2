import GraphIR
import GraphPasses
import KernelIR
import Scheduling
import Templates

/// Kernels of a program whose products BLAS could make as well, and a C program that times them both ways.
public struct ProductMeasurement: Sendable {
  /// What a kernel does with the builtin tiles and with calls of BLAS, and for how many rows of a call it is to be timed.
  /// Layers that are alike, wherever they stand, are one candidate.
  public struct Candidate: Hashable, Sendable {
    let builtin: Kernel
    let blas: Kernel
    public let rows: Int

    init(builtin: Kernel, blas: Kernel, rows: Int) {
      self.builtin = builtin.whole
      self.blas = blas.whole
      self.rows = rows
    }

    /// Whether it stands for a kernel of the program.
    public func isLike(_ kernel: Kernel) -> Bool { builtin == kernel.whole }
  }

  public private(set) var candidates: [Candidate] = []
  public let element: ElementType

  private static let prefix = "measure"

  /// Operations of a call below which the builtin tiles are taken without asking: about a tenth of a millisecond, where
  /// there is little to win.
  private static let smallestWork = 8_000_000

  /// The kernels of `builtin` that differ in `blas`, the same program with all products made by BLAS. What runs in
  /// training alone is timed for a batch of `rows`, the rest for a single row too.
  public init(builtin: CProgram, blas: CProgram, rows: Int) {
    element = builtin.options.element
    let rows = max(1, min(rows, builtin.options.maxRows))
    let training = [builtin.backward, builtin.trainStep?.backward].map { $0?.graph.name }
    for (first, second) in zip(builtin.schedules, blas.schedules) {
      let batches = training.contains(first.graph.name) || rows == 1 ? [rows] : [1, rows]
      for (step, other) in zip(first.steps, second.steps)
      where step.kernel.body != other.kernel.body && step.work.flops.value(rows: rows) >= Self.smallestWork {
        for rows in batches {
          let candidate = Candidate(builtin: step.kernel, blas: other.kernel, rows: rows)
          if !candidates.contains(candidate) { candidates.append(candidate) }
        }
      }
    }
  }

  private init(_ candidates: [Candidate], element: ElementType) {
    self.candidates = candidates
    self.element = element
  }

  /// Only those that `isWanted` holds for.
  public func filter(_ isWanted: (Candidate) throws -> Bool) rethrows -> ProductMeasurement {
    ProductMeasurement(try candidates.filter(isWanted), element: element)
  }

  /// The program that times one of them.
  public static func text(of candidate: Candidate, element: ElementType) throws -> String {
    try ProductMeasurement([candidate], element: element).text()
  }

  /// A program that prints, for each candidate, the seconds of both ways on a line.
  public func text() throws -> String {
    var library = KernelLibrary(prefix: Self.prefix, element: element)
    var (calls, rows): ([String], [String]) = ([], [])
    for (number, candidate) in candidates.enumerated() {
      for (way, kernel) in [("builtin", candidate.builtin), ("blas", candidate.blas)] {
        let function = library.add(kernel)
        var printer = CPrinter()
        printer.block("static void \(way)_\(number)(size_t rows, void *const *arrays)") { printer in
          printer.line("const uint64_t seed = 1, step = 0;")
          printer.line(function.call(kernel.arguments.indices.map { "arrays[\($0)]" }))
          for name in ["rows", "arrays", "seed", "step"] { printer.line("(void)\(name);") }
        }
        calls.append(printer.text)
      }
      let arrays = candidate.builtin.arguments.map { argument in
        let count = argument.count
        return
          "{\(count.perRow ? 0 : count.count), \(count.perRow ? count.count : 0), \(argument.element == .i32 ? 1 : 0)}"
      }
      rows.append(
        "  {builtin_\(number), blas_\(number), \(candidate.rows), \(arrays.count), {\(arrays.joined(separator: ", "))}},\n"
      )
    }
    let usage = candidates.flatMap { [Usage($0.builtin.body), Usage($0.blas.body)] }
    let headers = ["cblas.h", "math.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h", "time.h"]
    let sections = [
      "#define _POSIX_C_SOURCE 200809L\n" + headers.map { "#include <\($0)>\n" }.joined(),
      "#define \(Self.prefix.uppercased())_REAL_BITS \(element.byteCount * 8)\n"
        + "typedef \(element.cName) \(Self.prefix)_real;\n",
      try Templates.expand(TemplateList.kernels(usage: usage) + ["measure.c"], name: Self.prefix),
    ]
    let main = """
      static const \(Self.prefix)_kernel kernels[] = {
      \(rows.joined())};

      int main(void) {
        for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
          double builtin, blas;
          if (!measure(&kernels[i], &builtin, &blas)) return 1;
          printf("%.9f %.9f\\n", builtin, blas);
        }
        return 0;
      }

      """
    return (sections + library.functions.map(\.text) + calls + [main]).joined(separator: "\n")
  }
}

extension CProgram {
  /// The program with the kernels of `other`, the same program with other products, that are wanted.
  public func taking(from other: CProgram, where isWanted: (Kernel) -> Bool) -> CProgram {
    func chosen(_ mine: Schedule, _ others: Schedule?) -> Schedule {
      guard let others else { return mine }
      var schedule = mine
      schedule.steps = zip(schedule.steps, others.steps).map { isWanted($0.kernel) ? $1 : $0 }
      return schedule
    }
    var program = self
    program.predict = chosen(predict, other.predict)
    program.stream = stream.map { chosen($0, other.stream) }
    program.evaluate = evaluate.map { chosen($0, other.evaluate) }
    program.backward = backward.map { chosen($0, other.backward) }
    program.trainStep = trainStep.map {
      TrainStep(backward: chosen($0.backward, other.trainStep?.backward), apply: $0.apply)
    }
    return program
  }
}

extension Kernel {
  /// What it does alone, and not yet in parts.
  fileprivate var whole: Kernel { Kernel(name: "product", comment: [], arguments: arguments, body: body) }
}
