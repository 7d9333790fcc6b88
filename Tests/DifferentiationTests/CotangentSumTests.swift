import Graph
import Tensors
import TestCases
import Testing

@testable import Differentiation

/// The work of differentiation, counted in nodes and operands.
@Suite("Cotangents of parts")
struct CotangentSumTests {
  @Test("of one array are joined once, however many there are")
  func joinedOnce() throws {
    let operands = try [100, 200, 400].map { count -> Int in
      let program = try CotangentSumTests.parts(count)
      let p = ProgramBuilder()
      let x = try p.placeholder(program.inputTypes[0])
      let values = try p.inline(program, [x])
      let y = values[program.outputs[0].index]
      let pulled = try transpose(
        seeds: [x], results: [(y, try p.input(program.outputTypes[0]))], in: p)
      let cotangent = try #require(pulled[0])
      #expect(p.node(cotangent).primitive is Concatenate)
      #expect(p.node(cotangent).operands.count == count)
      return p.nodes.reduce(0) { $0 + $1.operands.count }
    }
    #expect(operands[1] <= 2 * operands[0])
    #expect(operands[2] <= 2 * operands[1])
  }

  @Test("that overlap, leave gaps or come twice are summed all the same")
  func sums() throws {
    for (starts, length) in [
      ([0, 2, 4], 2), ([4, 0], 2), ([0, 1, 2], 3), ([0, 3, 0], 3), ([2, 2], 2), ([3, 0, 1, 5], 1),
    ] {
      let program = try Program.ofVector(6) { p, x in
        let parts = try starts.enumerated().map { place, start in
          try p.multiply(
            p.slice(x, axis: 0, start: start, size: length),
            p.scalar(Double(place + 2), like: p.slice(x, axis: 0, start: start, size: length)))
        }
        return try p.concatenate(parts, axis: 0)
      }
      let pulled = try program.vjp()
      var random = Random(seed: 5)
      let arguments = pulled.inputTypes.map { random.tensor($0) }
      var expected = [Double](repeating: 0, count: 6)
      for (place, start) in starts.enumerated() {
        for k in 0..<length {
          expected[start + k] += Double(place + 2) * arguments[1].reals[place * length + k]
        }
      }
      let found = try pulled.evaluate(arguments)[1]
      #expect(disagreement([found], [Tensor(found.type, reals: expected)], 1e-15) == nil)
    }
  }

  /// A vector's elements, each doubled and all joined in another order.
  private static func parts(_ count: Int) throws -> Program {
    try Program.ofVector(count) { p, x in
      let parts = try (0..<count).map { place -> Value in
        let part = try p.slice(x, axis: 0, start: (place * 7 + 3) % count, size: 1)
        return try p.multiply(part, p.scalar(Double(place + 2), like: part))
      }
      return try p.concatenate(parts, axis: 0)
    }
  }
}
