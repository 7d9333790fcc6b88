import Tensors

/// A place for an argument of the program.
package struct Input: LeafPrimitive {
  package static let name = "input"
  package let position: Int
  package let declared: TensorType

  package init(position: Int, declared: TensorType) {
    self.position = position
    self.declared = declared
  }

  package var attributes: String { "\(position)" }
  package func type(of x: [TensorType]) throws -> TensorType { declared }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    throw NetJacError(.defect, "input \(position) has no value")
  }
  package static let samples: [Sample] = []
}

/// Known elements.
package struct Constant: LeafPrimitive {
  package static let name = "constant"
  package let tensor: Tensor

  package init(_ tensor: Tensor) { self.tensor = tensor }

  package var attributes: String {
    let isReal = tensor.type.element.isReal
    if let fill = tensor.refilled([]) { return isReal ? "\(fill.reals[0])" : "\(fill.integers[0])" }
    guard tensor.count <= 8 else { return "…" }
    return isReal ? "\(tensor.reals)" : "\(tensor.integers)"
  }
  package func type(of x: [TensorType]) throws -> TensorType { tensor.type }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor { tensor }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { Bounds(tensor) }
  package static let samples = [
    Sample(Constant(Tensor(TensorType(.float64, [2, 3]), reals: [1, 2, 3, 4, 5, 6]))),
    Sample(Constant(Tensor(TensorType(.float64, [4]), fill: 0.5))),
  ]
}

/// A primitive without operands: nothing to differentiate, nothing to vectorise.
package protocol LeafPrimitive: Smooth {}

extension LeafPrimitive {
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { nil }

  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [] }

  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    throw NetJacError(.defect, "\(name) has no operand that could gain an axis")
  }

  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern { .independent(count: type.count) }

  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }
}
