import Graph
import Operations
import Tensors

/// What a reference stands for while a graph is imported. Only tensors become values of the program.
enum TFOperand {
  case tensor(Value)
  /// The handle of a variable, by the name of its node in the main graph.
  case resource(String)
  case list(TFTensorList)
  case complex(real: Value, imaginary: Value)
  /// A text, a table or whatever else has no values; using it is an error that says why.
  case nothing(String)
}

/// A list of tensors, as loops collect them. What was never set is zero.
struct TFTensorList {
  var elements: [Value?]
  /// The shape of an element, as far as it is known.
  let shape: TFShape
  let type: TFType

  /// Far above the steps of any loop that can be unrolled.
  static let lengthLimit = 1 << 17

  init(count: Int, shape: TFShape, type: TFType) throws {
    guard count >= 0, count <= Self.lengthLimit else {
      throw NetJacError(
        .unsupported, "a list of \(count) tensors; lengths up to \(Self.lengthLimit) are supported")
    }
    elements = [Value?](repeating: nil, count: count)
    self.shape = shape
    self.type = type
  }

  init(_ elements: [Value], shape: TFShape, type: TFType) {
    self.elements = elements
    self.shape = shape
    self.type = type
  }

  /// An element; zeros where none was set.
  func element(_ index: Int, shape wanted: TFShape, in p: ProgramBuilder) throws -> Value {
    guard elements.indices.contains(index) else {
      throw NetJacError(
        .shape, "element \(index) of a list of \(elements.count) tensors does not exist")
    }
    return try elements[index] ?? zero(shape: wanted, in: p)
  }

  private func zero(shape wanted: TFShape, in p: ProgramBuilder) throws -> Value {
    let known = elements.lazy.compactMap { $0 }.first.map { p.shape($0) }
    guard let shape = shape.known ?? wanted.known ?? known, let element = type.element else {
      throw NetJacError(
        .unsupported, "an element of a list is read that was never set, and its shape is not known")
    }
    return try p.constant(Tensor(TensorType(element.isReal ? p.real : element, shape), fill: 0.0))
  }

  /// All elements along a new first axis.
  func stacked(shape wanted: TFShape, in p: ProgramBuilder) throws -> Value {
    let values = try elements.indices.map { try element($0, shape: wanted, in: p) }
    let example = try values.first ?? zero(shape: wanted, in: p)
    guard !values.isEmpty else {
      return try p.constant(Tensor(p.type(example).with(p.shape(example).prepending(0)), fill: 0.0))
    }
    return try p.stack(values, axis: 0, like: example)
  }
}
