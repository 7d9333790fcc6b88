import Foundation
import Graph
import Models
import Tensors
import Testing

@testable import Formats

/// One of ONNX's own tests of operators, as written to disk.
struct NodeTest: Sendable, CustomTestStringConvertible {
  let kind: String
  let tier: String
  let name: String
  let folder: String

  var testDescription: String { name }

  /// The list that the environment names: kind, tier, name and folder, separated by tabs.
  static let list = ProcessInfo.processInfo.environment["NETJAC_NODE_TESTS"]

  static let all: [NodeTest] = {
    guard let list, let text = try? String(contentsOfFile: list, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t").map(String.init)
      return NodeTest(kind: parts[0], tier: parts[1], name: parts[2], folder: parts[3])
    }
  }()

  func tensors(_ prefix: String) throws -> [ONNXTensor] {
    var tensors: [ONNXTensor] = []
    while true {
      let path = "\(folder)/test_data_set_0/\(prefix)_\(tensors.count).pb"
      guard FileManager.default.fileExists(atPath: path) else { return tensors }
      tensors.append(try tensor(path))
    }
  }

  private func tensor(_ path: String) throws -> ONNXTensor {
    let message = try WireTensorProto(serializedBytes: Data(contentsOf: URL(fileURLWithPath: path)))
    return try WireDecoding(origin: .memory).tensor(message)
  }

  private func numbers(_ tensor: ONNXTensor) throws -> [Double] {
    switch tensor.elementType.holding {
    case .real: try tensor.reals()
    case .integer: try tensor.integers().map(Double.init)
    default: try tensor.booleans().map { $0 ? 1 : 0 }
    }
  }

  /// Runs the test; `fixing` says which inputs become constants while the file is loaded.
  func run(fixing isFixed: (Int, ONNXTensor) -> Bool) throws {
    let path = "\(folder)/model.onnx"
    let model = try onnxModel(path, memoryLimit: 1 << 30)
    let given = try tensors("input")
    var options = ImportOptions(memoryLimit: 1 << 30)
    var arguments: [[Double]] = []
    var position = 0
    let constants = Set(model.graph.initialisers.map(\.name))
    for port in model.graph.inputs where !constants.contains(port.name) || position < given.count {
      guard position < given.count else { break }
      let tensor = given[position]
      if case .tensor(_, .some(let dimensions)) = port.type {
        for (axis, dimension) in dimensions.enumerated() {
          switch dimension {
          case .symbolic(let name): options.dims[name] = tensor.dimensions[axis]
          case .unknown: options.dims["\(port.name).\(axis)"] = tensor.dimensions[axis]
          case .fixed: break
          }
        }
      }
      if isFixed(position, tensor) || constants.contains(port.name) {
        options.fixedInputs[port.name] = try numbers(tensor)
      } else {
        arguments.append(try numbers(tensor))
      }
      position += 1
    }
    let network = try FormatRegistry.load(path: path, options: options)
    try network.program.check()
    let results = try network.program.evaluate(
      zip(network.program.inputTypes, arguments).map { type, numbers in
        type.element.isReal
          ? Tensor(type, reals: numbers) : Tensor(type, integers: numbers.map { Int64($0) })
      })
    let wanted = try tensors("output")
    guard results.count == wanted.count else {
      throw NetJacError(.defect, "\(results.count) outputs; \(wanted.count) are wanted")
    }
    for (index, (result, reference)) in zip(results, wanted).enumerated() {
      try compare(result, reference, index)
    }
  }

  private func compare(_ result: Tensor, _ reference: ONNXTensor, _ index: Int) throws {
    guard result.shape.dims == reference.dimensions else {
      throw NetJacError(
        .defect, "output \(index) is \(result.type); \(reference.dimensions) is wanted")
    }
    let tolerance = tolerances()
    for (found, wanted) in zip(result.reals, try numbers(reference)) {
      let isEqual =
        found == wanted || found.isNaN && wanted.isNaN
        || abs(found - wanted) <= tolerance.absolute + tolerance.relative * abs(wanted)
      guard isEqual else {
        throw NetJacError(.defect, "output \(index) holds \(found); \(wanted) is wanted")
      }
    }
  }

  private func tolerances() -> (relative: Double, absolute: Double) {
    // The reference is a float32 transform, whose rounding these two tests show where zeros belong.
    if ["test_dft_inverse", "test_dft_inverse_opset19"].contains(name) { return (1e-3, 1e-6) }
    let data = FileManager.default.contents(atPath: "\(folder)/tolerance.json") ?? Data()
    let json = try? JSONSerialization.jsonObject(with: data) as? [String: Double]
    return (json?["rtol"] ?? 1e-3, json?["atol"] ?? 1e-7)
  }
}

@Suite("ONNX's own tests of operators", .enabled(if: NodeTest.list != nil))
struct NodeSuiteTests {
  @Test("The reference interpreter gives the outputs", arguments: NodeTest.all)
  func outputs(_ test: NodeTest) throws {
    do {
      try test.run { _, tensor in tensor.elementType.holding != .real }
    } catch let error as NetJacError where error.message.contains("must be known") {
      // Numbers such as scales, which decide shapes, can be fixed like integers.
      do {
        try test.run { position, _ in position > 0 }
      } catch let error as NetJacError where error.message.contains("must be known") {
        try test.run { _, _ in true }
      }
    }
  }

  @Test("docs/operators.md states the types of its operands", arguments: NodeTest.all)
  func types(_ test: NodeTest) throws {
    let model = try onnxModel("\(test.folder)/model.onnx", memoryLimit: 1 << 30)
    let graph = model.graph
    var types: [String: ONNXElementType] = [:]
    for port in graph.inputs {
      if case .tensor(let type, _) = port.type { types[port.name] = type }
    }
    for tensor in graph.initialisers { types[tensor.name] = tensor.elementType }
    for node in graph.nodes {
      guard let version = model.opsets[node.domain],
        let operation = ONNXOperatorRegistry.find(node.domain, node.operation, version)
      else { continue }
      let kinds = operation.kinds(count: node.inputs.count)
      for (place, name) in node.inputs.enumerated() {
        guard let type = types[name] else { continue }
        let kind = kinds[place]
        #expect(
          kind.includes(type.holding),
          "\(node.operation) takes \(type.name) as operand \(place + 1), which should be \(kind.word)"
        )
      }
    }
  }

  @Test("None is missing")
  func count() { #expect(NodeTest.all.count == 1413 + 124) }
}
