import Graph
import Tensors

/// A program that computes outputs and Jacobian, and how it was made.
package struct JacobianProgram: Sendable {
  /// Takes the inputs of the differentiated program; gives y [m] and the Jacobian in its own layout.
  package let program: Program
  package let layout: Layout
  /// The accumulation order in words.
  package let order: String
  /// Multiply-adds of the derivative part in the chosen order, and in plain forward and reverse mode.
  package let cost: (chosen: Int, forward: Int, reverse: Int)

  /// Which way round the matrix of m outputs by n inputs is computed.
  package struct Layout: Sendable {
    package let rows: Int
    package let columns: Int
    /// Whether a row belongs to an input, rather than to an output.
    package let isTransposed: Bool
  }

  init(
    program: Program, isTransposed: Bool, order: String,
    cost: (chosen: Int, forward: Int, reverse: Int)
  ) {
    self.program = program
    let (n, m) = (program.inputTypes[0].count, program.outputTypes[0].count)
    layout = Layout(
      rows: isTransposed ? n : m, columns: isTransposed ? m : n, isTransposed: isTransposed)
    self.order = order
    self.cost = cost
  }

  /// The Jacobian as [m, n] behind leading axes, from what a use of the program gave as its second
  /// output.
  package func matrix(_ found: Value, leading: [Int] = [], in p: ProgramBuilder) throws -> Value {
    let matrix = try p.reshape(
      found, Shape(checking: leading + [layout.rows, layout.columns]))
    guard layout.isTransposed else { return matrix }
    return try p.transpose(matrix, Array(leading.indices) + [leading.count + 1, leading.count])
  }
}
