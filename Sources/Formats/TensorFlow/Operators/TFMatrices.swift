import Graph
import Operations
import Tensors

/// Diagonals, factors, solutions and determinants of matrices, which stand in the last two axes.
enum TFMatrixOperators {
  static let all: [TFOperator] = diagonals + systems

  // MARK: - Diagonals

  private static let diagonals: [TFOperator] = [
    TFOperator("MatrixBandPart", outputs: ["band"]) { node, p in
      let x = try node.input(0, "input")
      let (low, high) = (
        try node.constantInteger(1, "num_lower"), try node.constantInteger(2, "num_upper")
      )
      let kept = try p.band(p.shape(x), matrix: matrixAxes(x, p)) { row, column in
        (low < 0 || row - column <= low) && (high < 0 || column - row <= high)
      }
      return try p.select(kept, x, p.scalar(0, like: x))
    },
    TFOperator("Diag") { node, p in
      let x = try node.input(0, "diagonal")
      let dims = p.shape(x).dims
      let flat = try p.add(Diagonal(), [p.reshape(x, Shape([p.shape(x).count]))])
      return try p.reshape(flat, Shape(checking: dims + dims))
    },
    TFOperator("DiagPart", outputs: ["diagonal"]) { node, p in
      let x = try node.input(0, "input")
      let dims = p.shape(x).dims
      let half = Array(dims.prefix(dims.count / 2))
      guard !dims.isEmpty, half + half == dims else {
        throw NetJacError(.shape, "the operand is \(p.shape(x)); it must be square")
      }
      let count = half.reduce(1, *)
      return try p.reshape(
        p.add(DiagonalPart(), [p.reshape(x, Shape([count, count]))]), Shape(half))
    },
    TFOperator("MatrixDiag") { node, p in try p.add(Diagonal(), [node.input(0, "diagonal")]) },
    TFOperator("MatrixDiagV2", diagonalMatrix),
    TFOperator("MatrixDiagV3", attributes: ["align"], diagonalMatrix),
    TFOperator("MatrixDiagPart", outputs: ["diagonal"]) { node, p in
      try diagonal(node.input(0, "input"), offset: 0, in: p)
    },
    TFOperator("MatrixDiagPartV2", outputs: ["diagonal"], diagonalPart),
    TFOperator("MatrixDiagPartV3", outputs: ["diagonal"], attributes: ["align"], diagonalPart),
    TFOperator("MatrixSetDiag") { node, p in
      try replaced(node.input(0, "input"), node.input(1, "diagonal"), offset: 0, in: p)
    },
    TFOperator("MatrixSetDiagV3", attributes: ["align"]) { node, p in
      try replaced(
        node.input(0, "input"), node.input(1, "diagonal"), offset: offset(node, 2), in: p)
    },
  ]

  private static func matrixAxes(_ x: Value, _ p: ProgramBuilder) throws -> Range<Int> {
    let rank = p.shape(x).rank
    guard rank >= 2 else {
      throw NetJacError(.shape, "the operand is \(p.shape(x)); matrices are needed")
    }
    return rank - 2..<rank
  }

  /// Which diagonal is meant, counted from the main one upwards.
  private static func offset(_ node: TFCall, _ index: Int) throws -> Int {
    let offsets = try node.constantIntegers(index, "k")
    guard let offset = offsets.first, offset.magnitude < 1 << 30,
      offsets.allSatisfy({ $0 == offset })
    else {
      throw NetJacError(
        .unsupported, "k is \(offsets); one diagonal is supported, not a band of them")
    }
    return offset
  }

  /// Rows and columns of the elements of a diagonal.
  private static func places(_ rows: Int, _ columns: Int, _ offset: Int) -> [(Int, Int)] {
    let (row, column) = (max(-offset, 0), max(offset, 0))
    return (0..<max(min(rows - row, columns - column), 0)).map { (row + $0, column + $0) }
  }

  private static func diagonal(_ x: Value, offset: Int, in p: ProgramBuilder) throws -> Value {
    let axes = try matrixAxes(x, p)
    let dims = p.shape(x).dims
    let (rows, columns) = (dims[axes.lowerBound], dims[axes.lowerBound + 1])
    let places = places(rows, columns, offset).map { $0 * columns + $1 }
    guard !places.isEmpty else {
      throw NetJacError(.shape, "matrices \(p.shape(x)) have no diagonal \(offset)")
    }
    let flat = try p.reshape(x, Shape(Array(dims.prefix(axes.lowerBound)) + [rows * columns]))
    return try p.gather(flat, axis: axes.lowerBound, places: places)
  }

  private static let diagonalPart: @Sendable (TFCall, ProgramBuilder) throws -> Value = {
    node, p in
    try diagonal(node.input(0, "input"), offset: offset(node, 1), in: p)
  }

  private static let diagonalMatrix: @Sendable (TFCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "diagonal")
    let offset = try offset(node, 1)
    guard let n = p.shape(x).dims.last else {
      throw NetJacError(.shape, "the diagonal is a scalar")
    }
    func length(_ index: Int, _ name: String) throws -> Int {
      let given = try node.constantInteger(index, name)
      return given >= 0 ? given : n + abs(offset)
    }
    let (rows, columns) = (try length(2, "num_rows"), try length(3, "num_cols"))
    let type = p.type(x)
    let shape = try Shape(checking: p.shape(x).dims.dropLast() + [rows, columns])
    let padding = try p.convert(p.reshape(node.input(4, "padding_value"), []), to: type.element)
    return try replaced(p.broadcast(padding, to: shape), x, offset: offset, in: p)
  }

  /// Matrices with another diagonal.
  private static func replaced(
    _ x: Value, _ diagonal: Value, offset: Int, in p: ProgramBuilder
  ) throws -> Value {
    let axes = try matrixAxes(x, p)
    let dims = p.shape(x).dims
    let outer = Array(dims.prefix(axes.lowerBound))
    let (rows, columns) = (dims[axes.lowerBound], dims[axes.lowerBound + 1])
    let places = places(rows, columns, offset)
    guard p.shape(diagonal).dims == outer + [places.count], !places.isEmpty else {
      throw NetJacError(
        .shape, "the matrices are \(p.shape(x)), their diagonals \(p.shape(diagonal))")
    }
    // The element of the diagonal that each element of a matrix takes; which of them do is masked.
    let count = try Shape(checking: [rows, columns]).count
    try p.requireNumbers(count, of: "a matrix of places")
    var sources = [Int](repeating: 0, count: count)
    for (index, place) in places.enumerated() { sources[place.0 * columns + place.1] = index }
    let spread = try p.reshape(
      p.gather(diagonal, axis: axes.lowerBound, places: sources), p.shape(x))
    let isDiagonal = try p.band(p.shape(x), matrix: axes) { $1 - $0 == offset }
    return try p.select(isDiagonal, spread, x)
  }

  // MARK: - Systems

  private static let systems: [TFOperator] = [
    TFOperator("Cholesky") { node, p in
      try stacked(node.input(0, "input"), in: p) { try p.choleskyFactor($0) }
    },
    TFOperator("MatrixInverse", attributes: ["adjoint"]) { node, p in
      try stacked(node.input(0, "input"), in: p) { matrix in
        let inverse = try p.linearSolution(
          matrix,
          p.convert(
            p.band(p.shape(matrix), matrix: 1..<3) { $0 == $1 }, to: p.type(matrix).element))
        return try node.flag("adjoint") ? p.transpose(inverse, [0, 2, 1]) : inverse
      }
    },
    TFOperator("MatrixSolve", attributes: ["adjoint"]) { node, p in
      try solution(node, in: p) { matrix, right in try p.linearSolution(matrix, right) }
    },
    TFOperator("MatrixTriangularSolve", attributes: ["adjoint", "lower"]) { node, p in
      let isLower = try node.flag("lower", default: true) != node.flag("adjoint")
      return try solution(node, in: p) { try p.triangularSolution($0, $1, isLower: isLower) }
    },
    TFOperator("MatrixDeterminant") { node, p in
      let x = try node.input(0, "input")
      let outer = Shape(Array(p.shape(x).dims.prefix(try matrixAxes(x, p).lowerBound)))
      return try p.reshape(p.determinants(flattened(x, in: p)), outer)
    },
    TFOperator(several: "LogMatrixDeterminant", outputs: ["sign", "log_abs_determinant"]) {
      node, p in
      let x = try node.input(0, "input")
      let outer = Shape(Array(p.shape(x).dims.prefix(try matrixAxes(x, p).lowerBound)))
      let value = try p.reshape(p.determinants(flattened(x, in: p)), outer)
      return [.tensor(try p.sign(value)), .tensor(try p.logarithm(p.absolute(value)))]
    },
  ]

  /// Matrices of all stacks along one axis.
  private static func flattened(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let axes = try matrixAxes(x, p)
    let dims = p.shape(x).dims
    guard dims[axes.lowerBound] == dims[axes.lowerBound + 1] else {
      throw NetJacError(.shape, "the operand is \(p.shape(x)); square matrices are needed")
    }
    return try p.reshape(
      x, Shape([dims.prefix(axes.lowerBound).reduce(1, *)] + dims.suffix(2)))
  }

  private static func stacked(
    _ x: Value, in p: ProgramBuilder, _ body: (Value) throws -> Value
  ) throws -> Value {
    try p.reshape(body(flattened(x, in: p)), p.shape(x))
  }

  private static func solution(
    _ node: TFCall, in p: ProgramBuilder, _ body: (Value, Value) throws -> Value
  ) throws -> Value {
    var matrix = try node.input(0, "matrix")
    var right = try node.input(1, "rhs")
    let stack = try p.broadcastShape([
      Shape(Array(p.shape(matrix).dims.prefix(matrixAxes(matrix, p).lowerBound))),
      Shape(Array(p.shape(right).dims.prefix(matrixAxes(right, p).lowerBound))),
    ]).dims
    matrix = try p.broadcast(matrix, to: Shape(checking: stack + p.shape(matrix).dims.suffix(2)))
    right = try p.broadcast(right, to: Shape(checking: stack + p.shape(right).dims.suffix(2)))
    let shape = p.shape(right)
    var flat = try flattened(matrix, in: p)
    if try node.flag("adjoint") { flat = try p.transpose(flat, [0, 2, 1]) }
    let y = try body(
      flat, p.reshape(right, Shape([p.shape(flat)[0]] + shape.dims.suffix(2))))
    return try p.reshape(y, shape)
  }
}
