import Graph
import Tensors

/// What an operator of any format sees of the node that uses it: operands as values, some of which it
/// must know while the network is loaded.
protocol OperatorCall {
  var p: ProgramBuilder { get }
  var inputCount: Int { get }
  /// The parameters that values may depend on.
  var parameterNames: ParameterNames { get }
  /// The operand at a position, nil if the node leaves it out.
  func optionalInput(_ index: Int) throws -> Value?
  /// The elements of an input of integers that must be known while the network is loaded.
  func constantIntegers(_ index: Int, _ name: String) throws -> [Int]
}

extension OperatorCall {
  /// The input at a position, which the operator cannot do without.
  func input(_ index: Int, _ name: String) throws -> Value {
    guard let value = try optionalInput(index) else {
      throw NetJacError(
        .format,
        """
        input \(name) (number \(index + 1)) is missing; the node has \(inputCount) inputs
        """)
    }
    return value
  }

  /// The elements of an input that must be known while the network is loaded.
  func constant(_ index: Int, _ name: String) throws -> Tensor {
    try known(input(index, name), name)
  }

  func known(_ value: Value, _ name: String) throws -> Tensor {
    guard let tensor = try p.constantTensor(of: value) else {
      let parameters = parameterNames.needed(by: value, in: p)
      guard parameters.isEmpty else { throw ParametersNeeded(names: parameters) }
      throw NetJacError(
        .unsupported,
        """
        \(name) must be known when the network is loaded, but it depends on an input; fix that \
        input with option 'input.NAME'
        """)
    }
    return tensor
  }

  func constantIntegers(_ index: Int, _ name: String) throws -> [Int] {
    try integers(of: constant(index, name), name)
  }

  func integers(of tensor: Tensor, _ name: String) throws -> [Int] {
    guard !tensor.type.element.isReal else {
      throw NetJacError(.format, "\(name) holds floats; integers are needed")
    }
    return tensor.integers.map(Int.init)
  }

  func optionalConstantIntegers(_ index: Int, _ name: String) throws -> [Int]? {
    try optionalInput(index) == nil ? nil : constantIntegers(index, name)
  }

  func constantInteger(_ index: Int, _ name: String) throws -> Int {
    let integers = try constantIntegers(index, name)
    guard integers.count == 1 else {
      throw NetJacError(.format, "\(name) has \(integers.count) elements; one is needed")
    }
    return integers[0]
  }

  func optionalConstantNumber(_ index: Int, _ name: String) throws -> Double? {
    guard try optionalInput(index) != nil else { return nil }
    return try constantNumber(index, name)
  }

  func constantNumber(_ index: Int, _ name: String) throws -> Double {
    let tensor = try constant(index, name)
    guard tensor.count == 1 else {
      throw NetJacError(.format, "\(name) has \(tensor.count) elements; one is needed")
    }
    return tensor.reals[0]
  }

  /// The shape that an input of integers names.
  func shape(_ index: Int, _ name: String) throws -> Shape {
    try Shape(checking: constantIntegers(index, name))
  }

  // MARK: - Axes

  /// An axis as the files give it, where -1 is the last, as a position from the front.
  func axis(_ axis: Int, rank: Int, _ name: String = "axis") throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw NetJacError(
        .shape,
        rank == 0
          ? "\(name) is \(axis), but the value is a scalar, which has no axes"
          : "\(name) is \(axis); a value with \(rank) axes has axes \(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }

  func axes(_ axes: [Int], rank: Int, _ name: String = "axes") throws -> [Int] {
    try Shape.requireRank(rank)
    let positions = try axes.map { try axis($0, rank: rank, name) }
    guard Set(positions).count == positions.count else {
      throw NetJacError(.shape, "\(name) \(axes) name an axis twice")
    }
    return positions
  }
}
