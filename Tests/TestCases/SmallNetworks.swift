import Graph
import Tensors

extension Program {
  /// Fully connected layers of the given sizes with random weights; all but the last are followed by
  /// tanh.
  package static func dense(
    _ sizes: [Int], seed: UInt64 = 1,
    activation: (ProgramBuilder, Value) throws -> Value = {
      try $0.tanh($1)
    }
  ) throws -> Program {
    var random = Random(seed: seed)
    return try Program.ofVector(sizes[0]) { p, x in
      var value = x
      for (layer, (from, to)) in zip(sizes, sizes.dropFirst()).enumerated() {
        let limit = 1 / Double(from).squareRoot()
        let weights = random.tensor(TensorType(.float64, [to, from]), in: -limit...limit)
        let bias = random.tensor(TensorType(.float64, [to]), in: -0.1...0.1)
        value = try p.add(
          p.dot(p.constant(weights), value, [0, 1], [1], [0]), p.constant(bias))
        if layer < sizes.count - 2 { value = try activation(p, value) }
      }
      return value
    }
  }

  /// A program of one input, a vector of `count` real numbers, and one output.
  package static func ofVector(
    _ count: Int, _ element: ElementType = .float64,
    _ body: (ProgramBuilder, Value) throws -> Value
  ) throws -> Program {
    let p = ProgramBuilder(real: element)
    let x = try p.input(TensorType(element, [count]))
    return p.program(outputs: [try body(p, x)])
  }
}
