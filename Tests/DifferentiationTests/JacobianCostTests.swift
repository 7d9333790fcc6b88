import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@Suite struct JacobianCostTests {
  @Test("Few outputs are differentiated backwards, few inputs forwards")
  func narrowSideDecides() throws {
    let narrowing = try verified(.dense([12, 9, 7, 2]))
    #expect(narrowing.cost.chosen == narrowing.cost.reverse)
    #expect(narrowing.cost.reverse < narrowing.cost.forward)
    #expect(!narrowing.layout.isTransposed)
    let widening = try verified(.dense([2, 7, 9, 12]))
    #expect(widening.cost.chosen == widening.cost.forward)
    #expect(widening.cost.forward < widening.cost.reverse)
    #expect(widening.layout.isTransposed)
  }

  @Test("A bottleneck is a product of blocks, and costs what was counted")
  func bottleneck() throws {
    let program = try Program.dense([200, 256, 8, 256, 200])
    let jacobian = try Jacobian.program(of: program)
    let cost = jacobian.cost
    #expect(jacobian.order.contains("×"), "\(jacobian.order)")
    // Both sides of the neck as matrices of eight rows or columns, then their product.
    #expect(cost.chosen * 8 < cost.forward && cost.chosen * 8 < cost.reverse, "\(cost)")
    // Each hidden unit's slope costs two operations, which are no part of any order's price.
    let slopes = 2 * (256 + 8 + 256)
    #expect(
      jacobian.program.multiplyAdds == program.multiplyAdds + slopes + cost.chosen)
    _ = try verified(.dense([20, 24, 2, 24, 20]))
  }

  @Test(
    "What an order is said to cost is what its program costs",
    arguments: [
      [12, 9, 7, 2], [2, 7, 9, 12], [5, 5, 5, 5], [9, 2, 9], [3, 30, 3], [30, 3, 30, 3, 30],
      [4, 3],
    ])
  func countsAreTrue(_ sizes: [Int]) throws {
    let program = try Program.dense(sizes)
    let jacobian = try verified(program)
    let slopes = 2 * sizes.dropFirst().dropLast().reduce(0, +)
    #expect(
      jacobian.program.multiplyAdds == program.multiplyAdds + slopes + jacobian.cost.chosen)
    #expect(jacobian.cost.chosen <= min(jacobian.cost.forward, jacobian.cost.reverse))
  }

  @Test(
    "An activation in front of the first layer is a scaling too",
    arguments: [
      [6, 4, 5], [2, 7, 12], [12, 7, 2],
    ])
  func leadingActivation(_ sizes: [Int]) throws {
    let inner = try Program.dense(sizes)
    let program = try Program.ofVector(sizes[0]) { p, x in
      try p.inline(inner, [p.tanh(x)])[inner.outputs[0].index]
    }
    let jacobian = try verified(program)
    let slopes = 2 * (sizes[0] + sizes[1])
    #expect(
      jacobian.program.multiplyAdds == program.multiplyAdds + slopes + jacobian.cost.chosen)
    #expect(jacobian.cost.chosen <= min(jacobian.cost.forward, jacobian.cost.reverse))
  }

  @Test("Layers that keep an axis of length one are as cheap as those that do not")
  func batchAxisOfOne() throws {
    var random = Random(seed: 3)
    let weights = [[2, 4], [4, 5]].map { random.tensor(TensorType(.float64, Shape($0))) }
    let plain = try Program.ofVector(2) { p, x in
      let hidden = try p.tanh(p.dot(p.tanh(x), p.constant(weights[0]), [0], [0, 1], [1]))
      return try p.dot(hidden, p.constant(weights[1]), [0], [0, 1], [1])
    }
    let batched = try Program.ofVector(2) { p, x in
      let row = try p.tanh(p.reshape(x, [1, 2]))
      let hidden = try p.tanh(p.matrixProduct(row, p.constant(weights[0])))
      return try p.reshape(p.matrixProduct(hidden, p.constant(weights[1])), [5])
    }
    let expected = try verified(plain)
    let jacobian = try verified(batched)
    #expect(jacobian.cost == expected.cost)
    #expect(jacobian.program.multiplyAdds == expected.program.multiplyAdds)
  }

  @Test("Elementwise networks never become matrices of work")
  func diagonalNetwork() throws {
    let n = 50
    let program = try Program.ofVector(n) { p, x in
      try p.sine(p.multiply(p.tanh(x), p.sigmoid(p.add(x, p.scalar(0.5, like: x)))))
    }
    let jacobian = try verified(program)
    #expect(jacobian.cost.chosen <= 10 * n, "\(jacobian.cost)")
    #expect(jacobian.program.multiplyAdds <= 30 * n)
    // The only matrix is the result itself.
    let matrices = jacobian.program.nodes.filter { $0.type.count >= n * n }
    #expect(matrices.count <= 2, "\(matrices.map { $0.primitive.name })")
  }

  @Test("A wide layer costs memory only where an order needs it")
  func wideLayer() throws {
    // Unit seeds for the hidden layer alone would take ten times the limit.
    let program = try Program.dense([2, 1000, 3])
    let jacobian = try Jacobian.program(of: program.with(memoryLimit: 800_000))
    #expect(jacobian.cost.chosen > 0)
    let expected = try Jacobian.program(of: program)
    #expect(jacobian.cost.chosen == expected.cost.chosen)
  }

  @Test(
    "What depends on constants alone is computed once, and costs nothing",
    arguments: [
      [6, 5, 4], [3, 9, 3], [4, 8, 8, 2],
    ])
  func constantSpans(_ sizes: [Int]) throws {
    let linear = try Program.dense(sizes) { $1 }
    let jacobian = try verified(linear)
    #expect(jacobian.cost == (0, 0, 0))
    #expect(jacobian.program.multiplyAdds == linear.multiplyAdds)

    // Two linear layers and a repeated scale before a layer with an activation.
    let inner = try Program.dense([sizes[sizes.count - 1], 7, 3])
    let mixed = try Program.ofVector(sizes[0]) { p, x in
      let y = try p.inline(linear, [x])[linear.outputs[0].index]
      let scale = try p.constant(Tensor(TensorType(.float64, [1]), reals: [3]))
      let offset = try p.broadcast(p.tanh(scale), to: p.shape(y))
      return try p.inline(inner, [p.multiply(y, offset)])[inner.outputs[0].index]
    }
    let rest = try verified(mixed)
    #expect(rest.program.multiplyAdds == mixed.multiplyAdds + 2 * 7 + rest.cost.chosen)
    // Forwards one matrix is known up to the activation: its slope, then the last layer.
    #expect(rest.cost.forward == sizes[0] * 7 + sizes[0] * 7 * 3)
    #expect(rest.cost.chosen <= min(rest.cost.forward, rest.cost.reverse))
  }

  @Test("A scale that repeats along an axis is known to cost nothing")
  func repeatedScale() throws {
    var random = Random(seed: 14)
    let (scale, weights) = (
      random.tensor(TensorType(.float64, [3])), random.tensor(TensorType(.float64, [12, 4]))
    )
    let program = try Program.ofVector(12) { p, x in
      let rows = try p.reshape(x, [4, 3])
      let scaled = try p.multiply(rows, p.broadcast(p.constant(scale), to: [4, 3]))
      return try p.tanh(p.dot(p.reshape(scaled, [12]), p.constant(weights), [0], [0, 1], [1]))
    }
    let jacobian = try verified(program)
    #expect(jacobian.program.multiplyAdds == program.multiplyAdds + 2 * 4 + jacobian.cost.chosen)
    #expect(jacobian.cost.forward == 12 * 4)
  }

  @Test("Costs beyond all numbers are compared, not trapped on")
  func hugeCosts() throws {
    // Unevaluated repetitions of one number: large shapes without memory.
    let program = try Program.ofVector(2) { p, x in
      let wide = Shape([1 << 21, 1 << 10])
      func repeated(_ value: Value) throws -> Value {
        try p.broadcast(p.reduceSum(value, over: Array(0..<p.shape(value).rank)), to: wide)
      }
      var value = try repeated(x)
      for _ in 0..<3 {
        value = try p.tanh(value)
        value = try p.transpose(p.dot(value, value, [0, 1], [0, 2], [1, 2]), [1, 0])
        value = try repeated(value)
      }
      return try p.reshape(p.reduceSum(value, over: [0, 1]), [1])
    }
    let jacobian = try Jacobian.program(of: program)
    #expect(jacobian.cost.chosen > 0)
    #expect(jacobian.cost.chosen <= min(jacobian.cost.forward, jacobian.cost.reverse))
  }
}
