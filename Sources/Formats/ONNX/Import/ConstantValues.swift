import Graph
import Tensors

extension ONNXTensor {
  /// The tensor as a program holds it: floats in the one real type, integers as int64.
  func value(real: ElementType) throws -> Tensor {
    let shape = try Shape(checking: dimensions)
    switch elementType.holding {
    case .real: return try reals(TensorType(real, shape))
    case .integer: return Tensor(TensorType(.int64, shape), integers: try integers())
    case .boolean:
      return Tensor(TensorType(.bool, shape), integers: try booleans().map { $0 ? 1 : 0 })
    case .nothing: throw refusal("NetJac has no values of that type")
    }
  }
}

extension ONNXSparseTensor {
  /// The dense tensor, with zeros where no value is given.
  func value(in p: ProgramBuilder) throws -> Tensor {
    let shape = try Shape(checking: dimensions)
    try p.requireNumbers(
      shape.count, of: "the sparse tensor \(values.name.quoted) of shape \(shape)")
    let given = try values.value(real: p.real)
    let places = try places(shape)
    if given.type.element.isReal {
      var dense = [Double](repeating: 0, count: shape.count)
      for (place, value) in zip(places, given.reals) { dense[place] = value }
      return Tensor(given.type.with(shape), reals: dense)
    }
    var dense = [Int64](repeating: 0, count: shape.count)
    for (place, value) in zip(places, given.integers) { dense[place] = value }
    return Tensor(given.type.with(shape), integers: dense)
  }

  /// The flat place of each value.
  private func places(_ shape: Shape) throws -> [Int] {
    let numbers = try indices.integers()
    let isFlat = indices.dimensions.count == 1
    let width = isFlat ? 1 : shape.rank
    let bounds = isFlat ? [shape.count] : shape.dims
    let steps = isFlat ? [1] : shape.strides
    return try (0..<values.count).map { row in
      var place = 0
      for axis in 0..<width {
        let index = numbers[row * width + axis]
        guard index >= 0, index < bounds[axis] else {
          throw NetJacError(
            .format,
            """
            sparse tensor \(values.name.quoted) of shape \(shape) has the index \(index), which \
            lies outside
            """)
        }
        place += Int(index) * steps[axis]
      }
      return place
    }
  }
}
