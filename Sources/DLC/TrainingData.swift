import Diagnostics
import GraphIR

/// Where the rows to train on come from. Relative paths start at the folder of model.swift.
public struct TrainingData: Hashable, Sendable {
  private(set) var description: DataDescription

  /// A CSV file: `target` names the target column, every other column is an input, in order. Inputs are multiplied by
  /// `scale`.
  public static func csv(
    _ path: String, target: String, scale: Double = 1, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> TrainingData {
    make(.csv, path, "", target, scale, SourceLocation.call(file, line, column))
  }

  /// Two NPY files.
  public static func npy(
    _ inputs: String, targets: String, scale: Double = 1, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> TrainingData {
    make(.npy, inputs, targets, "", scale, SourceLocation.call(file, line, column))
  }

  /// An NPZ file with an array for each input and each target, by name.
  public static func npz(
    _ path: String, scale: Double = 1, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> TrainingData {
    make(.npz, path, "", "", scale, SourceLocation.call(file, line, column))
  }

  /// Two IDX files, as MNIST comes.
  public static func idx(
    _ inputs: String, targets: String, scale: Double = 1, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> TrainingData {
    make(.idx, inputs, targets, "", scale, SourceLocation.call(file, line, column))
  }

  /// CIFAR-10's or CIFAR-100's binary files, whose names end in `.bin`, one after another: pictures [32, 32, 3] of
  /// numbers to 255, and class numbers. Of CIFAR-100 a model of 20 classes gets the coarse ones, else the fine ones.
  public static func cifar(
    _ paths: String..., scale: Double = 1, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> TrainingData {
    make(.cifar, paths.joined(separator: ","), "", "", scale, SourceLocation.call(file, line, column))
  }

  /// A safetensors file with an array for each input and each target, by name.
  public static func safetensors(
    _ path: String, scale: Double = 1, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> TrainingData {
    make(.safetensors, path, "", "", scale, SourceLocation.call(file, line, column))
  }

  /// What a text is cut into.
  public enum Tokens: String, Hashable, Sendable {
    /// 256 tokens, whose numbers are the bytes.
    case byte
    /// Characters of UTF-8.
    case character
    /// Letters, digits, apostrophes and all beyond ASCII, in lower case; any other visible character is a token of its own.
    case word
  }

  /// A text to go on with: windows of as many tokens as the model's input `.tokens(length:)` has, one after another, and for each
  /// token the next as its target, or the one behind the window for a target of one token.
  ///
  /// Characters and words are numbered from 2 on, the most frequent first, as far as the model's vocabulary goes; 0 pads, and 1
  /// is what the vocabulary lacks. It is made from the text that training begins with, and kept with the weights.
  public static func text(
    _ path: String, tokens: Tokens, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> TrainingData {
    make(.text, path, "", "", 1, SourceLocation.call(file, line, column), tokens: tokens)
  }

  /// Labelled texts: a CSV file whose column `text` has texts and whose column `label` has targets. Texts are cut after as many
  /// tokens as the model's input has, or padded with 0 behind them. Tokens are numbered as those of one text.
  public static func text(
    _ path: String, tokens: Tokens, text: String, label: String, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> TrainingData {
    var data = make(.text, path, "", label, 1, SourceLocation.call(file, line, column), tokens: tokens)
    data.description.column = text
    return data
  }

  private static func make(
    _ format: DataDescription.Format, _ path: String, _ targets: String, _ target: String, _ scale: Double,
    _ location: SourceLocation, tokens: Tokens? = nil
  ) -> TrainingData {
    TrainingData(
      description: DataDescription(
        format: format, file: path, targetsFile: targets, target: target,
        tokens: tokens?.rawValue ?? "", scale: scale, location: location))
  }
}

/// The rows that training does not see, on which each epoch is judged.
public struct Validation: Hashable, Sendable {
  let split: Double
  let file: String

  public static var none: Validation { Validation(split: 0, file: "") }
  /// The last rows of the data, as a fraction of them.
  public static func split(_ fraction: Double) -> Validation { Validation(split: fraction, file: "") }
  /// A file of its own, in the format of the training data.
  public static func file(_ path: String) -> Validation { Validation(split: 0, file: path) }
}
