import Foundation
import Graph
import Tensors
import TestCases
import Testing

@Suite("Convolutions that are written to a file")
struct SavedConvolutionTests {
  @Test("in single precision Conv and ConvTranspose say all", arguments: [false, true])
  func single(isTransposed: Bool) throws {
    for seed in UInt64(1)...60 {
      let sliding = SlidingProgram(seed: seed, .float32, isTransposed: isTransposed)
      let saved = try SavedProgram(sliding.make)
      #expect(saved.has("Conv"), "seed \(seed)")
      #expect(!saved.has("Gather") && !saved.has("Scatter"), "seed \(seed)")
      try saved.expectSame(as: sliding.make, sliding.inputType, seed: seed)
      #expect(try saved.program.productCount == sliding.make(1).productCount, "seed \(seed)")
    }
  }

  @Test("in double precision the indices tell how windows slide", arguments: [false, true])
  func double(isTransposed: Bool) throws {
    for seed in UInt64(101)...160 {
      let sliding = SlidingProgram(seed: seed, .float64, isTransposed: isTransposed)
      let (program, saved) = (try sliding.make(1), try SavedProgram(sliding.make))
      // ONNX Runtime convolves no doubles.
      #expect(!saved.has("Conv"), "seed \(seed)")
      let (windows, again) = (program.slidingCount, saved.program.slidingCount)
      #expect(windows == again, "seed \(seed)")
      #expect(saved.program.count { $0 is Gather || $0 is ScatterAdd } == 0, "seed \(seed)")
      try saved.expectSame(as: sliding.make, sliding.inputType, seed: seed)
      #expect(saved.program.productCount == program.productCount, "seed \(seed)")
    }
  }

  @Test("activations and biases follow their convolution without reshapes between")
  func layers() throws {
    let type = { (batch: Int) in TensorType(.float32, [batch, 1, 2, 6, 5]) }
    var random = Random(seed: 9)
    let kernel = random.tensor(TensorType(.float32, [4, 2, 3, 3]))
    let bias = random.tensor(TensorType(.float32, [4]))
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder(real: .float32)
      let x = try p.input(type(batch))
      let axes = [WindowAxis(size: 3, low: 1, count: 6), WindowAxis(size: 3, count: 3)]
      let y = try p.dot(
        p.add(Window(axes), [p.reshape(x, [batch, 2, 6, 5])]), p.constant(kernel),
        [0, 1, 2, 3, 4, 5], [6, 1, 2, 3], [0, 6, 4, 5])
      let shape = Shape([batch, 1, 4, 6, 3])
      let sum = try p.add(
        p.reshape(y, shape), p.add(Broadcast(shape, axes: [2]), [p.constant(bias)]))
      let halves = WindowAxis(size: 2, stride: 2, count: 3)
      let all = WindowAxis(size: 3, stride: 3, count: 1)
      let places = try p.add(WindowExtreme(.maximum, [halves, all]), [p.relu(sum)])
      let flat = try p.gather(
        p.reshape(p.relu(sum), [batch * 4, 18]), p.reshape(places, [batch * 4, 3]), batch: 1)
      return p.program(outputs: [try p.reshape(flat, [batch, 4, 3])])
    }
    let saved = try SavedProgram(make)
    #expect(saved.has("Conv") && saved.has("MaxPool"))
    #expect(!saved.has("Add") && !saved.has("Mod") && !saved.has("Gather"))
    // One before the convolution and one behind the pool.
    #expect(saved.text.count(of: "Reshape_") == 2)
    try saved.expectSame(as: make, type, seed: 10)
    #expect(saved.program.count { $0 is WindowExtreme } == 1)
    #expect(saved.program.count { $0 is Modulo || $0 is Remainder } == 0)
  }

  @Test("windows that something else needs too are laid out for it alone")
  func severalUses() throws {
    let type = { (batch: Int) in TensorType(.float32, [batch, 2, 7]) }
    var random = Random(seed: 11)
    let kernel = random.tensor(TensorType(.float32, [3, 2, 3]))
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder(real: .float32)
      let x = try p.input(type(batch))
      let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 7)]), [x])
      let y = try p.dot(windows, p.constant(kernel), [0, 1, 2, 3], [4, 1, 2], [0, 4, 3])
      let norms = try p.reduceSum(p.multiply(windows, windows), over: [1, 2])
      return p.program(outputs: [
        try p.add(y, p.add(Broadcast(p.shape(y), axes: [0, 2]), [norms]))
      ])
    }
    let saved = try SavedProgram(make)
    #expect(saved.has("Conv") && saved.has("GatherND"))
    try saved.expectSame(as: make, type, seed: 12)
  }

  @Test("means of windows are AveragePool", arguments: [false, true])
  func means(includesPadding: Bool) throws {
    let type = { (batch: Int) in TensorType(.float32, [batch, 2, 7]) }
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder(real: .float32)
      let x = try p.input(type(batch))
      let axis = WindowAxis(size: 3, stride: 2, low: 1, count: 4)
      let sum = try p.reduceSum(p.add(Window([axis]), [x]), over: [2])
      let counts = includesPadding ? [3.0, 3, 3, 3] : [2, 3, 3, 2]
      let divisor = try p.constant(Tensor(TensorType(.float32, [4]), reals: counts))
      return p.program(outputs: [
        try p.divide(sum, p.add(Broadcast(p.shape(sum), axes: [2]), [divisor]))
      ])
    }
    let saved = try SavedProgram(make)
    #expect(saved.has("AveragePool") && !saved.has("Gather"))
    try saved.expectSame(as: make, type, seed: 13)
  }

  @Test("the kernel's gradient, whose windows and places have changed roles, is a convolution")
  func kernelGradient() throws {
    let type = { (batch: Int) in TensorType(.float32, [batch, 2, 9]) }
    var random = Random(seed: 14)
    let cotangent = random.tensor(TensorType(.float32, [3, 4]))
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder(real: .float32)
      let windows = try p.add(
        Window([WindowAxis(size: 3, stride: 2, dilation: 1, low: 1, count: 4)]),
        [p.input(type(batch))])
      return p.program(outputs: [
        try p.dot(windows, p.constant(cotangent), [0, 1, 2, 3], [4, 3], [0, 4, 1, 2])
      ])
    }
    let saved = try SavedProgram(make)
    #expect(saved.has("Conv") && !saved.has("Gather"))
    try saved.expectSame(as: make, type, seed: 15)
  }

  @Test("windows that read nothing but padding are written in another way")
  func outside() throws {
    for element in [ElementType.float32, .float64] {
      let type = { (batch: Int) in TensorType(element, [batch, 2, 4]) }
      func make(_ batch: Int) throws -> Program {
        let p = ProgramBuilder(real: element)
        let x = try p.input(type(batch))
        let windows = try p.add(Window([WindowAxis(size: 2, low: 6, count: 2)]), [x])
        let kernel = try p.constant(Tensor(TensorType(element, [3, 2, 2]), fill: 1.0))
        let y = try p.dot(windows, kernel, [0, 1, 2, 3], [4, 1, 2], [0, 4, 3])
        return p.program(outputs: [try p.add(y, p.constant(Tensor(p.type(y), fill: 2.0)))])
      }
      let saved = try SavedProgram(make)
      #expect(saved.has("Gather"))
      try saved.expectSame(as: make, type, seed: 17)
    }
  }

  @Test("whole numbers are not convolved")
  func wholeNumbers() throws {
    let type = { (batch: Int) in TensorType(.float32, [batch, 2, 7]) }
    func make(_ batch: Int) throws -> Program {
      let p = ProgramBuilder(real: .float32)
      let x = try p.convert(
        p.multiply(p.input(type(batch)), p.constant(Tensor(type(batch), fill: 9.0))), to: .int64)
      let kernel = try p.constant(
        Tensor(TensorType(.int64, [1, 2, 3]), integers: [1, 2, 3, -4, 5, -6]))
      let windows = try p.add(Window([WindowAxis(size: 3, low: 1, count: 7)]), [x])
      let y = try p.dot(windows, kernel, [0, 1, 2, 3], [4, 1, 2], [0, 4, 3])
      return p.program(outputs: [try p.convert(y, to: .float32)])
    }
    let saved = try SavedProgram(make)
    #expect(!saved.has("Conv_") && saved.has("GatherND"))
    try saved.expectSame(as: make, type, seed: 16)
  }
}

extension Program {
  /// How many windows and folds there are.
  fileprivate var slidingCount: [Int] { [count { $0 is Window }, count { $0 is Fold }] }
}

extension Data {
  fileprivate func count(of word: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.range(of: Data(word.utf8)) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
