import Graph
import Tensors

/// A sum of products in Einstein's notation, such as `bij,bjk->bik`: labels that are not in the
/// result are summed over.
package struct Einsum {
  /// A value whose axes carry labels, each once.
  private struct Operand {
    var value: Value
    var labels: [Int]
  }

  private static let comparedAtOnce = 16
  private var operands: [Operand] = []
  private var output: [Int] = []
  /// Of the labels whose axes are not 1 long everywhere.
  private var lengths: [Int: Int] = [:]

  package init(_ equation: String, operands values: [Value], in p: ProgramBuilder) throws {
    let text = equation.filter { $0 != " " }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    let hasArrow = sides.count == 2
    let isArrowPart = { (character: Character) in "->".contains(character) }
    guard sides.count <= 2, !sides.contains(where: { $0.contains(where: isArrowPart) }) else {
      throw NetJacError(.format, "equation \(equation.quoted) is malformed")
    }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == values.count else {
      throw NetJacError(
        .format, "equation \(equation.quoted) has \(terms.count) terms for \(values.count) inputs")
    }
    var hiddenRank = 0
    for (term, value) in zip(terms, values) {
      let labels = try Self.labels(term, rank: p.shape(value).rank, equation)
      hiddenRank = max(hiddenRank, labels.count { $0 < 0 })
      for (label, length) in zip(labels, p.shape(value).dims) where length != 1 {
        guard lengths.updateValue(length, forKey: label) ?? length == length else {
          throw NetJacError(
            .shape,
            """
            equation \(equation.quoted) has inputs of shapes \
            \(values.map { p.shape($0).description }.joined(separator: ", ")); axes of one label \
            must be equally long
            """)
        }
      }
      operands.append(Operand(value: value, labels: labels))
    }
    let all = operands.flatMap(\.labels)
    output =
      try hasArrow
      ? Self.labels(sides[1], rank: nil, hidden: hiddenRank, equation)
      : Self.hidden(hiddenRank)
        + Set(all).filter { label in label > 0 && all.count { $0 == label } == 1 }.sorted()
    guard Set(output).count == output.count, Set(output).isSubset(of: all) else {
      throw NetJacError(
        .format, "equation \(equation.quoted): labels of the result must be in an input, each once")
    }
    operands = try operands.map { try prepared($0, in: p) }
  }

  /// The axes of an ellipsis are labelled -rank … -1, so that they align at the right.
  private static func hidden(_ rank: Int) -> [Int] { Array(-rank..<0) }

  private static func labels(
    _ term: Substring, rank: Int?, hidden: Int = 0, _ equation: String
  ) throws -> [Int] {
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    let letters = parts.map { part in
      part.unicodeScalars.map { $0.properties.isAlphabetic && $0.isASCII ? Int($0.value) : 0 }
    }
    let count = letters.joined().count
    let hiddenRank = rank.map { $0 - count } ?? hidden
    guard parts.count <= 2, !letters.joined().contains(0), hiddenRank >= 0,
      parts.count == 2 || hiddenRank == 0 || rank == nil
    else {
      let axes = rank.map { " does not fit an input with \($0) axes" } ?? " is malformed"
      throw NetJacError(.format, "equation \(equation.quoted): \(String(term).quoted)\(axes)")
    }
    return parts.count == 2 ? letters[0] + Self.hidden(hiddenRank) + letters[1] : letters[0]
  }

  /// Takes the diagonal where a label stands twice, and drops axes that are only repeated.
  private func prepared(_ operand: Operand, in p: ProgramBuilder) throws -> Operand {
    let dims = p.shape(operand.value).dims
    let kept = operand.labels.indices.filter {
      dims[$0] != 1 || lengths[operand.labels[$0]] == nil
    }
    var operand = Operand(
      value: try p.reshape(operand.value, Shape(kept.map { dims[$0] })),
      labels: kept.map { operand.labels[$0] })
    while let (first, second) = Self.repeated(operand.labels) {
      let others = operand.labels.indices.filter { $0 != first && $0 != second }
      let moved = try p.transpose(operand.value, others + [first, second])
      operand = Operand(
        value: try p.add(DiagonalPart(), [moved]),
        labels: (others + [first]).map { operand.labels[$0] })
    }
    return operand
  }

  private static func repeated(_ labels: [Int]) -> (Int, Int)? {
    for (second, label) in labels.enumerated() {
      if let first = labels[..<second].firstIndex(of: label) { return (first, second) }
    }
    return nil
  }

  /// Multiplies the two operands whose product is smallest, until one is left. They are looked for among so many
  /// at most: all pairs of thousands would take minutes.
  package func result(in p: ProgramBuilder) throws -> Value {
    var uses: [Int: Int] = [:]
    for label in self.operands.flatMap(\.labels) { uses[label, default: 0] += 1 }
    var waiting: [Operand] = try self.operands.reversed().map { try summed($0, uses, in: p) }
    var operands: [Operand] = []
    while true {
      while operands.count < Einsum.comparedAtOnce, let next = waiting.popLast() {
        operands.append(next)
      }
      guard operands.count > 1 else { break }
      var best: (first: Int, second: Int, labels: [Int], size: Double)?
      for second in operands.indices.dropFirst() {
        for first in 0..<second {
          let labels = product(operands[first], operands[second], uses)
          let size = size(of: labels)
          if best.map({ size < $0.size }) ?? true { best = (first, second, labels, size) }
        }
      }
      guard let (first, second, needed, _) = best else { break }
      // The last product can have its axes in the order that is wanted.
      let isLast = operands.count == 2 && waiting.isEmpty
      let labels = isLast ? output.filter(needed.contains) : needed
      let value = try p.dot(
        operands[first].value, operands[second].value, operands[first].labels,
        operands[second].labels, labels)
      for label in operands[second].labels where operands[first].labels.contains(label) {
        uses[label, default: 0] -= 1
      }
      operands.remove(at: second)
      operands[first] = Operand(value: value, labels: labels)
    }
    let last = operands[0]
    return try p.transpose(last.value, output.compactMap { last.labels.firstIndex(of: $0) })
  }

  /// Sums over the labels that only one operand has and the result lacks.
  private func summed(
    _ operand: Operand, _ uses: [Int: Int], in p: ProgramBuilder
  ) throws -> Operand {
    let kept = operand.labels.filter { output.contains($0) || uses[$0, default: 0] > 1 }
    let axes = operand.labels.indices.filter { !kept.contains(operand.labels[$0]) }
    return Operand(value: try p.reduceSum(operand.value, over: axes), labels: kept)
  }

  /// The labels that are needed of a product: those of the result and of other operands.
  private func product(_ first: Operand, _ second: Operand, _ uses: [Int: Int]) -> [Int] {
    let shared = second.labels.filter(first.labels.contains)
    return (first.labels + second.labels.filter { !shared.contains($0) }).filter {
      output.contains($0) || uses[$0, default: 0] > (shared.contains($0) ? 2 : 1)
    }
  }

  private func size(of labels: [Int]) -> Double {
    labels.reduce(1) { $0 * Double(lengths[$1] ?? 1) }
  }
}
