import Graph
import Tensors

extension Program {
  /// The structure of the Jacobian of the last output by the first input: for each output element,
  /// the input elements that it can depend on.
  package func jacobianPattern() throws -> Pattern {
    var patterns: [Pattern] = []
    patterns.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      if index == inputs[0].index {
        patterns.append(.identity(count: node.type.count))
      } else {
        patterns.append(
          try node.primitive.pattern(
            node.operands.map { patterns[$0.index] }, node.operands.map(type),
            constants: node.operands.map(constant), node.type))
      }
    }
    return patterns[outputs[0].index]
  }
}

/// Groups of columns (or rows) that share no row (column), so that one seed serves a whole group.
package struct Colouring: Sendable {
  /// The group of each column, or of each row if `isByRows`.
  package let colours: [Int]
  package let count: Int
  package let isByRows: Bool

  /// The better of a colouring by columns and one by rows.
  package init(_ pattern: Pattern, columns n: Int) {
    var byColumn = [Pattern.Row](repeating: [], count: n)
    for (row, columns) in pattern.rows.enumerated() {
      for column in columns { byColumn[Int(column)].append(Int32(row)) }
    }
    let columns = Colouring.greedy(byColumn, across: pattern.rows)
    let rows = Colouring.greedy(pattern.rows, across: byColumn)
    let columnCount = (columns.max() ?? -1) + 1
    let rowCount = (rows.max() ?? -1) + 1
    isByRows = rowCount < columnCount
    colours = isByRows ? rows : columns
    count = min(rowCount, columnCount)
  }

  /// First-fit, in the order of the lines; `lines[k]` lists the crossing lines that line k meets.
  private static func greedy(_ lines: [Pattern.Row], across crossings: [Pattern.Row]) -> [Int] {
    var colours = [Int](repeating: -1, count: lines.count)
    var forbidden = [Int](repeating: -1, count: lines.count + 1)
    for (line, meets) in lines.enumerated() {
      for crossing in meets {
        for neighbour in crossings[Int(crossing)] where colours[Int(neighbour)] >= 0 {
          forbidden[colours[Int(neighbour)]] = line
        }
      }
      var colour = 0
      while forbidden[colour] == line { colour += 1 }
      colours[line] = colour
    }
    return colours
  }
}

/// The nonzeros of a Jacobian in compressed columns, and a program that computes just them.
package struct SparseJacobian: Sendable {
  package let columnPointers: [Int]
  package let rowIndices: [Int]
  /// Takes x; gives y [m] and the nonzeros' values.
  package let program: Program
  package let seedCount: Int

  package init(
    of program: Program, memoryLimit: Int = ProgramBuilder.defaultMemoryLimit
  ) throws {
    let xType = program.type(program.inputs[0])
    let (n, m) = (xType.count, program.type(program.outputs[0]).count)
    let pattern = try program.jacobianPattern()
    let (pointers, rows) = SparseJacobian.compressedColumns(pattern, columns: n)
    columnPointers = pointers
    rowIndices = rows
    let colouring = Colouring(pattern, columns: n)
    let isDense = colouring.count >= min(n, m)
    seedCount = isDense ? min(n, m) : colouring.count

    // Where the nonzeros stand in what the seeds give.
    let places: [Int64]
    let source: Program
    let columns = (0..<n).flatMap { column in
      repeatElement(column, count: pointers[column + 1] - pointers[column])
    }
    if isDense {
      let jacobian = try Jacobian.program(of: program, memoryLimit: memoryLimit)
      source = jacobian.program
      places = zip(rows, columns).map {
        Int64(jacobian.isTransposed ? $1 * m + $0 : $0 * n + $1)
      }
    } else {
      let width = colouring.isByRows ? m : n
      var seeds = [Double](repeating: 0, count: colouring.count * width)
      for (line, colour) in colouring.colours.enumerated() { seeds[colour * width + line] = 1 }
      source = try Jacobian.compressed(
        of: program, seeds: Tensor(xType.with([colouring.count, width]), reals: seeds),
        reverse: colouring.isByRows, memoryLimit: memoryLimit)
      places = zip(rows, columns).map { row, column in
        Int64(
          colouring.isByRows
            ? colouring.colours[row] * n + column : colouring.colours[column] * m + row)
      }
    }
    let p = ProgramBuilder(memoryLimit: memoryLimit)
    let values = try p.inline(source, source.inputs.map { try p.input(source.type($0)) })
    let flat = values[source.outputs[1].index]
    self.program = p.program(outputs: [
      values[source.outputs[0].index],
      try p.gather(p.reshape(flat, [p.shape(flat).count]), p.constant(Tensor.integers(places))),
    ])
  }

  private static func compressedColumns(
    _ pattern: Pattern, columns n: Int
  ) -> (pointers: [Int], rows: [Int]) {
    var pointers = [Int](repeating: 0, count: n + 1)
    for row in pattern.rows { for column in row { pointers[Int(column) + 1] += 1 } }
    for column in 0..<n { pointers[column + 1] += pointers[column] }
    var next = pointers
    var rows = [Int](repeating: 0, count: pointers[n])
    for (row, columns) in pattern.rows.enumerated() {
      for column in columns {
        rows[next[Int(column)]] = row
        next[Int(column)] += 1
      }
    }
    return (pointers, rows)
  }
}
