import Containers
import Graph
import Operations
import Tensors

/// Numbers that stand in a file in place of tensors.
enum KerasOperand {
  /// A number, or nested lists of numbers, as a constant; whole numbers become real where asked for.
  static func constant(_ json: JSON, real: ElementType?, in p: ProgramBuilder) throws -> Value {
    // Arrays are wrapped, with their values as nested lists.
    if let inner = json["config"]?["value"] ?? json["value"] {
      let name = json["config"]?["dtype"]?.string ?? ""
      let isReal = name.isEmpty || name.contains("float")
      return try constant(inner, real: isReal ? p.real : real, in: p)
    }
    var dims: [Int] = []
    var level = json
    while let list = level.array {
      dims.append(list.count)
      guard let first = list.first else { break }
      level = first
    }
    var numbers: [JSONNumber] = []
    var booleans: [Int64] = []
    try flatten(json, dims[...], into: &numbers, &booleans)
    let shape = try Shape(checking: dims)
    if !booleans.isEmpty, numbers.isEmpty, booleans.count == shape.count {
      return try p.constant(Tensor(TensorType(.bool, shape), integers: booleans))
    }
    guard numbers.count == shape.count, booleans.isEmpty else {
      throw NetJacError(.unsupported, "\(json.described) is no array of numbers")
    }
    if let real {
      return try p.constant(Tensor(TensorType(real, shape), reals: numbers.map(\.double)))
    }
    let wholes = numbers.compactMap { $0.isWhole ? $0.int.map(Int64.init) : nil }
    return try p.constant(
      wholes.count == numbers.count
        ? Tensor(TensorType(.int64, shape), integers: wholes)
        : Tensor(TensorType(p.real, shape), reals: numbers.map(\.double)))
  }

  private static func flatten(
    _ json: JSON, _ dims: ArraySlice<Int>, into numbers: inout [JSONNumber],
    _ booleans: inout [Int64]
  ) throws {
    switch json {
    case .number(let number) where dims.isEmpty: numbers.append(number)
    case .bool(let flag) where dims.isEmpty: booleans.append(flag ? 1 : 0)
    case .array(let list) where list.count == dims.first:
      for entry in list { try flatten(entry, dims.dropFirst(), into: &numbers, &booleans) }
    default: throw NetJacError(.unsupported, "\(json.described) is no array of numbers")
    }
  }
}

extension KerasArgument {
  /// The argument as it stands in the file, where it holds no tensors.
  var json: JSON? {
    switch self {
    case .tensor: return nil
    case .literal(let json): return json
    case .list(let list):
      let values = list.compactMap(\.json)
      return values.count == list.count ? .array(values) : nil
    }
  }
}

extension KerasCall {
  /// An operand as a value: a tensor of the model, or numbers of the file.
  func operand(_ place: Int, _ names: String...) throws -> Value {
    guard
      let argument = names.lazy.compactMap({ named[$0] }).first(where: { !$0.isNull })
        ?? (arguments.indices.contains(place) ? arguments[place] : nil)
    else { throw NetJacError(.format, "the operand \(place + 1) is missing") }
    return try value(argument)
  }

  func value(_ argument: KerasArgument) throws -> Value {
    switch argument {
    case .tensor(let tensor): return tensor.value
    case .literal(let json): return try KerasOperand.constant(json, real: nil, in: p)
    case .list(let list):
      if let json = argument.json { return try KerasOperand.constant(json, real: nil, in: p) }
      // A list of tensors counts as their stack.
      let values = try list.map(value)
      return try p.stack(values, axis: 0, like: values[0])
    }
  }

  /// Two operands in one type and shape: real if one of them is.
  func pair() throws -> (Value, Value) {
    try p.matched(operand(0, "x1"), operand(1, "x2", "y", "b"))
  }

  /// The axes that `axis` names; all where it is null.
  func reducedAxes(_ x: Value) throws -> [Int] {
    let rank = p.shape(x).rank
    guard let given = try config.ints("axis") else { return Array(0..<rank) }
    return try given.map { try axis($0, rank: rank) }
  }

  /// A result that was reduced over axes, which stay with length one where the file asks for it.
  func reduced(_ y: Value, from x: Value, over axes: [Int]) throws -> Value {
    config.flag("keepdims", default: false) ? try p.reshape(y, p.shape(x).withOnes(at: axes)) : y
  }
}

extension ProgramBuilder {
  /// Two values in a common type and shape.
  func matched(_ a: Value, _ b: Value) throws -> (Value, Value) {
    let types = (type(a).element, type(b).element)
    var (a, b) = (a, b)
    if types.0.isReal != types.1.isReal {
      (a, b) = try (asReal(a), asReal(b))
    } else if types.0 != types.1 {
      (a, b) = try (convert(a, to: .int64), convert(b, to: .int64))
    }
    let both = try broadcast([a, b])
    return (both[0], both[1])
  }
}
