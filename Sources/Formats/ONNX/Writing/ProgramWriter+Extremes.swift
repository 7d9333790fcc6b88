import Graph
import Tensors

/// Where the best elements of windows are.
extension ProgramWriter {
  func write(_ extreme: WindowExtreme, _ value: Value, _ x: Value) throws -> String {
    guard let spatial = batched.fixedLengths(x, last: extreme.axes.count) else {
      throw NotBatched(place: "a window")
    }
    guard let pads = Self.pads(extreme, spatial, program.type(x)) else {
      return try argExtreme(extreme, value, x, spatial)
    }
    let results = try maximumPool(extreme, x, pads, outputs: 2)
    pools[value.index] = results[0]
    // These count through all images.
    let pixels = scalar(Double(spatial.reduce(1, *)), like: value)
    let local = try add("Mod", [results[1], pixels])
    return try reshape(local, batched.shape(value))
  }

  /// The elements at the places that a pool finds, in the shape of `value`.
  func write(_ pool: MaximumPool, _ value: Value) throws -> String {
    let name =
      try pools[pool.places.index]
      ?? maximumPool(pool.extreme, pool.image, pool.pads, outputs: 1)[0]
    return try reshape(name, batched.shape(value))
  }

  /// The padding with which `MaxPool` finds the same, or nil if it cannot.
  static func pads(_ extreme: WindowExtreme, _ spatial: [Int], _ x: TensorType) -> [Int]? {
    guard extreme.kind == .maximum, !extreme.last, (1...3).contains(extreme.axes.count),
      x.element.isReal, x.count > 0
    else { return nil }
    var high: [Int] = []
    for (window, length) in zip(extreme.axes, spatial) {
      guard window.size > 0, window.count > 0 else { return nil }
      let missing = window.end - length
      // Runtimes want less padding than kernel, so that each window holds an element.
      guard (0..<window.size).contains(window.low), missing < window.size,
        -missing < window.stride,
        (0..<window.count).allSatisfy({ !window.inside($0, of: length).isEmpty })
      else { return nil }
      high.append(max(missing, 0))
    }
    return extreme.axes.map(\.low) + high
  }

  private func maximumPool(
    _ extreme: WindowExtreme, _ x: Value, _ pads: [Int], outputs: Int
  ) throws -> [String] {
    let images = try images(x, extreme.axes)
    let results = try add(
      "MaxPool", [images.name],
      sliding(extreme.axes, pads) + [.integers("dilations", extreme.axes.map(\.dilation))],
      outputs: outputs)
    return results.map { defineImage($0, images.outer + counts(extreme.axes)) }
  }

  /// A value with a batch, channels and the axes along which windows slide.
  func images(_ x: Value, _ axes: [WindowAxis]) throws
    -> (name: String, outer: [BatchedProgram.Length])
  {
    let lengths = batched.shape(x)
    let before = lengths.dropLast(axes.count)
    let outer = [try BatchedProgram.merged(before.dropLast()), before.last ?? .fixed(1)]
    return (try reshape(full(x), outer + lengths.suffix(axes.count)), outer)
  }

  /// Lays the windows out and finds the extreme among the places of each.
  private func argExtreme(
    _ extreme: WindowExtreme, _ value: Value, _ x: Value, _ spatial: [Int]
  ) throws -> String {
    let result = batched.shape(value)
    let lengths = batched.shape(x)
    let outer = lengths.count - spatial.count
    let size = extreme.axes.reduce(1) { $0 * $1.size }
    let outputs = extreme.axes.reduce(1) { $0 * $1.count }
    let pixels = spatial.reduce(1, *)
    guard size > 0 else {
      return try add("Expand", [scalar(-1, like: value), shapeName(result)])
    }
    let sources = Window(extreme.axes).sources(
      TensorType(.float64, Shape(spatial)),
      TensorType(.float64, Shape(extreme.axes.map(\.size) + extreme.axes.map(\.count))))
    // Elements outside come where a tie does not choose them.
    let table = (0..<outputs).map { output -> [Int] in
      let places = (0..<size).map { sources[$0 * outputs + output] }
      let (inside, outside) = (places.filter { $0 >= 0 }, places.filter { $0 < 0 })
      return extreme.last ? outside + inside : inside + outside
    }
    let byPlace = (0..<size).flatMap { k in table.map { Int64($0[k]) } }
    func integers(_ numbers: [Int64], _ shape: Shape) -> String {
      constant(Tensor(TensorType(.int64, shape), integers: numbers))
    }
    let flat = try reshape(full(x), lengths.prefix(outer) + [.fixed(pixels)])
    let ends = [Int](repeating: 0, count: 2 * outer + 1) + [1]
    let source = try add("Pad", [flat, self.integers(ends), worst(extreme.kind, like: x)])
    let index = integers(byPlace.map { $0 < 0 ? Int64(pixels) : $0 }, [size, outputs])
    let windows = try add("Gather", [source, index], [.integer("axis", outer)])
    let best = try add(
      extreme.kind == .maximum ? "ArgMax" : "ArgMin", [windows],
      [
        .integer("axis", outer), .integer("keepdims", 0),
        .integer("select_last_index", extreme.last ? 1 : 0),
      ])
    let row = try add("Mul", [best, scalar(Double(outputs), like: value)])
    let entry = try add("Add", [row, integers((0..<outputs).map(Int64.init), [outputs])])
    let places = try add("Gather", [integers(byPlace, [size * outputs]), entry])
    return try reshape(places, result)
  }

  private func worst(_ kind: Extreme.Kind, like x: Value) -> String {
    let type = program.type(x).with([])
    if type.element.isReal {
      return scalar(kind == .maximum ? -.infinity : .infinity, like: x)
    }
    let range =
      type.element == .bool
      ? (Int64(0), Int64(1))
      : type.element == .int32
        ? (Int64(Int32.min), Int64(Int32.max)) : (Int64.min, Int64.max)
    return constant(Tensor(type, fill: kind == .maximum ? range.0 : range.1))
  }
}
