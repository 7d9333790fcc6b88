import Graph
import Tensors

extension ProgramWriter {
  /// Writes all nodes but inputs, which have names already.
  func writeNodes() throws {
    for (index, node) in program.nodes.enumerated() {
      let value = Value(index: index)
      guard isNeeded[index], !(node.primitive is Input) else { continue }
      if node.primitive is Constant {
        try writeConstant(value)
      } else if let broadcast = node.primitive as? Broadcast {
        try writeBroadcast(value, broadcast, node)
      } else if let form = forms[index] {
        define(value, try write(form, value))
      } else if let name = try withoutReshapes(node, { try elementwise(node) }) {
        define(value, name)
      } else {
        define(value, try structural(value, node))
      }
    }
  }

  private func writeConstant(_ value: Value) throws {
    guard let tensor = batched.constant(value) else {
      throw NotBatched(place: "a constant")
    }
    if let fill = tensor.refilled([]), program.type(value).rank > 0 {
      define(value, compact: constant(fill))
    } else if tensor.shape != program.type(value).shape {
      define(value, compact: constant(tensor), tensor.shape)
    } else {
      define(value, constant(tensor))
    }
  }

  private func writeBroadcast(_ value: Value, _ broadcast: Broadcast, _ node: Node) throws {
    let inner = batched.shape(node.operands[0])
    var shape = [BatchedProgram.Length](repeating: .fixed(1), count: node.type.rank)
    for (axis, length) in zip(broadcast.axes, inner) { shape[axis] = length }
    let operand = try full(node.operands[0])
    define(value, compact: inner.isEmpty ? operand : try reshape(operand, shape))
  }

  private func structural(_ value: Value, _ node: Node) throws -> String {
    let x = node.operands
    switch node.primitive {
    case let dot as Dot:
      let y = try product(dot, x)
      let isImage = x.contains { program.nodes[program.unshaped($0).index].primitive is Window }
      return isImage ? defineImage(y, batched.shape(value)) : y
    case let sum as ReduceSum:
      return try add(
        "ReduceSum", [full(x[0]), integers(sum.axes)], [.integer("keepdims", 0)])
    case let extreme as ReduceExtreme:
      return try add(
        extreme.kind == .maximum ? "ReduceMax" : "ReduceMin", [full(x[0]), integers(extreme.axes)],
        [.integer("keepdims", 0)])
    case let sum as CumulativeSum:
      let axis = constant(Tensor(TensorType(.int64, []), fill: Int64(sum.axis)))
      return try add(
        "CumSum", [full(x[0]), axis],
        [.integer("exclusive", sum.exclusive ? 1 : 0), .integer("reverse", sum.reverse ? 1 : 0)])
    case is Reshape: return try reshape(full(x[0]), batched.shape(value))
    case let transpose as Transpose:
      return try add("Transpose", [full(x[0])], [.integers("perm", transpose.axes)])
    case let slice as Slice: return try write(slice, value, x[0])
    case let pad as Pad: return try write(pad, value, x[0])
    case let reverse as Reverse:
      let ones = reverse.axes.map { _ in -1 }
      return try add(
        "Slice",
        [
          full(x[0]), integers(ones), integers(reverse.axes.map { _ in -Int(Int32.max) }),
          integers(reverse.axes), integers(ones),
        ])
    case let join as Concatenate:
      return try add("Concat", x.map(full), [.integer("axis", join.axis)])
    case let gather as Gather: return try write(gather, x)
    case let scatter as ScatterAdd: return try write(scatter, value, x)
    case is Diagonal, is DiagonalPart: return try diagonal(node)
    case let window as Window: return try write(window, value, x[0])
    case let fold as Fold: return try write(fold, value, x[0])
    case let extreme as ArgExtreme:
      return try add(
        extreme.kind == .maximum ? "ArgMax" : "ArgMin", [full(x[0])],
        [
          .integer("axis", extreme.axis), .integer("keepdims", 0),
          .integer("select_last_index", extreme.last ? 1 : 0),
        ])
    case let extreme as WindowExtreme: return try write(extreme, value, x[0])
    case let order as SortOrder:
      let axis = node.type.rank - 1
      guard case .fixed(let length) = batched.length(value, axis) else {
        throw NotBatched(place: "an order")
      }
      return try add(
        "TopK", [full(x[0]), integers([length])],
        [.integer("axis", axis), .integer("largest", order.descending ? 1 : 0)], outputs: 2)[1]
    default: throw unsupported(node.primitive)
    }
  }

  // MARK: - Products

  private func product(_ dot: Dot, _ x: [Value]) throws -> String {
    var (a, b, aLabels, bLabels) = (x[0], x[1], dot.a, dot.b)
    if aLabels.count == 2, bLabels.count == 2, dot.y.count == 2, dot.contracted.count == 1 {
      let sum = dot.contracted[0]
      if !aLabels.contains(dot.y[0]) { (a, b, aLabels, bLabels) = (b, a, bLabels, aLabels) }
      let (turnsA, turnsB) = (aLabels[0] == sum, bLabels[1] == sum)
      guard turnsA || turnsB else { return try add("MatMul", [full(a), full(b)]) }
      if program.type(a).element.isReal {
        return try add(
          "Gemm", [full(a), full(b)],
          [.integer("transA", turnsA ? 1 : 0), .integer("transB", turnsB ? 1 : 0)])
      }
    }
    guard dot.attributes.allSatisfy({ $0 != "?" }) else {
      throw unsupported(dot, "it has more than 26 axes")
    }
    return try add("Einsum", x.map(full), [.string("equation", dot.attributes)])
  }

  // MARK: - Movement

  private func write(_ slice: Slice, _ value: Value, _ x: Value) throws -> String {
    let type = program.type(x)
    let cut = type.dims.indices.filter {
      slice.starts[$0] != 0 || slice.steps[$0] != 1 || slice.sizes[$0] != type.dims[$0]
    }
    for axis in cut {
      guard case .fixed = batched.length(value, axis), case .fixed = batched.length(x, axis) else {
        throw NotBatched(place: "a slice")
      }
    }
    guard !cut.isEmpty else { return try full(x) }
    return try add(
      "Slice",
      [
        full(x), integers(cut.map { slice.starts[$0] }),
        integers(
          cut.map {
            slice.sizes[$0] == 0
              ? slice.starts[$0] : slice.starts[$0] + (slice.sizes[$0] - 1) * slice.steps[$0] + 1
          }), integers(cut), integers(cut.map { slice.steps[$0] }),
      ])
  }

  private func write(_ pad: Pad, _ value: Value, _ x: Value) throws -> String {
    guard batched.isSame(value, { ($0 as? Pad).map { $0.low + $0.high + $0.interior } ?? [] })
    else {
      throw NotBatched(place: "a padding")
    }
    var name = try full(x)
    var shape = batched.shape(x)
    for axis in shape.indices where pad.interior[axis] > 0 {
      guard case .fixed(let length) = shape[axis] else { throw NotBatched(place: "a padding") }
      guard length > 0 else { continue }
      // Each element gets zeros behind it; those behind the last one are too many.
      let step = pad.interior[axis] + 1
      var split = shape
      split.insert(.fixed(1), at: axis + 1)
      name = try reshape(name, split)
      var ends = split.map { _ in 0 }
      ends[axis + 1] = step - 1
      name = try padded(name, split.map { _ in 0 }, ends, like: x)
      shape[axis] = .fixed(length * step)
      name = try reshape(name, shape)
      name = try add(
        "Slice", [name, integers([0]), integers([(length - 1) * step + 1]), integers([axis])])
      shape[axis] = .fixed((length - 1) * step + 1)
    }
    let cut = shape.indices.filter { pad.low[$0] < 0 || pad.high[$0] < 0 }
    if !cut.isEmpty {
      let ends = try cut.map { axis -> Int in
        guard case .fixed(let length) = shape[axis] else { throw NotBatched(place: "a padding") }
        return length + min(pad.high[axis], 0)
      }
      name = try add(
        "Slice",
        [name, integers(cut.map { max(-pad.low[$0], 0) }), integers(ends), integers(cut)])
    }
    guard zip(pad.low, pad.high).contains(where: { $0 > 0 || $1 > 0 }) else { return name }
    return try padded(name, pad.low.map { max($0, 0) }, pad.high.map { max($0, 0) }, like: x)
  }

  func padded(_ name: String, _ low: [Int], _ high: [Int], like value: Value) throws
    -> String
  {
    try add("Pad", [name, integers(low + high), scalar(0, like: value)])
  }

  private func diagonal(_ node: Node) throws -> String {
    let x = node.operands[0]
    let rank = node.primitive is Diagonal ? node.type.rank : program.type(x).rank
    let square = node.primitive is Diagonal ? node.type : program.type(x)
    let size = square.dims[rank - 1]
    if case .batches = batched.length(x, program.type(x).rank - 1) {
      throw NotBatched(place: "a diagonal")
    }
    let identity = (0..<size * size).map { Int64($0 / size == $0 % size ? 1 : 0) }
    let mask = constant(Tensor(TensorType(.bool, [size, size]), integers: identity))
    // Runtimes neither choose nor sum truth values.
    guard program.type(x).element == .bool else {
      return try diagonal(node, full(x), mask, scalar(0, like: x), rank)
    }
    let zero = constant(Tensor(TensorType(.int64, []), fill: Int64(0)))
    let numbers = try diagonal(node, convert(full(x), to: .int64), mask, zero, rank)
    return try convert(numbers, to: .bool)
  }

  private func diagonal(
    _ node: Node, _ x: String, _ mask: String, _ zero: String, _ rank: Int
  ) throws -> String {
    if node.primitive is Diagonal {
      return try add("Where", [mask, add("Unsqueeze", [x, integers([rank - 1])]), zero])
    }
    let kept = try add("Where", [mask, x, zero])
    return try add("ReduceSum", [kept, integers([rank - 1])], [.integer("keepdims", 0)])
  }

  private func convert(_ x: String, to element: ElementType) throws -> String {
    try add("Cast", [x], [.integer("to", Int(element.wireCode))])
  }

  // MARK: - Indices

  private func write(_ gather: Gather, _ x: [Value]) throws -> String {
    let axis = gather.batch
    guard case .fixed(let length) = batched.length(x[0], axis) else {
      throw NotBatched(place: "a selection")
    }
    // Indices outside pick the zeros of an additional element.
    var high = program.type(x[0]).dims.map { _ in 0 }
    high[axis] = 1
    var source = try full(x[0])
    var index = try full(x[1])
    let known = batched.constant(x[1])
    if known?.integers.allSatisfy({ (0..<Int64(length)).contains($0) }) != true {
      source = try padded(source, high.map { _ in 0 }, high, like: x[0])
      index = try inside(index, length, like: x[1])
    }
    guard axis > 0 else { return try add("Gather", [source, index], [.integer("axis", 0)]) }
    let rows = try add("Unsqueeze", [index, integers([program.type(x[1]).rank])])
    return try add("GatherND", [source, rows], [.integer("batch_dims", axis)])
  }

  /// Indices, with `length` for those outside 0 ..< length.
  private func inside(_ index: String, _ length: Int, like value: Value) throws -> String {
    let end = scalar(Double(length), like: value)
    let isBelow = try add("Less", [index, end])
    let isAbove = try add("GreaterOrEqual", [index, scalar(0, like: value)])
    return try add("Where", [add("And", [isBelow, isAbove]), index, end])
  }

  private func write(_ scatter: ScatterAdd, _ value: Value, _ x: [Value]) throws -> String {
    guard scatter.batch == 0 else { return try scatteredByMask(scatter, x) }
    var shape = batched.shape(value)
    shape[0] = .fixed(scatter.length + 1)
    let zeros = try add("Expand", [scalar(0, like: value), shapeName(shape)])
    let index = try inside(full(x[1]), scatter.length, like: x[1])
    let rows = try add("Unsqueeze", [index, integers([program.type(x[1]).rank])])
    let sums = try add("ScatterND", [zeros, rows, full(x[0])], [.string("reduction", "add")])
    return try add("Slice", [sums, integers([0]), integers([scatter.length]), integers([0])])
  }

  /// `y[b, n, q] = Σᵢ (index[b, i] = n ? x[b, i, q] : 0)`: ONNX cannot scatter within a batch of
  /// unknown length, and these are short (the places of a window).
  private func scatteredByMask(_ scatter: ScatterAdd, _ x: [Value]) throws -> String {
    let (rank, indexRank) = (program.type(x[0]).rank, program.type(x[1]).rank)
    let inner = Array(indexRank + 1..<rank + 1)
    let index = try add("Unsqueeze", [full(x[1]), integers([indexRank] + inner)])
    let places = (0..<scatter.length).map(Int64.init)
    let shape = [scatter.length] + inner.map { _ in 1 }
    let mask = try add(
      "Equal", [index, constant(Tensor(TensorType(.int64, Shape(shape)), integers: places))])
    let source = try add("Unsqueeze", [full(x[0]), integers([indexRank])])
    let kept = try add("Where", [mask, source, scalar(0, like: x[0])])
    let summed = Array(scatter.batch..<indexRank)
    guard !summed.isEmpty else { return kept }
    return try add("ReduceSum", [kept, integers(summed)], [.integer("keepdims", 0)])
  }
}
