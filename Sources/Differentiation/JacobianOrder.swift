import Graph
import Tensors

/// In which order a chain of linear maps is best multiplied out.
///
/// A Jacobian J = L_k ⋯ L_1 can be accumulated by pushing columns forwards, pulling rows
/// backwards, or multiplying the matrices of parts. This is the matrix-chain dynamic programme
/// with both products by a map and products of matrices as steps. `Int.max` stands for a cost that
/// is too large to count or to pay.
package struct JacobianOrder {
  package enum Step: Equatable {
    /// One map's own matrix, from unit columns or unit rows.
    case matrix(forward: Bool)
    /// The last map applied to the columns of the rest.
    case push
    /// The first map applied backwards to the rows of the rest.
    case pull
    /// The product of the matrices of the spans before and after a cut.
    case product(cut: Int)
  }

  /// Costs of one map in multiply-adds.
  package struct MapCost {
    package let forwardPerSeed: Int
    package let reversePerSeed: Int
    package let forwardMatrix: Int
    package let reverseMatrix: Int

    package init(
      forwardPerSeed: Int, reversePerSeed: Int, forwardMatrix: Int, reverseMatrix: Int
    ) {
      self.forwardPerSeed = forwardPerSeed
      self.reversePerSeed = reversePerSeed
      self.forwardMatrix = forwardMatrix
      self.reverseMatrix = reverseMatrix
    }
  }

  private(set) package var steps: [Span: Step] = [:]
  private(set) package var costs: [Span: Int] = [:]
  /// What plain forward and plain reverse accumulation cost.
  package let forward: Int
  package let reverse: Int

  package struct Span: Hashable {
    package let start: Int
    package let end: Int

    package init(start: Int, end: Int) {
      self.start = start
      self.end = end
    }
  }

  package var total: Int { costs[Span(start: 0, end: mapCount)] ?? 0 }
  private let mapCount: Int

  /// `sizes[k]` is the number of elements at cut k; map k leads from cut k to cut k + 1.
  package init(sizes: [Int], maps: [MapCost]) {
    mapCount = maps.count
    forward = maps.indices.dropFirst().reduce(maps.first?.forwardMatrix ?? 0) {
      $0.addingSaturated(sizes[0].multipliedSaturated(by: maps[$1].forwardPerSeed))
    }
    reverse = maps.indices.dropLast().reduce(maps.last?.reverseMatrix ?? 0) {
      $0.addingSaturated(sizes[sizes.count - 1].multipliedSaturated(by: maps[$1].reversePerSeed))
    }
    for (k, map) in maps.enumerated() {
      // At equal cost row by row, which is how most callers want the matrix.
      let isForward = map.forwardMatrix < map.reverseMatrix
      record(
        Span(start: k, end: k + 1), .matrix(forward: isForward),
        min(map.forwardMatrix, map.reverseMatrix))
    }
    guard mapCount > 1 else { return }
    for length in 2...mapCount {
      for start in 0...(mapCount - length) {
        let end = start + length
        let span = Span(start: start, end: end)
        record(
          span, .push,
          cost(start, end - 1).addingSaturated(
            sizes[start].multipliedSaturated(by: maps[end - 1].forwardPerSeed)))
        record(
          span, .pull,
          cost(start + 1, end).addingSaturated(
            sizes[end].multipliedSaturated(by: maps[start].reversePerSeed)))
        for cut in start + 1..<end {
          record(
            span, .product(cut: cut),
            cost(start, cut).addingSaturated(cost(cut, end)).addingSaturated(
              sizes[start].multipliedSaturated(by: sizes[cut]).multipliedSaturated(by: sizes[end])))
        }
      }
    }
  }

  private func cost(_ start: Int, _ end: Int) -> Int {
    costs[Span(start: start, end: end)] ?? 0
  }

  private mutating func record(_ span: Span, _ step: Step, _ cost: Int) {
    if let known = costs[span], known <= cost { return }
    costs[span] = cost
    steps[span] = step
  }

  /// The order in words, for example `(W4·W3)·(W2·W1)` as spans of cuts.
  package func describe(_ names: [String]) -> String {
    text(Span(start: 0, end: mapCount), names)
  }

  private func text(_ span: Span, _ names: [String]) -> String {
    let from = names[span.start]
    let to = names[span.end]
    switch steps[span] {
    case .matrix(let forward):
      return "\(forward ? "forward" : "reverse") \(from)→\(to)"
    case .push:
      return
        "\(text(Span(start: span.start, end: span.end - 1), names)), "
        + "forward \(names[span.end - 1])→\(to)"
    case .pull:
      return
        "\(text(Span(start: span.start + 1, end: span.end), names)), "
        + "reverse \(from)←\(names[span.start + 1])"
    case .product(let cut):
      return
        "[\(text(Span(start: cut, end: span.end), names))] × "
        + "[\(text(Span(start: span.start, end: cut), names))]"
    case nil: return "zero"
    }
  }
}
