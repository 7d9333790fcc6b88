#if arch(x86_64)
  import CKernels
  import Glibc
  import Testing

  /// A vectorised function beside the C library's in 80-bit arithmetic.
  struct AccurateFunction: CustomTestStringConvertible, Sendable {
    let name: String
    let operation: netjac_unary_op
    /// Where most samples lie; others have any bit pattern.
    let ranges: [ClosedRange<Double>]
    let reference: @Sendable (Float80) -> Float80
    var testDescription: String { name }

    static let all: [AccurateFunction] = [
      .init("exp", NETJAC_UNARY_EXP, [-750...720, -1...1, -110...100]) { expl($0) },
      .init("expm1", NETJAC_UNARY_EXPM1, [-50...720, -1...1, -0.01...0.01, -20...90]) {
        expm1l($0)
      },
      .init("log", NETJAC_UNARY_LOG, [0...1e-3, 0.5...2, 0...100]) { logl($0) },
      .init("log1p", NETJAC_UNARY_LOG1P, [-1...1, -0.01...0.01, -1...1e6]) { log1pl($0) },
      .init("sin", NETJAC_UNARY_SIN, [-4...4, -1e5...1e5, -1e9...1e9]) { sinl($0) },
      .init("cos", NETJAC_UNARY_COS, [-4...4, -1e5...1e5, -1e9...1e9]) { cosl($0) },
      .init("tanh", NETJAC_UNARY_TANH, [-1...1, -0.01...0.01, -20...20]) { tanhl($0) },
      .init("erf", NETJAC_UNARY_ERF, [-1.5...1.5, -0.01...0.01, -7...7]) { erfl($0) },
      .init("sigmoid", NETJAC_UNARY_SIGMOID, [-40...40, -2...2, -750...100]) {
        $0 > 0 ? 1 / (1 + expl(-$0)) : expl($0) / (1 + expl($0))
      },
      .init("softplus", NETJAC_UNARY_SOFTPLUS, [-40...40, -2...2, -750...100]) {
        $0 > 0 ? $0 + log1pl(expl(-$0)) : log1pl(expl($0))
      },
    ]

    init(
      _ name: String, _ operation: netjac_unary_op, _ ranges: [ClosedRange<Double>],
      _ reference: @escaping @Sendable (Float80) -> Float80
    ) {
      self.name = name
      self.operation = operation
      self.ranges = ranges
      self.reference = reference
    }

    func samples<Real: BinaryFloatingPoint>(
      _ count: Int, seed: UInt64, any: (inout KernelRandom) -> Real
    ) -> [Real] {
      var random = KernelRandom(seed: seed)
      return (0..<count).map { index in
        if index % 5 == 0 { return any(&random) }
        let range = ranges[index % ranges.count]
        return Real(random.uniform(range.lowerBound, range.upperBound))
      }
    }
  }

  @Suite("Accuracy of the vectorised functions")
  struct KernelAccuracyTests {
    /// In units in the last place of the exact value; the kernels promise 2.
    static let bound = 2.0

    @Test("float64", arguments: AccurateFunction.all, InstructionSet.available)
    func accuracyInDouble(_ function: AccurateFunction, _ set: InstructionSet) throws {
      let x = function.samples(20_000, seed: 11) { $0.anyDouble() } + specialValues(Double.self)
      let kernel = try #require(set.use { netjac_find_unary_f64(function.operation) })
      let y: [Double] = withGuards(x.count) { kernel($0, x, Int64(x.count)) }
      report(function, set, x, y)
    }

    @Test("float32", arguments: AccurateFunction.all, InstructionSet.available)
    func accuracyInFloat(_ function: AccurateFunction, _ set: InstructionSet) throws {
      let x = function.samples(20_000, seed: 12) { $0.anyFloat() } + specialValues(Float.self)
      let kernel = try #require(set.use { netjac_find_unary_f32(function.operation) })
      let y: [Float] = withGuards(x.count) { kernel($0, x, Int64(x.count)) }
      report(function, set, x, y)
    }

    private func specialValues<Real: BinaryFloatingPoint>(_ type: Real.Type) -> [Real] {
      let positive: [Real] = [
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude.nextDown,
        .greatestFiniteMagnitude, .infinity, .nan, 0.5, 1, Real(1).nextUp, Real(1).nextDown, 2, 20,
        Real.pi / 4, Real.pi / 2, Real.pi, Real(1e5), Real(1e5).nextUp, Real(1e22), 4, Real(5.95),
        6,
        Real(88.72283), Real(88.722839), Real(103.972), Real(103.973), Real(709.782712893384),
        Real(709.7827128933841), Real(745.133), Real(745.134), Real(708.3964), Real(36.8),
      ]
      return positive + positive.map { -$0 }
    }

    private func report<Real: BinaryFloatingPoint>(
      _ function: AccurateFunction, _ set: InstructionSet, _ x: [Real], _ y: [Real]
    ) {
      var worst = (error: 0.0, x: Real(0))
      for (x, y) in zip(x, y) {
        let exact = function.reference(Float80(x))
        let rounded = Real(exact)
        if rounded.isFinite && y.isFinite && rounded != 0 {
          let error = Double(abs(Float80(y) - exact) / Float80(rounded.ulp))
          if error > worst.error { worst = (error, x) }
        } else if !isIdentical(y, rounded) {
          Issue.record("\(function.name)(\(x)) is \(y), not \(rounded), with \(set)")
        }
      }
      let error = (worst.error * 1000).rounded() / 1000
      print("accuracy \(function.name) \(Real.self) \(set): worst \(error) ulp at \(worst.x)")
      #expect(worst.error <= Self.bound, "at \(worst.x)")
    }
  }
#endif
