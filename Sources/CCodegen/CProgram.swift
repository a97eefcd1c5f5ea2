import GraphIR
import GraphPasses
import KernelIR
import Operators
import Safetensors
import Scheduling
import Templates

/// One generated file.
public struct GeneratedFile: Hashable, Sendable {
  public var name: String
  public var contents: String
}

/// What the user chose of the C that comes out.
public struct CodegenOptions: Sendable {
  /// The prefix of every symbol and the stem of every file name.
  public var name: String
  public var maxRows: Int
  /// The most threads of a pool; 1 leaves threads out of the C.
  public var threads: Int
  public var gemm: ProductChoice
  public var inferenceOnly: Bool
  public var element: ElementType
  /// Off: each operator its own kernel, and no memory is used twice.
  public var optimize: Bool
  /// For `NAME info`: the options as given.
  public var compiled: String
  /// Weights to compile in, by the parameters' names, row-major; nil for none.
  public var weights: [String: [Double]]?
  /// What these weights take tokens for.
  public var vocabulary: Vocabulary?

  public init(
    name: String, maxRows: Int = 256, threads: Int = 4, gemm: ProductChoice = .auto, inferenceOnly: Bool = false,
    element: ElementType = .f32, optimize: Bool = true, compiled: String = "", weights: [String: [Double]]? = nil,
    vocabulary: Vocabulary? = nil
  ) {
    self.name = name
    self.maxRows = maxRows
    self.threads = threads
    self.gemm = gemm
    self.inferenceOnly = inferenceOnly
    self.element = element
    self.optimize = optimize
    self.compiled = compiled
    self.weights = weights
    self.vocabulary = vocabulary
  }
}

/// The graphs of a model as C: NAME.h, NAME.c and, for the executable, NAME_io.h, NAME_io.c and NAME_main.c.
public struct CProgram: Sendable {
  public let model: ModelDescription
  public let options: CodegenOptions
  let layout: StorageLayout
  let slots: [Slot]
  /// What a context keeps from call to call, and what a trainer does.
  let contextState: StateLayout
  let trainerState: StateLayout
  /// In the order in which the generated functions stand.
  public internal(set) var predict: Schedule
  /// One step of a stream; nil if the model does not stream.
  public internal(set) var stream: Schedule?
  public let streaming: Streaming
  public internal(set) var evaluate: Schedule?
  public internal(set) var backward: Schedule?
  public let apply: Schedule?
  /// So many rows go through predict's kernels before the next ones do; nil: all rows of a call together.
  public let rowGroup: Int?
  /// What train_step does in their place, where that is quicker.
  public internal(set) var trainStep: TrainStep<Schedule>?

  public init(model: ModelDescription, graphs: CompiledGraphs, options: CodegenOptions) {
    self.model = model
    self.options = options
    slots = graphs.slots
    layout = StorageLayout(parameters: model.parameters, slots: graphs.slots)
    streaming = graphs.stream
    contextState = StateLayout([graphs.predict] + [graphs.evaluate, graphs.stream.graph].compactMap { $0 })
    trainerState = StateLayout([graphs.backward].compactMap { $0 })
    func schedule(_ graph: Graph, _ phase: String) -> Schedule {
      Schedule(
        graph,
        options: ScheduleOptions(
          products: options.gemm, maxRows: options.maxRows, threads: options.threads, reuse: options.optimize,
          phase: phase))
    }
    predict = schedule(graphs.predict, "forward")
    rowGroup = options.optimize ? predict.rowGroup(maxRows: options.maxRows) : nil
    stream = graphs.stream.graph.map { schedule($0, "step") }
    evaluate = options.inferenceOnly ? nil : graphs.evaluate.map { schedule($0, "forward") }
    backward = options.inferenceOnly ? nil : graphs.backward.map { schedule($0, "backward") }
    apply = options.inferenceOnly ? nil : graphs.apply.map { schedule($0, "update") }
    trainStep =
      options.inferenceOnly
      ? nil
      : graphs.trainStep.map {
        TrainStep(backward: schedule($0.backward, "backward"), apply: schedule($0.apply, "update"))
      }
  }

  /// The program with what is made of weights alone told apart from what each call does. Training, in which they change with
  /// each call, has the kernels in common, and gives them nothing.
  private var prepared: CProgram {
    guard options.optimize else { return self }
    var program = self
    program.predict.prepare()
    program.stream?.prepare()
    if let preparation = program.predict.preparation {
      program.evaluate?.share(preparation)
      program.backward?.share(preparation)
      program.trainStep?.backward.share(preparation)
    }
    return program
  }

  /// What predict and stream make of weights alone, each behind the other's in memory.
  var preparations: [(name: String, base: Int, preparation: Preparation)] {
    var base = 0
    return [predict, stream].compactMap { $0 }.compactMap { schedule in
      guard let preparation = schedule.preparation, !preparation.steps.isEmpty else { return nil }
      defer { base += preparation.byteCount }
      return (schedule.graph.name, base, preparation)
    }
  }

  /// Of all that, in bytes.
  public var preparedBytes: Int { preparations.reduce(0) { $0 + $1.preparation.byteCount } }

  /// The rows of a group where the function takes its rows in groups; nil where all rows of a call go together.
  public func rowGroup(of schedule: Schedule) -> Int? { schedule.graph.name == predict.graph.name ? rowGroup : nil }

  var schedules: [Schedule] {
    [predict] + [stream, evaluate, backward, apply].compactMap { $0 } + (trainStep?.functions ?? [])
  }

  public var isTrainable: Bool { backward != nil && apply != nil && evaluate != nil && model.training != nil }

  /// Whether texts can be its data: the only input is tokens [time].
  var takesText: Bool {
    model.inputs.count == 1 && model.inputs[0].type.element == .i32 && model.inputs[0].type.shape.rank == 2
  }

  /// Whether it can go on with a text: it streams, and its only output has a number for each token that may follow.
  var isLanguageModel: Bool {
    takesText && stream != nil && model.outputs.count == 1
      && stepOutputs[0].type.shape.elementCount == Dimension(model.inputs[0].classes, perRow: true)
  }

  /// Whether its first output is a softmax.
  var givesProbabilities: Bool {
    predict.graph.roots.first.map { predict.graph.op(of: $0.value) is Softmax } ?? false
  }

  public var usesBLAS: Bool { usage.contains { $0.methods.contains(.blas) } }

  /// Whether a kernel is worth more than one thread.
  public var usesThreads: Bool { schedules.contains { $0.steps.contains { $0.kernel.sharedWork != nil } } }

  /// The most threads of a call.
  var threads: Int { usesThreads ? options.threads : 1 }

  var usage: [Usage] { schedules.flatMap { $0.steps.map { Usage($0.kernel.body) } } }

  /// All files, in a fixed order: the C, and what other build systems, Swift and Python need to use it.
  public func files() throws -> [GeneratedFile] { try prepared.allFiles() }

  private func allFiles() throws -> [GeneratedFile] {
    let name = options.name
    var files = [
      GeneratedFile(name: "\(name).h", contents: try HeaderFile(program: self).text()),
      GeneratedFile(name: "\(name).c", contents: try SourceFile(program: self).text()),
      GeneratedFile(name: "\(name)_io.h", contents: try Templates.expand(["io.h"], name: name)),
      GeneratedFile(
        name: "\(name)_io.c",
        contents: try Templates.expand(
          TemplateList.io + (isTrainable ? TemplateList.trainingIO : []), name: name)),
      GeneratedFile(name: "\(name)_main.c", contents: try MainFile(program: self).text()),
      GeneratedFile(name: "CMakeLists.txt", contents: BuildFiles(program: self).cmake),
      GeneratedFile(name: "\(name).pc", contents: BuildFiles(program: self).pkgConfig),
      GeneratedFile(name: "module.modulemap", contents: BuildFiles(program: self).moduleMap),
      GeneratedFile(name: "\(name).py", contents: PythonFile(program: self).text),
    ]
    if let embedded { files.insert(GeneratedFile(name: "\(name)_weights.c", contents: embedded.text), at: 2) }
    return files
  }

  /// The weights to compile in, if there are some.
  var embedded: EmbeddedWeights? { options.weights.map { EmbeddedWeights(program: self, values: $0) } }

  /// Of the library: all but the command line.
  var sources: [String] {
    ["\(options.name).c", "\(options.name)_io.c"] + (embedded == nil ? [] : ["\(options.name)_weights.c"])
  }

  var prefix: String { options.name }
  var macro: String { options.name.uppercased() }
  var real: String { options.element.cName }

  /// A fingerprint of names, shapes and types of everything that a file of weights has to match.
  var modelHash: String {
    var lines = model.parameters.map { "\($0.name) \($0.type.shape)" }
    lines += (model.inputs + model.outputs).map { "\($0.name) \($0.type.shape)" }
    return lines.joined(separator: "\n").fingerprint.hexadecimal
  }

  /// Inputs and outputs of one step of a stream.
  var stepInputs: [Field] { steps(of: model.inputs) { .input($0) } }
  var stepOutputs: [Field] { steps(of: model.outputs) { .output($0) } }

  private func steps(of fields: [Field], _ place: (String) -> Placement) -> [Field] {
    fields.map { field in
      var step = field
      if let type = stream?.type(at: place(field.name)) { step.type = type }
      return step
    }
  }

  // MARK: Memory

  /// Bytes before the values of each object: its struct, rounded up to the alignment.
  static let objectBytes = 256

  var parameterBytes: Int { Self.objectBytes + aligned(layout.parameterCount) }
  var gradientBytes: Int { aligned(layout.gradientCount) }
  var slotBytes: Int { aligned(layout.slotCount) }

  /// All of a context: its struct, what it keeps, and its arena. It is as large as the largest of these, `grouped` for the rows of a
  /// group at most.
  var contextBytes: (grouped: [ByteCount], all: [ByteCount]) {
    let before = ByteCount(fixed: Self.objectBytes) + contextState.bytes
    let all = bytes(before: before, [stream, evaluate] + (rowGroup == nil ? [predict] : []))
    let grouped = rowGroup == nil ? [] : bytes(before: before, [predict])
    return (
      grouped.filter { one in !all.contains { $0.fixed >= one.fixed && $0.perRow >= one.perRow } }, all
    )
  }
  /// All of a trainer: its struct, gradients, slots, what it keeps, and its arena.
  var trainerBytes: [ByteCount] {
    bytes(
      before: ByteCount(fixed: Self.objectBytes + gradientBytes + slotBytes) + trainerState.bytes,
      [backward, apply] + (trainStep?.functions ?? []))
  }

  private func bytes(before: ByteCount, _ schedules: [Schedule?]) -> [ByteCount] {
    ([ByteCount()] + schedules.flatMap { $0?.memory.extents ?? [] }).largest.map { before + $0 }
  }

  /// Bytes of so many reals, rounded up to the alignment.
  private func aligned(_ count: Int) -> Int {
    (count * options.element.byteCount).roundedUp(to: MemoryPlan.alignment)
  }

  var metrics: [MetricDescription] { model.training?.metrics ?? [] }

  /// Accumulators: rows, the sum of losses, then those of each metric.
  var accumulatorCount: Int { 2 + metrics.reduce(0) { $0 + $1.count } }
}
