import Diagnostics
import GraphIR

/// Something that makes a tensor from a tensor. Conform a struct of your own to it to name a block of layers:
///
/// ```swift
/// struct Block: Layer {
///   var units: Int
///   func callAsFunction(_ input: Tensor) -> Tensor { relu(input + Dense(units)(input)) }
/// }
/// ```
public protocol Layer {
  func callAsFunction(_ input: Tensor) -> Tensor
}

/// Collects the layers of a sequential model; `for` and `if` work as everywhere.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  public static func buildExpression(_ nothing: Void) -> [any Layer] { [] }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildLimitedAvailability(_ part: [any Layer]) -> [any Layer] { part }
}
