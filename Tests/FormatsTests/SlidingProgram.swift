import Graph
import Tensors
import TestCases

/// A convolution with random windows, groups, order of axes and operands, or its transpose.
struct SlidingProgram {
  let element: ElementType
  let isTransposed: Bool
  private var axes: [WindowAxis] = []
  private var spatial: [Int] = []
  private var lengths: [Int] = []
  private var imageOrder: [Int]
  private var kernelOrder: [Int]
  private var resultOrder: [Int]
  private let isSwapped: Bool
  private let kernel: Tensor
  private let batch = 0, group = 1, channel = 2, feature = 3

  init(seed: UInt64, _ element: ElementType, isTransposed: Bool) {
    var random = Random(seed: seed)
    self.element = element
    self.isTransposed = isTransposed
    let rank = random.whole(in: 1...3)
    for _ in 0..<rank {
      let length = random.whole(in: 3...6)
      let (size, stride) = (random.whole(in: 1...3), random.whole(in: 1...3))
      let dilation = random.whole(in: 1...2)
      var low = random.whole(in: -2...3)
      let room = length + low + 3 - (size - 1) * dilation - 1
      let count = random.whole(in: 1...max(room / stride + 1, 1))
      // Some window must read an element.
      low = min(low, (count - 1) * stride + (size - 1) * dilation)
      spatial.append(length)
      axes.append(
        WindowAxis(size: size, stride: stride, dilation: dilation, low: low, count: count))
    }
    lengths = [1, random.whole(in: 1...3), random.whole(in: 1...3), random.whole(in: 1...5)]
    // Labels behind these: the places in a window, then the windows.
    let places = (0..<rank).map { 4 + $0 }
    let windows = (0..<rank).map { 4 + rank + $0 }
    imageOrder = [batch, group, channel].shuffled(using: &random)
    kernelOrder = ([group, channel, feature] + places).shuffled(using: &random)
    resultOrder = [batch, group, feature].shuffled(using: &random)
    if !isTransposed { resultOrder = (resultOrder + windows).shuffled(using: &random) }
    isSwapped = random.chance(0.5)
    let all = lengths + axes.map(\.size) + axes.map(\.count)
    kernel = random.tensor(TensorType(element, Shape(kernelOrder.map { all[$0] })))
  }

  /// What an input is for one sample: channels and an image, or what windows add to one.
  func inputType(_ batch: Int = 1) -> TensorType {
    TensorType(
      element,
      Shape(
        [batch, lengths[group], lengths[channel]] + (isTransposed ? axes.map(\.count) : spatial))
    )
  }

  func make(_ batch: Int) throws -> Program {
    let p = ProgramBuilder(real: element)
    let rank = axes.count
    let x = try p.input(inputType(batch))
    let image = try p.transpose(x, imageOrder + (0..<rank).map { 3 + $0 })
    let places = (0..<rank).map { 4 + $0 }
    let windows = (0..<rank).map { 4 + rank + $0 }
    let y: Value
    let order: [Int]
    if isTransposed {
      let product = try dot(
        image, imageOrder + windows, resultOrder + places + windows, in: p)
      y = try p.add(Fold(axes, spatial: spatial), [product])
      order = resultOrder
    } else {
      y = try dot(
        p.add(Window(axes), [image]), imageOrder + places + windows, resultOrder, in: p)
      order = resultOrder
    }
    var back = Array(0..<p.shape(y).rank)
    back.swapAt(0, order.firstIndex(of: self.batch) ?? 0)
    return p.program(outputs: [try p.transpose(y, back)])
  }

  private func dot(_ x: Value, _ labels: [Int], _ result: [Int], in p: ProgramBuilder) throws
    -> Value
  {
    let kernel = try p.constant(kernel)
    return try isSwapped
      ? p.dot(kernel, x, kernelOrder, labels, result)
      : p.dot(x, kernel, labels, kernelOrder, result)
  }
}

extension Program {
  /// How many products of numbers the primitives take.
  var productCount: Int {
    nodes.reduce(0) { sum, node in
      node.primitive is Dot
        ? sum + node.primitive.multiplyAdds(node.operands.map(type), node.type) : sum
    }
  }
}
