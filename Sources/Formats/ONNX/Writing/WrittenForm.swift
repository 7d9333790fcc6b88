import Graph
import Tensors

/// What several nodes of a program together are in ONNX.
enum WrittenForm {
  case maximumPool(MaximumPool)
  case averagePool(AveragePool)
  case convolution(WrittenConvolution)
  case transposedConvolution(TransposedConvolution)

  /// The values that must be written for it.
  var operands: [Value] {
    switch self {
    case .maximumPool(let pool): [pool.image]
    case .averagePool(let pool): [pool.image]
    case .convolution(let convolution):
      [convolution.image.value, convolution.kernel.value] + (convolution.bias.map { [$0] } ?? [])
    case .transposedConvolution(let convolution):
      [convolution.image.value, convolution.kernel.value]
    }
  }
}

extension BatchedProgram {
  /// The nodes that have a form of their own, and for each node whether it must be written: what
  /// forms take in needs no place in the file.
  func forms() -> (forms: [Int: WrittenForm], isNeeded: [Bool]) {
    var useCounts = [Int](repeating: 0, count: program.nodes.count)
    for operand in program.nodes.flatMap(\.operands) + program.outputs {
      useCounts[operand.index] += 1
    }
    var forms: [Int: WrittenForm] = [:]
    var isNeeded = [Bool](repeating: false, count: program.nodes.count)
    for output in program.outputs { isNeeded[output.index] = true }
    for index in program.nodes.indices.reversed() where isNeeded[index] {
      let form = form(Value(index: index), useCounts)
      forms[index] = form
      for operand in form?.operands ?? program.nodes[index].operands {
        isNeeded[operand.index] = true
      }
    }
    return (forms, isNeeded)
  }

  private func form(_ value: Value, _ useCounts: [Int]) -> WrittenForm? {
    let node = program.nodes[value.index]
    switch node.primitive {
    case is Gather: return maximumPool(value).map { .maximumPool($0) }
    case is Divide: return averagePool(node).map { .averagePool($0) }
    case let dot as Dot:
      return convolution(dot, node).map { .convolution($0) }
    case is Add:
      return biasedConvolution(node, useCounts).map { .convolution($0) }
    case let fold as Fold:
      return transposedConvolution(fold, value, node).map { .transposedConvolution($0) }
    default: return nil
    }
  }

  /// Whether runtimes convolve and average numbers of this type. ONNX Runtime does so in single
  /// precision only, and a file must not lose digits.
  func isConvolved(_ type: TensorType) -> Bool { type.element == .float32 && type.count > 0 }
}

// MARK: - Pools

/// The largest elements of windows, gathered from their places.
struct MaximumPool {
  let extreme: WindowExtreme
  let places: Value
  let image: Value
  let pads: [Int]
}

/// The means of windows.
struct AveragePool {
  let axes: [WindowAxis]
  let image: Value
  let pads: [Int]
  let includesPadding: Bool
}

extension BatchedProgram {
  private func maximumPool(_ value: Value) -> MaximumPool? {
    guard let pool = program.pooledExtreme(value),
      let spatial = fixedLengths(pool.image, last: pool.extreme.axes.count),
      let pads = ProgramWriter.pads(pool.extreme, spatial, program.type(pool.image)),
      hasSameWindows(pool.places)
    else { return nil }
    return MaximumPool(
      extreme: pool.extreme, places: pool.places, image: pool.image, pads: pads)
  }

  /// A sum of windows divided by how many elements each has, in the image or with its padding.
  private func averagePool(_ node: Node) -> AveragePool? {
    guard isConvolved(node.type), let sum = program.summedWindows(node.operands[0]),
      hasSameWindows(sum.windows)
    else { return nil }
    let (window, image) = (sum.window, sum.image)
    let rank = window.axes.count
    guard (1...3).contains(rank),
      window.axes.allSatisfy({ $0.dilation == 1 }),
      let spatial = fixedLengths(image, last: rank),
      let place = SlidingPlace(window.axes, spatial), !place.isCropped,
      zip(place.low + place.high, window.axes + window.axes).allSatisfy({ $0 < $1.size }),
      let counts = counts(node.operands[1], window.axes)
    else { return nil }
    let size = Double(window.axes.reduce(1) { $0 * $1.size })
    let inside = zip(window.axes, spatial).reduce([1.0]) { counts, axis in
      counts.flatMap { count in
        (0..<axis.0.count).map { count * Double(axis.0.inside($0, of: axis.1).count) }
      }
    }
    guard !inside.contains(0), counts == inside || counts.allSatisfy({ $0 == size }) else {
      return nil
    }
    return AveragePool(
      axes: window.axes, image: image, pads: place.low + place.high,
      includesPadding: counts != inside)
  }

  /// A divisor that is known, for each window.
  private func counts(_ value: Value, _ axes: [WindowAxis]) -> [Double]? {
    let outputs = axes.reduce(1) { $0 * $1.count }
    let node = program.nodes[value.index]
    if let fill = program.constant(value)?.fill { return .init(repeating: fill, count: outputs) }
    guard let broadcast = node.primitive as? Broadcast,
      let tensor = program.constant(node.operands[0]),
      broadcast.axes.allSatisfy({ $0 >= node.type.rank - axes.count }), tensor.count == outputs
    else { return nil }
    return tensor.reals
  }
}

/// The padding with which an operator of ONNX slides as a window does, after cutting off what no
/// window reads.
struct SlidingPlace {
  private(set) var low: [Int] = []
  private(set) var high: [Int] = []
  /// The part of each axis that is left.
  private(set) var starts: [Int] = []
  private(set) var ends: [Int] = []
  private(set) var isCropped = false

  /// Nil where no operator can.
  init?(_ axes: [WindowAxis], _ spatial: [Int]) {
    for (window, length) in zip(axes, spatial) {
      guard window.size > 0, window.count > 0, length > 0 else { return nil }
      let start = max(-window.low, 0)
      let needed = window.end
      // What is too short for another window may stay.
      let end = needed + window.stride > length ? length : needed
      guard start < end, max(window.low, needed - length) < 1 << 30 else { return nil }
      low.append(max(window.low, 0))
      high.append(max(needed - length, 0))
      starts.append(start)
      ends.append(end)
      if start > 0 || end < length { isCropped = true }
    }
  }
}

extension [WindowAxis] {
  /// All that tells one window from another.
  var numbers: [Int] { flatMap { [$0.size, $0.stride, $0.dilation, $0.low, $0.count] } }
}
