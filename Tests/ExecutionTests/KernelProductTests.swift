import CKernels
import Testing

@testable import Execution

extension KernelReal {
  /// A rounding error here, relative to the sum of magnitudes.
  static var tolerance: Double { Self.self == Double.self ? 4e-16 : 2e-7 }

  static func pack(_ b: [Self], rowStride: Int, columnStride: Int, k: Int, n: Int) -> [Self] {
    withGuards(packedSize(k: k, n: n)) {
      pack($0, b, row: rowStride, column: columnStride, k: k, n: n)
    }
  }

  static func product(
    _ y: UnsafeMutablePointer<Self>, _ yStride: Int, _ a: UnsafePointer<Self>,
    _ aStrides: (Int, Int), packed: [Self], _ m: Int, _ n: Int, _ k: Int,
    _ epilogue: UnsafePointer<EpilogueArguments>?
  ) {
    packedProduct(m: m, n: n, k: k)(
      y, yStride, a, aStrides.0, aStrides.1, packed, m, n, k, epilogue)
  }

  static func productStrided(
    _ y: UnsafeMutablePointer<Self>, _ yStride: Int, _ a: UnsafePointer<Self>,
    _ aStrides: (Int, Int), b: UnsafePointer<Self>, _ bStrides: (Int, Int), _ m: Int, _ n: Int,
    _ k: Int
  ) {
    var scratch = [Self](repeating: .nan, count: packedSize(k: k, n: n))
    stridedProduct(
      y, yStride, a, aStrides.0, aStrides.1, b, bStrides.0, bStrides.1, m, n, k, 0, nil, &scratch)
  }

  static func unary(_ operation: netjac_unary_op, _ x: [Self]) -> [Self] {
    withGuards(x.count) { unary(operation)?($0, x, Int64(x.count)) }
  }
}

@Suite("Products")
struct KernelProductTests {
  /// m, n, k: whole and broken vectors and panels, every number of rows in a block, long and short k.
  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 1), (1, 8, 8), (1, 32, 32), (2, 3, 5), (3, 17, 4), (4, 40, 7), (5, 33, 16), (6, 24, 31),
    (7, 9, 130), (8, 48, 129), (9, 64, 128), (11, 70, 127), (13, 5, 200), (16, 31, 3), (25, 100, 9),
    (3, 260, 2), (4, 6, 0), (0, 6, 4), (5, 0, 3),
  ]

  static func operands<Real: KernelReal>(
    _ m: Int, _ n: Int, _ k: Int, as type: Real.Type
  ) -> (a: [Real], b: [Real], exact: [Double], magnitude: [Double]) {
    var random = KernelRandom(seed: UInt64(1 + m * 1_000_003 + n * 1009 + k))
    let a: [Real] = random.values(m * k + 1)
    let b: [Real] = random.values(k * n + 1)
    var exact = [Double](repeating: 0, count: m * n)
    var magnitude = exact
    for r in 0..<m {
      for c in 0..<n {
        for i in 0..<k {
          let term = Double(a[r * k + i]) * Double(b[i * n + c])
          exact[r * n + c] += term
          magnitude[r * n + c] += abs(term)
        }
      }
    }
    return (a, b, exact, magnitude)
  }

  @Test("agree with three plain loops, in any layout", arguments: shapes, InstructionSet.available)
  func agreement(_ shape: (Int, Int, Int), _ set: InstructionSet) {
    set.use {
      checkAgreement(shape, as: Double.self)
      checkAgreement(shape, as: Float.self)
    }
  }

  private func checkAgreement<Real: KernelReal>(_ shape: (Int, Int, Int), as type: Real.Type) {
    let (m, n, k) = shape
    let (a, b, exact, magnitude) = Self.operands(m, n, k, as: type)
    let packed = Real.pack(b, rowStride: n, columnStride: 1, k: k, n: n)
    let y: [Real] = withGuards(m * n) {
      Real.product($0, n, a, (k, 1), packed: packed, m, n, k, nil)
    }
    for index in y.indices {
      let bound = Real.tolerance * Double(k + 1) * magnitude[index]
      #expect(abs(Double(y[index]) - exact[index]) <= bound, "\(shape), element \(index)")
    }

    var bTransposed = b
    for i in 0..<k { for c in 0..<n { bTransposed[c * k + i] = b[i * n + c] } }
    var aTransposed = a
    for r in 0..<m { for i in 0..<k { aTransposed[i * m + r] = a[r * k + i] } }
    expectIdentical(
      Real.pack(bTransposed, rowStride: 1, columnStride: k, k: k, n: n), packed, "\(shape)")

    // A gap between the rows of y stays as it is.
    let gap = 3
    let spread: [Real] = withGuards(m * (n + gap)) { y in
      y.update(repeating: 7, count: m * (n + gap))
      Real.product(y, n + gap, aTransposed, (1, m), packed: packed, m, n, k, nil)
    }
    for r in 0..<m {
      expectIdentical(spread[r * (n + gap)..<r * (n + gap) + n], y[r * n..<r * n + n], "\(shape)")
      #expect(spread[r * (n + gap) + n..<(r + 1) * (n + gap)].allSatisfy { $0 == 7 })
    }

    let direct: [Real] = withGuards(m * n) {
      Real.productStrided($0, n, a, (k, 1), b: b, (n, 1), m, n, k)
    }
    expectIdentical(direct, y, "\(shape)")
    let fromColumns: [Real] = withGuards(m * n) {
      Real.productStrided($0, n, aTransposed, (1, m), b: bTransposed, (1, k), m, n, k)
    }
    expectIdentical(fromColumns, y, "\(shape)")

    guard m > 0 else { return }
    let turned: [Real] = withGuards(n) {
      let packed = Real.pack(b, rowStride: 1, columnStride: n, k: n, n: k)
      withUnsafePointer(to: EpilogueArguments()) { [y = $0] in
        Real.turnedProduct(y, a, packed, n, k, $0)
      }
    }
    expectIdentical(turned, y.prefix(n), "\(shape), turned")
  }

  @Test(
    "a row is the same alone and in any batch", arguments: [3, 20, 64, 127, 128, 300],
    InstructionSet.available)
  func rowsDoNotDependOnTheBatch(_ k: Int, _ set: InstructionSet) {
    set.use {
      for n in [1, 8, 10, 16, 24, 32, 33, 65, 90] {
        checkRows(n, k, as: Double.self)
        checkRows(n, k, as: Float.self)
      }
    }
  }

  private func checkRows<Real: KernelReal>(_ n: Int, _ k: Int, as type: Real.Type) {
    let most = 19
    let (a, b, _, _) = Self.operands(most, n, k, as: type)
    let packed = Real.pack(b, rowStride: n, columnStride: 1, k: k, n: n)
    let alone = (0..<most).flatMap { r -> [Real] in
      withGuards(n) {
        Real.product($0, n, Array(a[(r * k)...]), (k, 1), packed: packed, 1, n, k, nil)
      }
    }
    for m in 2...most {
      let y: [Real] = withGuards(m * n) {
        Real.product($0, n, a, (k, 1), packed: packed, m, n, k, nil)
      }
      expectIdentical(y, alone[..<(m * n)], "\(m) rows, n = \(n), k = \(k)")
    }
  }

  @Test("infinities and NaN reach their row and column only", arguments: InstructionSet.available)
  func specialValues(_ set: InstructionSet) {
    set.use {
      let (m, n, k) = (5, 11, 6)
      var (a, b, exact, _) = Self.operands(m, n, k, as: Double.self)
      a[2 * k + 1] = .nan
      b[3 * n + 10] = .infinity
      let packed = Double.pack(b, rowStride: n, columnStride: 1, k: k, n: n)
      let y: [Double] = withGuards(m * n) {
        Double.product($0, n, a, (k, 1), packed: packed, m, n, k, nil)
      }
      for index in y.indices {
        if index / n == 2 {
          #expect(y[index].isNaN)
        } else if index % n == 10 {
          #expect(y[index].isInfinite)
        } else {
          #expect(abs(y[index] - exact[index]) < 1e-13)
        }
      }
    }
  }
}
