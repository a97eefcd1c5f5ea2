import GraphIR
import KernelIR
import Scheduling

/// What `dlc compile` was asked for.
public struct CompileOptions: Hashable, Sendable {
  /// The stage to stop after.
  public enum Emission: String, CaseIterable, Hashable, Sendable {
    /// The graph as model.swift declares it.
    case graph
    /// The graphs after every pass, with the kernels that fusion made.
    case fused
    /// The order of the kernels and where their values lie in memory.
    case plan
    /// The C files.
    case c
    /// The C files, compiled and linked.
    case executable
  }

  /// How matrices are multiplied.
  public typealias Gemm = ProductChoice

  /// Passes whose result is printed.
  public enum Observed: Hashable, Sendable {
    case all
    case passes(Set<String>)

    func contains(_ pass: String) -> Bool {
      switch self {
      case .all: true
      case .passes(let names): names.contains(pass)
      }
    }
  }

  /// Path of model.swift.
  public var model: String
  /// The folder that the files go into; `build/NAME` if nil.
  public var output: String?
  /// The prefix of every C name; the model's name if nil.
  public var name: String?
  /// Values of hyper-parameters in place of their defaults.
  public var hyperparameters: [String: HyperparameterRecord.Value] = [:]
  public var emission = Emission.executable
  /// The most rows of one call; the larger of 256 and the training's batch size if nil.
  public var maxRows: Int?
  public var gemm = Gemm.auto
  /// The most threads of a call; 1 leaves threads out of the C.
  public var threads = 4
  public var element = ElementType.f32
  public var inferenceOnly = false
  /// Path of a safetensors file whose weights go into the C; none if nil.
  public var embeddedWeights: String?
  /// A C compiler's name or path; the first of clang, gcc and cc that is there if nil.
  public var compiler: String?
  public var march = "native"
  public var optimize = true
  public var disabledFusions: Set<String> = []
  public var observed = Observed.passes([])
  /// Print how long each stage took.
  public var timesPasses = false

  public init(model: String, hyperparameters: [String: HyperparameterRecord.Value] = [:]) {
    self.model = model
    self.hyperparameters = hyperparameters
  }

  /// The folder where measurements are kept; that of the user's cache if nil.
  var measurements: String?

  /// Whether products are measured: for a program that runs on this machine. What is only emitted is alike everywhere.
  var measuresProducts: Bool { gemm == .auto && emission == .executable && march == "native" }

  /// What changes the generated C, as it would be typed; part of the generated program's `info`.
  var inWords: String {
    var words = ["--gemm \(gemm.rawValue)", "--precision \(element.rawValue)", "--optimize \(optimize ? 1 : 0)"]
    words.append(threads == 1 ? "--threads off" : "--threads \(threads)")
    if inferenceOnly { words.append("--inference-only") }
    if embeddedWeights != nil { words.append("--embed-weights") }
    words += disabledFusions.sorted().map { "--no-fuse \($0)" }
    return (words + setInWords).joined(separator: " ")
  }

  var setInWords: [String] {
    hyperparameters.keys.sorted().compactMap { name in
      hyperparameters[name].map { "--set \(name)=\(HyperparameterScalar($0))" }
    }
  }
}
