import Diagnostics
import GraphIR
import Operators

/// Functions of each element.
private func unary(
  _ name: String, _ x: Tensor, _ file: String, _ line: Int, _ column: Int,
  _ body: (inout GraphBuilder, Value) throws(ShapeError) -> Value
) -> Tensor {
  Recorder.apply(name, to: [x], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    try builder.requireNumbers(x, for: name)
    return try body(&builder, x[0])
  }.masked(like: x)
}

public func exp(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("exp", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.exp(x) }
}

public func log(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("log", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.log(x) }
}

/// log(1 + x).
public func log1p(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("log1p", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.log1p(x) }
}

public func sqrt(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("sqrt", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.sqrt(x) }
}

public func abs(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("abs", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.abs(x) }
}

public func sign(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("sign", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.sign(x) }
}

public func sin(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("sin", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.sin(x) }
}

public func cos(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("cos", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.cos(x) }
}

public func tanh(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("tanh", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.tanh(x) }
}

public func sigmoid(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("sigmoid", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.sigmoid(x) }
}

/// The error function.
public func erf(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("erf", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.erf(x) }
}

/// log(1 + exp x).
public func softplus(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("softplus", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.softplus(x) }
}

public func relu(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("relu", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.relu(x) }
}

/// min(max(x, 0), 6).
public func relu6(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("relu6", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.relu6(x) }
}

public func selu(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("selu", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.selu(x) }
}

/// x·Φ(x), exact.
public func gelu(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("gelu", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.gelu(x) }
}

public func silu(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("silu", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.silu(x) }
}

/// The same value, through which no gradient flows.
public func stopGradient(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("stopGradient", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.stopGradient(x) }
}

/// Over the last axis.
public func softmax(_ x: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column) -> Tensor {
  unary("softmax", x, file, line, column) { (builder, x) throws(ShapeError) in
    try ActivationFunction.softmax.apply(to: x, in: &builder)
  }
}

public func leakyRelu(
  _ x: Tensor, slope: Double = 0.2, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  unary("leakyRelu", x, file, line, column) { (builder, x) throws(ShapeError) in
    try builder.leakyRelu(x, slope: slope)
  }
}

public func elu(
  _ x: Tensor, alpha: Double = 1, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  unary("elu", x, file, line, column) { (builder, x) throws(ShapeError) in try builder.elu(x, alpha: alpha) }
}

private func binary(
  _ name: String, _ a: Tensor, _ b: Tensor, _ file: String, _ line: Int, _ column: Int,
  _ body: (inout GraphBuilder, Value, Value) throws(ShapeError) -> Value
) -> Tensor {
  Recorder.apply(name, to: [a, b], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    try builder.requireNumbers(x, for: name)
    let (left, right) = (builder.shape(of: x[0]).rowShape, builder.shape(of: x[1]).rowShape)
    guard let (a, b) = try builder.alignedByRow(x[0], x[1]) else {
      throw ShapeError("\(name) cannot broadcast shapes \(left) and \(right)")
    }
    return try body(&builder, a, b)
  }.masked(likeAnyOf: [a, b])
}

/// a to the power of b, element by element.
public func pow(
  _ a: Tensor, _ b: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  binary("pow", a, b, file, line, column) { (builder, a, b) throws(ShapeError) in try builder.power(a, b) }
}

public func pow(
  _ a: Tensor, _ b: Double, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  unary("pow", a, file, line, column) { (builder, a) throws(ShapeError) in
    try builder.power(a, builder.scalar(b, like: a))
  }
}

/// The smaller of each pair.
public func min(
  _ a: Tensor, _ b: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  binary("min", a, b, file, line, column) { (builder, a, b) throws(ShapeError) in try builder.minimum(a, b) }
}

public func min(
  _ a: Tensor, _ b: Double, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  unary("min", a, file, line, column) { (builder, a) throws(ShapeError) in
    try builder.minimum(a, builder.scalar(b, like: a))
  }
}

/// The larger of each pair.
public func max(
  _ a: Tensor, _ b: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  binary("max", a, b, file, line, column) { (builder, a, b) throws(ShapeError) in try builder.maximum(a, b) }
}

public func max(
  _ a: Tensor, _ b: Double, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  unary("max", a, file, line, column) { (builder, a) throws(ShapeError) in
    try builder.maximum(a, builder.scalar(b, like: a))
  }
}
