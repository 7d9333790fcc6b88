import Graph
import Tensors

/// The first and second derivatives of one group as a function of its inputs, in a builder of their
/// own: there the cotangents of the group's results are inputs too, and so are held still when a
/// gradient is differentiated again.
struct GroupwiseHessian {
  let p: ProgramBuilder
  private let group: SeparableGroups.Group
  /// What stands outside for each input of the builder.
  private(set) var arguments: [Value] = []
  /// The group's inputs, and its members' values.
  private var values: [Int: Value] = [:]
  private var cotangents: [Int: Value] = [:]

  /// `cotangents` has those of the results that have one.
  init(
    _ group: SeparableGroups.Group, of program: Program, primal: [Value],
    cotangents: [Int: Value], isActive: [Bool], in outer: ProgramBuilder
  ) throws {
    p = ProgramBuilder(like: outer)
    self.group = group
    for index in group.inputs { values[index] = try argument(primal[index], in: outer) }
    for (index, cotangent) in cotangents.sorted(by: { $0.key < $1.key }) {
      self.cotangents[index] = try argument(cotangent, in: outer)
    }
    var known: [Int: Value] = [:]
    var held: [Int: Value] = [:]
    for member in group.members {
      let node = program.nodes[member]
      let operands = try node.operands.map { operand -> Value in
        // The same value may be held still in one place and moving in another.
        if isActive[operand.index], let value = values[operand.index] { return value }
        let value = primal[operand.index]
        if outer.isKnown(value) { return try p.copy(known: value, from: outer, &known) }
        if let input = held[value.index] { return input }
        let input = try argument(value, in: outer)
        held[value.index] = input
        return input
      }
      p.origin = node.origin
      values[member] = try p.add(node.primitive, operands)
    }
  }

  private mutating func argument(_ value: Value, in outer: ProgramBuilder) throws -> Value {
    arguments.append(value)
    return try p.input(outer.type(value))
  }

  private func value(_ index: Int) throws -> Value {
    guard let value = values[index] else {
      throw NetJacError(.defect, "node \(index) is no part of its group")
    }
    return value
  }

  /// Values of the builder as values of the outer one.
  private func outside(
    _ results: [Value?], in outer: ProgramBuilder, seeds: Int = 0
  ) throws -> [Value?] {
    let program = p.program(outputs: results.compactMap { $0 })
    // Seeds come last and are not used here.
    let unused = try program.inputTypes.suffix(seeds).map { try outer.placeholder($0) }
    let inlined = try outer.inline(program, arguments + unused)
    var outputs = program.outputs.makeIterator()
    return results.map { result in
      result == nil ? nil : outputs.next().map { inlined[$0.index] }
    }
  }

  private func unlessZero(_ value: Value?) -> Value? {
    value.flatMap { p.fill(of: $0) == 0 ? nil : $0 }
  }

  // MARK: - Elementwise groups, whose derivatives are diagonal

  /// Diagonals of derivatives, nil where they are zero; in the order of the group's inputs.
  struct Diagonals {
    /// Of each result by each input.
    let slopes: [[Value?]]
    /// The cotangents of the inputs.
    let gradients: [Value?]
    /// Of each input's cotangent by each input.
    let seconds: [[Value?]]
  }

  func diagonals(in outer: ProgramBuilder) throws -> Diagonals {
    let local = try localDiagonals()
    let count = group.inputs.count
    let all = try outside(
      local.slopes.joined() + local.gradients + local.seconds.joined(), in: outer)
    let rows = (0..<local.slopes.count + 1 + count).map {
      Array(all[$0 * count..<($0 + 1) * count])
    }
    return Diagonals(
      slopes: Array(rows[..<local.slopes.count]), gradients: rows[local.slopes.count],
      seconds: Array(rows[(local.slopes.count + 1)...]))
  }

  /// Whether an elementwise group has second derivatives.
  func hasSeconds() throws -> Bool {
    try localDiagonals().seconds.joined().contains { $0 != nil }
  }

  private func localDiagonals() throws -> Diagonals {
    let inputs = try group.inputs.map(value)
    let ones = try inputs.map { try p.scalar(1, like: $0) }
    let slopes = try group.outputs.map { output in
      try zip(inputs, ones).map { input, one in
        unlessZero(try p.tangent(of: value(output), by: [(input, one)]))
      }
    }
    let gradients = try inputs.indices.map { place -> Value? in
      try zip(group.outputs, slopes).reduce(Value?.none) { sum, result in
        guard let slope = result.1[place], let cotangent = cotangents[result.0] else { return sum }
        return try p.sum(sum, p.scaled(cotangent, by: slope))
      }
    }
    // A seed of the only cotangent, instead of ones, gives what the gradient has computed already.
    let results = group.outputs.enumerated().filter { cotangents[$0.element] != nil }
    let seconds = try inputs.indices.map { place in
      try zip(inputs, ones).map { input, one -> Value? in
        if results.count == 1, let result = results.first, let seed = cotangents[result.element] {
          return unlessZero(
            try slopes[result.offset][place].flatMap { try p.tangent(of: $0, by: [(input, seed)]) })
        }
        return unlessZero(
          try gradients[place].flatMap { try p.tangent(of: $0, by: [(input, one)]) })
      }
    }
    return Diagonals(slopes: slopes, gradients: gradients, seconds: seconds)
  }

  // MARK: - Other groups, whose derivatives are linear maps

  struct Maps {
    /// Takes the arguments, then a tangent for each input; gives the result's tangent, then the
    /// changes of the inputs' cotangents that `changed` names.
    let program: Program
    /// The cotangents of the inputs.
    let gradients: [Value?]
    let hasTangent: Bool
    let changed: [Int]
    let isCrossed: Bool
  }

  func maps(in outer: ProgramBuilder) throws -> Maps {
    let inputs = try group.inputs.map(value)
    let result = group.outputs[0]
    let seeds = try inputs.map { try p.input(p.type($0)) }
    let tangent = try p.tangent(of: value(result), by: Array(zip(inputs, seeds)))
    func gradients(_ cotangent: Value?) throws -> [Value?] {
      guard let tangent, let cotangent else { return inputs.map { _ in nil } }
      return try transpose(seeds: seeds, results: [(tangent, cotangent)], in: p)
    }
    func seconds(_ gradients: [Value?]) throws -> [[Value?]] {
      try gradients.map { gradient in
        try zip(inputs, seeds).map { input, seed in
          unlessZero(try gradient.flatMap { try p.tangent(of: $0, by: [(input, seed)]) })
        }
      }
    }
    let cotangent = cotangents[result]
    let single = try gradients(cotangent)
    let once = try seconds(single)
    let terms = SecondTerms(once, sizes: inputs.map { p.type($0).count })
    var twice = once
    if terms.isCrossed, let cotangent {
      twice = try seconds(gradients(p.multiply(cotangent, p.scalar(2, like: cotangent))))
    }
    let changes = try terms.rows.enumerated().map { row, terms in
      try terms.reduce(Value?.none) {
        try p.sum($0, $1.isCrossed ? twice[row][$1.column] : once[row][$1.column])
      }
    }
    return Maps(
      program: p.program(outputs: ([tangent] + changes).compactMap { $0 }),
      gradients: try outside(single, in: outer, seeds: seeds.count), hasTangent: tangent != nil,
      changed: changes.indices.filter { changes[$0] != nil }, isCrossed: terms.isCrossed)
  }
}

/// Which second derivatives of a group are multiplied out. They are symmetric: of two across the
/// diagonal one counts twice, and as few inputs as possible get a row of them.
struct SecondTerms {
  struct Term {
    let column: Int
    let isCrossed: Bool
  }

  let rows: [[Term]]
  var isCrossed: Bool { rows.joined().contains { $0.isCrossed } }

  /// `seconds` are nil where they are zero; `sizes` are the numbers of elements of the inputs.
  init(_ seconds: [[Value?]], sizes: [Int]) {
    var rows: [[Term]] = seconds.enumerated().map { row, seconds in
      seconds[row] == nil ? [] : [Term(column: row, isCrossed: false)]
    }
    for row in sizes.indices {
      for column in (row + 1)..<max(sizes.count, row + 1)
      where seconds[row][column] != nil && seconds[column][row] != nil {
        let favoursRow =
          rows[row].isEmpty == rows[column].isEmpty
          ? sizes[row] <= sizes[column] : !rows[row].isEmpty
        let (target, other) = favoursRow ? (row, column) : (column, row)
        rows[target].append(Term(column: other, isCrossed: true))
      }
    }
    self.rows = rows
  }
}
