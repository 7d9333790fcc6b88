import Tensors

/// An array as parts along one axis, with zeros between them.
private struct Parts {
  struct Part {
    let start: Int
    let value: Value
  }

  let axis: Int
  let parts: [Part]
}

extension ProgramBuilder {
  /// The sum of two arrays of which each is zero where the other is not: their parts side by side.
  func joined(_ a: Value, _ b: Value) throws -> Value? {
    guard mayBeParts(a), mayBeParts(b), let first = parts(of: a), let second = parts(of: b),
      first.axis == second.axis
    else { return nil }
    let all = (first.parts + second.parts).sorted { $0.start < $1.start }
    return try joined(all, axis: first.axis, type(a))
  }

  /// Parts in order as an array of this type; nil where they overlap.
  fileprivate func joined(_ all: [Parts.Part], axis: Int, _ type: TensorType) throws -> Value? {
    let shape = type.shape
    var pieces: [Value] = []
    var end = 0
    func fill(upTo start: Int) throws {
      guard start > end else { return }
      var dims = shape.dims
      dims[axis] = start - end
      pieces.append(try constant(Tensor(type.with(Shape(dims)), fill: 0.0)))
    }
    for part in all {
      guard part.start >= end else { return nil }
      try fill(upTo: part.start)
      pieces.append(part.value)
      end = part.start + self.shape(part.value)[axis]
    }
    try fill(upTo: shape[axis])
    return try concatenate(pieces, axis: axis)
  }

  fileprivate func mayBeParts(_ x: Value) -> Bool {
    let node = node(x)
    return node.isA(Pad.self) || node.isA(Concatenate.self)
  }

  fileprivate func parts(of x: Value) -> Parts? {
    let node = node(x)
    if let pad = node.primitive as? Pad {
      let padded = pad.low.indices.filter { pad.low[$0] != 0 || pad.high[$0] != 0 }
      guard padded.count == 1, pad.low[padded[0]] >= 0, pad.high[padded[0]] >= 0,
        pad.interior.allSatisfy({ $0 == 0 })
      else { return nil }
      return Parts(
        axis: padded[0], parts: [.init(start: pad.low[padded[0]], value: node.operands[0])])
    }
    if let concatenate = node.primitive as? Concatenate {
      var start = 0
      var parts: [Parts.Part] = []
      for operand in node.operands {
        if fill(of: operand) != 0 { parts.append(.init(start: start, value: operand)) }
        start += shape(operand)[concatenate.axis]
      }
      // Without a gap there is no place for another part.
      return parts.count < node.operands.count ? Parts(axis: concatenate.axis, parts: parts) : nil
    }
    return nil
  }
}

/// A sum of arrays that are zero where the others are not, such as the cotangents of slices, which is
/// joined when all of them are there: joining them one by one would take the square of their number.
package struct JoinedSum {
  private let type: TensorType
  private let axis: Int
  /// The last part first: cotangents come in this order.
  private var parts: [Parts.Part] = []
  private var gaps: Int

  /// Nil where the two are better added at once.
  package init?(_ a: Value, _ b: Value, in p: ProgramBuilder) {
    guard p.mayBeParts(a), p.mayBeParts(b), let first = p.parts(of: a) else { return nil }
    type = p.type(a)
    axis = first.axis
    gaps = type.dims[axis]
    guard add(first, in: p), add(b, in: p) else { return nil }
  }

  /// Takes a further array up, if it fits into the gaps between the others.
  package mutating func add(_ x: Value, in p: ProgramBuilder) -> Bool {
    guard gaps > 0, p.mayBeParts(x), let parts = p.parts(of: x) else { return false }
    return add(parts, in: p)
  }

  /// The sum.
  package func value(in p: ProgramBuilder) throws -> Value {
    guard let joined = try p.joined(parts.reversed(), axis: axis, type) else {
      throw NetJacError(.defect, "parts of \(type) along axis \(axis) overlap")
    }
    return joined
  }

  private mutating func add(_ added: Parts, in p: ProgramBuilder) -> Bool {
    guard added.axis == axis, added.parts.allSatisfy({ fits($0, in: p) }) else { return false }
    for part in added.parts {
      parts.insert(part, at: place(of: part, in: p))
      gaps -= length(part, in: p)
    }
    return true
  }

  private func length(_ part: Parts.Part, in p: ProgramBuilder) -> Int {
    p.shape(part.value)[axis]
  }

  /// Whether a part lies between the others. An empty one has no place, and zeros are a gap.
  private func fits(_ part: Parts.Part, in p: ProgramBuilder) -> Bool {
    guard length(part, in: p) > 0, p.fill(of: part.value) != 0 else { return false }
    let place = place(of: part, in: p)
    return place == parts.count
      || parts[place].start + length(parts[place], in: p) <= part.start
  }

  /// Where a part belongs: behind all that begin after its end.
  private func place(of part: Parts.Part, in p: ProgramBuilder) -> Int {
    let end = part.start + length(part, in: p)
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].start < end { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
