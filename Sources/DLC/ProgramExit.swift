import Diagnostics
import FoundationEssentials
import GraphIR

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes what was recorded when the model program ends by itself. A crash writes nothing, which the loader notices.
enum ProgramExit {
  static func register() {
    guard environment(ModelProgramOutput.pathVariable) != nil else { return }
    atexit { ProgramExit.writeOutput() }
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func writeOutput() {
    guard let path = environment(ModelProgramOutput.pathVariable) else { return }
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      try encoder.encode(ModelExtraction.output()).write(to: URL(filePath: path))
    } catch {
      let message = "cannot write the model to \(path): \(error)\n"
      _ = message.withCString { write(2, $0, strlen($0)) }
      _exit(1)
    }
  }
}
