import CKernels
import Testing

@testable import Execution

struct EpilogueCase: CustomTestStringConvertible, Sendable {
  var activation: netjac_activation
  var bias = false
  var addend = false
  var slope = false
  var unscaled = false
  var rowsPerScale: Int?

  var testDescription: String {
    "activation \(activation.rawValue)" + (bias ? " bias" : "") + (addend ? " addend" : "")
      + (slope ? " slope" : "") + (unscaled ? " unscaled" : "")
      + (rowsPerScale.map { " scale by \($0)" } ?? "")
  }

  /// Every step alone and together with every other one, for every activation.
  static let all: [EpilogueCase] = {
    var cases: [EpilogueCase] = []
    let rowsPerScale: [Int?] = [nil, 1, 2, 100]
    for code in 0..<NETJAC_ACTIVATION_COUNT.rawValue {
      for bits in 0..<16 {
        for rows in rowsPerScale {
          cases.append(
            EpilogueCase(
              activation: netjac_activation(code), bias: bits & 1 != 0, addend: bits & 2 != 0,
              slope: bits & 4 != 0, unscaled: bits & 8 != 0, rowsPerScale: rows))
        }
      }
    }
    return cases
  }()
}

@Suite("Epilogues of products")
struct KernelEpilogueTests {
  @Test("do what the elementwise kernels do", arguments: InstructionSet.available)
  func steps(_ set: InstructionSet) {
    set.use {
      for testCase in EpilogueCase.all {
        for (m, n, k) in [(1, 5, 4), (7, 35, 6)] {
          check(testCase, m, n, k, as: Double.self)
          check(testCase, m, n, k, as: Float.self)
        }
      }
    }
  }

  private func check<Real: KernelReal>(
    _ testCase: EpilogueCase, _ m: Int, _ n: Int, _ k: Int, as type: Real.Type
  ) {
    var random = KernelRandom(seed: 21)
    let a: [Real] = random.values(m * k, -0.5, 0.5)
    let b: [Real] = random.values(k * n)
    let bias: [Real] = random.values(n)
    let addend: [Real] = random.values(m * (n + 1))
    let scale: [Real] = random.values(m * (n + 2))
    let packed = Real.pack(b, rowStride: n, columnStride: 1, k: k, n: n)

    // The expected values, step by step as the header tells them.
    var z: [Real] = withGuards(m * n) {
      Real.product($0, n, a, (k, 1), packed: packed, m, n, k, nil)
    }
    if testCase.bias { for index in z.indices { z[index] += bias[index % n] } }
    if testCase.addend {
      for index in z.indices { z[index] += addend[index / n * (n + 1) + index % n] }
    }
    let (activated, slopes) = Self.activate(testCase.activation, z)
    var expected = activated
    if let rows = testCase.rowsPerScale {
      for index in z.indices { expected[index] *= scale[index / n / rows * (n + 2) + index % n] }
    }

    var slope = [Real](repeating: -9, count: m * (n + 3))
    var unscaled = [Real](repeating: -9, count: m * (n + 4))
    var y = [Real](repeating: -9, count: m * (n + 1))
    // The addend may be the result itself.
    if testCase.addend { y = addend }
    var epilogue = EpilogueArguments()
    bias.withUnsafeBufferPointer { bias in
      scale.withUnsafeBufferPointer { scale in
        slope.withUnsafeMutableBufferPointer { slope in
          unscaled.withUnsafeMutableBufferPointer { unscaled in
            y.withUnsafeMutableBufferPointer { y in
              epilogue.activation = Int32(testCase.activation.rawValue)
              if testCase.bias { epilogue.bias = address(bias.baseAddress) }
              if testCase.addend { epilogue.addend = address(y.baseAddress) }
              epilogue.addend_stride = Int64(n + 1)
              if testCase.slope { epilogue.slope = mutable(slope.baseAddress) }
              epilogue.slope_stride = Int64(n + 3)
              if testCase.unscaled { epilogue.unscaled = mutable(unscaled.baseAddress) }
              epilogue.unscaled_stride = Int64(n + 4)
              if testCase.rowsPerScale != nil { epilogue.scale = address(scale.baseAddress) }
              epilogue.scale_stride = Int64(n + 2)
              epilogue.rows_per_scale = Int64(testCase.rowsPerScale ?? 1)
              Real.product(y.baseAddress!, n + 1, a, (k, 1), packed: packed, m, n, k, &epilogue)
            }
          }
        }
      }
    }
    let name = testCase.testDescription
    for r in 0..<m {
      let row = r * n..<(r + 1) * n
      let end = testCase.addend ? addend[r * (n + 1) + n] : -9
      expectIdentical(y[r * (n + 1)..<(r + 1) * (n + 1)], expected[row] + [end], name)
      let blank = [Real](repeating: -9, count: n + 4)
      let slopeExpected = (testCase.slope ? Array(slopes[row]) : Array(blank[..<n])) + blank[..<3]
      expectIdentical(slope[r * (n + 3)..<(r + 1) * (n + 3)], slopeExpected, name + ", slope")
      let unscaledExpected =
        (testCase.unscaled ? Array(activated[row]) : Array(blank[..<n])) + blank[..<4]
      expectIdentical(
        unscaled[r * (n + 4)..<(r + 1) * (n + 4)], unscaledExpected, name + ", unscaled")
    }
  }

  private func address<Real>(_ array: UnsafePointer<Real>?) -> UnsafePointer<Double>? {
    array.map { UnsafeRawPointer($0).assumingMemoryBound(to: Double.self) }
  }

  private func address<Real>(_ array: UnsafeMutablePointer<Real>?) -> UnsafePointer<Double>? {
    address(UnsafePointer(array))
  }

  private func mutable<Real>(_ array: UnsafeMutablePointer<Real>?) -> UnsafeMutablePointer<Double>?
  {
    array.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Double.self) }
  }

  @Test("both types of an epilogue have one layout")
  func layout() {
    #expect(MemoryLayout<netjac_epilogue_f64>.size == MemoryLayout<netjac_epilogue_f32>.size)
    #expect(
      MemoryLayout.offset(of: \netjac_epilogue_f64.rows_per_scale)
        == MemoryLayout.offset(of: \netjac_epilogue_f32.rows_per_scale))
  }

  /// Values and slopes from the elementwise kernels and the formulas of the header.
  private static func activate<Real: KernelReal>(
    _ activation: netjac_activation, _ z: [Real]
  ) -> (values: [Real], slopes: [Real]) {
    switch activation {
    case NETJAC_ACTIVATION_RELU:
      return (Real.unary(NETJAC_UNARY_RELU, z), Real.unary(NETJAC_UNARY_STEP, z))
    case NETJAC_ACTIVATION_TANH:
      let y = Real.unary(NETJAC_UNARY_TANH, z)
      return (y, y.map { 1 - $0 * $0 })
    case NETJAC_ACTIVATION_SIGMOID:
      let y = Real.unary(NETJAC_UNARY_SIGMOID, z)
      return (y, y.map { $0 * (1 - $0) })
    case NETJAC_ACTIVATION_SOFTPLUS:
      return (Real.unary(NETJAC_UNARY_SOFTPLUS, z), Real.unary(NETJAC_UNARY_SIGMOID, z))
    default:
      return (z, z.map { _ in 1 })
    }
  }
}
