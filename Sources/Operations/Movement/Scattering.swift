import Graph
import Tensors

/// What becomes of an element that is written, and of one that is written twice.
package enum ScatterReduction: String, Sendable {
  case replace = "replacement"
  case add = "sums"
  case multiply = "products"
  case maximum = "maxima"
  case minimum = "minima"
}

extension ProgramBuilder {
  /// Writes parts into x: each row of `indices` [I…, width] names a place in the first axes of x, for
  /// the rest of whose axes an element of `updates` [I…, rest…] stands. The shapes fit.
  package func scatterParts(
    _ x: Value, _ indices: Value, _ updates: Value, _ reduction: ScatterReduction,
    fromEnd: Bool = true
  ) throws -> Value {
    let dims = shape(x).dims
    let width = shape(indices).dims.last ?? 0
    let rows = dims.prefix(width).reduce(1, *)
    let inner = dims.dropFirst(width).reduce(1, *)
    let count = shape(indices).dims.dropLast().reduce(1, *)
    let flat = try reshape(
      flattened(indices, into: Array(dims.prefix(width)), fromEnd: fromEnd), Shape([count]))
    let y = try scatterRows(
      reshape(x, Shape([rows, inner])), flat, reshape(updates, Shape([count, inner])), reduction)
    return try reshape(y, shape(x))
  }

  /// Writes rows of `updates` [n, q] into `x` [m, q] at the rows that `index` [n] names.
  package func scatterRows(
    _ x: Value, _ index: Value, _ updates: Value, _ reduction: ScatterReduction
  ) throws -> Value {
    let rows = shape(x)[0]
    if reduction == .add {
      return try add(x, add(ScatterAdd(length: rows), [updates, index]))
    }
    if let known = try constantTensor(of: index) {
      return try scatterRows(x, known.integers.map(Int.init), updates, reduction)
    }
    guard reduction == .replace else {
      throw NetJacError(
        .unsupported,
        """
        where parts are combined by \(reduction.rawValue), the indices must be known when the \
        network is loaded, but they depend on an input; fix that input with option 'input.NAME'
        """)
    }
    // The format leaves it open what happens to a row that is written twice.
    let written = try add(ScatterAdd(length: rows), [updates, index])
    let ones = try constant(Tensor(type(index), fill: Int64(1)))
    let hits = try add(ScatterAdd(length: rows), [ones, index])
    let isHit = try compare(.greater, hits, scalar(0, like: hits))
    return try select(add(Broadcast(shape(x), axes: [0]), [isHit]), written, x)
  }

  /// With known indices, updates are taken in rounds that write every row at most once.
  private func scatterRows(
    _ x: Value, _ index: [Int], _ updates: Value, _ reduction: ScatterReduction
  ) throws -> Value {
    let rows = shape(x)[0]
    var rounds: [[Int: Int]] = []
    var written: [Int: Int] = [:]
    for (update, row) in index.enumerated() {
      // The last of several plain writes wins, so one round is enough for them.
      let round = reduction == .replace ? 0 : written[row, default: 0]
      written[row, default: 0] += 1
      while rounds.count <= round { rounds.append([:]) }
      rounds[round][row] = update
    }
    try requireNumbers(rows.multipliedSaturated(by: rounds.count), of: "written rows")
    var y = x
    // Of several equal candidates each takes the same part of the derivative.
    let isTied = rounds.count > 1 && (reduction == .maximum || reduction == .minimum)
    var tied = isTied && type(x).element.isReal ? [x] : nil
    for round in rounds {
      // Rows without an update take their own value, from behind the updates.
      let places = (0..<rows).map { round[$0] ?? index.count + $0 }
      let isWritten = try constant(
        Tensor(
          TensorType(.bool, [rows]), integers: (0..<rows).map { round[$0] == nil ? 0 : 1 }))
      let candidates = try gather(
        concatenate([updates, y], axis: 0), integers(places))
      let mask = try add(Broadcast(shape(y), axes: [0]), [isWritten])
      if tied != nil {
        let none = try scalar(reduction == .maximum ? -.infinity : .infinity, like: candidates)
        tied?.append(try select(mask, candidates, none))
        continue
      }
      y =
        try reduction == .replace
        ? candidates : select(mask, combined(y, candidates, reduction), y)
    }
    return try tied.map { try extreme(reduction == .maximum ? .maximum : .minimum, of: $0) } ?? y
  }

  private func combined(
    _ a: Value, _ b: Value, _ reduction: ScatterReduction
  ) throws -> Value {
    switch reduction {
    case .replace: b
    case .add: try add(a, b)
    case .multiply: try multiply(a, b)
    case .maximum: try maximum(a, b)
    case .minimum: try minimum(a, b)
    }
  }
}
