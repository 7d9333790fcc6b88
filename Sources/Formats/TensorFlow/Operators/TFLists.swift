import Graph
import Operations
import Tensors

/// Lists of tensors, which loops read from and write to. They are known while a network is loaded:
/// what their elements are depends on inputs, how many there are and which one is meant does not.
enum TFListOperators {
  static let all: [TFOperator] = [
    TFOperator(several: "TensorListReserve", outputs: ["handle"]) { node, _ in
      [
        .list(
          try TFTensorList(
            count: node.constantInteger(1, "num_elements"), shape: elementShape(node, 0),
            type: type(node)))
      ]
    },
    TFOperator(several: "EmptyTensorList", outputs: ["handle"]) { node, _ in
      [.list(try TFTensorList(count: 0, shape: elementShape(node, 0), type: type(node)))]
    },
    TFOperator(several: "TensorListFromTensor", outputs: ["output_handle"]) { node, p in
      let shape = try elementShape(node, 1)
      return [.list(TFTensorList(try parts(node, 0, p), shape: shape, type: try type(node)))]
    },
    TFOperator("TensorListGetItem", outputs: ["item"]) { node, p in
      try node.list(0).element(
        node.constantInteger(1, "index"), shape: elementShape(node, 2), in: p)
    },
    TFOperator(
      several: "TensorListSetItem", outputs: ["output_handle"],
      attributes: ["resize_if_index_out_of_bounds"]
    ) { node, _ in
      var list = try node.list(0)
      let index = try node.constantInteger(1, "index")
      if try node.flag("resize_if_index_out_of_bounds"), index >= list.elements.count {
        try resize(&list, to: index.addingSaturated(1))
      }
      guard list.elements.indices.contains(index) else {
        throw NetJacError(
          .shape, "element \(index) of a list of \(list.elements.count) tensors does not exist")
      }
      list.elements[index] = try node.input(2, "item")
      return [.list(list)]
    },
    TFOperator("TensorListStack", outputs: ["tensor"], attributes: ["num_elements"]) { node, p in
      let list = try node.list(0)
      let count = try node.integer("num_elements", default: -1)
      guard count < 0 || count == list.elements.count else {
        throw NetJacError(
          .shape, "the list has \(list.elements.count) tensors; the model wants \(count)")
      }
      return try list.stacked(shape: elementShape(node, 1), in: p)
    },
    TFOperator("TensorListLength", outputs: ["length"]) { node, p in
      try p.constant(
        Tensor(TensorType(.int64, []), fill: Int64(node.list(0).elements.count)))
    },
    TFOperator(several: "TensorListPushBack", outputs: ["output_handle"]) { node, _ in
      var list = try node.list(0)
      try resize(&list, to: list.elements.count + 1)
      list.elements[list.elements.count - 1] = try node.input(1, "tensor")
      return [.list(list)]
    },
    TFOperator(several: "TensorListPopBack", outputs: ["output_handle", "tensor"]) { node, p in
      var list = try node.list(0)
      let last = try list.element(
        list.elements.count - 1, shape: elementShape(node, 1), in: p)
      list.elements.removeLast()
      return [.list(list), .tensor(last)]
    },
    TFOperator(several: "TensorListResize", outputs: ["output_handle"]) { node, _ in
      var list = try node.list(0)
      try resize(&list, to: node.constantInteger(1, "size"))
      return [.list(list)]
    },
    TFOperator("TensorListGather", outputs: ["values"]) { node, p in
      var list = try node.list(0)
      let shape = try elementShape(node, 2)
      list.elements = try node.constantIntegers(1, "indices").map {
        try list.element($0, shape: shape, in: p)
      }
      return try list.stacked(shape: shape, in: p)
    },
    TFOperator(several: "TensorListScatterV2", outputs: ["output_handle"]) { node, p in
      let indices = try node.constantIntegers(1, "indices")
      let declared = try node.constantInteger(3, "num_elements")
      let count = declared >= 0 ? declared : (indices.max() ?? -1).addingSaturated(1)
      var list = try TFTensorList(
        count: count, shape: elementShape(node, 2), type: type(node))
      try write(parts(node, 0, p), at: indices, to: &list)
      return [.list(list)]
    },
    TFOperator(several: "TensorListScatterIntoExistingList", outputs: ["output_handle"]) {
      node, p in
      var list = try node.list(0)
      try write(parts(node, 1, p), at: node.constantIntegers(2, "indices"), to: &list)
      return [.list(list)]
    },
    TFOperator(several: "TensorListConcatV2", outputs: ["tensor", "lengths"]) { node, p in
      let list = try node.list(0)
      let shape = try elementShape(node, 1)
      let values = try list.elements.indices.map { try list.element($0, shape: shape, in: p) }
      guard !values.isEmpty, values.allSatisfy({ p.shape($0).rank > 0 }) else {
        throw NetJacError(.unsupported, "tensors of a list are joined, of which there are none")
      }
      return [
        .tensor(try p.concatenate(values, axis: 0)),
        .tensor(try p.integers(values.map { p.shape($0)[0] })),
      ]
    },
    TFOperator(several: "TensorListSplit", outputs: ["output_handle"]) { node, p in
      let x = try node.input(0, "tensor")
      let lengths = try node.constantIntegers(2, "lengths")
      guard let length = p.shape(x).dims.first, lengths.allSatisfy({ $0 >= 0 && $0 <= length }),
        lengths.reduce(0, { $0.addingSaturated($1) }) == length
      else {
        throw NetJacError(.shape, "lengths \(lengths) do not divide \(p.shape(x))")
      }
      var start = 0
      let values = try lengths.map { size in
        defer { start += size }
        return try p.slice(x, axis: 0, start: start, size: size)
      }
      return [.list(TFTensorList(values, shape: try elementShape(node, 1), type: try type(node)))]
    },
  ]

  private static func type(_ node: TFCall) throws -> TFType {
    try node.type("element_dtype") ?? .float
  }

  /// The shape that an operand of integers names; a single -1 stands for an unknown rank.
  private static func elementShape(_ node: TFCall, _ index: Int) throws -> TFShape {
    let tensor = try node.constant(index, "element_shape")
    if tensor.shape.rank == 0 { return TFShape(dims: nil) }
    return TFShape(dims: tensor.integers)
  }

  /// The parts of a tensor along its first axis.
  private static func parts(_ node: TFCall, _ index: Int, _ p: ProgramBuilder) throws -> [Value] {
    let x = try node.input(index, "tensor")
    guard let count = p.shape(x).dims.first, count <= TFTensorList.lengthLimit else {
      throw NetJacError(
        .shape, "the tensor is \(p.shape(x)); an axis to divide, not too long, is needed")
    }
    return try (0..<count).map { try p.element($0, of: x, axis: 0) }
  }

  private static func resize(_ list: inout TFTensorList, to count: Int) throws {
    // A new list of the length checks it.
    _ = try TFTensorList(count: count, shape: list.shape, type: list.type)
    let known = list.elements
    list.elements = (0..<count).map { $0 < known.count ? known[$0] : nil }
  }

  private static func write(_ values: [Value], at indices: [Int], to list: inout TFTensorList)
    throws
  {
    guard values.count == indices.count,
      indices.allSatisfy({ list.elements.indices.contains($0) })
    else {
      throw NetJacError(
        .shape,
        "\(values.count) tensors go to the places \(indices) of a list of \(list.elements.count)")
    }
    for (value, index) in zip(values, indices) { list.elements[index] = value }
  }
}
