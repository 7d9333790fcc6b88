import Containers
import Graph
import Operations
import Tensors

/// A weight that a layer declares, in the order in which Keras creates them.
struct KerasWeight: Sendable {
  let name: String
  /// The attribute of the layer that holds it, such as `cell`; empty for the layer itself.
  let group: String
  let isTrainable: Bool
  /// Whether it has a place in lists of weights and no effect.
  let isUnused: Bool
  /// Other names that older versions give it.
  let otherNames: [String]

  init(
    _ name: String, in group: String = "", isTrainable: Bool = true, isUnused: Bool = false,
    or otherNames: String...
  ) {
    self.name = name
    self.group = group
    self.isTrainable = isTrainable
    self.isUnused = isUnused
    self.otherNames = otherNames
  }

  var names: [String] { [name] + otherNames }
  /// The name inside the layer, with that of the part which holds it.
  var path: String { group.isEmpty ? name : "\(group)/\(name)" }
}

/// A key of a layer's configuration that the layer knows.
struct KerasKey: Sendable, ExpressibleByStringLiteral {
  enum Use: Sendable {
    /// The layer reads it.
    case read
    /// It has no effect on what is computed at inference.
    case ignored
    /// Any other value than these is refused.
    case only([JSON])
  }

  let name: String
  let use: Use

  private init(_ name: String, _ use: Use) {
    self.name = name
    self.use = use
  }

  init(stringLiteral name: String) { self.init(name, .read) }

  static func ignored(_ name: String) -> KerasKey { KerasKey(name, .ignored) }
  static func only(_ name: String, _ values: JSON...) -> KerasKey { KerasKey(name, .only(values)) }
}

/// What a layer of Keras means: the keys of its configuration, its weights, and how values become others.
///
/// A key that is not listed is refused unless its value says that nothing is asked for, so that a setting of a
/// newer version is never ignored.
struct KerasLayer: Sendable {
  typealias Call = @Sendable (KerasCall, ProgramBuilder) throws -> [KerasTensor]

  /// What becomes of a mask.
  enum Masking: Sendable {
    /// The mask of the input goes on.
    case passes
    case drops
    /// The call itself decides.
    case decides
  }

  let name: String
  let keys: [KerasKey]
  let weights: @Sendable (KerasConfiguration) -> [KerasWeight]
  let masking: Masking
  let call: Call
  /// Whether each element of the result depends on the elements at its own place alone, so that the order of the axes
  /// does not matter.
  private(set) var isElementwise: @Sendable (KerasConfiguration) -> Bool = { _ in false }

  /// The same layer, known to work element by element.
  func elementwise(
    _ isElementwise: @escaping @Sendable (KerasConfiguration) -> Bool = { _ in true }
  ) -> KerasLayer {
    var layer = self
    layer.isElementwise = isElementwise
    return layer
  }

  init(
    several name: String, keys: [KerasKey] = [], masking: Masking = .decides,
    weights: @escaping @Sendable (KerasConfiguration) -> [KerasWeight] = { _ in [] },
    call: @escaping Call
  ) {
    self.name = name
    self.keys = keys
    self.weights = weights
    self.masking = masking
    self.call = call
  }

  /// A layer of one result.
  init(
    _ name: String, keys: [KerasKey] = [], masking: Masking = .drops,
    weights: @escaping @Sendable (KerasConfiguration) -> [KerasWeight] = { _ in [] },
    call: @escaping @Sendable (KerasCall, ProgramBuilder) throws -> Value
  ) {
    self.init(several: name, keys: keys, masking: masking, weights: weights) { layer, p in
      [KerasTensor(try call(layer, p))]
    }
  }
}

/// Every layer that files may use; the only list of them.
enum KerasLayerRegistry {
  static let all: [KerasLayer] =
    KerasCoreLayers.all + KerasActivationLayers.all + KerasConvolutionLayers.all
    + KerasPoolingLayers.all + KerasReshapingLayers.all + KerasMergingLayers.all
    + KerasNormalisationLayers.all + KerasRecurrentLayers.all + KerasAttentionLayers.all
    + KerasIdentityLayers.all + KerasImageLayers.all

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  static func find(_ name: String) -> KerasLayer? { byName[name] }

  /// The weights that a layer of the file declares; none where its class is unknown.
  static func weights(of layer: KerasLayerStatement) -> [KerasWeight] {
    guard !layer.isOperation, let known = find(layer.className) else { return [] }
    return known.weights(KerasConfiguration(layer.config))
  }
}
