import Containers
import Graph
import Models
import Operations
import Tensors

/// A value of a model and, where Keras keeps one, the mask that tells which of its steps count: booleans of the
/// leading axes.
struct KerasTensor {
  let value: Value
  var mask: Value?
  /// The same image with its channels in front of the spatial axes, where a layer made it so. Layers that follow go
  /// on with it, so that between convolutions nothing is transposed.
  private(set) var channelsFirst: Value?

  init(_ value: Value, mask: Value? = nil) {
    self.value = value
    self.mask = mask
  }

  /// An image whose channels stand behind the spatial axes for the layers of the model.
  init(channelsFirst image: Value, in p: ProgramBuilder) throws {
    value = try p.moveAxis(image, from: 1, to: p.shape(image).rank - 1)
    channelsFirst = image
  }
}

/// An argument of a call with its tensors in place.
indirect enum KerasArgument {
  case tensor(KerasTensor)
  case list([KerasArgument])
  case literal(JSON)

  var tensors: [KerasTensor] {
    switch self {
    case .tensor(let tensor): [tensor]
    case .list(let list): list.flatMap(\.tensors)
    case .literal: []
    }
  }

  var isNull: Bool {
    if case .literal(.null) = self { true } else { false }
  }
}

/// A call of a layer: what it is applied to, its configuration and its weights.
struct KerasCall {
  let layer: KerasLayerStatement
  let config: KerasConfiguration
  let arguments: [KerasArgument]
  let named: [String: KerasArgument]
  let importer: KerasImporter
  let p: ProgramBuilder

  var version: KerasVersion { importer.version }
  /// Whether a negative index counts from the end; for older versions, as for TensorFlow, it lies outside.
  var countsFromEnd: Bool { version >= KerasVersion(3) }

  /// The same call of a layer inside this one, with other arguments.
  func inner(
    _ layer: KerasLayerStatement, _ arguments: [KerasArgument], named: [String: KerasArgument] = [:]
  ) throws -> [KerasTensor] {
    try importer.call(layer, arguments, named: named)
  }

  // MARK: - Arguments

  /// The tensors of the first argument, which may be a list.
  var inputs: [KerasTensor] { arguments.first?.tensors ?? [] }

  func input(_ place: Int = 0) throws -> KerasTensor {
    guard inputs.indices.contains(place) else {
      throw NetJacError(
        .format,
        "the layer is called with \(inputs.count) tensors; at least \(place + 1) are needed")
    }
    return inputs[place]
  }

  var x: Value { get throws { try input().value } }

  /// An argument by its name or its place in the call, unless it is null.
  func argument(_ name: String, _ place: Int? = nil) -> KerasArgument? {
    let argument =
      named[name] ?? place.flatMap { arguments.indices.contains($0) ? arguments[$0] : nil }
    return argument.flatMap { $0.isNull ? nil : $0 }
  }

  func tensor(_ name: String, _ place: Int? = nil) -> KerasTensor? {
    guard case .tensor(let tensor)? = argument(name, place) else { return nil }
    return tensor
  }

  func flag(_ name: String) -> Bool {
    guard case .literal(.bool(true))? = argument(name) else { return false }
    return true
  }

  /// The mask that counts for the first tensor: the one that the call names, or that comes with it.
  var mask: Value? {
    get throws {
      if let named = named["mask"], let tensor = named.tensors.first { return tensor.value }
      return try input().mask
    }
  }

  // MARK: - Weights

  /// A weight, checked for its shape.
  func weight(_ name: String, _ dims: [Int], in group: String = "") throws -> Value {
    try importer.weight(name, dims, in: group, of: layer)
  }

  // MARK: - Axes

  /// An axis of a value, counted from the end where negative.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw NetJacError(.shape, "axis \(axis) lies outside the \(rank) axes of the input")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The input, checked for its number of axes.
  func input(rank: Int) throws -> Value {
    let x = try x
    guard p.shape(x).rank == rank else {
      throw NetJacError(.shape, "the input is \(p.shape(x)); \(rank) axes are needed")
    }
    return x
  }

  /// The input as an image of some spatial axes, with its channels in front of them where it is there like that.
  func image(rank: Int, channelsFirst isNeeded: Bool = false) throws -> KerasImage {
    let x = try input(rank: rank + 2)
    guard config.channelsAreLast else {
      return KerasImage(value: x, layout: .channelsFirst, isMoved: false)
    }
    if let first = try input().channelsFirst {
      return KerasImage(value: first, layout: .channelsFirst, isMoved: true)
    }
    guard isNeeded else { return KerasImage(value: x, layout: .channelsLast, isMoved: false) }
    return KerasImage(
      value: try p.moveAxis(x, from: rank + 1, to: 1), layout: .channelsFirst, isMoved: true)
  }

  /// The place of a value's spatial axes.
  func spatialAxes(rank: Int) -> Range<Int> {
    config.channelsAreLast ? 1..<1 + rank : 2..<2 + rank
  }
}

/// An image as a layer works on it.
struct KerasImage {
  let value: Value
  let layout: ImageLayout
  /// Whether the model has its channels behind the spatial axes nevertheless.
  let isMoved: Bool

  /// What became of it, for the layers that follow.
  func result(_ y: Value, in p: ProgramBuilder) throws -> KerasTensor {
    isMoved ? try KerasTensor(channelsFirst: y, in: p) : KerasTensor(y)
  }
}
