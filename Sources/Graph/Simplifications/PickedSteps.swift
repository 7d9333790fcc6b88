import Tensors

extension ProgramBuilder {
  /// A few elements of `step(z)`, as the steps of those of `relu(z)`: a pool behind a relu has
  /// picked these already, and then the step of the whole image is not needed.
  func pickedStep(_ x: Value, _ index: Value, batch: Int) throws -> Value? {
    let inner = unshaped(x)
    let gather = Gather(batch: batch)
    guard node(inner).isA(Step.self),
      try gather.type(of: [type(x), type(index)]).count < type(x).count
    else { return nil }
    let image = try reshape(relu(node(inner).operands[0]), shape(x))
    return try step(add(gather, [image, index]))
  }
}
