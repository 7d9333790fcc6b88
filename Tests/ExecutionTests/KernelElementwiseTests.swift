import CKernels
import Glibc
import Testing

@Suite("Elementwise kernels")
struct KernelElementwiseTests {
  static let edges: [Double] = [
    0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.7, -3.7, 0x1p-1030, -0x1p-1030, 1e300, -1e300,
    1e16,
    .infinity, -.infinity, .nan,
  ]

  static let unary: [(netjac_unary_op, @Sendable (Double) -> Double)] = [
    (NETJAC_UNARY_NEGATE, { -$0 }), (NETJAC_UNARY_ABS, { abs($0) }),
    (NETJAC_UNARY_SIGN, { $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    (NETJAC_UNARY_RECIPROCAL, { 1 / $0 }),
    (NETJAC_UNARY_SQRT, { $0.squareRoot() }), (NETJAC_UNARY_FLOOR, { $0.rounded(.down) }),
    (NETJAC_UNARY_CEIL, { $0.rounded(.up) }), (NETJAC_UNARY_TRUNC, { $0.rounded(.towardZero) }),
    (NETJAC_UNARY_ROUND, { $0.rounded(.toNearestOrEven) }),
    (NETJAC_UNARY_RELU, { $0 < 0 ? 0 : $0 }), (NETJAC_UNARY_STEP, { $0 > 0 ? 1 : 0 }),
    (NETJAC_UNARY_TAN, { tan($0) }), (NETJAC_UNARY_ASIN, { asin($0) }),
    (NETJAC_UNARY_ACOS, { acos($0) }), (NETJAC_UNARY_ATAN, { atan($0) }),
    (NETJAC_UNARY_SINH, { sinh($0) }), (NETJAC_UNARY_COSH, { cosh($0) }),
    (NETJAC_UNARY_ASINH, { asinh($0) }), (NETJAC_UNARY_ACOSH, { acosh($0) }),
    (NETJAC_UNARY_ATANH, { atanh($0) }),
  ]

  @Test("exact functions and those of the C library", arguments: InstructionSet.available)
  func simpleFunctions(_ set: InstructionSet) throws {
    var random = KernelRandom(seed: 1)
    let x = Self.edges + random.values(30, -3, 3)
    for (operation, reference) in Self.unary {
      let kernel = try #require(set.use { netjac_find_unary_f64(operation) })
      let y: [Double] = withGuards(x.count) { kernel($0, x, Int64(x.count)) }
      for (x, y) in zip(x, y) {
        #expect(isIdentical(y, reference(x)), "\(operation) of \(x) is \(y), not \(reference(x))")
      }
      // The float kernels compute in float; these references are exact or correct to an ulp.
      let kernelSingle = try #require(set.use { netjac_find_unary_f32(operation) })
      let xSingle = x.map { Float($0) }
      let ySingle: [Float] = withGuards(x.count) { kernelSingle($0, xSingle, Int64(x.count)) }
      for (x, y) in zip(xSingle, ySingle) {
        let expected = Float(reference(Double(x)))
        let isClose = abs(y - expected) <= expected.ulp && expected.isFinite
        #expect(
          isClose || isIdentical(y, expected), "\(operation) of \(x) is \(y), not \(expected)")
      }
    }
  }

  @Test("a result depends on its operand only", arguments: InstructionSet.available)
  func resultsDoNotDependOnPosition(_ set: InstructionSet) throws {
    var random = KernelRandom(seed: 2)
    for code in 0..<NETJAC_UNARY_COUNT.rawValue {
      let operation = netjac_unary_op(code)
      let kernel = try #require(set.use { netjac_find_unary_f64(operation) })
      let kernelSingle = try #require(set.use { netjac_find_unary_f32(operation) })
      for count in 1...37 {
        let x: [Double] = (0..<count).map { index in
          index % 7 == 0 ? random.anyDouble() : random.uniform(-3, 3)
        }
        let offset = random.index(below: 8)
        let y: [Double] = withGuards(count, offset: offset) { y in
          y.update(from: x, count: count)
          kernel(y, y, Int64(count))  // In place.
        }
        let xSingle = x.map { Float($0) }
        let ySingle: [Float] = withGuards(count, offset: offset) {
          kernelSingle($0, xSingle, Int64(count))
        }
        for index in 0..<count {
          var alone = 0.0
          kernel(&alone, [x[index]], 1)
          #expect(isIdentical(alone, y[index]), "\(operation) of \(x[index])")
          var aloneSingle: Float = 0
          kernelSingle(&aloneSingle, [xSingle[index]], 1)
          #expect(isIdentical(aloneSingle, ySingle[index]), "\(operation) of \(xSingle[index])")
        }
      }
    }
  }

  static let binary: [(netjac_binary_op, @Sendable (Double, Double) -> Double)] = [
    (NETJAC_BINARY_ADD, { $0 + $1 }), (NETJAC_BINARY_SUBTRACT, { $0 - $1 }),
    (NETJAC_BINARY_MULTIPLY, { $0 * $1 }), (NETJAC_BINARY_DIVIDE, { $0 / $1 }),
    (NETJAC_BINARY_MINIMUM, { $0.isNaN || $1.isNaN ? .nan : $0 < $1 ? $0 : $1 }),
    (NETJAC_BINARY_MAXIMUM, { $0.isNaN || $1.isNaN ? .nan : $0 > $1 ? $0 : $1 }),
    (NETJAC_BINARY_POWER, { pow($0, $1) }), (NETJAC_BINARY_REMAINDER, { fmod($0, $1) }),
    (
      NETJAC_BINARY_MODULO,
      { a, b in
        let r = fmod(a, b)
        return r == 0 ? (b.sign == .minus ? -0.0 : 0) : (r < 0) != (b < 0) ? r + b : r
      }
    ),
  ]

  @Test("two operands, arrays or numbers", arguments: InstructionSet.available)
  func binaryFunctions(_ set: InstructionSet) throws {
    let pairs = Self.edges.flatMap { a in Self.edges.map { (a, $0) } }
    for (operation, reference) in Self.binary {
      let kernels = try (0..<3).map { scalars in
        try #require(set.use { netjac_find_binary_f64(operation, Int32(scalars)) })
      }
      let kernelSingle = try #require(set.use { netjac_find_binary_f32(operation, 0) })
      let a = pairs.map(\.0)
      let b = pairs.map(\.1)
      let both: [Double] = withGuards(a.count) { kernels[0]($0, a, b, Int64(a.count)) }
      let single: [Float] = withGuards(a.count) {
        kernelSingle($0, a.map { Float($0) }, b.map { Float($0) }, Int64(a.count))
      }
      for (index, (a, b)) in pairs.enumerated() {
        let expected = reference(a, b)
        let y = both[index]
        let isPower = operation == NETJAC_BINARY_POWER
        let isNear =
          isPower && expected.isFinite && abs(y - expected) <= 2 * expected.ulp && expected != 0
        #expect(
          isNear || isIdentical(y, expected), "\(operation) of \(a), \(b) is \(y), not \(expected)")
        let wide = reference(Double(Float(a)), Double(Float(b)))
        let isClose = abs(single[index] - Float(wide)) <= Float(wide).ulp && wide.isFinite
        #expect(isClose || isIdentical(single[index], Float(wide)), "\(operation) of \(a), \(b)")
      }
      for count in 1...19 {
        let x = Array(Self.edges.prefix(count))
        for number in Self.edges {
          // The number lies in the result, where the kernel will write first.
          let left: [Double] = withGuards(count) { y in
            y[0] = number
            kernels[1](y, y, x, Int64(count))
          }
          let right: [Double] = withGuards(count) { y in
            y[0] = number
            kernels[2](y, x, y, Int64(count))
          }
          for index in 0..<count {
            var alone = 0.0
            kernels[0](&alone, [number], [x[index]], 1)
            #expect(isIdentical(left[index], alone), "\(operation)")
            kernels[0](&alone, [x[index]], [number], 1)
            #expect(isIdentical(right[index], alone), "\(operation)")
          }
        }
      }
    }
  }

  @Test("selection and comparison", arguments: InstructionSet.available)
  func selectionAndComparison(_ set: InstructionSet) throws {
    let a = Self.edges.flatMap { a in Self.edges.map { _ in a } }
    let b = Self.edges.flatMap { _ in Self.edges }
    let relations: [@Sendable (Double, Double) -> Bool] = [
      { $0 == $1 }, { $0 < $1 }, { $0 <= $1 }, { $0 > $1 }, { $0 >= $1 },
    ]
    for (code, relation) in relations.enumerated() {
      for scalars in 0..<3 {
        let operation = netjac_compare_op(UInt32(code))
        let kernel = try #require(set.use { netjac_find_compare_f64(operation, Int32(scalars)) })
        let kernelSingle = try #require(
          set.use { netjac_find_compare_f32(operation, Int32(scalars)) })
        for start in stride(from: 0, to: a.count, by: 19) {
          let left = Array(a[start..<start + 19])
          let right = Array(b[start..<start + 19])
          var y = [UInt8](repeating: 9, count: 20)
          var ySingle = y
          kernel(&y, left, right, 19)
          kernelSingle(&ySingle, left.map { Float($0) }, right.map { Float($0) }, 19)
          #expect(y[19] == 9 && ySingle[19] == 9)
          for index in 0..<19 {
            let l = left[scalars & 1 == 0 ? index : 0]
            let r = right[scalars & 2 == 0 ? index : 0]
            #expect(y[index] == (relation(l, r) ? 1 : 0), "\(l), \(r), relation \(code)")
            let single = relation(Double(Float(l)), Double(Float(r)))
            #expect(ySingle[index] == (single ? 1 : 0), "\(l), \(r), relation \(code)")
          }
        }
      }
    }
    for scalars in 0..<4 {
      let kernel = try #require(set.use { netjac_find_select_f64(Int32(scalars)) })
      let kernelSingle = try #require(set.use { netjac_find_select_f32(Int32(scalars)) })
      for count in 1...19 {
        let condition = (0..<count).map { UInt8($0 % 3 == 0 ? 0 : $0) }
        let left = Array(b.prefix(count))
        let right = Array(b.dropFirst(3).prefix(count))
        let y: [Double] = withGuards(count) { kernel($0, condition, left, right, Int64(count)) }
        let ySingle: [Float] = withGuards(count) {
          kernelSingle($0, condition, left.map { Float($0) }, right.map { Float($0) }, Int64(count))
        }
        for index in 0..<count {
          let expected =
            condition[index] != 0
            ? left[scalars & 1 == 0 ? index : 0] : right[scalars & 2 == 0 ? index : 0]
          #expect(isIdentical(y[index], expected))
          #expect(isIdentical(ySingle[index], Float(expected)))
        }
      }
    }
  }

  @Test("there is no kernel for an operation out of range")
  func unknownOperations() {
    #expect(netjac_find_unary_f64(NETJAC_UNARY_COUNT) == nil)
    #expect(netjac_find_unary_f32(netjac_unary_op(.max)) == nil)
    #expect(netjac_find_binary_f64(NETJAC_BINARY_ADD, 3) == nil)
    #expect(netjac_find_binary_f32(NETJAC_BINARY_COUNT, 0) == nil)
    #expect(netjac_find_compare_f64(NETJAC_COMPARE_COUNT, 0) == nil)
    #expect(netjac_find_select_f64(-1) == nil)
    #expect(netjac_kernels_select_isa(9) == 0)
  }
}
