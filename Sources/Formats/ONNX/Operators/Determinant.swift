import Graph
import Operations
import Tensors

/// ONNX `Det`: determinants of the matrices in the last two axes.
enum DeterminantOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator("Det", since: 11, operands: ["X": .real]) { node, p in
      let x = try node.input(0, "X")
      let dims = p.shape(x).dims
      guard dims.count >= 2, dims[dims.count - 1] == dims[dims.count - 2] else {
        throw NetJacError(.shape, "X is \(p.shape(x)); square matrices are needed")
      }
      let n = dims[dims.count - 1]
      let stack = Array(dims.dropLast(2))
      let count = stack.reduce(1, *)
      let matrices = try p.reshape(x, Shape([count, n, n]))
      return try p.reshape(p.determinants(matrices), Shape(stack))
    }
  ]
}
