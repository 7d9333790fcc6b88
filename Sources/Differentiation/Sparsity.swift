import Graph
import Tensors

extension Program {
  /// The structure of the Jacobian of the first output by the first input: for each output element,
  /// the input elements that it can depend on.
  package func jacobianPattern() throws -> Pattern {
    guard let pattern = try jacobianPattern(entryLimit: .max),
      pattern.entryCount <= memoryLimit / SparseStructure.bytesPerEntry
    else {
      throw NetJacError(
        .memory,
        "the structure of the Jacobian takes more than the memory limit of \(memoryLimit) bytes "
          + "(option memory_limit), or than \(PatternMemory.workLimit) entries to be merged on the way; the "
          + "dense Jacobian needs no structure")
    }
    return pattern
  }

  /// The same, or nil where the patterns on the way have more entries together than the limit, or
  /// take more memory at a time.
  ///
  /// - Parameter countsZeros: Whether a known factor counts that is 0.
  func jacobianPattern(entryLimit: Int, countsZeros: Bool = false) throws -> Pattern? {
    let rowBytes = nodes.reduce(0) {
      $0.addingSaturated(
        $1.type.count.multipliedSaturated(by: MemoryLayout<Pattern.Row>.stride + Self.placeBytes))
    }
    let entryBytes = entryLimit.multipliedSaturated(by: Pattern.bytes(ofRow: 1))
    let memory = PatternMemory(limit: min(memoryLimit, rowBytes.addingSaturated(entryBytes)))
    do {
      return try PatternMemory.$current.withValue(memory) {
        try jacobianPattern(entryLimit: entryLimit, countsZeros: countsZeros, memory)
      }
    } catch is PatternMemory.Exhausted {
      return nil
    }
  }

  /// The pattern by which lines may share a seed. A slope that may be infinite is not a number times a known 0, so
  /// that lines meet there, too. Nil if it has more entries than the limit.
  func meetingPattern(_ pattern: Pattern, entryLimit: Int) throws -> Pattern? {
    try hasSingularSlopes ? jacobianPattern(entryLimit: entryLimit, countsZeros: true) : pattern
  }

  /// What a rule takes on its way for each element of its result or largest operand: lists of the places
  /// of both operands of a product, and of rows that are known.
  private static let placeBytes = 3 * MemoryLayout<Int>.stride

  private func jacobianPattern(
    entryLimit: Int, countsZeros: Bool, _ memory: PatternMemory
  ) throws -> Pattern? {
    let lastUse = lastUses
    var patterns: [Pattern?] = []
    patterns.reserveCapacity(nodes.count)
    var entryCount = 0
    var heldBytes = 0
    let isVarying = dependents(of: [inputs[0]])
    for (index, node) in nodes.enumerated() {
      // A repeated number may have any shape; what holds a row for each element may not.
      guard !isVarying[index] || node.type.count <= entryLimit else { return nil }
      try memory.take(
        node.type.count.multipliedSaturated(by: MemoryLayout<Pattern.Row>.stride))
      let places = node.operands.reduce(node.type.count) { max($0, type($1).count) }
      try memory.take(places.multipliedSaturated(by: Self.placeBytes))
      let pattern: Pattern
      if index == inputs[0].index {
        let isReal = node.type.element.isReal
        if isReal {
          try memory.take(node.type.count.multipliedSaturated(by: Pattern.bytes(ofRow: 1)))
        }
        pattern = isReal ? .identity(count: node.type.count) : .independent(count: node.type.count)
      } else {
        pattern = try node.primitive.pattern(
          node.operands.compactMap { patterns[$0.index] }, node.operands.map(type),
          constants: node.operands.map { operand in
            constant(operand).map { countsZeros ? $0.withoutZeros : $0 }
          }, node.type)
      }
      patterns.append(pattern)
      entryCount += pattern.entryCount
      heldBytes += pattern.storedBytes
      guard entryCount <= entryLimit else { return nil }
      // What is used no more is given back: wide layers have long rows.
      for operand in Set(node.operands) where lastUse[operand.index] == index {
        heldBytes -= patterns[operand.index]?.storedBytes ?? 0
        patterns[operand.index] = nil
      }
      memory.keep(heldBytes)
      try memory.take(0)
    }
    return patterns[outputs[0].index]
  }

  /// The structure of the Hessian of `Σ w[k]·y[k]` for y [m] of x [n], for all weights: that of the
  /// gradient's Jacobian. Which of two elements across the diagonal a rule sees may differ, so an
  /// element counts only if both are there.
  package func hessianPattern() throws -> Pattern {
    let pattern = try weightedGradient().jacobianPattern()
    return pattern.intersection(pattern.transposed(columns: pattern.rows.count))
  }

  /// The last node that uses each value; outputs are used to the end.
  private var lastUses: [Int] {
    var lastUse = [Int](repeating: -1, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { lastUse[operand.index] = index }
    }
    for output in outputs { lastUse[output.index] = nodes.count }
    return lastUse
  }
}

extension Tensor {
  /// Of reals, one that says no more than that each of them may count.
  fileprivate var withoutZeros: Tensor { type.element.isReal ? Tensor(type, fill: 1.0) : self }
}

extension Pattern {
  var entryCount: Int { rows.reduce(0) { $0 + $1.count } }

  /// What the rows take; neighbours that share their storage count once.
  fileprivate var storedBytes: Int {
    var bytes = rows.count * MemoryLayout<Row>.stride
    var previous: UnsafePointer<Int32>?
    for row in rows where !row.isEmpty {
      row.withUnsafeBufferPointer { row in
        if row.baseAddress != previous { bytes += Pattern.bytes(ofRow: row.count) }
        previous = row.baseAddress
      }
    }
    return bytes
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
    let byColumn = pattern.transposed(columns: n).rows
    let columns = Colouring.greedy(n, across: pattern.rows)
    let rows = Colouring.greedy(pattern.rows.count, across: byColumn)
    let columnCount = (columns.max() ?? -1) + 1
    let rowCount = (rows.max() ?? -1) + 1
    isByRows = rowCount < columnCount
    colours = isByRows ? rows : columns
    count = min(rowCount, columnCount)
  }

  /// First-fit, in the order of the lines; no two lines in a crossing line may be of one colour.
  private static func greedy(_ lineCount: Int, across crossings: [Pattern.Row]) -> [Int] {
    // Equal crossing lines forbid the same.
    let crossings = Array(Set(crossings))
    let work = crossings.reduce(0) {
      $0.addingSaturated($1.count.multipliedSaturated(by: $1.count))
    }
    guard !crossings.contains(where: { $0.count == lineCount }), work <= workLimit else {
      return Array(0..<lineCount)
    }
    var meets = [[Int]](repeating: [], count: lineCount)
    for (crossing, lines) in crossings.enumerated() {
      for line in lines { meets[Int(line)].append(crossing) }
    }
    var colours = [Int](repeating: -1, count: lineCount)
    var forbidden = [Int](repeating: -1, count: lineCount + 1)
    for line in 0..<lineCount {
      for crossing in meets[line] {
        for neighbour in crossings[crossing] where colours[Int(neighbour)] >= 0 {
          forbidden[colours[Int(neighbour)]] = line
        }
      }
      var colour = 0
      while forbidden[colour] == line { colour += 1 }
      colours[line] = colour
    }
    return colours
  }

  /// Where more pairs would have to be compared, the Jacobian is so full that a seed for each line
  /// is no great loss.
  private static let workLimit = 1 << 30
}

/// The nonzeros of a Jacobian in compressed columns, and a program that computes just them.
package struct SparseJacobian: Sendable {
  package let structure: SparseStructure
  package var columnPointers: [Int] { structure.pointers }
  package var rowIndices: [Int] { structure.rows }
  /// Takes x; gives y [m] and the nonzeros' values.
  package let program: Program
  package let seedCount: Int
  /// The structure and the way to the values in words.
  package let summary: String

  package init(
    of program: Program
  ) throws {
    let (n, m) = (
      program.type(program.inputs[0]).count, program.type(program.outputs[0]).count
    )
    let pattern = try program.jacobianPattern()
    structure = try SparseStructure(pattern, columns: n)
    let structure = structure
    let colouring = try program.meetingPattern(pattern, entryLimit: .max).map {
      Colouring($0, columns: n)
    }
    let way: String
    if let colouring, colouring.count < min(n, m) {
      seedCount = colouring.count
      let compressed = try CompressedJacobian.cheapest(
        of: program, structure, colouring)
      way = compressed.way.direction
      self.program = compressed.nonzeros()
    } else {
      way = "as dense"
      seedCount = min(n, m)
      let dense = try Jacobian.accumulated(of: program)
      let source = dense.program
      let p = ProgramBuilder(for: source)
      let values = try p.inline(source, source.inputs.map { try p.input(source.type($0)) })
      let flat = try p.reshape(values[source.outputs[1].index], Shape(checking: [n * m]))
      let places = zip(structure.rows, structure.columns).map {
        Int64(dense.layout.isTransposed ? $1 * m + $0 : $0 * n + $1)
      }
      self.program = p.program(outputs: [
        values[source.outputs[0].index],
        try p.gather(flat, p.constant(Tensor.integers(places))),
      ])
    }
    summary =
      "\(structure.rows.count) of \(m * n) elements, \(seedCount) seeds, \(way)"
  }
}

/// Where the nonzeros are, column by column.
package struct SparseStructure: Sendable {
  /// What an entry takes while the structure is made: rows, columns, their groups and places.
  static let bytesPerEntry = 48

  /// What it takes once it is made.
  package var byteCount: Int {
    MemoryLayout<Int>.stride * (pointers.count + rows.count + columns.count)
  }

  package let pointers: [Int]
  package let rows: [Int]
  /// The column of each nonzero.
  package let columns: [Int]

  package init(_ pattern: Pattern, columns n: Int) throws {
    try Memory.require(pattern.entryCount.multipliedSaturated(by: SparseStructure.bytesPerEntry))
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

/// The nonzeros of a Jacobian, and a program that computes them.
struct CompressedJacobian {
  private let p: ProgramBuilder
  private let y: Value
  private let values: Value
  private let structure: SparseStructure
  private let n: Int
  private let m: Int
  /// How, in words, and what that takes.
  let way: (direction: String, parts: String)

  /// The cheaper way of two: through seeds, or by diagonals where there are any.
  static func cheapest(
    of program: Program, _ structure: SparseStructure, _ colouring: Colouring
  ) throws -> CompressedJacobian {
    let map = try Jacobian.WholeMap(program)
    let seeded = try CompressedJacobian(
      of: program, map, structure, colouring)
    do {
      if let banded = try CompressedJacobian(
        banded: program, map, structure, widest: colouring.count),
        banded.nonzeros().multiplyAdds < seeded.nonzeros().multiplyAdds
      {
        return banded
      }
    } catch let error as NetJacError where error.kind == .memory {
      // Seeds need less.
    }
    return seeded
  }

  /// By diagonals, at most so many; nil where the program leaves no band.
  private init?(
    banded program: Program, _ map: Jacobian.WholeMap, _ structure: SparseStructure, widest: Int
  ) throws {
    guard let source = try map.band(widest: widest) else { return nil }
    let band = source.band
    let (n, m) = (
      program.type(program.inputs[0]).count, program.type(program.outputs[0]).count
    )
    let places = zip(structure.rows, structure.columns).map { row, column -> Int64? in
      let diagonal = row % band.length - column - band.first
      guard band.diagonals.indices.contains(diagonal) else { return nil }
      return Int64((diagonal * (m / band.length) + row / band.length) * n + column)
    }
    guard !places.contains(where: { $0 == nil }) else { return nil }
    let p = source.p
    let flat = try p.concatenate(
      band.diagonals.map { try p.reshape($0, [p.shape($0).count]) }, axis: 0)
    values = try p.gather(flat, p.constant(Tensor.integers(places.compactMap(\.self))))
    way = ("by diagonals", "\(band.diagonals.count) diagonals")
    y = source.y
    self.p = p
    self.structure = structure
    (self.n, self.m) = (n, m)
  }

  /// Through few seeds, each for a group of columns (or rows) that never meet.
  private init(
    of program: Program, _ map: Jacobian.WholeMap, _ structure: SparseStructure,
    _ colouring: Colouring
  ) throws {
    self.structure = structure
    let xType = program.type(program.inputs[0])
    (n, m) = (xType.count, program.type(program.outputs[0]).count)
    let width = colouring.isByRows ? m : n
    var seeds = [Double](repeating: 0, count: colouring.count * width)
    for (line, colour) in colouring.colours.enumerated() { seeds[colour * width + line] = 1 }
    let source = try map.products(
      of: Tensor(xType.with([colouring.count, width]), reals: seeds), reverse: colouring.isByRows)
    let n = self.n
    let m = self.m
    let places = zip(structure.rows, structure.columns).map { row, column in
      Int64(
        colouring.isByRows
          ? colouring.colours[row] * n + column : colouring.colours[column] * m + row)
    }
    way =
      colouring.isByRows
      ? ("reverse", "\(colouring.count) groups of rows, reverse")
      : ("forward", "\(colouring.count) groups of columns, forward")
    p = ProgramBuilder(for: source)
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
    let spread = try p.scatterAdd(
      values, p.constant(Tensor.integers(places)), length: Shape(checking: [m, n]).count)
    return p.program(outputs: [y, try p.reshape(spread, Shape(checking: [m, n]))])
  }
}
