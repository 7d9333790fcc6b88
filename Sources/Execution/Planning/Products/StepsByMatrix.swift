/// The steps that hold a product with each matrix, in order.
struct StepsByMatrix {
  private var steps: [PlannedProduct.Matrix: [Int]] = [:]
  private var passed: [PlannedProduct.Matrix: Int] = [:]

  mutating func append(_ step: Int, _ matrix: PlannedProduct.Matrix) {
    steps[matrix, default: []].append(step)
  }

  /// The first step that is still wanted. What is not wanted once is never wanted again.
  mutating func first(_ matrix: PlannedProduct.Matrix, where isWanted: (Int) -> Bool) -> Int? {
    guard let all = steps[matrix] else { return nil }
    var place = passed[matrix] ?? 0
    while place < all.count, !isWanted(all[place]) { place += 1 }
    passed[matrix] = place
    return place < all.count ? all[place] : nil
  }

  /// Puts some of the steps into another order, which they have been brought into; those before them
  /// are not wanted any more.
  mutating func reorder(_ moved: [Int], _ matrix: PlannedProduct.Matrix) {
    guard moved.count > 1, var all = steps.removeValue(forKey: matrix) else { return }
    let isMoved = Set(moved)
    var place = passed[matrix] ?? 0
    while place < all.count, !isMoved.contains(all[place]) { place += 1 }
    passed[matrix] = place
    var next = 0
    while place < all.count, next < moved.count {
      if isMoved.contains(all[place]) {
        all[place] = moved[next]
        next += 1
      }
      place += 1
    }
    steps[matrix] = all
  }
}
