import Graph
import Operations
import Tensors

/// Operators that make tensors from attributes, shapes or numbers, and conversions of type.
enum TFConstantOperators {
  static let all: [TFOperator] = [
    TFOperator(several: "Const", outputs: ["output"], attributes: ["value"]) { node, p in
      let tensor = try node.tensor("value")
      guard tensor.type.element != nil else {
        return [.nothing("the value is a constant of type \(tensor.type.name), not numbers")]
      }
      return [.tensor(try p.constant(tensor.value(real: p.real, memoryLimit: p.memoryLimit)))]
    },
    TFOperator("Shape") { node, p in try p.integers(p.shape(node.input(0, "input")).dims) },
    TFOperator(several: "ShapeN", outputs: ["output"]) { node, p in
      try node.inputs(from: 0).map { .tensor(try p.integers(p.shape($0).dims)) }
    },
    TFOperator("Size") { node, p in try whole(p.shape(node.input(0, "input")).count, p) },
    TFOperator("Rank") { node, p in try whole(p.shape(node.input(0, "input")).rank, p) },
    TFOperator("Fill") { node, p in
      let value = try node.input(1, "value")
      return try p.broadcast(p.reshape(value, []), to: node.shape(0, "dims"))
    },
    .unary("ZerosLike") { p, x in try p.constant(Tensor(p.type(x), fill: Int64(0))) },
    .unary("OnesLike") { p, x in try p.constant(Tensor(p.type(x), fill: Int64(1))) },
    TFOperator("Range", range),
    TFOperator("LinSpace") { node, p in
      let count = try node.constantInteger(2, "num")
      guard count > 0 else {
        throw NetJacError(.shape, "num is \(count); a positive number of elements is needed")
      }
      try p.requireNumbers(count, of: "a range")
      let ends = try [0, 1].map { try p.reshape(node.input($0, "an end"), []) }
      let steps = try p.constant(
        Tensor(
          TensorType(p.real, [count]),
          reals: (0..<count).map { count > 1 ? Double($0) / Double(count - 1) : 0 }))
      let (start, stop) = (
        try p.broadcast(ends[0], to: [count]), try p.broadcast(ends[1], to: [count])
      )
      return try p.add(start, p.multiply(steps, p.subtract(stop, start)))
    },
    TFOperator("Cast", outputs: ["y"]) { node, p in
      let x = try node.input(0, "x")
      guard let type = try node.type("DstT"), let element = type.element else {
        throw NetJacError(.unsupported, "the conversion is to a type that NetJac has no values for")
      }
      // All floats are one type here, so a conversion among them leaves the number as it is.
      if element.isReal { return try p.convert(x, to: p.real) }
      if let width = type.width { return try p.convertToWhole(x, width) }
      return try p.convert(x, to: element)
    },
  ]

  private static func whole(_ number: Int, _ p: ProgramBuilder) throws -> Value {
    try p.constant(Tensor(TensorType(.int64, []), fill: Int64(number)))
  }

  private static let range: @Sendable (TFCall, ProgramBuilder) throws -> Value = { node, p in
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
        .shape, "the range from \(start) to \(limit) in steps of \(delta) is endless or too long")
    }
    try p.requireNumbers(count, of: "a range")
    if parts[0].type.element.isReal {
      return try p.constant(
        Tensor(
          TensorType(p.real, [count]), reals: (0..<count).map { start + Double($0) * delta }))
    }
    let (first, step) = (parts[0].integers[0], parts[2].integers[0])
    return try p.constant(Tensor.integers((0..<count).map { first &+ Int64($0) &* step }))
  }
}
