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
    guard let first = parts(of: a), let second = parts(of: b), first.axis == second.axis else {
      return nil
    }
    let axis = first.axis
    let all = (first.parts + second.parts).sorted { $0.start < $1.start }
    let shape = shape(a)
    var pieces: [Value] = []
    var end = 0
    func fill(upTo start: Int) throws {
      guard start > end else { return }
      var dims = shape.dims
      dims[axis] = start - end
      pieces.append(try constant(Tensor(type(a).with(Shape(dims)), fill: 0.0)))
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

  private func parts(of x: Value) -> Parts? {
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
