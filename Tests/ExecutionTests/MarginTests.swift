import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Values that are computed between the zeros that windows see around them.
@Suite("Margins")
struct MarginTests {
  /// Two convolutions in a row; the windows of the second reach over the edge.
  struct Chain: CustomTestStringConvertible, Sendable {
    var element = ElementType.float64
    let spatial: [Int]
    let axes: [WindowAxis]
    var activation = Activation.tanh
    var isInPlace = true

    enum Activation { case none, tanh, relu, sine }

    var testDescription: String { "\(element) \(spatial), \(axes), \(activation)" }

    static let all: [Chain] = [ElementType.float64, .float32].flatMap { element in
      [Activation.none, .tanh, .relu, .sine].map { activation in
        Chain(
          element: element, spatial: [29], axes: [WindowAxis(size: 3, low: 1, count: 29)],
          activation: activation)
      } + [
        Chain(
          element: element, spatial: [7, 19],
          axes: [WindowAxis(size: 3, low: 1, count: 7), WindowAxis(size: 5, low: 2, count: 19)]),
        Chain(
          element: element, spatial: [6, 9],
          axes: [WindowAxis(size: 3, low: 2, count: 8), WindowAxis(size: 2, count: 8)]),
        // Gaps within a row's runs, too.
        Chain(
          element: element, spatial: [3, 5, 6],
          axes: [
            WindowAxis(size: 2, low: 1, count: 3), WindowAxis(size: 3, low: 1, count: 5),
            WindowAxis(size: 3, dilation: 2, low: 2, count: 6),
          ], isInPlace: false),
        // Elements that no window sees are not to be written beside the array.
        Chain(
          element: element, spatial: [6, 14],
          axes: [WindowAxis(size: 2, low: -1, count: 4), WindowAxis(size: 3, low: 2, count: 12)],
          isInPlace: false),
      ]
    }

    /// x of 3 channels to 5 features to 2.
    func program() throws -> Program {
      let p = ProgramBuilder()
      var random = Random(seed: 31)
      let pixels = spatial.reduce(1, *)
      let x = try p.input(TensorType(element, [3 * pixels]))
      let image = try p.reshape(x, Shape([3] + spatial))
      let first = try p.constant(random.tensor(TensorType(element, [5, 3])))
      let bias = try p.constant(random.tensor(TensorType(element, [5])))
      let second = try p.constant(
        random.tensor(TensorType(element, Shape([2, 5] + axes.map(\.size)))))
      let o = spatial.indices.map { 10 + $0 }
      let k = spatial.indices.map { 20 + $0 }
      let windows = try p.add(Window(spatial.map { WindowAxis(size: 1, count: $0) }), [image])
      let ones = spatial.indices.map { 30 + $0 }
      let wide = try p.reshape(first, Shape([5, 3] + spatial.map { _ in 1 }))
      let sums = try p.dot(wide, windows, [0, 1] + ones, [1] + ones + o, [0] + o)
      let biased = try p.add(sums, p.add(Broadcast(p.shape(sums), axes: [0]), [bias]))
      let y =
        switch activation {
        case .none: biased
        case .tanh: try p.tanh(biased)
        case .relu: try p.relu(biased)
        case .sine: try p.add(Sine(), [biased])
        }
      let z = try p.dot(
        second, p.add(Window(axes), [y]), [0, 1] + k, [1] + k + o, [0] + o)
      return p.program(outputs: [try p.reshape(z, [p.shape(z).dims.reduce(1, *)])])
    }
  }

  @Test("what a convolution reads is written between them", arguments: Chain.all)
  func chain(_ chain: Chain) throws {
    let program = try chain.program()
    let jacobian = try Jacobian.program(of: program).program
    let tolerance = chain.element == .float64 ? 1e-13 : 1e-5
    for set in InstructionSet.available {
      for program in [
        program, try program.vectorised(added: [true], size: 3), jacobian,
        try jacobian.vectorised(added: [true], size: 2),
      ] {
        try expectAgreement(program, set, tolerance) { _ in true }
      }
      for program in [program, try program.vectorised(added: [true], size: 3)] {
        try expectAgreement(program, set, tolerance) { names in
          names.contains { $0.hasPrefix("margins") } == chain.isInPlace
        }
      }
    }
  }

  @Test("a value of other uses too is laid out for them")
  func otherUses() throws {
    let p = ProgramBuilder()
    var random = Random(seed: 32)
    let x = try p.input(TensorType(.float64, [4, 21]))
    let y = try p.add(Sine(), [x])
    let kernel = try p.constant(random.tensor(TensorType(.float64, [4, 4, 3])))
    let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 21)]), [y])
    let z = try p.dot(kernel, windows, [0, 1, 2], [1, 2, 3], [0, 3])
    for outputs in [[z, y], [try p.add(z, y)], [z, try p.reduceSum(y, over: [0])]] {
      try expectAgreement(p.program(outputs: outputs), .baseline, 1e-13) { names in
        !names.contains { $0.hasPrefix("margins") }
      }
    }
  }

  @Test(
    "windows of whole numbers and truth values are laid out",
    arguments: [ElementType.int64, .int32, .bool])
  func wholeNumbers(_ element: ElementType) throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(element, [2, 24]))
    let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 24)]), [x])
    let y = try element == .bool ? p.add(Not(), [windows]) : p.add(windows, windows)
    for set in InstructionSet.available {
      try expectAgreement(p.program(outputs: [y]), set, 0) { names in
        !names.contains { $0.hasPrefix("pad") }
      }
    }
  }
}
