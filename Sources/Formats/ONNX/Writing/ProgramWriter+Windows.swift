import Graph
import Tensors

/// Windows that no operator of ONNX takes in, laid out.
extension ProgramWriter {
  func write(_ window: Window, _ value: Value, _ x: Value) throws -> String {
    let rank = window.axes.count
    let outer = program.type(x).rank - rank
    guard let spatial = batched.fixedLengths(x, last: rank),
      batched.hasSameWindows(value)
    else { throw NotBatched(place: "a window") }
    if let place = SlidingPlace(window.axes, spatial), place.isSmall(spatial) {
      return try rows(window, place, x)
    }
    let windows = Array(program.type(value).dims.dropFirst(outer))
    let places = window.sources(
      TensorType(.float64, Shape(spatial)), TensorType(.float64, Shape(windows)))
    return try picked(x, outer, spatial, places, windows)
  }

  /// Windows as rows [K…, O…, Q…] of an image [S…, Q…], whose indices tell a reader how they slide.
  private func rows(_ window: Window, _ place: SlidingPlace, _ x: Value) throws -> String {
    let rank = window.axes.count
    let outer = program.type(x).rank - rank
    let zeros = [Int](repeating: 0, count: outer)
    var image = try full(x)
    if (place.low + place.high).contains(where: { $0 > 0 }) {
      image = try padded(image, zeros + place.low, zeros + place.high, like: x)
    }
    let rows = try add(
      "GatherND", [moved(image, outer, rank), table(window.axes, place)])
    return try moved(rows, 2 * rank, outer)
  }

  /// A name whose first axes, `first` of them, have gone behind the others.
  private func moved(_ x: String, _ first: Int, _ others: Int) throws -> String {
    try add(
      "Transpose", [x],
      [.integers("perm", Array(first..<first + others) + Array(0..<first))])
  }

  /// The indices [K…, O…, n] that windows read in an image with its padding.
  private func table(_ axes: [WindowAxis], _ place: SlidingPlace) -> String {
    let dims = axes.map(\.size) + axes.map(\.count)
    let indices = zip(axes, place.low).map { axis, low in
      (0..<axis.size).map { k in (0..<axis.count).map { Int64(axis.element($0, k) + low) } }
    }
    let table = Shape(dims).places.flatMap { index in
      axes.indices.map { indices[$0][index[$0]][index[axes.count + $0]] }
    }
    return constant(Tensor(TensorType(.int64, Shape(dims + [axes.count])), integers: table))
  }

  /// Elements of the last axes by their flat place, -1 for zero, in a new shape.
  private func picked(
    _ x: Value, _ outer: Int, _ spatial: [Int], _ places: [Int], _ shape: [Int]
  ) throws -> String {
    let lengths = batched.shape(x)
    guard lengths.dropFirst(outer).allSatisfy({ if case .fixed = $0 { true } else { false } })
    else { throw NotBatched(place: "a window") }
    let count = spatial.reduce(1, *)
    let flat = try reshape(full(x), lengths.prefix(outer) + [.fixed(count)])
    let ends = [Int](repeating: 0, count: outer) + [1]
    let source = try padded(flat, ends.map { _ in 0 }, ends, like: x)
    let index = constant(
      Tensor(
        TensorType(.int64, Shape(shape)), integers: places.map { Int64($0 < 0 ? count : $0) }))
    return try add("Gather", [source, index], [.integer("axis", outer)])
  }

  func write(_ fold: Fold, _ value: Value, _ x: Value) throws -> String {
    let outer = program.type(x).rank - 2 * fold.axes.count
    if batched.hasSameWindows(value),
      let place = SlidingPlace(fold.axes, fold.spatial), place.isSmall(fold.spatial)
    {
      return try sums(fold, place, outer, x)
    }
    let windows = Array(program.type(x).dims.dropFirst(outer))
    let count = fold.spatial.reduce(1, *)
    let places = Window(fold.axes).sources(
      TensorType(.float64, Shape(fold.spatial)), TensorType(.float64, Shape(windows)))
    var users = [[Int]](repeating: [], count: count)
    for (user, place) in places.enumerated() where place >= 0 { users[place].append(user) }
    let most = max(users.map(\.count).max() ?? 0, 1)
    let table = users.flatMap { $0 + [Int](repeating: -1, count: most - $0.count) }
    let parts = try picked(x, outer, windows, table, fold.spatial + [most])
    return try add(
      "ReduceSum", [parts, integers([outer + fold.axes.count])], [.integer("keepdims", 0)])
  }

  /// Rows [K…, O…, Q…] added to an image [S…, Q…] of zeros, whose padding is cut off again.
  private func sums(_ fold: Fold, _ place: SlidingPlace, _ outer: Int, _ x: Value) throws -> String
  {
    let rank = fold.axes.count
    let spatial = fold.spatial.indices.map { place.low[$0] + fold.spatial[$0] + place.high[$0] }
    let shape = spatial.map { .fixed($0) } + batched.shape(x).prefix(outer)
    let zeros = try add("Expand", [scalar(0, like: x), shapeName(shape)])
    let image = try add(
      "ScatterND", [zeros, table(fold.axes, place), moved(full(x), outer, 2 * rank)],
      [.string("reduction", "add")])
    let y = try moved(image, rank, outer)
    guard spatial != fold.spatial else { return y }
    let ends = zip(place.low, fold.spatial).map { $0 + $1 }
    return try add(
      "Slice", [y, integers(place.low), integers(ends), integers((0..<rank).map { outer + $0 })])
  }
}

extension SlidingPlace {
  /// Whether the padding is in proportion to the image.
  fileprivate func isSmall(_ spatial: [Int]) -> Bool {
    spatial.indices.allSatisfy { low[$0] + high[$0] <= 2 * spatial[$0] + 16 }
  }
}

extension Shape {
  /// The index of each element, in row-major order.
  fileprivate var places: [[Int]] {
    dims.reduce([[]]) { indices, dim in
      indices.flatMap { index in (0..<dim).map { index + [$0] } }
    }
  }
}
