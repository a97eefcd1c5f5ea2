import ArgumentParser
import CompilerDriver
import DataPacking
import Foundation

/// Results go to stdout, everything else to stderr.
enum Terminal {
  static func output(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  static func status(_ line: String) { error(line + "\n") }

  static func error(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  static var errorIsColoured: Bool {
    isatty(STDERR_FILENO) != 0 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  }
}

/// Runs a command's work; what goes wrong is printed and becomes the exit status.
func report(_ work: () async throws -> Void) async throws {
  do {
    try await work()
  } catch let failure as CompileFailure {
    Terminal.error(failure.rendered(colour: Terminal.errorIsColoured))
    throw ExitCode(failure.status.rawValue)
  } catch let failure as DataFailure {
    let failure = CompileFailure(.model, failure.diagnostics)
    Terminal.error(failure.rendered(colour: Terminal.errorIsColoured))
    throw ExitCode(failure.status.rawValue)
  } catch {
    Terminal.error("dlc: internal error: \(error)\n")
    throw ExitCode(CompileFailure.Status.fault.rawValue)
  }
}
