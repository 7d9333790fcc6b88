import Tensors

/// Picks along an axis by index: with `batch` leading axes shared by both operands,
/// x is [B…, n, Q…], the indices [B…, I…], and y is [B…, I…, Q…] with `y[b, i, q] = x[b, index[b, i], q]`.
/// An index outside 0..<n picks zero.
package struct Gather: Linear {
  package static let name = "gather"
  package let batch: Int
  package init(batch: Int = 0) { self.batch = batch }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].orZero }

  package var attributes: String { "batch \(batch)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(2, x)
    guard batch >= 0, x[0].rank > batch, x[1].rank >= batch, x[1].element == .int64,
      x[0].dims.prefix(batch) == x[1].dims.prefix(batch)
    else {
      throw NetJacError(
        .shape, "gather: x is \(x[0]), the indices are \(x[1]), with \(batch) shared leading axes")
    }
    return x[0].with(
      try Shape(checking: x[1].dims + x[0].dims.dropFirst(batch + 1)))
  }
  /// For each result element its place in x, or -1.
  private func sources(_ index: [Int64], _ x: TensorType, _ indexType: TensorType) -> [Int] {
    let batches = x.dims.prefix(batch).reduce(1, *)
    let length = x.dims[batch]
    let inner = x.dims.dropFirst(batch + 1).reduce(1, *)
    let picks = indexType.dims.dropFirst(batch).reduce(1, *)
    var result: [Int] = []
    result.reserveCapacity(batches * picks * inner)
    for b in 0..<batches {
      for i in 0..<picks {
        let place = Int(index[b * picks + i])
        for q in 0..<inner {
          result.append(
            place >= 0 && place < length ? (b * length + place) * inner + q : -1)
        }
      }
    }
    return result
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    x[0].picking(sources(x[1].integers, x[0].type, x[1].type), shape: type.shape)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] {
    [try p.add(ScatterAdd(batch: batch, length: p.shape(x[0])[batch]), [yBar, x[1]]), nil]
  }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    if added[0], !added[1], batch == 0 {
      // The samples sit behind the picked axis meanwhile, so that the indices are not repeated.
      let rank = p.shape(x[0]).rank
      let moved = try p.transpose(x[0], [1, 0] + Array(2..<rank))
      let picked = try p.add(self, [moved, x[1]])
      return try p.moveAxis(picked, from: p.shape(x[1]).rank, to: 0)
    }
    return try p.add(
      Gather(batch: batch + 1), zip(x, added).map { try $1 ? $0 : p.prependingAxis($0, size) })
  }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern {
    if let index = constants[1] {
      return x[0].picking(sources(index.integers, types[0], types[1]))
    }
    // Which element is picked is not known: all of the axis.
    let picks = types[1].dims.dropFirst(batch).reduce(1, *)
    let inner = types[0].dims.dropFirst(batch + 1).reduce(1, *)
    let length = types[0].dims[batch]
    var rows: [Pattern.Row] = []
    for b in 0..<types[0].dims.prefix(batch).reduce(1, *) {
      let unions = try (0..<inner).map { q in
        try Pattern.union((0..<length).map { x[0].rows[(b * length + $0) * inner + q] })
      }
      for _ in 0..<picks { rows.append(contentsOf: unions) }
    }
    return Pattern(rows: rows)
  }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? {
    try p.sharedGather(x[0], x[1], batch: batch) ?? p.pickedStep(x[0], x[1], batch: batch)
  }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int { 0 }
  package static let samples = [
    Sample(Self(), .init([4, 3]), .init([5], .int64, values: [0, 3, 3, 1, 7])),
    Sample(
      Self(batch: 1), .init([2, 3]), .init([2, 2], .int64, values: [0, 2, 1, 1])),
    Sample(
      Self(batch: 1), .init([2, 3, 2]), .init([2], .int64, values: [2, 0])),
  ]
}

/// The transpose of `Gather`: y is [B…, n, Q…] with `y[b, index[b, i], q] += x[b, i, q]`; an index
/// outside 0..<n adds nowhere.
package struct ScatterAdd: Linear {
  package static let name = "scatter-add"
  package let batch: Int
  package let length: Int
  package init(batch: Int = 0, length: Int) {
    self.batch = batch
    self.length = length
  }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { x[0].ofSums }

  package var attributes: String { "batch \(batch) length \(length)" }
  package func type(of x: [TensorType]) throws -> TensorType {
    try expectOperands(2, x)
    guard batch >= 0, length >= 0, x[1].rank >= batch, x[0].rank >= x[1].rank,
      x[1].element == .int64, Array(x[0].dims.prefix(x[1].rank)) == x[1].dims
    else {
      throw NetJacError(
        .shape,
        "scatter-add: updates are \(x[0]), the indices are \(x[1]), with \(batch) shared axes")
    }
    return x[0].with(
      try Shape(
        checking: x[0].dims.prefix(batch) + [length] + x[0].dims.dropFirst(x[1].rank)))
  }
  /// For each update its place in y, or -1.
  private func targets(_ index: [Int64], _ x: TensorType, _ indexType: TensorType) -> [Int] {
    let batches = indexType.dims.prefix(batch).reduce(1, *)
    let picks = indexType.dims.dropFirst(batch).reduce(1, *)
    let inner = x.dims.dropFirst(indexType.rank).reduce(1, *)
    var result: [Int] = []
    result.reserveCapacity(x.count)
    for b in 0..<batches {
      for i in 0..<picks {
        let place = Int(index[b * picks + i])
        for q in 0..<inner {
          result.append(
            place >= 0 && place < length ? (b * length + place) * inner + q : -1)
        }
      }
    }
    return result
  }
  package func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor {
    let targets = targets(x[1].integers, x[0].type, x[1].type)
    if type.element.isReal {
      var result = [Double](repeating: 0, count: type.count)
      for (target, value) in zip(targets, x[0].reals) where target >= 0 { result[target] += value }
      return Tensor(type, reals: result)
    }
    var result = [Int64](repeating: 0, count: type.count)
    for (target, value) in zip(targets, x[0].integers) where target >= 0 {
      result[target] &+= value
    }
    return Tensor(type, integers: result)
  }
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { [try p.add(Gather(batch: batch), [yBar, x[1]]), nil] }
  package func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value {
    if added[0], !added[1], batch == 0 {
      let moved = try p.moveAxis(x[0], from: 0, to: p.shape(x[1]).rank)
      let sum = try p.add(self, [moved, x[1]])
      return try p.moveAxis(sum, from: 1, to: 0)
    }
    return try p.add(
      ScatterAdd(batch: batch + 1, length: length),
      zip(x, added).map { try $1 ? $0 : p.prependingAxis($0, size) })
  }
  package func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern {
    try PatternMemory.takeLists(type.count)
    var parts = [[Pattern.Row]](repeating: [], count: type.count)
    if let index = constants[1] {
      for (k, target) in targets(index.integers, types[0], types[1]).enumerated() where target >= 0
      {
        parts[target].append(x[0].rows[k])
      }
    } else {
      let picks = types[1].dims.dropFirst(batch).reduce(1, *)
      let inner = types[0].dims.dropFirst(types[1].rank).reduce(1, *)
      for b in 0..<types[0].dims.prefix(batch).reduce(1, *) {
        for q in 0..<inner {
          let union = try Pattern.union(
            (0..<picks).map { x[0].rows[(b * picks + $0) * inner + q] })
          for place in 0..<length { parts[(b * length + place) * inner + q] = [union] }
        }
      }
    }
    return Pattern(rows: try parts.map { try Pattern.union($0) })
  }
  package func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int {
    x[0].element.isReal ? x[0].count : 0
  }
  package static let samples = [
    Sample(Self(length: 4), .init([5, 3]), .init([5], .int64, values: [0, 3, 3, 1, 7])),
    Sample(
      Self(batch: 1, length: 3), .init([2, 2]), .init([2, 2], .int64, values: [0, 2, 1, 1])),
  ]
}
