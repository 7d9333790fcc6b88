import Tensors

extension Program {
  /// Runs the program with the primitives' reference semantics.
  package func evaluate(_ arguments: [Tensor]) throws -> [Tensor] {
    guard arguments.count == inputs.count else {
      throw NetJacError(
        .argument, "\(arguments.count) arguments were given; the program takes \(inputs.count)")
    }
    var results = [Tensor?](repeating: nil, count: nodes.count)
    for (input, argument) in zip(inputs, arguments) {
      guard argument.type == type(input) else {
        throw NetJacError(
          .argument, "an argument is \(argument.type); the program takes \(type(input))")
      }
      results[input.index] = argument
    }
    for (index, node) in nodes.enumerated() where results[index] == nil {
      results[index] = try node.primitive.evaluate(
        node.operands.compactMap { results[$0.index] }, node.type)
    }
    return outputs.compactMap { results[$0.index] }
  }
}
