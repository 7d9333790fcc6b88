// swift-tools-version: 6.2
import PackageDescription

// The target list is the architecture: a target may import what it names here and nothing else.
// docs/architecture.md tells what each one holds.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "NetJac",
  products: [
    .library(name: "netjac", type: .dynamic, targets: ["NetJacC"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0")
  ],
  targets: [
    .target(name: "CMemory"),
    .target(name: "Tensors", dependencies: ["CMemory"], swiftSettings: strict),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Containers", dependencies: ["CZlib", "Tensors"], swiftSettings: strict),
    .target(name: "Graph", dependencies: ["Tensors"], swiftSettings: strict),
    .target(name: "Differentiation", dependencies: ["Graph", "Tensors"], swiftSettings: strict),
    .target(
      name: "CKernels",
      cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=on"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "Execution", dependencies: ["CKernels", "COpenBLAS", "Graph", "Tensors"],
      swiftSettings: strict),
    .target(name: "Operations", dependencies: ["Graph", "Tensors"], swiftSettings: strict),
    .target(name: "Models", dependencies: ["Graph", "Tensors"], swiftSettings: strict),
    .target(
      name: "Formats",
      dependencies: [
        "Containers", "Graph", "Models", "Operations", "Tensors",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/Schema/onnx.proto"],
      swiftSettings: strict + [.enableUpcomingFeature("MemberImportVisibility")]),
    .target(
      name: "Building", dependencies: ["Differentiation", "Graph", "Models", "Tensors"],
      swiftSettings: strict),
    .target(
      name: "Networks",
      dependencies: ["Differentiation", "Execution", "Graph", "Models", "Tensors"],
      swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: [
        "Differentiation", "Execution", "Graph", "Models", "Networks", "Operations", "Tensors",
      ],
      swiftSettings: strict),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CPostgres"),
    .target(
      name: "Stores", dependencies: ["CPostgres", "CSQLite", "Tensors"], swiftSettings: strict),
    .systemLibrary(name: "CNetJac"),
    .target(
      name: "NetJacC",
      dependencies: [
        "Building", "CNetJac", "Formats", "Graph", "Models", "Networks", "Stores", "Tensors",
        "Training",
      ],
      swiftSettings: strict),

    .target(
      name: "TestCases", dependencies: ["Graph", "Tensors"], path: "Tests/TestCases",
      swiftSettings: strict),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
    .testTarget(name: "ContainersTests", dependencies: ["Containers", "Tensors", "TestCases"]),
    .testTarget(name: "GraphTests", dependencies: ["Graph", "Tensors", "TestCases"]),
    .testTarget(
      name: "DifferentiationTests",
      dependencies: ["Differentiation", "Graph", "Tensors", "TestCases"]),
    .testTarget(
      name: "ExecutionTests",
      dependencies: ["CKernels", "Differentiation", "Execution", "Graph", "Tensors", "TestCases"]),
    .testTarget(name: "ModelsTests", dependencies: ["Graph", "Models", "Tensors"]),
    .testTarget(
      name: "FormatsTests",
      dependencies: [
        "Building", "Containers", "Formats", "Graph", "Models", "Networks", "Tensors", "TestCases",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(name: "NetworksTests", dependencies: ["Graph", "Models", "Networks", "Tensors"]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Graph", "Networks", "Tensors", "Training"]),
    .testTarget(
      name: "StoresTests", dependencies: ["Stores", "Tensors"], exclude: ["Golden"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
