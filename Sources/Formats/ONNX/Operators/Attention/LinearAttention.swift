import Graph
import Operations
import Tensors

/// ONNX `LinearAttention`: a recurrence over a matrix state in place of a softmax, unrolled over
/// time: the state decays, takes in an outer product of key and value, and is read by the query.
struct LinearAttention {
  private enum Rule: String, CaseIterable {
    case linear, gated, delta
    case gatedDelta = "gated_delta"

    var decays: Bool { self == .gated || self == .gatedDelta }
    var corrects: Bool { self == .delta || self == .gatedDelta }
  }

  private let node: NodeCall
  private let p: ProgramBuilder
  private let rule: Rule
  private let queryHeads: Int
  private let heads: Int
  /// [batch, time, heads, size]
  private let q: Value
  private let k: Value
  private let v: Value

  init(_ node: NodeCall, in p: ProgramBuilder) throws {
    self.node = node
    self.p = p
    rule = try node.choice("update_rule", default: .gatedDelta)
    queryHeads = try node.integer("q_num_heads")
    heads = try node.integer("kv_num_heads")
    guard heads > 0, queryHeads > 0, queryHeads % heads == 0 else {
      throw NetJacError(
        .format, "\(queryHeads) query heads cannot share \(heads) heads of keys and values")
    }
    q = try Self.apart(node.input(0, "query"), queryHeads, "query", in: p)
    k = try Self.apart(node.input(1, "key"), heads, "key", in: p)
    v = try Self.apart(node.input(2, "value"), heads, "value", in: p)
    guard p.shape(q).dims.prefix(2) == p.shape(k).dims.prefix(2), p.shape(q)[3] == p.shape(k)[3],
      p.shape(k).dims.prefix(3) == p.shape(v).dims.prefix(3)
    else {
      throw NetJacError(
        .shape,
        """
        as [batch, time, heads, size], query is \(p.shape(q)), key is \(p.shape(k)), value is \
        \(p.shape(v))
        """)
    }
  }

  private static func apart(_ x: Value, _ heads: Int, _ name: String, in p: ProgramBuilder) throws
    -> Value
  {
    let dims = p.shape(x).dims
    guard dims.count == 3, dims[2] % heads == 0 else {
      throw NetJacError(
        .shape, "\(name) is \(p.shape(x)); 3 axes are needed, the last a multiple of \(heads)")
    }
    return try p.reshape(x, Shape([dims[0], dims[1], heads, dims[2] / heads]))
  }

  func results() throws -> [Value?] {
    let (batch, time) = (p.shape(q)[0], p.shape(q)[1])
    let (keySize, valueSize) = (p.shape(k)[3], p.shape(v)[3])
    let square = Shape([batch, heads, keySize, valueSize])
    var state =
      try node.optionalInput(3) ?? p.constant(Tensor(TensorType(p.real, square), fill: 0.0))
    guard p.shape(state) == square else {
      throw NetJacError(.shape, "past_state is \(p.shape(state)); \(square) is needed")
    }
    // What the rule does not use must fit, too, if it is given.
    let (givenDecay, givenBeta) = (
      try perHead(4, "decay", widths: [1, keySize], isNeeded: rule.decays),
      try perHead(5, "beta", widths: [1], isNeeded: rule.corrects)
    )
    let (decay, beta) = (rule.decays ? givenDecay : nil, rule.corrects ? givenBeta : nil)
    let given = try node.real("scale", default: 0)
    let scale = given == 0 ? 1 / Double(keySize).squareRoot() : given

    let (b, h, d, m, share) = (0, 1, 2, 3, 4)
    var outputs: [Value] = []
    try p.requireTurns(time)
    for step in 0..<time {
      try node.importer.count()
      let key = try p.element(step, of: k, axis: 1)
      var value = try p.element(step, of: v, axis: 1)
      if let decay {
        let factor = try p.exponential(p.element(step, of: decay, axis: 1))
        state = try p.multiply(
          state, p.add(Broadcast(square, axes: [0, 1, 2]), [p.broadcast(factor, to: p.shape(key))]))
      }
      if let beta {
        let known = try p.dot(state, key, [b, h, d, m], [b, h, d], [b, h, m])
        value = try p.multiply(
          p.broadcast(p.element(step, of: beta, axis: 1), to: p.shape(value)),
          p.subtract(value, known))
      }
      state = try p.add(state, p.dot(key, value, [b, h, d], [b, h, m], [b, h, d, m]))
      let query = try p.reshape(
        p.element(step, of: q, axis: 1), Shape([batch, heads, queryHeads / heads, keySize]))
      let read = try p.dot(query, state, [b, h, share, d], [b, h, d, m], [b, h, share, m])
      outputs.append(
        try p.reshape(
          p.multiply(read, p.scalar(scale, like: read)), Shape([batch, queryHeads * valueSize])))
    }
    let empty = try p.constant(
      Tensor(TensorType(p.real, [batch, queryHeads * valueSize]), fill: 0.0))
    return [try p.stack(outputs, axis: 1, like: outputs.first ?? empty), state]
  }

  /// An input with numbers for each head [batch, time, heads, width], of which heads may be one.
  private func perHead(_ index: Int, _ name: String, widths: [Int], isNeeded: Bool) throws
    -> Value?
  {
    if !isNeeded, node.optionalInput(index) == nil { return nil }
    let value = try node.input(index, name)
    let dims = p.shape(value).dims
    guard dims.count == 3, dims.prefix(2) == p.shape(q).dims.prefix(2),
      dims[2] == 1 || widths.contains(where: { dims[2] == heads * $0 })
    else {
      throw NetJacError(
        .shape,
        """
        \(name) is \(p.shape(value)); numbers for \(heads) heads at each of \
        \(p.shape(q).dims.prefix(2)) places are needed
        """)
    }
    if dims[2] != 1 || heads == 1 {
      return try p.reshape(value, Shape([dims[0], dims[1], heads, dims[2] / heads]))
    }
    return try p.reshape(value, Shape([dims[0], dims[1], 1, 1]))
  }
}
