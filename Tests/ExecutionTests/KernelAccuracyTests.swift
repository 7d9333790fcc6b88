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
    /// The largest error, in units in the last place of the exact value.
    let bound: Double
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
      .init("erfc", NETJAC_UNARY_ERFC, [-7...28, -1...1, -7...10], bound: 7) { erfcl($0) },
      .init("normal", NETJAC_UNARY_NORMAL, [-39...9, -1...1, -14...6], bound: 7) {
        erfcl(-$0 * Float80(0.5).squareRoot()) / 2
      },
      .init("normal by tanh", NETJAC_UNARY_NORMAL_BY_TANH, [-21...9, -1...1, -9...6], bound: 4) {
        let x = min(max($0, -64), 64)
        let slope = 2 * (2 / Float80.pi).squareRoot()
        return 1 / (1 + expl(-slope * (x + Float80(0.044715 as Double) * x * x * x)))
      },
    ]

    init(
      _ name: String, _ operation: netjac_unary_op, _ ranges: [ClosedRange<Double>],
      bound: Double = 2,
      _ reference: @escaping @Sendable (Float80) -> Float80
    ) {
      self.name = name
      self.operation = operation
      self.ranges = ranges
      self.reference = reference
      self.bound = bound
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
    @Test("float64", arguments: AccurateFunction.all, InstructionSet.available)
    func accuracyInDouble(_ function: AccurateFunction, _ set: InstructionSet) throws {
      let x = function.samples(20_000, seed: 11) { $0.anyDouble() } + specialValues(Double.self)
      let kernel = try #require(set.use { netjac_find_unary_f64(function.operation) })
      let y: [Double] = withGuards(x.count) { kernel($0, x, Int64(x.count)) }
      report(function.name, set, x, y, bound: function.bound) { function.reference(Float80($0)) }
    }

    @Test("float32", arguments: AccurateFunction.all, InstructionSet.available)
    func accuracyInFloat(_ function: AccurateFunction, _ set: InstructionSet) throws {
      let x = function.samples(20_000, seed: 12) { $0.anyFloat() } + specialValues(Float.self)
      let kernel = try #require(set.use { netjac_find_unary_f32(function.operation) })
      let y: [Float] = withGuards(x.count) { kernel($0, x, Int64(x.count)) }
      report(function.name, set, x, y, bound: function.bound) { function.reference(Float80($0)) }
    }

    /// Exponents that lead anywhere between underflow and overflow, and bases close to 1.
    @Test("powers", arguments: InstructionSet.available)
    func accuracyOfPowers(_ set: InstructionSet) throws {
      var random = KernelRandom(seed: 13)
      var (a, b): ([Double], [Double]) = ([], [])
      for index in 0..<40_000 {
        let base =
          switch index % 4 {
          case 0: exp2(random.uniform(-1021, 1023))
          case 1: 1 + random.uniform(-1, 1) * exp2(random.uniform(-45, -1))
          case 2: random.uniform(0, 10)
          default: random.uniform(-10, 0)
          }
        a.append(base)
        b.append(
          base < 0 ? random.uniform(-99, 99).rounded() : random.uniform(-708, 709) / log(base))
      }
      let kernel = try #require(set.use { netjac_find_binary_f64(NETJAC_BINARY_POWER, 0) })
      let y: [Double] = withGuards(a.count) { kernel($0, a, b, Int64(a.count)) }
      report("power", set, Array(zip(a, b)), y) { powl(Float80($0.0), Float80($0.1)) }

      let aSingle = a.map { Float($0) }
      let bSingle = zip(aSingle, b).map { Float($0 < 0 ? $1 : $1 / 8) }
      let kernelSingle = try #require(set.use { netjac_find_binary_f32(NETJAC_BINARY_POWER, 0) })
      let ySingle: [Float] = withGuards(a.count) {
        kernelSingle($0, aSingle, bSingle, Int64(a.count))
      }
      report("power", set, Array(zip(aSingle, bSingle)), ySingle) {
        powl(Float80($0.0), Float80($0.1))
      }
    }

    private func specialValues<Real: BinaryFloatingPoint>(_ type: Real.Type) -> [Real] {
      let positive: [Real] = [
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude.nextDown,
        .greatestFiniteMagnitude, .infinity, .nan, 0.5, 1, Real(1).nextUp, Real(1).nextDown, 2, 20,
        Real.pi / 4, Real.pi / 2, Real.pi, Real(1e5), Real(1e5).nextUp, Real(1e22), 4, Real(5.95),
        6,
        Real(63_661) * (Real.pi / 2), Real(355), Real(103_993) / 2, Real(88.72283), Real(88.722839),
        Real(103.972), Real(103.973), Real(709.782712893384),
        Real(709.7827128933841), Real(745.133), Real(745.134), Real(708.3964), Real(36.8),
      ]
      return positive + positive.map { -$0 }
    }

    private func report<Operand, Real: BinaryFloatingPoint>(
      _ name: String, _ set: InstructionSet, _ x: [Operand], _ y: [Real], bound: Double = 2,
      _ reference: (Operand) -> Float80
    ) {
      var worst: (error: Double, x: Operand)?
      for (x, y) in zip(x, y) {
        let exact = reference(x)
        let rounded = Real(exact)
        if rounded.isFinite && y.isFinite && rounded != 0 {
          let error = Double(abs(Float80(y) - exact) / Float80(rounded.ulp))
          if error > worst?.error ?? -1 { worst = (error, x) }
        } else if !isIdentical(y, rounded) {
          Issue.record("\(name) of \(x) is \(y), not \(rounded), with \(set)")
        }
      }
      guard let worst else { return }
      let error = (worst.error * 1000).rounded() / 1000
      print("accuracy \(name) \(Real.self) \(set): worst \(error) ulp at \(worst.x)")
      #expect(worst.error <= bound, "at \(worst.x)")
    }
  }
#endif
