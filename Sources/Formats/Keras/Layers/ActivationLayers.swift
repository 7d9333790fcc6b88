import Containers
import Graph
import Operations
import Tensors

/// The functions that layers name as their activation.
///
/// Source: keras/src/activations/activations.py of Keras 3.15 and of Keras 2.15.
enum KerasActivation {
  typealias Function = @Sendable (ProgramBuilder, Value) throws -> Value

  /// The functions that mean the same in all versions.
  static let functions: [String: Function] = [
    "linear": { _, x in x },
    "relu": { p, x in try p.relu(x) },
    "relu6": { p, x in try p.minimum(p.relu(x), p.scalar(6, like: x)) },
    "leaky_relu": { p, x in try p.leakyRelu(x, slope: 0.2) },
    "elu": { p, x in try p.exponentialUnit(x, scale: 1) },
    "selu": { p, x in
      let y = try p.exponentialUnit(x, scale: 1.6732632423543772)
      return try p.multiply(y, p.scalar(1.0507009873554805, like: y))
    },
    "celu": { p, x in try p.exponentialUnit(x, scale: 1) },
    "gelu": { p, x in try p.gelu(x) },
    "silu": { p, x in try p.swish(x) },
    "swish": { p, x in try p.swish(x) },
    "mish": { p, x in try p.mish(x) },
    "sigmoid": { p, x in try p.sigmoid(x) },
    "tanh": { p, x in try p.tanh(x) },
    "softmax": { p, x in try p.softmax(x, over: [lastAxis(x, p)]) },
    "softmax_v2": { p, x in try p.softmax(x, over: [lastAxis(x, p)]) },
    "log_softmax": { p, x in try p.logSoftmax(x, over: [lastAxis(x, p)]) },
    "softplus": { p, x in try p.softplus(x) },
    "softsign": { p, x in try p.softsign(x) },
    "exponential": { p, x in try p.exponential(x) },
    "log_sigmoid": { p, x in try p.negate(p.softplus(p.negate(x))) },
    "tanh_shrink": { p, x in try p.subtract(x, p.tanh(x)) },
    "hard_silu": { p, x in try p.multiply(x, hardSigmoid(x, slope: 1.0 / 6, in: p)) },
    "hard_swish": { p, x in try p.multiply(x, hardSigmoid(x, slope: 1.0 / 6, in: p)) },
    "hard_tanh": { p, x in try p.clip(x, -1, 1) },
    "hard_shrink": { p, x in
      let isLarge = try p.compare(.greater, p.absolute(x), p.scalar(0.5, like: x))
      return try p.select(isLarge, x, p.scalar(0, like: x))
    },
    "soft_shrink": { p, x in
      try p.subtract(x, p.clip(x, -0.5, 0.5))
    },
    "squareplus": { p, x in
      let root = try p.squareRoot(p.add(p.multiply(x, x), p.scalar(4, like: x)))
      return try p.multiply(p.add(x, root), p.scalar(0.5, like: x))
    },
    "sparse_plus": { p, x in
      let one = try p.scalar(1, like: x)
      let raised = try p.relu(p.add(p.minimum(x, one), one))
      let square = try p.multiply(p.multiply(raised, raised), p.scalar(0.25, like: x))
      return try p.select(p.compare(.greater, x, one), x, square)
    },
    "sparse_sigmoid": { p, x in
      try p.clip(p.multiply(p.add(x, p.scalar(1, like: x)), p.scalar(0.5, like: x)), 0, 1)
    },
    "glu": { p, x in
      let last = try lastAxis(x, p)
      guard p.shape(x)[last] % 2 == 0 else {
        throw NetJacError(.shape, "the last axis of \(p.shape(x)) cannot be halved for 'glu'")
      }
      let half = p.shape(x)[last] / 2
      return try p.multiply(
        p.slice(x, axis: last, start: 0, size: half),
        p.sigmoid(p.slice(x, axis: last, start: half, size: half)))
    },
    "sparsemax": sparsemax,
  ]

  /// The function of a name in files of a version.
  static func find(_ name: String, _ version: KerasVersion) -> Function? {
    if name == "hard_sigmoid" {
      // Keras 2: a slope of 0.2. Keras 3: that of relu6(x + 3)/6.
      let slope = version.major < 3 ? 0.2 : 1.0 / 6
      return { p, x in try hardSigmoid(x, slope: slope, in: p) }
    }
    return functions[name]
  }

  private static func lastAxis(_ x: Value, _ p: ProgramBuilder) throws -> Int {
    guard p.shape(x).rank > 0 else {
      throw NetJacError(.shape, "the input is a single number; an axis is needed")
    }
    return p.shape(x).rank - 1
  }

  private static func hardSigmoid(_ x: Value, slope: Double, in p: ProgramBuilder) throws -> Value {
    try p.hardSigmoid(x, alpha: slope, beta: 0.5)
  }

  /// A threshold is taken off, and what is negative becomes zero.
  ///
  /// This is meant to be the projection onto the simplex (Martins and Astudillo, 2016), but Keras sums the running
  /// sums of the elements above the threshold where one of them is meant. Files are followed in what Keras
  /// computes: keras/src/backend/tensorflow/nn.py.
  private static let sparsemax: Function = { p, x in
    let last = try lastAxis(x, p)
    let length = p.shape(x)[last]
    let order = try p.add(SortOrder(descending: true), [x])
    let sorted = try p.gather(x, order, batch: last)
    let running = try p.add(CumulativeSum(axis: last), [sorted])
    let places = try p.constant(
      Tensor(TensorType(p.real, [length]), reals: (0..<length).map { Double($0 + 1) }))
    let place = try p.broadcast(places, to: p.shape(x))
    let one = try p.scalar(1, like: x)
    let isInside = try p.compare(.greater, p.add(one, p.multiply(place, sorted)), running)
    let count = try p.reduceSum(p.convert(isInside, to: p.real), over: [last])
    let sum = try p.reduceSum(p.select(isInside, running, p.scalar(0, like: running)), over: [last])
    let threshold = try p.divide(p.subtract(sum, p.scalar(1, like: sum)), count)
    return try p.relu(p.subtract(x, p.spread(threshold, over: [last], to: p.shape(x))))
  }
}

/// An activation as a configuration states it: a name, or a layer with settings of its own.
struct KerasActivationStatement {
  let name: String
  /// The settings, where a layer stands in place of a function.
  let config: JSONObject?

  private static let layers: Set = ["ReLU", "LeakyReLU", "ELU", "Softmax", "ThresholdedReLU"]

  /// - Throws: `unsupported` for functions of Python and for what has no such name.
  init(_ json: JSON?, version: KerasVersion) throws(NetJacError) {
    switch json {
    case nil, .null?: (name, config) = ("linear", nil)
    case .string(let text)?: (name, config) = (text, nil)
    case let value?:
      let className = value["class_name"]?.string
      if className == "function", let function = value["config"]?.string {
        (name, config) = (function, nil)
      } else if let className, Self.layers.contains(className), let object = value["config"]?.object
      {
        (name, config) = (className, object)
      } else {
        throw NetJacError(
          .unsupported,
          "the activation \((className ?? "a function of Python").quoted) is not supported; code in a "
            + "file is never executed")
      }
    }
    guard KerasActivation.find(name, version) != nil || Self.layers.contains(name) else {
      throw NetJacError(.unsupported, "the activation \(name.quoted) is not supported")
    }
  }

  /// Whether it treats each element for itself.
  var isElementwise: Bool {
    !["softmax", "softmax_v2", "log_softmax", "glu", "sparsemax", "Softmax"].contains(name)
  }

  func applied(to x: Value, version: KerasVersion, in p: ProgramBuilder) throws -> Value {
    if let function = KerasActivation.find(name, version) { return try function(p, x) }
    return try KerasActivationLayers.apply(
      name, KerasConfiguration(config ?? JSONObject()), to: x, mask: nil, version, in: p)
  }
}

extension KerasCall {
  /// The value behind the activation that a key of the configuration names.
  func activated(_ x: Value, _ key: String = "activation", default standard: String = "linear")
    throws
    -> Value
  {
    let stated = config.object[key] ?? .string(standard)
    return try KerasActivationStatement(stated, version: version)
      .applied(to: x, version: version, in: p)
  }
}

/// Activations as layers.
enum KerasActivationLayers {
  static let all: [KerasLayer] = [
    KerasLayer("Activation", keys: ["activation"], masking: .passes) { layer, p in
      try layer.activated(layer.x)
    }.elementwise { config in
      // The version does not matter here.
      (try? KerasActivationStatement(config.object["activation"], version: KerasVersion(3)))?
        .isElementwise ?? false
    },
    simple("ReLU", keys: ["max_value", "negative_slope", "threshold"]),
    simple("LeakyReLU", keys: ["negative_slope", "alpha"]),
    simple("ELU", keys: ["alpha"]),
    simple("ThresholdedReLU", keys: ["theta"]),
    KerasLayer("Softmax", keys: ["axis"], masking: .passes) { layer, p in
      let mask = try layer.tensor("mask", 1)?.value ?? layer.mask
      return try apply("Softmax", layer.config, to: layer.x, mask: mask, layer.version, in: p)
    },
    KerasLayer(
      "PReLU", keys: ["shared_axes"], masking: .passes, weights: { _ in [KerasWeight("alpha")] },
      call: { layer, p in
        let x = try layer.x
        var dims = Array(p.shape(x).dims.dropFirst())
        for axis in try layer.config.ints("shared_axes") ?? [] {
          let axis = try layer.axis(axis, rank: p.shape(x).rank)
          guard axis > 0 else { throw NetJacError(.shape, "the batch axis cannot be shared") }
          dims[axis - 1] = 1
        }
        let alpha = try p.broadcast(layer.weight("alpha", dims), to: p.shape(x))
        return try p.leakyRelu(x, slope: alpha)
      }),
  ]

  private static func simple(_ name: String, keys: [KerasKey]) -> KerasLayer {
    KerasLayer(name, keys: keys, masking: .passes) { layer, p in
      try apply(name, layer.config, to: layer.x, mask: nil, layer.version, in: p)
    }.elementwise()
  }

  static func apply(
    _ name: String, _ config: KerasConfiguration, to x: Value, mask: Value?,
    _ version: KerasVersion, in p: ProgramBuilder
  ) throws -> Value {
    switch name {
    case "ReLU": return try relu(x, config, in: p)
    case "LeakyReLU":
      let slope =
        try config.optionalReal("negative_slope") ?? config.real("alpha", default: 0.3)
      return try p.leakyRelu(x, slope: slope)
    case "ELU":
      return try p.exponentialUnit(x, scale: config.real("alpha", default: 1))
    case "ThresholdedReLU":
      let theta = try p.scalar(config.real("theta", default: 1), like: x)
      return try p.select(p.compare(.greater, x, theta), x, p.scalar(0, like: x))
    default: return try softmax(x, config, mask, version, in: p)
    }
  }

  /// x from the threshold on up to a maximum, and a line through the threshold below.
  private static func relu(_ x: Value, _ config: KerasConfiguration, in p: ProgramBuilder) throws
    -> Value
  {
    let slope = try config.real("negative_slope", default: 0)
    let threshold = try config.real("threshold", default: 0)
    var y: Value
    if slope == 0, threshold == 0 {
      y = try p.relu(x)
    } else {
      let bound = try p.scalar(threshold, like: x)
      let below = try p.multiply(p.subtract(x, bound), p.scalar(slope, like: x))
      // At a threshold of 0 the derivative is that of the negative side, as for LeakyReLU.
      let isAbove = try p.compare(threshold == 0 ? .greater : .greaterOrEqual, x, bound)
      y = try p.select(isAbove, x, below)
    }
    if let maximum = try config.optionalReal("max_value") {
      y = try p.minimum(y, p.scalar(maximum, like: y))
    }
    return y
  }

  /// What a mask hides is lowered by 10⁹ and, since Keras 3.10, zero afterwards.
  private static func softmax(
    _ x: Value, _ config: KerasConfiguration, _ mask: Value?, _ version: KerasVersion,
    in p: ProgramBuilder
  ) throws -> Value {
    let rank = p.shape(x).rank
    let axes = try (config.ints("axis") ?? [-1]).map { axis in
      guard axis >= -rank, axis < rank else {
        throw NetJacError(.shape, "axis \(axis) lies outside the \(rank) axes of the input")
      }
      return axis < 0 ? axis + rank : axis
    }
    guard let mask else { return try p.softmax(x, over: axes) }
    let full = try p.broadcast(p.asBoolean(mask), to: p.shape(x))
    let lowered = try p.select(full, x, p.add(x, p.scalar(-1e9, like: x)))
    let y = try p.softmax(lowered, over: axes)
    guard version >= KerasVersion(3, 10) else { return y }
    return try p.select(full, y, p.scalar(0, like: y))
  }
}

extension ProgramBuilder {
  func clip(_ x: Value, _ low: Double, _ high: Double) throws -> Value {
    try clip(x, low: scalar(low, like: x), high: scalar(high, like: x))
  }

  /// Whether the elements are other than zero; booleans as they are.
  func asBoolean(_ x: Value) throws -> Value {
    type(x).element == .bool ? x : try differ(x, scalar(0, like: x))
  }

  /// Whether elements differ.
  func differ(_ a: Value, _ b: Value) throws -> Value { try add(Not(), [compare(.equal, a, b)]) }

  func both(_ a: Value, _ b: Value) throws -> Value { try add(BitOperation(.and), [a, b]) }

  /// Whether any of the booleans along some axes is true.
  func any(_ x: Value, over axes: [Int]) throws -> Value {
    let count = try reduceSum(convert(x, to: .int64), over: axes)
    return try compare(.greater, count, scalar(0, like: count))
  }
}
