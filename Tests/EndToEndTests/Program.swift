import Foundation
import Testing

/// A program run to its end.
enum Program {
  /// What it prints to stdout; the test fails if its status is not 0.
  static func run(_ executable: String, _ arguments: [String]) throws -> String {
    String(decoding: try bytes(executable, arguments), as: UTF8.self)
  }

  static func bytes(_ executable: String, _ arguments: [String]) throws -> Data {
    let (status, output, error) = try result(executable, arguments)
    try #require(status == 0, "\(executable) \(arguments): \(String(decoding: error, as: UTF8.self))")
    return output
  }

  /// What it prints to stderr; the test fails if its status is not 1.
  static func failure(_ executable: String, _ arguments: [String]) throws -> String {
    let (status, _, error) = try result(executable, arguments)
    let text = String(decoding: error, as: UTF8.self)
    try #require(status == 1, "\(executable) \(arguments) ended with \(status): \(text)")
    return text
  }

  /// What it prints to stderr; the test fails if its status is not 64, wrong usage.
  static func misuse(_ executable: String, _ arguments: [String]) throws -> String {
    let (status, _, error) = try result(executable, arguments)
    let text = String(decoding: error, as: UTF8.self)
    try #require(status == 64, "\(executable) \(arguments) ended with \(status): \(text)")
    return text
  }

  static func status(_ executable: String, _ arguments: [String]) throws -> Int32 {
    try result(executable, arguments).status
  }

  private static func result(_ executable: String, _ arguments: [String]) throws -> (
    status: Int32, output: Data, error: Data
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    // Programs leave freeing to their end; what a sanitizer finds must not look like an ordinary failure.
    process.environment = ProcessInfo.processInfo.environment.merging([
      "ASAN_OPTIONS": "detect_leaks=0:exitcode=99", "UBSAN_OPTIONS": "exitcode=99",
    ]) { $1 }
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    // These programs say little on stderr: it fits the pipe's buffer while stdout is read to its end.
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let said = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data, said)
  }
}
