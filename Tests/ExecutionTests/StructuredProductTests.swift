import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Products whose operands have structure: windows of an array, zeros behind relus, a matrix that two
/// products share, few columns.
@Suite("Structured products")
struct StructuredProductTests {
  /// A convolution of several images: its windows and whether they are read where they are.
  struct Convolution: CustomTestStringConvertible, Sendable {
    var element = ElementType.float64
    var groups = 1
    let channels: Int
    let features: Int
    let spatial: [Int]
    let axes: [WindowAxis]
    var readsInPlace = true

    var testDescription: String {
      "\(element) \(groups)x\(channels)→\(features) of \(spatial), \(axes)"
    }

    static let all: [Convolution] = [ElementType.float64, .float32].flatMap { element in
      [
        Convolution(
          element: element, channels: 1, features: 8, spatial: [28],
          axes: [WindowAxis(size: 3, low: 1, count: 28)]),
        Convolution(
          element: element, channels: 8, features: 1, spatial: [37],
          axes: [WindowAxis(size: 3, dilation: 2, low: 2, count: 37)]),
        Convolution(
          element: element, channels: 3, features: 5, spatial: [13, 13],
          axes: [WindowAxis(size: 3, count: 11), WindowAxis(size: 3, count: 11)]),
        Convolution(
          element: element, channels: 2, features: 9, spatial: [9, 12],
          axes: [WindowAxis(size: 3, low: 2, count: 11), WindowAxis(size: 5, low: 2, count: 12)]),
        // The first columns are never seen; the windows leave the array at its end alone.
        Convolution(
          element: element, channels: 2, features: 3, spatial: [6, 14],
          axes: [WindowAxis(size: 2, low: -1, count: 4), WindowAxis(size: 3, low: -2, count: 12)]),
        Convolution(
          element: element, groups: 3, channels: 2, features: 4, spatial: [5, 10],
          axes: [
            WindowAxis(size: 3, stride: 2, low: 1, count: 3),
            WindowAxis(size: 3, low: 1, count: 10),
          ]),
        // Windows that see nothing but zeros, and a step that leaves the array at once.
        Convolution(
          element: element, channels: 2, features: 4, spatial: [5, 6],
          axes: [WindowAxis(size: 2, low: 9, count: 4), WindowAxis(size: 2, low: 20, count: 10)]),
        Convolution(
          element: element, channels: 2, features: 4, spatial: [4, 9],
          axes: [
            WindowAxis(size: 3, stride: 1 << 28, low: 1, count: 2), WindowAxis(size: 2, count: 8),
          ], readsInPlace: false),
        Convolution(
          element: element, channels: 2, features: 4, spatial: [17],
          axes: [WindowAxis(size: 3, stride: 2, count: 8)], readsInPlace: false),
      ]
    }

    /// relu(windows·kernel + bias) and its slope, with the kernel known or a second input.
    func program(knowsKernel: Bool, ofVector: Bool = false, seed: UInt64) throws -> Program {
      let p = ProgramBuilder()
      var random = Random(seed: seed)
      let shape = Shape([2, groups, channels] + spatial)
      let x =
        try ofVector
        ? p.reshape(p.input(TensorType(element, [shape.dims.reduce(1, *)])), shape)
        : p.input(TensorType(element, shape))
      let kernelType = TensorType(
        element, Shape([groups, features, channels] + axes.map(\.size)))
      let kernel =
        try knowsKernel ? p.constant(random.tensor(kernelType)) : p.input(kernelType)
      let bias = try p.constant(random.tensor(TensorType(element, Shape([groups, features]))))
      let k = axes.indices.map { 4 + $0 }
      let o = axes.indices.map { 4 + axes.count + $0 }
      let y = try p.dot(
        kernel, p.add(Window(axes), [x]), [1, 2, 3] + k, [0, 1, 3] + k + o, [0, 1, 2] + o)
      let z = try p.add(y, p.add(Broadcast(p.shape(y), axes: [1, 2]), [bias]))
      return p.program(outputs: [try p.relu(z), try p.add(Step(), [z])])
    }

    var tolerance: Double { element == .float64 ? 1e-13 : 1e-5 }
  }

  @Test("convolutions read windows where they are", arguments: Convolution.all)
  func convolution(_ testCase: Convolution) throws {
    for set in InstructionSet.available {
      for knowsKernel in [true, false] {
        let program = try testCase.program(knowsKernel: knowsKernel, seed: 3)
        try expectAgreement(program, set, testCase.tolerance) { names in
          names.contains { $0.hasPrefix("indexed-product") } == testCase.readsInPlace
        }
      }
    }
  }

  @Test("a convolution's Jacobian runs as it evaluates", arguments: Convolution.all)
  func convolutionJacobian(_ testCase: Convolution) throws {
    let network = try testCase.program(knowsKernel: true, ofVector: true, seed: 4)
    let p = ProgramBuilder()
    let x = try p.input(network.inputTypes[0])
    let y = try p.inline(network, [x])[0]
    let flat = try p.reshape(y, [p.shape(y).dims.reduce(1, *)])
    let program = try Jacobian.program(of: p.program(outputs: [flat])).program
    for set in InstructionSet.available {
      try expectAgreement(program, set, testCase.tolerance) { _ in true }
    }
  }

  @Test("a folded product is the convolution's transpose", arguments: Convolution.all)
  func transposedConvolution(_ testCase: Convolution) throws {
    // ⟨fold(kernel·g), x⟩ = ⟨g, kernel·windows(x)⟩
    var random = Random(seed: 5)
    let axes = testCase.axes
    let p = ProgramBuilder()
    let element = ElementType.float64
    let kernel = try p.constant(
      random.tensor(
        TensorType(element, Shape([testCase.channels, testCase.features] + axes.map(\.size)))))
    let x = try p.input(TensorType(element, Shape([testCase.channels] + testCase.spatial)))
    let g = try p.input(TensorType(element, Shape([testCase.features] + axes.map(\.count))))
    let k = axes.indices.map { 2 + $0 }
    let o = axes.indices.map { 2 + axes.count + $0 }
    let y = try p.dot(kernel, p.add(Window(axes), [x]), [0, 1] + k, [0] + k + o, [1] + o)
    let xBar = try p.add(
      Fold(axes, spatial: testCase.spatial),
      [p.dot(kernel, g, [0, 1] + k, [1] + o, [0] + k + o)])
    let program = p.program(outputs: [y, xBar])
    let isConvolution = axes.allSatisfy { $0.stride == 1 } && testCase.channels >= 4
    #expect(program.nodes.contains { $0.primitive is Fold } != isConvolution)
    let arguments = program.inputTypes.map { random.tensor($0) }
    for results in [
      try program.evaluate(arguments), try Executable.compile(program).tensors(arguments),
    ] {
      let left = innerProduct([results[1]], [arguments[0]])
      let right = innerProduct([results[0]], [arguments[1]])
      #expect(abs(left - right) <= 1e-12 * max(abs(left), 1))
    }
  }

  @Test(
    "the winners of a pool are spread through the convolution before it",
    arguments: [ElementType.float64, .float32], [(1, 2), (2, 2), (1, 11), (1, 37)])
  func spread(_ element: ElementType, _ form: (stride: Int, outputs: Int)) throws {
    let (stride, outputs) = form
    let p = ProgramBuilder()
    var random = Random(seed: 15)
    let x = try p.input(TensorType(element, [3 * 13 * 11]))
    var y = try p.reshape(x, [1, 3, 13, 11])
    // Five features before the second pool, seven behind: neither fills a vector.
    for (features, axes) in [
      (5, [WindowAxis(size: 3, low: 1, count: 13), WindowAxis(size: 2, count: 10)]),
      (
        7,
        [
          WindowAxis(size: 3, stride: stride, low: 1, count: stride == 1 ? 6 : 3),
          WindowAxis(size: 2, dilation: 2, low: 1, count: 5),
        ]
      ),
    ] {
      let channels = p.shape(y)[1]
      let kernel = try p.constant(
        random.tensor(TensorType(element, Shape([features, channels] + axes.map(\.size)))))
      let z = try p.dot(
        p.add(Window(axes), [y]), kernel, [0, 2, 3, 4, 5, 6], [1, 2, 3, 4], [0, 1, 5, 6])
      y = try pooled(p.relu(z), in: p)
    }
    let count = p.shape(y).dims.reduce(1, *)
    let weights = try p.constant(random.tensor(TensorType(element, [count, outputs])))
    let network = p.program(
      outputs: [try p.dot(p.reshape(y, [count]), weights, [0], [0, 1], [1])])
    let jacobian = try Jacobian.program(of: network).program
    for set in InstructionSet.available {
      for program in [jacobian, try jacobian.vectorised(added: [true], size: 3)] {
        try expectAgreement(program, set, element == .float64 ? 1e-12 : 1e-4) { names in
          // Seeds fill vectors better than the first layer's channels, if there are enough of them.
          names.contains { $0.hasPrefix("spread") }
            && names.contains { $0.hasSuffix("by sets") } == (outputs > 2)
        }
      }
    }
  }

  /// The largest of each 2x2 pixels.
  private func pooled(_ x: Value, in p: ProgramBuilder) throws -> Value {
    let dims = p.shape(x).dims
    let axes = dims.suffix(2).map { WindowAxis(size: 2, stride: 2, count: $0 / 2) }
    let place = try p.add(WindowExtreme(.maximum, axes), [x])
    let images = dims[0] * dims[1]
    let picks = axes.reduce(1) { $0 * $1.count }
    let flat = try p.reshape(x, Shape([images, dims[2] * dims[3]]))
    let values = try p.gather(flat, p.reshape(place, Shape([images, picks])), batch: 1)
    return try p.reshape(values, Shape(Array(dims.prefix(2)) + axes.map(\.count)))
  }

  /// Relu networks and how many of their units are active: few, about half, nearly all, none.
  @Test(
    "zeros behind relus are left out, in one sample and in many",
    arguments: [-1.5, 0, 4, -100], [ElementType.float64, .float32])
  func active(_ shift: Double, _ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 11)
    let x = try p.input(TensorType(element, [9]))
    var y = x
    for (rows, columns) in [(9, 67), (67, 90), (90, 72), (72, 70)] {
      let weights = try p.constant(random.tensor(TensorType(element, [rows, columns])))
      let bias = try p.constant(
        Tensor(
          TensorType(element, [columns]),
          reals: (0..<columns).map { _ in
            random.number(in: -1...1) + shift
          }))
      let z = try p.add(p.dot(y, weights, [0], [0, 1], [1]), bias)
      y = columns == 70 ? z : try p.relu(z)
    }
    let network = p.program(outputs: [y])
    let jacobian = try Jacobian.program(of: network).program
    let tolerance = element == .float64 ? 1e-12 : 1e-4
    for set in InstructionSet.available {
      try expectAgreement(network, set, tolerance) { names in
        names.contains { $0.hasPrefix("active-product") }
      }
      try expectAgreement(jacobian, set, tolerance) { names in
        names.contains { $0.hasPrefix("active-product+scale") }
      }
      let many = try jacobian.vectorised(added: [true], size: 3)
      try expectAgreement(many, set, tolerance) { names in
        names.contains { $0.hasPrefix("active-product+scale") }
      }
    }
  }

  /// About half of the units are active, and all of them.
  @Test(
    "zeros behind relus are left out of matrices that are held as rows only",
    arguments: [0.0, 1000.0], [ElementType.float64, .float32])
  func largeActive(_ shift: Double, _ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 16)
    let x = try p.input(TensorType(element, [9]))
    var y = x
    var last: Tensor?
    for (rows, columns) in [(9, 1030), (1030, 1030), (1030, 8)] {
      let tensor = random.tensor(TensorType(element, [rows, columns]))
      if rows == columns { last = tensor }
      let bias = try p.constant(
        Tensor(
          TensorType(element, [columns]),
          reals: (0..<columns).map { _ in random.number(in: -1...1) + shift }))
      let z = try p.add(p.dot(y, p.constant(tensor), [0], [0, 1], [1]), bias)
      y = columns == 8 ? z : try p.relu(z)
    }
    let network = p.program(outputs: [y])
    let jacobian = try Jacobian.program(of: network).program
    let tolerance = element == .float64 ? 1e-11 : 1e-3
    for program in [network, jacobian] {
      let shared = SharedConstants(of: network)
      let executable = try Executable.compile(program, within: MemoryBudget(limit: .max, shared))
      #expect(executable.kernelNames.contains { $0.hasPrefix("active-product") })
      let arguments = program.inputTypes.map { random.tensor($0) }
      let disagreement = disagreement(
        executable.tensorsFromSpoiltMemory(arguments), try program.evaluate(arguments), tolerance)
      #expect(disagreement == nil)
      // As they are, and in the Jacobian as they are and transposed.
      let large = last?.type.byteCount ?? 0
      #expect(shared.heldBytes < (program.outputs.count + 1) * large)
    }
  }

  @Test(
    "a layer's value and tangents share one reading of its weights",
    arguments: [ElementType.float64, .float32])
  func joined(_ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 12)
    let x = try p.input(TensorType(element, [3]))
    var y = x
    for (rows, columns) in [(3, 77), (77, 101), (101, 203)] {
      let weights = try p.constant(random.tensor(TensorType(element, [rows, columns])))
      let bias = try p.constant(random.tensor(TensorType(element, [columns])))
      y = try p.tanh(p.add(p.dot(y, weights, [0], [0, 1], [1]), bias))
    }
    let jacobian = try Jacobian.program(of: p.program(outputs: [y])).program
    for set in InstructionSet.available {
      try expectAgreement(jacobian, set, element == .float64 ? 1e-12 : 1e-5) { names in
        names.count { $0.hasPrefix("joined-product") } == 2
      }
    }
  }

  @Test(
    "few columns are multiplied as rows", arguments: [1, 3, 10, 17],
    [ElementType.float64, .float32])
  func fewColumns(_ columns: Int, _ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 13)
    let x = try p.input(TensorType(element, [123]))
    let weights = try p.constant(random.tensor(TensorType(element, [columns, 123])))
    let bias = try p.constant(random.tensor(TensorType(element, [columns])))
    let y = try p.tanh(p.add(p.dot(x, weights, [0], [1, 0], [1]), bias))
    for set in InstructionSet.available {
      try expectAgreement(
        p.program(outputs: [y]), set, element == .float64 ? 1e-12 : 1e-5
      ) { _ in true }
    }
  }

  @Test(
    "a sample's bits are the same alone and among others",
    arguments: [ElementType.float64, .float32])
  func sameBits(_ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 16)
    let x = try p.input(TensorType(element, [40]))
    // Windows, then relus over many and few columns, with short and long sums.
    let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 40)]), [x])
    let kernel = try p.constant(random.tensor(TensorType(element, [5, 3])))
    var y = try p.reshape(p.dot(kernel, windows, [0, 1], [1, 2], [0, 2]), [200])
    for (rows, columns) in [(200, 90), (90, 150), (150, 33), (33, 130), (130, 3), (3, 1)] {
      let weights = try p.constant(random.tensor(TensorType(element, [rows, columns])))
      y = try p.relu(p.dot(y, weights, [0], [0, 1], [1]))
    }
    let network = p.program(outputs: [y])
    try expectSameBits(network)
    try expectSameBits(Jacobian.program(of: network).program)
  }

  @Test(
    "a large layer's value and cotangent read one copy of its weights",
    arguments: [ElementType.float64, .float32])
  func turned(_ element: ElementType) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 17)
    let x = try p.input(TensorType(element, [1300]))
    let weights = try p.constant(random.tensor(TensorType(element, [160, 1300]), in: -0.05...0.05))
    let last = try p.constant(random.tensor(TensorType(element, [160])))
    let y = try p.dot(p.tanh(p.dot(weights, x, [0, 1], [1], [0])), last, [0], [0], [])
    let jacobian = try Jacobian.program(of: p.program(outputs: [p.reshape(y, [1])])).program
    for set in InstructionSet.available {
      try expectAgreement(jacobian, set, element == .float64 ? 1e-12 : 1e-4) { names in
        names.contains { $0.hasPrefix("turned-product") }
      }
    }
    try expectSameBits(jacobian)
  }

  /// Runs samples one by one and together.
  private func expectSameBits(
    _ program: Program, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for set in InstructionSet.available {
      let difference = try set.use { try differenceOfSamples(program, 5) }
      #expect(difference == nil, "\(set)", sourceLocation: sourceLocation)
    }
  }

  @Test("rows that lie apart are added to a product", arguments: [1, 3, 17], [5, 40])
  func addend(_ rows: Int, _ columns: Int) throws {
    let p = ProgramBuilder()
    var random = Random(seed: 16)
    let x = try p.input(TensorType(.float64, Shape([rows, 12])))
    let series = try p.input(TensorType(.float64, Shape([rows, 5, columns])))
    let weights = try p.constant(random.tensor(TensorType(.float64, Shape([12, columns]))))
    let step = try p.reshape(
      p.slice(series, axis: 1, start: 3, size: 1), Shape([rows, columns]))
    let y = try p.tanh(p.add(p.dot(x, weights, [0, 1], [1, 2], [0, 2]), step))
    for set in InstructionSet.available {
      try expectAgreement(p.program(outputs: [y]), set, 1e-13) { $0.count == 1 }
    }
  }
}
