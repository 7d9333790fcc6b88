import Glibc
import Graph
import Tensors
import TestCases
import Testing

/// Sums of a constant and a function that comes near its opposite keep their digits.
@Suite struct SaturatedSumTests {
  private static let z: [Double] = [-26, -9.5, -6, -3, -1, -0.25, 0, 0.25, 1, 3, 6, 9.5, 26]

  private func check(
    _ what: String, _ right: (Double) -> Double,
    _ body: (ProgramBuilder, Value) throws -> Value
  ) throws {
    let program = try Program.ofVector(Self.z.count) { try body($0, $1) }
    let found = try program.evaluate([Tensor(program.inputTypes[0], reals: Self.z)])[0].reals
    for (z, y) in zip(Self.z, found) {
      let right = right(z)
      #expect(abs(y - right) <= 4 * right.ulp, "\(what) of \(z) is \(y), not \(right)")
    }
  }

  @Test("1 + erf and 1 - erf, with any factor and on either side")
  func errorFunctions() throws {
    func one(_ p: ProgramBuilder, _ x: Value, _ number: Double = 1) throws -> Value {
      try p.scalar(number, like: x)
    }
    try check("1 + erf(z)", { erfc(-$0) }, { p, z in try p.add(one(p, z), p.errorFunction(z)) })
    try check("erf(z) + 1", { erfc(-$0) }, { p, z in try p.add(p.errorFunction(z), one(p, z)) })
    try check(
      "1 - erf(z)", { erfc($0) },
      { p, z in
        try p.subtract(one(p, z), p.errorFunction(z))
      })
    try check(
      "1 + -erf(z)", { erfc($0) },
      { p, z in
        try p.add(one(p, z), p.negate(p.errorFunction(z)))
      })
    try check(
      "erf(z) - 1", { -erfc($0) },
      { p, z in
        try p.subtract(p.errorFunction(z), one(p, z))
      })
    try check(
      "0.5 + 0.5·erf(z)", { erfc(-$0) / 2 },
      { p, z in
        try p.add(one(p, z, 0.5), p.multiply(p.errorFunction(z), one(p, z, 0.5)))
      })
    try check(
      "erf(z)/2 - 0.5", { -erfc($0) / 2 },
      { p, z in
        try p.subtract(p.divide(p.errorFunction(z), one(p, z, 2)), one(p, z, 0.5))
      })
    try check(
      "1 + erf(-2·z)", { erfc(2 * $0) },
      { p, z in
        try p.add(one(p, z), p.errorFunction(p.multiply(z, one(p, z, -2))))
      })
  }

  @Test("1 + tanh and 1 - tanh")
  func hyperbolicTangents() throws {
    try check(
      "1 + tanh(z)", { 2 / (1 + exp(-2 * $0)) },
      { p, z in
        try p.add(p.scalar(1, like: z), p.tanh(z))
      })
    try check(
      "1 - tanh(z/2)", { 2 / (1 + exp($0)) },
      { p, z in
        try p.subtract(p.scalar(1, like: z), p.tanh(p.multiply(z, p.scalar(0.5, like: z))))
      })
    try check(
      "log(1 - sigmoid(z))", { -(max($0, 0) + log1p(exp(-abs($0)))) },
      { p, z in
        try p.logarithm(p.subtract(p.scalar(1, like: z), p.sigmoid(z)))
      })
  }

  /// Each spelling of a Gelu becomes the product that the operator is.
  @Test("Gelu written out is x·Φ(x)", arguments: 0..<6)
  func gelu(_ spelling: Int) throws {
    let program = try Program.ofVector(3) { p, x in
      let (half, one) = (try p.scalar(0.5, like: x), try p.scalar(1, like: x))
      let root = try p.scalar(2.0.squareRoot(), like: x)
      let factor = try p.scalar(1 / 2.0.squareRoot(), like: x)
      let quotient = try p.errorFunction(p.divide(x, root))
      let product = try p.errorFunction(p.multiply(factor, x))
      switch spelling {
      case 0: return try p.multiply(p.multiply(x, half), p.add(one, quotient))
      case 1: return try p.multiply(p.multiply(x, p.add(product, one)), half)
      case 2: return try p.multiply(p.multiply(p.add(quotient, one), x), half)
      case 3: return try p.multiply(x, p.multiply(half, p.add(one, product)))
      case 4: return try p.multiply(x, p.add(half, p.multiply(half, quotient)))
      default: return try p.multiply(p.add(quotient, one), p.multiply(half, x))
      }
    }
    let kinds = program.nodes.map(\.primitive.name)
    #expect(
      Set(kinds) == ["input", "normal-distribution", "multiply"] && kinds.count == 3, "\(kinds)")
  }

  @Test("other numbers than 1/√2 and other sums stay what they are")
  func others() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [3]))
    let single = try p.scalar(Double(Float(0.5.squareRoot())), like: x)
    let tail = try p.add(p.scalar(1, like: x), p.errorFunction(p.multiply(x, single)))
    #expect(p.node(tail).primitive is ComplementaryErrorFunction)
    let sum = try p.add(p.scalar(2, like: x), p.errorFunction(x))
    #expect(p.node(sum).primitive is Add)
    let quarter = try p.multiply(p.multiply(x, p.scalar(0.5, like: x)), p.scalar(0.5, like: x))
    #expect(p.node(quarter).primitive is Multiply)
    let nested = try p.multiply(
      p.multiply(tail, p.scalar(4, like: x)), p.multiply(p.scalar(0.25, like: x), x))
    #expect(nested == (try p.multiply(tail, x)))
  }
}
