import Graph
import Tensors

extension Program {
  /// The structure of the Jacobian of the last output by the first input: for each output element,
  /// the input elements that it can depend on.
  package func jacobianPattern() throws -> Pattern {
    try jacobianPattern(entryLimit: Int.max) ?? .independent(count: 0)
  }

  /// The same, or nil where the patterns on the way have more entries together than the limit.
  func jacobianPattern(entryLimit: Int) throws -> Pattern? {
    var patterns: [Pattern] = []
    patterns.reserveCapacity(nodes.count)
    var entries = 0
    for (index, node) in nodes.enumerated() {
      if index == inputs[0].index {
        patterns.append(.identity(count: node.type.count))
      } else {
        patterns.append(
          try node.primitive.pattern(
            node.operands.map { patterns[$0.index] }, node.operands.map(type),
            constants: node.operands.map(constant), node.type))
      }
      guard entryLimit < Int.max else { continue }
      entries += patterns[index].rows.reduce(0) { $0 + $1.count }
      if entries > entryLimit { return nil }
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
    let (n, m) = (
      program.type(program.inputs[0]).count, program.type(program.outputs[0]).count
    )
    let pattern = try program.jacobianPattern()
    let structure = SparseStructure(pattern, columns: n)
    columnPointers = structure.pointers
    rowIndices = structure.rows
    let colouring = Colouring(pattern, columns: n)
    if colouring.count < min(n, m) {
      seedCount = colouring.count
      self.program = try CompressedJacobian(
        of: program, structure, colouring, memoryLimit: memoryLimit
      ).nonzeros()
    } else {
      seedCount = min(n, m)
      let dense = try Jacobian.program(of: program, memoryLimit: memoryLimit)
      let p = ProgramBuilder(memoryLimit: memoryLimit)
      let source = dense.program
      let values = try p.inline(source, source.inputs.map { try p.input(source.type($0)) })
      let flat = try p.reshape(values[source.outputs[1].index], Shape(checking: [n * m]))
      let places = zip(structure.rows, structure.columns).map {
        Int64(dense.isTransposed ? $1 * m + $0 : $0 * n + $1)
      }
      self.program = p.program(outputs: [
        values[source.outputs[0].index],
        try p.gather(flat, p.constant(Tensor.integers(places))),
      ])
    }
  }
}

/// Where the nonzeros are, column by column.
struct SparseStructure {
  let pointers: [Int]
  let rows: [Int]
  /// The column of each nonzero.
  let columns: [Int]

  init(_ pattern: Pattern, columns n: Int) {
    (pointers, rows) = SparseStructure.compressedColumns(pattern, columns: n)
    let pointers = pointers
    columns = (0..<n).flatMap { column in
      repeatElement(column, count: pointers[column + 1] - pointers[column])
    }
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

/// A Jacobian through few seeds, each for a group of columns (or rows) that never meet.
struct CompressedJacobian {
  private let p: ProgramBuilder
  private let y: Value
  private let values: Value
  private let structure: SparseStructure
  private let n: Int
  private let m: Int

  init(
    of program: Program, _ structure: SparseStructure, _ colouring: Colouring, memoryLimit: Int
  ) throws {
    self.structure = structure
    let xType = program.type(program.inputs[0])
    (n, m) = (xType.count, program.type(program.outputs[0]).count)
    let width = colouring.isByRows ? m : n
    var seeds = [Double](repeating: 0, count: colouring.count * width)
    for (line, colour) in colouring.colours.enumerated() { seeds[colour * width + line] = 1 }
    let source = try Jacobian.compressed(
      of: program, seeds: Tensor(xType.with([colouring.count, width]), reals: seeds),
      reverse: colouring.isByRows, memoryLimit: memoryLimit)
    let n = self.n
    let m = self.m
    let places = zip(structure.rows, structure.columns).map { row, column in
      Int64(
        colouring.isByRows
          ? colouring.colours[row] * n + column : colouring.colours[column] * m + row)
    }
    p = ProgramBuilder(memoryLimit: memoryLimit)
    let inlined = try p.inline(source, source.inputs.map { [p] in try p.input(source.type($0)) })
    y = inlined[source.outputs[0].index]
    let flat = inlined[source.outputs[1].index]
    values = try p.gather(
      p.reshape(flat, [p.shape(flat).count]), p.constant(Tensor.integers(places)))
  }

  /// Gives y and the nonzeros' values.
  func nonzeros() -> Program { p.program(outputs: [y, values]) }

  /// Gives y and the whole matrix [m, n], zeros included.
  func matrix() throws -> Program {
    let n = n
    let places = zip(structure.rows, structure.columns).map { Int64($0 * n + $1) }
    let spread = try p.add(
      ScatterAdd(length: Shape(checking: [m, n]).count),
      [values, p.constant(Tensor.integers(places))])
    return p.program(outputs: [y, try p.reshape(spread, Shape(checking: [m, n]))])
  }
}
