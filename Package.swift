// swift-tools-version: 6.1
import PackageDescription

/// Targets from the top of the pipeline to its bottom; each imports only what stands below it.
let package = Package(
  name: "dlc",
  products: [
    .executable(name: "dlc", targets: ["dlc"]),
    .library(name: "DLC", type: .dynamic, targets: ["DLC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .executableTarget(
      name: "dlc",
      dependencies: [
        "Verification", "CompilerDriver", "DataPacking", "Safetensors", "GraphIR", "KernelIR",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Verification",
      dependencies: [
        "CompilerDriver", "CCodegen", "Scheduling", "GraphPasses", "Operators", "GraphIR", "KernelIR",
      ]),
    .target(
      name: "DataPacking", dependencies: ["Safetensors", "CTokens", "JPEGDecoding", "CPNG", "GraphIR", "Diagnostics"]),
    .target(name: "JPEGDecoding", dependencies: ["CJPEG"], linkerSettings: [.linkedLibrary("jpeg")]),
    .systemLibrary(name: "CTokens"),
    .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .target(
      name: "CompilerDriver",
      dependencies: [
        "ModelLoading", "CCodegen", "Scheduling", "GraphPasses", "Operators", "GraphIR", "KernelIR", "Safetensors",
        "Diagnostics", .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(
      name: "ModelLoading",
      dependencies: [
        "Operators", "GraphIR", "Diagnostics",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(
      name: "CCodegen",
      dependencies: ["Scheduling", "GraphPasses", "Operators", "GraphIR", "KernelIR", "Safetensors", "Templates"]),
    .target(name: "Scheduling", dependencies: ["Operators", "GraphIR", "KernelIR"]),
    .target(
      name: "GraphPasses",
      dependencies: [
        "Operators", "GraphIR", "Diagnostics",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(name: "DLC", dependencies: ["Operators", "GraphIR", "Diagnostics"]),
    .target(name: "Operators", dependencies: ["GraphIR", "KernelIR"]),
    .target(name: "GraphIR", dependencies: ["KernelIR", "Diagnostics"]),
    .target(name: "KernelIR"),
    .target(name: "Safetensors"),
    .target(name: "Diagnostics"),
    .target(
      name: "Templates", path: "Templates", sources: ["Templates.swift"],
      resources: [
        .embedInCode("checkpoint.c"),
        .embedInCode("checksum.c"),
        .embedInCode("depthwise.c"),
        .embedInCode("driver_benchmark.c"),
        .embedInCode("driver_cifar.c"),
        .embedInCode("driver_csv.c"),
        .embedInCode("driver_csv_field.c"),
        .embedInCode("driver_array.c"),
        .embedInCode("driver_data.c"),
        .embedInCode("driver_idx.c"),
        .embedInCode("driver_npy.c"),
        .embedInCode("driver_npz.c"),
        .embedInCode("driver_safetensors.c"),
        .embedInCode("driver_vocabulary.c"),
        .embedInCode("driver_text.c"),
        .embedInCode("driver_tokens.c"),
        .embedInCode("driver_generate.c"),
        .embedInCode("driver_headers.c"),
        .embedInCode("driver_main.c"),
        .embedInCode("driver_options.c"),
        .embedInCode("driver_peak.c"),
        .embedInCode("driver_predict.c"),
        .embedInCode("driver_profile.c"),
        .embedInCode("driver_train.c"),
        .embedInCode("few_taps.c"),
        .embedInCode("fold.c"),
        .embedInCode("initializers.c"),
        .embedInCode("inline.c"),
        .embedInCode("io.c"),
        .embedInCode("io.h"),
        .embedInCode("io_headers.c"),
        .embedInCode("math.c"),
        .embedInCode("measure.c"),
        .embedInCode("philox.c"),
        .embedInCode("pool.c"),
        .embedInCode("read_file.c"),
        .embedInCode("safetensors.c"),
        .embedInCode("safetensors.h"),
        .embedInCode("safetensors_text.c"),
        .embedInCode("scalar.c"),
        .embedInCode("strip.c"),
        .embedInCode("threads.c"),
        .embedInCode("panel.c"),
        .embedInCode("rows.c"),
        .embedInCode("tile.c"),
        .embedInCode("transpose.c"),
        .embedInCode("utf8.c"),
        .embedInCode("vector.c"),
        .embedInCode("winograd.c"),
      ]),
    .testTarget(name: "DLCTests", dependencies: ["DLC", "Operators", "GraphIR"]),
    .testTarget(name: "ModelLoadingTests", dependencies: ["ModelLoading", "GraphIR", "Diagnostics"]),
    .testTarget(
      name: "GraphPassesTests",
      dependencies: ["GraphPasses", "Operators", "GraphIR", "KernelIR", "Diagnostics"]),
    .testTarget(name: "SchedulingTests", dependencies: ["Scheduling", "Operators", "GraphIR", "KernelIR"]),
    .testTarget(name: "TemplatesTests", dependencies: ["Templates"], exclude: ["C"]),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "CompilerDriverTests", dependencies: ["CompilerDriver", "CCodegen", "GraphIR"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["CompilerDriver", "DataPacking", "Safetensors", "GraphIR", "GraphPasses"], exclude: ["Recorded"]),
    .testTarget(
      name: "DataPackingTests",
      dependencies: ["DataPacking", "CompilerDriver", "Safetensors", "CPNG", "CJPEG", "Diagnostics"]),
    .testTarget(name: "GraphIRTests", dependencies: ["Operators", "GraphIR", "KernelIR", "Diagnostics"]),
    .testTarget(
      name: "OperatorsTests",
      dependencies: [
        "Verification", "CompilerDriver", "CCodegen", "Scheduling", "GraphPasses", "Operators", "GraphIR", "KernelIR",
      ], exclude: ["Kernels"]),
    .testTarget(
      name: "VerificationTests",
      dependencies: [
        "Verification", "CompilerDriver", "Scheduling", "GraphPasses", "Operators", "GraphIR", "KernelIR",
        "Diagnostics",
      ], exclude: ["Failures"]),
  ]
)
