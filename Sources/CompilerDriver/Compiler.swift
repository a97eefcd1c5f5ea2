import CCodegen
import Diagnostics
import Foundation
import GraphIR
import GraphPasses
import ModelLoading
import Scheduling

/// The whole path from model.swift to an executable, and the views of what lies between.
public enum Compiler {
  /// Every stage, in order; `options.emission` says after which to stop.
  public static func compile(_ options: CompileOptions) async throws(CompileFailure) -> Product {
    let observer = PassObserver(options)
    let model = try await load(options, requireTraining: options.emission != .graph && !options.inferenceOnly)
    observer.finished("load", model.graph)
    if options.emission == .graph { return Product(text: model.graph.description) }

    let graphs = try optimize(model, options, observer)
    if options.emission == .fused { return Product(text: graphs.text) }

    let name = options.name ?? CompileOptions.prefix(for: model.name)
    let weights = try options.embeddedWeights.map { (file) throws(CompileFailure) in
      try WeightsFile(file, of: model.parameters)
    }
    var program = program(model, graphs, options, name: name, weights: weights)
    observer.finished("schedule")
    if options.emission == .plan { return Product(text: MemoryText.plan(of: program)) }

    if options.measuresProducts {
      var blas = options
      blas.gemm = .blas
      program = try await MeasuredProducts(options).choose(
        program, or: self.program(model, graphs, blas, name: name), rows: model.training?.batchSize ?? 32)
      observer.finished("measure products")
    }
    let files = try files(of: program)
    observer.finished("generate C")
    let folder = try OutputFolder(options.output ?? "build/\(name)")
    for file in files { try folder.write(file.contents, to: file.name) }
    if options.emission == .c { return Product(folder: folder.path) }

    let executable = try await link(files, usesBLAS: program.usesBLAS, named: name, in: folder, options)
    observer.finished("compile C")
    return Product(folder: folder.path, executable: executable)
  }

  /// The table of layers and the totals.
  public static func summary(_ options: CompileOptions) async throws(CompileFailure) -> String {
    let model = try await load(options, requireTraining: false)
    let graphs = try optimize(model, options, PassObserver(options))
    return Summary.text(
      of: model, graphs: graphs, program: program(model, graphs, options, name: CompileOptions.prefix(for: model.name)))
  }

  /// A picture of the layers, or of the kernels of inference after fusion.
  public static func drawing(
    _ options: CompileOptions, format: GraphDrawing.Format, fused: Bool
  ) async throws(CompileFailure) -> String {
    let model = try await load(options, requireTraining: false)
    if !fused { return GraphDrawing.layers(of: model, as: format) }
    return GraphDrawing.kernels(of: try optimize(model, options, PassObserver(options)).predict, as: format)
  }

  /// What model.swift declares.
  public static func load(
    _ options: CompileOptions, requireTraining: Bool, allowUndeclared: Bool = false
  ) async throws(CompileFailure) -> ModelDescription {
    let compiler = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    do {
      return try await ModelLoader.load(
        modelFile: options.model, executableFolder: compiler.deletingLastPathComponent().path,
        hyperparameters: options.hyperparameters, allowUndeclared: allowUndeclared, requireTraining: requireTraining)
    } catch {
      throw CompileFailure(.model, error.diagnostics, compilerOutput: error.compilerOutput)
    }
  }

  private static func optimize(
    _ model: ModelDescription, _ options: CompileOptions, _ observer: PassObserver
  ) throws(CompileFailure) -> CompiledGraphs {
    if let unknown = options.disabledFusions.subtracting(PassPipeline.fusions).min() {
      throw CompileFailure(
        .usage, "there is no fusion \(unknown)",
        notes: ["the fusions: " + PassPipeline.fusions.joined(separator: ", ")])
    }
    let passOptions = PassOptions(
      optimize: options.optimize,
      // Sums that BLAS makes are in memory.
      disabledFusions: options.disabledFusions.union(options.gemm == .blas ? [PassPipeline.joinedUpdates] : []),
      inferenceOnly: options.inferenceOnly || model.training == nil, element: options.element,
      maxRows: maxRows(of: model, options))
    let graphs: CompiledGraphs
    do {
      graphs = try PassPipeline.compile(model, options: passOptions) { observer.finished($0, $1) }
    } catch {
      throw CompileFailure(.fault, error.description)
    }
    try observer.check()
    return graphs
  }

  private static func program(
    _ model: ModelDescription, _ graphs: CompiledGraphs, _ options: CompileOptions, name: String,
    weights: WeightsFile? = nil
  ) -> CProgram {
    CProgram(
      model: model, graphs: graphs,
      options: CodegenOptions(
        name: name, maxRows: maxRows(of: model, options), threads: options.threads,
        gemm: options.gemm,
        inferenceOnly: options.inferenceOnly || model.training == nil, element: options.element,
        optimize: options.optimize, compiled: options.inWords, weights: weights?.values,
        vocabulary: weights?.vocabulary))
  }

  private static func maxRows(of model: ModelDescription, _ options: CompileOptions) -> Int {
    options.maxRows ?? max(256, model.training?.batchSize ?? 0)
  }

  private static func files(of program: CProgram) throws(CompileFailure) -> [GeneratedFile] {
    do {
      return try program.files()
    } catch {
      throw CompileFailure(.fault, "\(error)")
    }
  }

  /// What is unchanged is not compiled again. The folder of model.swift is given to the C compiler, so that no generated
  /// file holds a path of this machine.
  private static func link(
    _ files: [GeneratedFile], usesBLAS: Bool, named name: String, in folder: OutputFolder,
    _ options: CompileOptions
  ) async throws(CompileFailure) -> String {
    let modelFolder = URL(fileURLWithPath: options.model).deletingLastPathComponent().path
    let compiler = try CCompiler.find(options.compiler)
    let job = CCompiler.Job(
      sources: files.map(\.name).filter { $0.hasSuffix(".c") }.map(folder.path(of:)),
      executable: folder.path(of: name), march: options.march,
      macros: [
        ("\(name.uppercased())_MODEL_FOLDER", modelFolder.utf8.cLiteral), ("\(name.uppercased())_PROFILE", "1"),
      ],
      libraries: (usesBLAS ? ["openblas"] : []) + ["m", "pthread"], flags: compiler.optimization)
    let record = BuildRecord(job, compiler: compiler, sources: files.map(\.contents), in: folder, named: name)
    if record.isCurrent { return job.executable }
    record.remove()
    try await compiler.run(job)
    record.keep()
    return job.executable
  }
}
