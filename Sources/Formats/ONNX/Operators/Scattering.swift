import Graph
import Operations
import Tensors

/// Operators that write elements into a tensor by index.
enum ScatteringOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Scatter", since: 9, operands: ["data": .any, "indices": .whole, "updates": .any],
      attributes: ["axis": .integer], scatterElements),
    ONNXOperator(
      "ScatterElements", since: 11, operands: ["data": .any, "indices": .whole, "updates": .any],
      attributes: ["axis": .integer, "reduction": .text], scatterElements),
    ONNXOperator(
      "ScatterND", since: 11, operands: ["data": .any, "indices": .whole, "updates": .any],
      attributes: ["reduction": .text]
    ) { node, p in
      let x = try node.input(0, "data")
      let indices = try node.input(1, "indices")
      let updates = try node.input(2, "updates")
      let width = p.shape(indices).dims.last ?? 0
      let (dims, picks) = (p.shape(x).dims, Array(p.shape(indices).dims.dropLast()))
      guard p.shape(indices).rank > 0, width <= dims.count,
        p.shape(updates).dims == picks + dims.dropFirst(width)
      else {
        throw NetJacError(
          .shape,
          """
          data is \(p.shape(x)), indices are \(p.shape(indices)), updates are \
          \(p.shape(updates)); updates need one part of data for each row of indices
          """)
      }
      let reduction = try node.choice("reduction", default: Reduction.none)
      if reduction == .add, p.fill(of: x) == 0, let y = try p.fold(updates, indices, onto: dims) {
        return y
      }
      let rows = dims.prefix(width).reduce(1, *)
      let inner = dims.dropFirst(width).reduce(1, *)
      let count = picks.reduce(1, *)
      // Each index stands for a whole part of data, of `inner` elements.
      let flat = try p.reshape(
        p.flattened(indices, into: Array(dims.prefix(width))), Shape([count]))
      let y = try scatter(
        p.reshape(x, Shape([rows, inner])), flat, p.reshape(updates, Shape([count, inner])),
        reduction, in: p)
      return try p.reshape(y, p.shape(x))
    },
  ]

  private enum Reduction: String, CaseIterable { case none, add, mul, max, min }

  private static let scatterElements: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "data")
    let updates = try node.input(2, "updates")
    let dims = p.shape(x).dims
    let axis = try node.axis(node.integer("axis", default: 0), rank: dims.count)
    let index = try p.positive(node.input(1, "indices"), length: dims[axis])
    let picked = p.shape(index)
    guard picked == p.shape(updates), picked.rank == dims.count,
      dims.indices.allSatisfy({ $0 == axis || picked[$0] <= dims[$0] })
    else {
      throw NetJacError(
        .shape,
        """
        data is \(p.shape(x)), indices are \(picked), updates are \(p.shape(updates)); indices and \
        updates must be alike and fit into data off axis \(axis)
        """)
    }
    // The flat place of an update: its own, except along the axis, where the index says.
    let strides = p.shape(x).strides
    var flat = try p.multiply(index, p.scalar(Double(strides[axis]), like: index))
    for other in dims.indices where other != axis {
      let places = try p.integers((0..<picked[other]).map { $0 * strides[other] })
      flat = try p.add(flat, p.add(Broadcast(picked, axes: [other]), [places]))
    }
    let y = try scatter(
      p.reshape(x, Shape([p.shape(x).count, 1])), p.reshape(flat, Shape([picked.count])),
      p.reshape(updates, Shape([picked.count, 1])),
      node.choice("reduction", default: Reduction.none), in: p)
    return try p.reshape(y, p.shape(x))
  }

  /// Writes rows of `updates` [n, q] into `x` [m, q] at the rows that `index` [n] names.
  private static func scatter(
    _ x: Value, _ index: Value, _ updates: Value, _ reduction: Reduction, in p: ProgramBuilder
  ) throws -> Value {
    let rows = p.shape(x)[0]
    if reduction == .add {
      return try p.add(x, p.add(ScatterAdd(length: rows), [updates, index]))
    }
    if let known = p.constantTensor(of: index) {
      return try scatter(x, known.integers.map(Int.init), updates, reduction, in: p)
    }
    guard reduction == .none else {
      throw NetJacError(
        .unsupported,
        """
        with reduction \(reduction.rawValue.quoted) the indices must be known when the network is \
        loaded, but they depend on an input; fix that input with option 'input.NAME'
        """)
    }
    // The format leaves it open what happens to a row that is written twice.
    let written = try p.add(ScatterAdd(length: rows), [updates, index])
    let ones = try p.constant(Tensor(p.type(index), fill: Int64(1)))
    let hits = try p.add(ScatterAdd(length: rows), [ones, index])
    let isHit = try p.compare(.greater, hits, p.scalar(0, like: hits))
    return try p.select(p.add(Broadcast(p.shape(x), axes: [0]), [isHit]), written, x)
  }

  /// With known indices, updates are taken in rounds that write every row at most once.
  private static func scatter(
    _ x: Value, _ index: [Int], _ updates: Value, _ reduction: Reduction, in p: ProgramBuilder
  ) throws -> Value {
    let rows = p.shape(x)[0]
    var rounds: [[Int: Int]] = []
    var written: [Int: Int] = [:]
    for (update, row) in index.enumerated() {
      // The last of several plain writes wins, so one round is enough for them.
      let round = reduction == .none ? 0 : written[row, default: 0]
      written[row, default: 0] += 1
      while rounds.count <= round { rounds.append([:]) }
      rounds[round][row] = update
    }
    guard rows <= p.memoryLimit / 8 else {
      throw NetJacError(.memory, "\(rows) rows exceed the memory limit")
    }
    var y = x
    for round in rounds {
      // Rows without an update take their own value, from behind the updates.
      let places = (0..<rows).map { round[$0] ?? index.count + $0 }
      let isWritten = try p.constant(
        Tensor(
          TensorType(.bool, [rows]), integers: (0..<rows).map { round[$0] == nil ? 0 : 1 }))
      let candidates = try p.gather(
        p.concatenate([updates, y], axis: 0), p.integers(places))
      let mask = try p.add(Broadcast(p.shape(y), axes: [0]), [isWritten])
      y =
        try reduction == .none
        ? candidates : p.select(mask, combined(y, candidates, reduction, in: p), y)
    }
    return y
  }

  private static func combined(
    _ a: Value, _ b: Value, _ reduction: Reduction, in p: ProgramBuilder
  ) throws -> Value {
    switch reduction {
    case .none: b
    case .add: try p.add(a, b)
    case .mul: try p.multiply(a, b)
    case .max: try p.maximum(a, b)
    case .min: try p.minimum(a, b)
    }
  }
}
