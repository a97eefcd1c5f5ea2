import CCodegen
import Foundation
import GraphIR
import KernelIR
import ModelLoading
import Subprocess

/// The quicker of BLAS and the builtin tiles for each product, measured once for a machine and kept in the cache.
struct MeasuredProducts {
  /// Where a measurement is kept: a file for each, with the seconds of the builtin tiles and of BLAS.
  private let folder: String
  private let compiler: CCompiler
  private let element: ElementType

  init(_ options: CompileOptions) throws(CompileFailure) {
    folder = options.measurements ?? cacheFolder("products", environment: ProcessInfo.processInfo.environment)
    compiler = try CCompiler.find(options.compiler)
    element = options.element
  }

  /// BLAS is taken where it needs at most so much of the time: a smaller gain may be noise, and its threads disturb ours.
  private static let worthwhile = 0.9

  /// `program` with calls of BLAS in the kernels that they make quicker at every number of rows that they were timed at;
  /// `blas` is the same program with all products made by BLAS. Without an installed BLAS that is `program` itself.
  func choose(_ program: CProgram, or blas: CProgram, rows: Int) async throws(CompileFailure) -> CProgram {
    let measurement = ProductMeasurement(builtin: program, blas: blas, rows: rows)
    guard try await measure(measurement.filter { seconds(of: $0) == nil }) else { return program }
    let quicker = Set(
      measurement.candidates.filter { candidate in
        seconds(of: candidate).map { $0.blas <= Self.worthwhile * $0.builtin } ?? false
      })
    return program.taking(from: blas) { kernel in
      let found = measurement.candidates.filter { $0.isLike(kernel) }
      return !found.isEmpty && found.allSatisfy(quicker.contains)
    }
  }

  private func path(of candidate: ProductMeasurement.Candidate) -> String {
    // The text has everything that is compiled, templates included; the rest is who compiles and runs it.
    let alone = try? ProductMeasurement.text(of: candidate, element: element)
    let parts = [alone ?? "", job(source: "", executable: "").arguments.joined(separator: " ")]
    return folder + "/"
      + fingerprint(of: (parts + [fileIdentity(compiler.path), BuildRecord.processor]).map { Array($0.utf8) })
  }

  private func seconds(of candidate: ProductMeasurement.Candidate) -> (builtin: Double, blas: Double)? {
    guard let text = try? String(contentsOfFile: path(of: candidate), encoding: .utf8) else { return nil }
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return numbers.count == 2 && numbers[0] > 0 ? (numbers[0], numbers[1]) : nil
  }

  private func job(source: String, executable: String) -> CCompiler.Job {
    CCompiler.Job(
      sources: [source], executable: executable, march: "native", macros: [], libraries: ["openblas", "m"],
      flags: compiler.optimization)
  }

  /// False without a BLAS.
  private func measure(_ measurement: ProductMeasurement) async throws(CompileFailure) -> Bool {
    guard !measurement.candidates.isEmpty else { return true }
    let work = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-measure-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: work) }
    let (source, executable) = (
      work.appendingPathComponent("measure.c").path, work.appendingPathComponent("measure").path
    )
    do {
      try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try measurement.text().write(toFile: source, atomically: true, encoding: .utf8)
    } catch {
      throw CompileFailure(.fault, "products cannot be measured: \(error)")
    }
    do {
      try await compiler.run(job(source: source, executable: executable))
    } catch  where error.status == .model {
      return false
    }
    let output: String
    do {
      // A library's threads would be measured against one.
      let result = try await Subprocess.run(
        .path(.init(executable)), environment: .inherit.updating(["OPENBLAS_NUM_THREADS": "1"]),
        output: .string(limit: 1 << 20), error: .discarded)
      guard result.terminationStatus.isSuccess else {
        throw CompileFailure(.fault, "the measurement of products ends with \(result.terminationStatus)")
      }
      output = result.standardOutput
    } catch let failure as CompileFailure {
      throw failure
    } catch {
      throw CompileFailure(.model, "cannot run \(executable): \(error)")
    }
    for (candidate, line) in zip(measurement.candidates, output.split(separator: "\n")) {
      try? String(line + "\n").write(toFile: path(of: candidate), atomically: true, encoding: .utf8)
    }
    return true
  }
}
