import Graph
import Operations
import Tensors

/// Operators that join, cut, pad and reorder tensors.
enum TFMovementOperators {
  static let all: [TFOperator] = joints + parts + paddings

  private static let joints: [TFOperator] = [
    TFOperator("Pack", attributes: ["axis"]) { node, p in
      let values = try node.inputs(from: 0)
      guard let first = values.first else { throw NetJacError(.format, "there are no operands") }
      let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(first).rank + 1)
      return try p.stack(values, axis: axis, like: first)
    },
    TFOperator(several: "Unpack", outputs: ["output"], attributes: ["axis"]) { node, p in
      let x = try node.input(0, "value")
      let axis = try node.axis(node.integer("axis", default: 0), rank: p.shape(x).rank)
      guard p.shape(x)[axis] <= TFTensorList.lengthLimit else {
        throw NetJacError(.unsupported, "\(p.shape(x)) is divided into too many parts")
      }
      return try (0..<p.shape(x)[axis]).map { .tensor(try p.element($0, of: x, axis: axis)) }
    },
    TFOperator("ConcatV2") { node, p in
      try joined(
        node, node.inputs(from: 0, droppingLast: 1),
        axis: node.constantInteger(node.inputCount - 1, "axis"), in: p)
    },
    TFOperator("Concat") { node, p in
      try joined(
        node, node.inputs(from: 1), axis: node.constantInteger(0, "concat_dim"), in: p)
    },
  ]

  private static func joined(_ node: TFCall, _ values: [Value], axis: Int, in p: ProgramBuilder)
    throws -> Value
  {
    guard let first = values.first else { throw NetJacError(.format, "there are no operands") }
    return try p.concatenate(values, axis: node.axis(axis, rank: p.shape(first).rank))
  }

  private static let parts: [TFOperator] = [
    TFOperator(several: "Split", outputs: ["output"]) { node, p in
      let x = try node.input(1, "value")
      let axis = try node.axis(node.constantInteger(0, "split_dim"), rank: p.shape(x).rank)
      let count = try node.integer("num_split")
      let length = p.shape(x)[axis]
      guard count > 0, count <= max(length, 1), length % count == 0 else {
        throw NetJacError(.shape, "a length of \(length) cannot be split into \(count) equal parts")
      }
      let size = length / count
      return try (0..<count).map {
        .tensor(try p.slice(x, axis: axis, start: $0 * size, size: size))
      }
    },
    TFOperator(several: "SplitV", outputs: ["output"]) { node, p in
      let x = try node.input(0, "value")
      let axis = try node.axis(node.constantInteger(2, "split_dim"), rank: p.shape(x).rank)
      let length = p.shape(x)[axis]
      var sizes = try node.constantIntegers(1, "size_splits")
      // One size may be left open.
      if let open = sizes.firstIndex(of: -1) {
        sizes[open] = 0
        sizes[open] = length - sizes.reduce(0) { $0.addingSaturated($1) }
      }
      guard sizes.allSatisfy({ $0 >= 0 && $0 <= length }),
        sizes.reduce(0, { $0.addingSaturated($1) }) == length
      else {
        throw NetJacError(
          .shape, "the parts \(sizes) do not make up the length \(length) of axis \(axis)")
      }
      var start = 0
      return try sizes.map { size in
        defer { start += size }
        return .tensor(try p.slice(x, axis: axis, start: start, size: size))
      }
    },
    TFOperator("Slice") { node, p in
      let x = try node.input(0, "input")
      let dims = p.shape(x).dims
      let begin = try node.constantIntegers(1, "begin")
      var size = try node.constantIntegers(2, "size")
      guard begin.count == dims.count, size.count == dims.count,
        zip(begin, dims).allSatisfy({ $0 >= 0 && $0 <= $1 })
      else {
        throw NetJacError(.shape, "begin \(begin) and size \(size) do not fit \(p.shape(x))")
      }
      for axis in dims.indices where size[axis] == -1 { size[axis] = dims[axis] - begin[axis] }
      guard dims.indices.allSatisfy({ size[$0] >= 0 && size[$0] <= dims[$0] - begin[$0] }) else {
        throw NetJacError(.shape, "begin \(begin) and size \(size) do not fit \(p.shape(x))")
      }
      return try p.slice(x, starts: begin, sizes: size)
    },
    StridedSlice.operation,
    TFOperator("ReverseV2") { node, p in
      let x = try node.input(0, "tensor")
      let axes = try node.axes(node.constantIntegers(1, "axis"), rank: p.shape(x).rank)
      return try axes.isEmpty ? x : p.reverse(x, axes.sorted())
    },
    TFOperator("Roll") { node, p in
      var y = try node.input(0, "input")
      let shifts = try node.constantIntegers(1, "shift")
      let axes = try node.constantIntegers(2, "axis")
      guard shifts.count == axes.count else {
        throw NetJacError(.shape, "shift \(shifts) and axis \(axes) differ in length")
      }
      for (shift, given) in zip(shifts, axes) {
        let axis = try node.axis(given, rank: p.shape(y).rank)
        let length = p.shape(y)[axis]
        guard length > 0 else { continue }
        let start = (length - (shift % length + length) % length) % length
        y = try p.concatenate(
          [
            p.slice(y, axis: axis, start: start, size: length - start),
            p.slice(y, axis: axis, start: 0, size: start),
          ], axis: axis)
      }
      return y
    },
  ]

  private static let paddings: [TFOperator] = [
    TFOperator("Pad") { node, p in
      let (x, low, high) = try padding(node, in: p)
      return try p.pad(x, low: low, high: high)
    },
    TFOperator("PadV2") { node, p in
      let (x, low, high) = try padding(node, in: p)
      return try p.pad(x, low: low, high: high, with: node.input(2, "constant_values"))
    },
    TFOperator("MirrorPad", attributes: ["mode"]) { node, p in
      let (x, low, high) = try padding(node, in: p)
      let mode = try node.choice(
        "mode", ["REFLECT": PaddingMode.reflect, "SYMMETRIC": .symmetric], default: "")
      return try p.pad(x, low: low, high: high, mode)
    },
  ]

  private static func padding(_ node: TFCall, in p: ProgramBuilder) throws -> (Value, [Int], [Int])
  {
    let x = try node.input(0, "input")
    let numbers = try node.constantIntegers(1, "paddings")
    let rank = p.shape(x).rank
    guard numbers.count == 2 * rank, numbers.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
      throw NetJacError(.shape, "paddings \(numbers) do not fit \(p.shape(x))")
    }
    return (x, (0..<rank).map { numbers[2 * $0] }, (0..<rank).map { numbers[2 * $0 + 1] })
  }
}
