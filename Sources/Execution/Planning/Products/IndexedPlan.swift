import Tensors

/// A labelled product whose terms are found by tables of places, as an indexed product in
/// `products.h` takes it: the windows of a convolution are read where they are, without a copy.
struct IndexedPlan {
  /// Rows and summed terms of one product, and its columns: `runs` runs of `run` columns.
  let m: Int
  let k: Int
  let run: Int
  let runs: Int
  let runStride: Int
  let aRow: Int
  let aPlaces: [Int32]
  let bPlaces: [Int32]
  /// The loops around the product, in the order of the result's axes; strides of a and b, and rows
  /// of the result.
  let outer: [LoopAxis]

  /// Columns of the result, which is one matrix of all products' rows below one another.
  var columns: Int { run * runs }
  var rows: Int { outer.reduce(m) { $0 * $1.dim } }

  /// Fails where the columns do not lie side by side in b and in the result. Strides are those of
  /// a, b and the result.
  init?(batch: [LoopAxis], rows: [LoopAxis], columns: [LoopAxis], sums: [LoopAxis]) {
    var columns = columns
    guard let run = columns.popLast(), run.strides[1] == 1, run.strides[2] == 1,
      run.dim >= IndexedPlan.shortestRun
    else { return nil }
    self.run = run.dim
    if let next = columns.last, next.strides[2] == run.dim {
      columns.removeLast()
      runs = next.dim
      runStride = next.strides[1]
    } else {
      runs = 1
      runStride = 0
    }
    let length = run.dim * runs
    guard length > 0 else { return nil }
    var rows = rows
    if let place = rows.firstIndex(where: { $0.strides[2] == length }) {
      let axis = rows.remove(at: place)
      m = axis.dim
      aRow = axis.strides[0]
    } else {
      m = 1
      aRow = 0
    }
    let around = (batch + rows + columns).sorted { $0.strides[2] > $1.strides[2] }
    guard around.allSatisfy({ $0.strides[2] % length == 0 }),
      let k = sums.map(\.dim).product(upTo: IndexedPlan.longestTable), k > 0,
      around.map(\.dim).product(upTo: IndexedPlan.longestTable) != nil
    else { return nil }
    outer = around.map {
      LoopAxis(dim: $0.dim, strides: [$0.strides[0], $0.strides[1], $0.strides[2] / length])
    }
    self.k = k
    var places = [(a: 0, b: 0)]
    for axis in sums {
      places = places.flatMap { place in
        (0..<axis.dim).map {
          (a: place.a + $0 * axis.strides[0], b: place.b + $0 * axis.strides[1])
        }
      }
    }
    guard places.allSatisfy({ Int32(exactly: $0.a) != nil && Int32(exactly: $0.b) != nil }) else {
      return nil
    }
    aPlaces = places.map { Int32(truncatingIfNeeded: $0.a) }
    bPlaces = places.map { Int32(truncatingIfNeeded: $0.b) }
  }

  /// Where the result's elements go: how far its rows, and the runs of a row, lie apart.
  struct Target {
    let row: Int
    let run: Int

    /// Fails where the plan's runs do not lie side by side in `y`, each without gaps.
    init?(_ plan: IndexedPlan, in y: Placement) {
      guard let runs = y.reshaped([plan.rows, plan.runs, plan.run]),
        runs.strides[2] == 1 || plan.run == 1
      else { return nil }
      row = runs.strides[0]
      run = runs.strides[1]
    }
  }

  /// How far the bias of rows and the scale move at each turn of the outer loops.
  struct EpilogueSteps {
    var rowBias: [Int] = []
    var scale: [Int] = []
  }

  /// Runs shorter than this leave most of a vector empty.
  private static let shortestRun = 4
  /// Keeps the tables small.
  private static let longestTable = 1 << 16
}

extension [Int] {
  /// The product of counts, nil if it is more than `limit`.
  func product(upTo limit: Int) -> Int? {
    reduce(Int?(1)) { product, factor in
      product.flatMap { product in
        let (next, overflows) = product.multipliedReportingOverflow(by: factor)
        return overflows || next > limit ? nil : next
      }
    }
  }
}
