import Graph
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes a program as the nodes of an ONNX graph.
final class ProgramWriter {
  static let opset: Int64 = 18

  let batched: BatchedProgram
  var program: Program { batched.program }
  private(set) var nodes: [WireNodeProto] = []
  private(set) var initialisers: [WireTensorProto] = []
  private var taken: Set<String>
  private var counter = 0
  /// The name of each value in its full shape.
  private var names: [Int: String] = [:]
  /// The name of a value that only has to be repeated to its full shape, which elementwise operators
  /// of ONNX do by themselves; its axes are as many as those of the full shape, or none.
  private var compact: [Int: String] = [:]
  private var integerConstants: [[Int]: String] = [:]
  private var batchName: String?
  private let batchSource: String?

  /// `batchSource` names an input whose first axis is the batch.
  init(_ batched: BatchedProgram, reserved: [String], batchSource: String?) {
    self.batched = batched
    self.batchSource = batchSource
    taken = Set(reserved)
  }

  // MARK: - Names

  func newName() -> String {
    while true {
      counter += 1
      let name = "v\(counter)"
      if taken.insert(name).inserted { return name }
    }
  }

  func define(_ value: Value, _ name: String) { names[value.index] = name }
  func define(_ value: Value, compact name: String) { compact[value.index] = name }

  /// The value in its full shape.
  func full(_ value: Value) throws -> String {
    if let name = names[value.index] { return name }
    guard let small = compact[value.index] else {
      throw NetJacError(.defect, "value \(value.index) is used before it is written")
    }
    let shape = batched.shape(value)
    let name = try add("Expand", [small, shapeName(shape)])
    names[value.index] = name
    return name
  }

  /// Operands of an elementwise operator: compact ones stay so as long as one is full.
  func elementwise(_ values: [Value]) throws -> [String] {
    let hasFull = values.contains { names[$0.index] != nil }
    return try values.enumerated().map { place, value in
      if let name = names[value.index] { return name }
      if hasFull || place > 0, let small = compact[value.index] { return small }
      return try full(value)
    }
  }

  // MARK: - Nodes

  @discardableResult
  func add(_ operation: String, _ inputs: [String], _ attributes: [WireAttributeProto] = []) throws
    -> String
  {
    try add(operation, inputs, attributes, outputs: 1)[0]
  }

  func add(
    _ operation: String, _ inputs: [String], _ attributes: [WireAttributeProto], outputs: Int
  ) throws -> [String] {
    let names = (0..<outputs).map { _ in newName() }
    append(operation, inputs, attributes, names)
    return names
  }

  func append(
    _ operation: String, _ inputs: [String], _ attributes: [WireAttributeProto] = [],
    _ outputs: [String]
  ) {
    var node = WireNodeProto()
    node.opType = operation
    node.name = "\(operation)_\(nodes.count + 1)"
    node.input = inputs
    node.output = outputs
    node.attribute = attributes
    nodes.append(node)
  }

  // MARK: - Constants

  func addInitialiser(_ name: String, _ tensor: Tensor) {
    initialisers.append(tensor.wire(name))
  }

  /// Floats are written as nodes: the initialisers of floats are the parameters, also for whoever
  /// trains the file.
  func constant(_ tensor: Tensor) -> String {
    let name = newName()
    guard tensor.type.element.isReal else {
      addInitialiser(name, tensor)
      return name
    }
    var attribute = WireAttributeProto()
    attribute.name = "value"
    attribute.t = tensor.wire("")
    attribute.type = 4
    append("Constant", [], [attribute], [name])
    return name
  }

  /// A number in the element type of a value.
  func scalar(_ number: Double, like value: Value) -> String {
    constant(Tensor(program.type(value).with([]), fill: number))
  }

  func integers(_ numbers: [Int]) -> String {
    if let known = integerConstants[numbers] { return known }
    let name = constant(.integers(numbers.map(Int64.init)))
    integerConstants[numbers] = name
    return name
  }

  // MARK: - Shapes

  /// A shape as a value, computed where it depends on the batch.
  func shapeName(_ shape: [BatchedProgram.Length]) throws -> String {
    let fixed = shape.compactMap { length -> Int? in
      if case .fixed(let length) = length { length } else { nil }
    }
    if fixed.count == shape.count { return integers(fixed) }
    let parts = try shape.map { length in
      switch length {
      case .fixed(let length): integers([length])
      case .batches(1): try batch()
      case .batches(let multiple): try add("Mul", [batch(), integers([multiple])])
      }
    }
    return parts.count == 1 ? parts[0] : try add("Concat", parts, [.integer("axis", 0)])
  }

  private func batch() throws -> String {
    if let batchName { return batchName }
    guard let batchSource else {
      throw NetJacError(.defect, "a length depends on a batch that there is not")
    }
    let shape = try add("Shape", [batchSource])
    let name = try add("Slice", [shape, integers([0]), integers([1])])
    batchName = name
    return name
  }

  /// `x` in another shape with as many elements.
  func reshape(_ x: String, _ shape: [BatchedProgram.Length]) throws -> String {
    let open = shape.indices.filter { if case .batches = shape[$0] { true } else { false } }
    let hasEmpty = shape.contains(.fixed(0))
    if open.count == 1, !hasEmpty {
      let numbers = shape.map { length in
        if case .fixed(let length) = length { length } else { -1 }
      }
      return try add("Reshape", [x, integers(numbers)])
    }
    return try add(
      "Reshape", [x, shapeName(shape)], hasEmpty ? [.integer("allowzero", 1)] : [])
  }

  func unsupported(_ primitive: any Primitive, _ reason: String = "") -> NetJacError {
    NetJacError(
      .unsupported,
      "the operation \(primitive.name) cannot be saved as ONNX"
        + (reason.isEmpty ? "" : ": \(reason)"))
  }
}

// MARK: - Wire forms

extension WireAttributeProto {
  static func integer(_ name: String, _ value: Int) -> WireAttributeProto {
    var attribute = WireAttributeProto()
    attribute.name = name
    attribute.i = Int64(value)
    attribute.type = 2
    return attribute
  }

  static func integers(_ name: String, _ values: [Int]) -> WireAttributeProto {
    var attribute = WireAttributeProto()
    attribute.name = name
    attribute.ints = values.map(Int64.init)
    attribute.type = 7
    return attribute
  }

  static func string(_ name: String, _ value: String) -> WireAttributeProto {
    var attribute = WireAttributeProto()
    attribute.name = name
    attribute.s = Data(value.utf8)
    attribute.type = 3
    return attribute
  }
}

extension ElementType {
  /// The code of the type in files.
  var wireCode: Int32 {
    switch self {
    case .float32: ONNXElementType.float.rawValue
    case .float64: ONNXElementType.double.rawValue
    case .int32: ONNXElementType.int32.rawValue
    case .int64: ONNXElementType.int64.rawValue
    case .bool: ONNXElementType.bool.rawValue
    }
  }
}

extension Tensor {
  func wire(_ name: String) -> WireTensorProto {
    var tensor = WireTensorProto()
    tensor.name = name
    tensor.dims = shape.dims.map(Int64.init)
    tensor.dataType = type.element.wireCode
    switch type.element {
    case .float64: tensor.rawData = bytes(reals.map(\.bitPattern.littleEndian))
    case .float32: tensor.rawData = bytes(reals.map { Float($0).bitPattern.littleEndian })
    case .int64: tensor.rawData = bytes(integers.map(\.littleEndian))
    case .int32:
      tensor.rawData = bytes(integers.map { Int32(truncatingIfNeeded: $0).littleEndian })
    case .bool: tensor.rawData = bytes(integers.map { UInt8($0 == 0 ? 0 : 1) })
    }
    return tensor
  }

  private func bytes<Number>(_ numbers: [Number]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }
}
