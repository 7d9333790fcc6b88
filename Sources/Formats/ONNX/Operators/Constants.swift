import Graph
import Operations
import Tensors

/// Operators that make tensors from attributes, shapes or numbers, and conversions of type.
enum ConstantOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Constant", operands: [:],
      attributes: [
        "sparse_value": .sparseTensor, "value": .tensor, "value_float": .real,
        "value_floats": .reals, "value_int": .integer, "value_ints": .integers,
        "value_string": .text, "value_strings": .texts,
      ], constant),
    ONNXOperator(
      "Shape", operands: ["data": .any], attributes: ["end": .integer, "start": .integer],
      derivative: .none
    ) { node, p in
      let dims = try p.shape(node.input(0, "data")).dims
      let range = try span(node, rank: dims.count)
      return try p.integers(Array(dims[range]))
    },
    ONNXOperator("Size", operands: ["data": .any], derivative: .none) { node, p in
      let count = try p.shape(node.input(0, "data")).count
      return try p.constant(Tensor(TensorType(.int64, []), fill: Int64(count)))
    },
    ONNXOperator(
      "ConstantOfShape", since: 9, operands: ["input": .whole], attributes: ["value": .tensor],
      limits: "the shape must be known while loading"
    ) { node, p in
      let shape = try node.shape(0, "input")
      guard let value = try node.tensor("value") else {
        return try p.constant(Tensor(TensorType(p.real, shape), fill: 0.0))
      }
      let element = try value.value(real: p.real)
      guard element.count == 1 else {
        throw NetJacError(
          .format, "the attribute 'value' has \(element.count) elements; one is needed")
      }
      return try p.broadcast(p.constant(element.reshaped([])), to: shape)
    },
    ONNXOperator(
      "EyeLike", since: 9, operands: ["input": .any],
      attributes: ["dtype": .integer, "k": .integer], eyeLike),
    ONNXOperator(
      "Range", since: 11, operands: ["start": .number, "limit": .number, "delta": .number],
      attributes: ["stash_type": .integer], limits: "operands must be known while loading", range),
    ONNXOperator(
      "Cast", operands: ["input": .any],
      attributes: ["round_mode": .text, "saturate": .integer, "to": .integer]
    ) { node, p in
      try p.cast(node.input(0, "input"), to: elementType(node.integer("to")))
    },
    ONNXOperator(
      "DequantizeLinear", since: 10,
      operands: ["x": .whole, "x_scale": .real, "x_zero_point": .optional(.whole)],
      attributes: ["axis": .integer, "block_size": .integer, "output_dtype": .integer], dequantise),
    ONNXOperator(
      "CastLike", since: 15, operands: ["input": .any, "target_type": .any],
      attributes: ["round_mode": .text, "saturate": .integer]
    ) { node, p in
      let like = try node.input(1, "target_type")
      if let type = node.element(1) { return try p.cast(node.input(0, "input"), to: type) }
      return try p.convert(node.input(0, "input"), to: p.type(like).element)
    },
  ]

  private static let constant: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    guard let (name, attribute) = node.node.attributes.first, node.node.attributes.count == 1 else {
      throw NetJacError(
        .format, "a constant has exactly one value; \(node.node.attributes.count) are given")
    }
    switch attribute {
    case .tensor(let tensor): return try p.constant(tensor.value(real: p.real))
    case .sparseTensor(let tensor): return try p.constant(tensor.value(in: p))
    case .real(let value): return try p.scalar(Double(value))
    case .integer(let value):
      return try p.constant(Tensor(TensorType(.int64, []), fill: value))
    case .reals(let values):
      return try p.constant(
        Tensor(TensorType(p.real, [values.count]), reals: values.map(Double.init)))
    case .integers(let values): return try p.constant(Tensor.integers(values))
    default:
      throw NetJacError(
        .unsupported,
        "the attribute \(name.quoted) is \(attribute.kindName), which NetJac has no values for")
    }
  }

  /// The axes that `Shape` reports: since opset 15 a part of them.
  private static func span(_ node: NodeCall, rank: Int) throws -> Range<Int> {
    func clamped(_ position: Int) -> Int {
      min(max(position < 0 ? position + rank : position, 0), rank)
    }
    let start = clamped(try node.integer("start", default: 0))
    let end = clamped(try node.integer("end", default: rank))
    return start..<max(start, end)
  }

  static func elementType(_ code: Int) throws -> ONNXElementType {
    guard let narrow = Int32(exactly: code) else {
      throw NetJacError(.format, "element type \(code) is unknown")
    }
    return try WireDecoding.elementType(narrow)
  }

  private static let eyeLike: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "input")
    guard p.shape(x).rank == 2 else {
      throw NetJacError(.shape, "the input is \(p.shape(x)); a matrix is needed")
    }
    let offset = try node.integer("k", default: 0)
    let hot = try p.band(p.shape(x), matrix: 0..<2) { row, column in column - row == offset }
    let element = try node.optionalInteger("dtype").map(elementType)
    return try element.map { try p.cast(hot, to: $0) } ?? p.convert(hot, to: p.type(x).element)
  }

  private static let range: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let parts = try zip(0..., ["start", "limit", "delta"]).map { index, name in
      let tensor = try node.constant(index, name)
      guard tensor.count == 1 else {
        throw NetJacError(.shape, "\(name) has \(tensor.count) elements; one is needed")
      }
      return tensor
    }
    let numbers = parts.map { $0.reals[0] }
    let (start, limit, delta) = (numbers[0], numbers[1], numbers[2])
    let steps = ((limit - start) / delta).rounded(.up)
    guard delta != 0, let count = Int(exactly: max(steps, 0)) else {
      throw NetJacError(
        .shape,
        "the range from \(start) to \(limit) in steps of \(delta) is endless or too long")
    }
    try p.requireNumbers(count, of: "a range")
    if parts[0].type.element.isReal {
      return try p.constant(
        Tensor(
          TensorType(p.real, [count]), reals: (0..<count).map { start + Double($0) * delta }))
    }
    let (first, step) = (parts[0].integers[0], parts[2].integers[0])
    return try p.constant(
      Tensor.integers((0..<count).map { first &+ Int64($0) &* step }))
  }
}

extension ProgramBuilder {
  /// Conversion to a type of the file. All floats are one type here, so a conversion among them
  /// leaves the number as it is; integers are held as int64 and wrap at their own width.
  func cast(_ x: Value, to type: ONNXElementType) throws -> Value {
    switch type.holding {
    case .real: return try convert(x, to: real)
    case .boolean: return try convert(x, to: .bool)
    case .nothing:
      throw NetJacError(
        .unsupported, "conversion to type \(type.name), which NetJac has no values for")
    case .integer: break
    }
    guard let width = type.width else { return try convert(x, to: .int64) }
    return try convertToWhole(x, width)
  }

  /// Booleans that depend on row and column of the matrices in the given two axes alone.
  func band(_ shape: Shape, matrix: Range<Int>, _ isSet: (Int, Int) -> Bool) throws -> Value {
    let (rows, columns) = (shape[matrix.lowerBound], shape[matrix.upperBound - 1])
    let type = TensorType(.bool, try Shape(checking: [rows, columns]))
    try requireNumbers(type.count, of: "a mask of shape \(type.shape)")
    let bits = (0..<rows).flatMap { row in (0..<columns).map { isSet(row, $0) ? Int64(1) : 0 } }
    return try add(
      Broadcast(shape, axes: Array(matrix)), [constant(Tensor(type, integers: bits))])
  }
}

extension ONNXElementType {
  /// The width at which whole numbers of this type wrap; nil where that of int64 is theirs.
  var width: WholeWidth? {
    switch self {
    case .int8: .int8
    case .uint8: .uint8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    default: nil
    }
  }
}

extension ConstantOperators {
  /// `y = (x - zero)·scale`, with one scale, one for each place along an axis, or one for each block of
  /// neighbours along it.
  static let dequantise: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "x")
    let block = try node.integer("block_size", default: 0)
    let dims = p.shape(x).dims
    func spread(_ value: Value) throws -> Value {
      let value = try p.convert(value, to: p.real)
      if p.shape(value).count == 1 { return try p.broadcast(p.reshape(value, []), to: p.shape(x)) }
      let axis = try node.axis(node.integer("axis", default: 1), rank: dims.count)
      if p.shape(value).rank == 1, block == 0, p.shape(value).dims == [dims[axis]] {
        return try p.add(Broadcast(p.shape(x), axes: [axis]), [value])
      }
      guard block > 0, p.shape(value).rank == dims.count, block < 1 << 30,
        p.shape(value)[axis] == (dims[axis] + block - 1) / block
      else {
        throw NetJacError(
          .shape,
          """
          x is \(p.shape(x)) and a scale or zero point \(p.shape(value)), with blocks of \(block) along \
          axis \(axis)
          """
        )
      }
      return try p.gather(value, axis: axis, places: (0..<dims[axis]).map { $0 / block })
    }
    var y = try p.convert(x, to: p.real)
    if let zero = node.optionalInput(2) { y = try p.subtract(y, spread(zero)) }
    return try p.multiply(y, spread(node.input(1, "x_scale")))
  }
}
