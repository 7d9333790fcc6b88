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
    /// Elements of the largest value on the way, for one seed.
    package let forwardPeak: Int
    package let reversePeak: Int
    /// Whether the map is the same at every point: products of such maps alone are computed once.
    package let isConstant: Bool

    package init(
      forwardPerSeed: Int, reversePerSeed: Int, forwardMatrix: Int, reverseMatrix: Int,
      forwardPeak: Int = 0, reversePeak: Int = 0, isConstant: Bool = false
    ) {
      self.forwardPerSeed = forwardPerSeed
      self.reversePerSeed = reversePerSeed
      self.forwardMatrix = forwardMatrix
      self.reverseMatrix = reverseMatrix
      self.forwardPeak = forwardPeak
      self.reversePeak = reversePeak
      self.isConstant = isConstant
    }
  }

  package struct Span: Hashable {
    package let start: Int
    package let end: Int

    package init(start: Int, end: Int) {
      self.start = start
      self.end = end
    }
  }

  private(set) package var steps: [Span: Step] = [:]
  /// Multiply-adds of every run, and of all work with what is computed once; the former decide. By
  /// the spans' ends, from start to start.
  private var prices: [Price?]
  /// What plain forward and plain reverse accumulation cost.
  package let forward: Int
  package let reverse: Int

  private typealias Price = (run: Int, all: Int)

  package var total: Int { price(0, maps.count).run }
  private let sizes: [Int]
  private let maps: [MapCost]

  /// `sizes[k]` is the number of elements at cut k; map k leads from cut k to cut k + 1. No matrix may
  /// have more than `elementLimit` elements. Without `allowsProducts` maps are applied to matrices only.
  package init(
    sizes: [Int], maps: [MapCost], elementLimit: Int = .max, allowsProducts: Bool = true
  ) {
    self.sizes = sizes
    self.maps = maps
    prices = [Price?](repeating: nil, count: (maps.count + 1) * (maps.count + 1))
    // The number of maps before each cut that are not constant.
    let varying = maps.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1.isConstant ? 0 : 1)) }
    func isConstant(_ start: Int, _ end: Int) -> Bool { varying[start] == varying[end] }
    let (n, m) = (sizes[0], sizes[maps.count])
    forward = maps.indices.dropFirst().reduce(maps.first?.forwardMatrix ?? 0) { cost, k in
      isConstant(0, k + 1)
        ? cost : cost.addingSaturated(n.multipliedSaturated(by: maps[k].forwardPerSeed))
    }
    reverse = maps.indices.dropLast().reversed().reduce(maps.last?.reverseMatrix ?? 0) { cost, k in
      isConstant(k, maps.count)
        ? cost : cost.addingSaturated(m.multipliedSaturated(by: maps[k].reversePerSeed))
    }
    for start in maps.indices {
      // At equal cost row by row, which is how most callers want the matrix.
      let map = maps[start]
      let span = Span(start: start, end: start + 1)
      let columns = sizes[start].multipliedSaturated(by: map.forwardPerSeed)
      let rows = sizes[start + 1].multipliedSaturated(by: map.reversePerSeed)
      record(span, .matrix(forward: false), map.reverseMatrix, rows)
      record(span, .matrix(forward: true), map.forwardMatrix, columns)
    }
    for length in maps.indices.dropFirst().map({ $0 + 1 }) {
      for start in 0...(maps.count - length) {
        let end = start + length
        let isFree = isConstant(start, end)
        func consider(
          _ step: Step, _ first: Price, _ second: Price = (0, 0), work: Int, elements: Int
        ) {
          let isPossible = elements <= elementLimit
          let run = (isFree ? 0 : work).addingSaturated(first.run).addingSaturated(second.run)
          let all = work.addingSaturated(first.all).addingSaturated(second.all)
          record(Span(start: start, end: end), step, isPossible ? run : .max, all)
        }
        let (first, last) = (maps[start], maps[end - 1])
        consider(
          .push, price(start, end - 1),
          work: sizes[start].multipliedSaturated(by: last.forwardPerSeed),
          elements: sizes[start].multipliedSaturated(by: last.forwardPeak))
        consider(
          .pull, price(start + 1, end),
          work: sizes[end].multipliedSaturated(by: first.reversePerSeed),
          elements: sizes[end].multipliedSaturated(by: first.reversePeak))
        let corner = sizes[start].multipliedSaturated(by: sizes[end])
        for cut in start + 1..<end where allowsProducts {
          consider(
            .product(cut: cut), price(start, cut), price(cut, end),
            work: corner.multipliedSaturated(by: sizes[cut]), elements: corner)
        }
      }
    }
  }

  private func place(_ start: Int, _ end: Int) -> Int { start * (maps.count + 1) + end }

  private func price(_ start: Int, _ end: Int) -> Price { prices[place(start, end)] ?? (0, 0) }

  private mutating func record(_ span: Span, _ step: Step, _ run: Int, _ all: Int) {
    let place = place(span.start, span.end)
    if let known = prices[place], (known.run, known.all) <= (run, all) { return }
    prices[place] = (run, all)
    steps[span] = step
  }

  /// The order in words, for example `(W4·W3)·(W2·W1)` as spans of cuts.
  package func describe(_ names: [String]) -> String {
    text(Span(start: 0, end: maps.count), names)
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
