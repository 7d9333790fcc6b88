import Graph
import Tensors

/// Values by which the groups behind them are better differentiated than by x.
///
/// With J the derivative of a value u that alone leads on, and M the Hessian by u of all that lies
/// behind it, that part of the Hessian is Jᵀ·M·J. Where u is narrower than x, that saves seeds.
struct HessianNecks {
  struct Neck {
    let value: Int
    /// The first group behind the value.
    let end: Int
  }

  /// What a group takes: multiply-adds for the tangents of one seed, and the elements that its
  /// products sum over.
  struct Cost {
    let push: Int
    let product: Int
  }

  /// The values to differentiate by, from x on, by a rough count.
  let best: [Neck]

  /// `costs` are nil for groups that count for nothing.
  init(_ groups: [SeparableGroups.Group], from x: Int, sizes: [Int], costs: [Cost?]) {
    let necks = HessianNecks.necks(groups, from: x, sizes: sizes, costs: costs)
    var pushes = [0]
    var products = [0]
    for cost in costs {
      pushes.append(pushes[pushes.count - 1].addingSaturated(cost?.push ?? 0))
      products.append(products[products.count - 1].addingSaturated(cost?.product ?? 0))
    }
    /// From one neck to the next, or to the end.
    func span(_ start: Neck, _ end: Int) -> Int {
      let seeds = sizes[start.value]
      // Unit seeds cost the first group nothing: they are a diagonal.
      let first = min(start.end + 1, end)
      return seeds.multipliedSaturated(by: pushes[end] - pushes[first]).addingSaturated(
        seeds.multipliedSaturated(by: seeds).multipliedSaturated(
          by: products[end] - products[start.end]))
    }
    var costs = [Int](repeating: 0, count: necks.count)
    var nexts = [Int?](repeating: nil, count: necks.count)
    for (place, neck) in necks.enumerated().reversed() {
      costs[place] = span(neck, groups.count)
      let n = sizes[neck.value]
      for (next, other) in necks.enumerated().dropFirst(place + 1) {
        let m = sizes[other.value]
        let around = n.multipliedSaturated(by: m).multipliedSaturated(by: n.addingSaturated(m))
        let cost = span(neck, other.end).addingSaturated(around).addingSaturated(costs[next])
        if cost < costs[place] { (costs[place], nexts[place]) = (cost, next) }
      }
    }
    var best = [necks[0]]
    var place = 0
    while let next = nexts[place] {
      best.append(necks[next])
      place = next
    }
    self.best = best
  }

  /// x and the narrowest of the values that alone lead on.
  private static func necks(
    _ groups: [SeparableGroups.Group], from x: Int, sizes: [Int], costs: [Cost?]
  ) -> [Neck] {
    var found: [Neck] = []
    var crossing: Set<Int> = []
    for end in groups.indices.reversed() where costs[end] != nil {
      crossing.formUnion(groups[end].inputs)
      crossing.subtract(groups[end].outputs)
      guard crossing.count == 1, let value = crossing.first, value != x else { continue }
      found.append(Neck(value: value, end: end))
    }
    let kept = found.sorted { sizes[$0.value] < sizes[$1.value] }.prefix(limit)
    return [Neck(value: x, end: 0)] + kept.sorted { $0.end < $1.end }
  }

  /// The choice takes time with the square of this.
  private static let limit = 64
}
