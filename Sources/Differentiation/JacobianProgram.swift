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

  /// The same with zeros wherever the pattern has nothing: there an infinite slope, or data that is not a
  /// number, must not leave its trace in a product with zero.
  func cleared(outside pattern: Pattern?) throws -> JacobianProgram {
    guard let pattern else { return self }
    let p = ProgramBuilder(for: program)
    let values = try p.inline(program, program.inputs.map { try p.input(program.type($0)) })
    let matrix = values[program.outputs[1].index]
    let cleared = try p.cleared(
      matrix, outside: layout.isTransposed ? pattern.transposed(columns: layout.rows) : pattern,
      columns: layout.columns)
    guard cleared != matrix else { return self }
    return JacobianProgram(
      program: p.program(outputs: [values[program.outputs[0].index], cleared]),
      isTransposed: layout.isTransposed, order: order, cost: cost)
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

extension ProgramBuilder {
  /// A matrix with zeros wherever the pattern has nothing; the matrix itself if it has everything.
  func cleared(_ matrix: Value, outside pattern: Pattern, columns: Int) throws -> Value {
    guard fill(of: matrix) != 0, pattern.rows.contains(where: { $0.count < columns }) else {
      return matrix
    }
    try requireNumbers(
      pattern.rows.count.multipliedSaturated(by: columns), of: "the mask of a Jacobian")
    var mask = [Int64](repeating: 0, count: pattern.rows.count * columns)
    for (row, entries) in pattern.rows.enumerated() {
      for column in entries { mask[row * columns + Int(column)] = 1 }
    }
    let isThere = try constant(Tensor(TensorType(.bool, shape(matrix)), integers: mask))
    return try select(isThere, matrix, scalar(0, like: matrix))
  }
}
