import Diagnostics
import FoundationEssentials
import GraphIR

/// A number or choice that `dlc tune` varies. Each function returns a plain value: the trial's, or the default.
public enum Hyperparameter {
  public enum Scale: Hashable, Sendable { case linear, logarithmic }

  public static func int(
    _ name: String, in range: ClosedRange<Int>, step: Int = 1, default value: Int? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Int {
    let location = SourceLocation.call(file, line, column)
    if step < 1 { Recorder.report("the step of \"\(name)\" must be at least 1, got \(step)", at: location) }
    let value = given(name, at: location, "a whole number", \.int) ?? value ?? range.lowerBound
    if !range.contains(value) {
      Recorder.report(
        "\"\(name)\" is \(value), outside \(range.lowerBound)...\(range.upperBound)", at: location)
    }
    record(
      name, .int(value), .int(low: range.lowerBound, high: range.upperBound, step: step), at: location)
    return value
  }

  public static func float(
    _ name: String, in range: ClosedRange<Double>, scale: Scale = .linear, default value: Double? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Double {
    let location = SourceLocation.call(file, line, column)
    if scale == .logarithmic && range.lowerBound <= 0 {
      Recorder.report("the logarithmic range of \"\(name)\" must start above 0", at: location)
    }
    let value = given(name, at: location, "a number", \.float) ?? value ?? range.lowerBound
    if !range.contains(value) {
      Recorder.report(
        "\"\(name)\" is \(value), outside \(range.lowerBound)...\(range.upperBound)", at: location)
    }
    record(
      name, .float(value),
      .float(low: range.lowerBound, high: range.upperBound, logarithmic: scale == .logarithmic), at: location)
    return value
  }

  public static func bool(
    _ name: String, default value: Bool = false, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Bool {
    let location = SourceLocation.call(file, line, column)
    let value = given(name, at: location, "true or false", \.bool) ?? value
    record(name, .bool(value), .choice([.bool(false), .bool(true)]), at: location)
    return value
  }

  /// One of `values`; the first unless another is the default.
  public static func choice(
    _ name: String, of values: [String], default value: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> String {
    let location = SourceLocation.call(file, line, column)
    let value = given(name, at: location, "a string", \.string) ?? value ?? values.first ?? ""
    if !values.contains(value) {
      Recorder.report(
        "\"\(name)\" is \"\(value)\", which is not one of \(values.joined(separator: ", "))", at: location)
    }
    record(name, .string(value), .choice(values.map { .string($0) }), at: location)
    return value
  }

  private static func record(
    _ name: String, _ value: HyperparameterRecord.Value, _ range: HyperparameterRecord.Range,
    at location: SourceLocation
  ) {
    Recorder.shared.withLock { recorder in
      if let first = recorder.hyperparameters.first(where: { $0.name == name }) {
        recorder.diagnostics.append(
          Diagnostic(
            .error, "two hyper-parameters have the name \"\(name)\"", at: location,
            notes: [.note("the first is here", at: first.location)]))
      }
      recorder.hyperparameters.append(
        HyperparameterRecord(name: name, value: value, range: range, location: location))
    }
  }

  /// The value that `dlc` gave from outside; a wrong type is reported.
  private static func given<T>(
    _ name: String, at location: SourceLocation, _ expected: String, _ path: KeyPath<HyperparameterScalar, T?>
  ) -> T? {
    guard let text = ProgramExit.environment(ModelProgramOutput.hyperparametersVariable) else { return nil }
    guard let values = try? JSONDecoder().decode([String: HyperparameterScalar].self, from: Data(text.utf8)) else {
      Recorder.report("the hyper-parameters given from outside are not a JSON object of values: \(text)", at: location)
      return nil
    }
    guard let value = values[name] else { return nil }
    if let result = value[keyPath: path] { return result }
    Recorder.report("\"\(name)\" was given as \(value.quoted), but it is \(expected)", at: location)
    return nil
  }
}

extension HyperparameterScalar {
  /// With the quotation marks of text.
  fileprivate var quoted: String { string.map { "\"\($0)\"" } ?? description }
}
