import Foundation
import Testing

/// A program run to its end.
enum Program {
  /// What it prints to stdout; the test fails if its status is not 0.
  static func run(_ executable: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(executable) \(arguments)")
    return String(decoding: data, as: UTF8.self)
  }
}
