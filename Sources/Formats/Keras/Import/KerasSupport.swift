import Containers
import Tensors

/// Finds everything in a model that NetJac has no meaning for, so that it is refused together.
struct KerasSupport {
  private let version: KerasVersion
  private var problems: [String] = []

  static func check(_ root: KerasLayerStatement, version: KerasVersion) throws {
    var support = KerasSupport(version: version)
    support.visit(root)
    guard !support.problems.isEmpty else { return }
    let limit = 20
    let shown = support.problems.prefix(limit).joined(separator: "; ")
    let rest = support.problems.count > limit ? "; and \(support.problems.count - limit) more" : ""
    throw NetJacError(
      .unsupported, "the model uses what NetJac does not support: \(shown)\(rest)")
  }

  private init(version: KerasVersion) {
    self.version = version
  }

  /// Keys that every layer may have, and that change nothing at inference.
  private static let common: Set = [
    "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "autocast", "seed",
    "activity_regularizer", "shared_object_id", "build_config", "quantization_config",
    "lora_rank", "lora_alpha", "registered_name", "module", "noise_shape",
  ]
  private static let commonEndings = ["_initializer", "_regularizer", "_constraint"]

  private mutating func refuse(_ layer: KerasLayerStatement, _ reason: String) {
    problems.append("layer \(layer.path.quoted) (\(layer.className)): \(reason)")
  }

  private mutating func visit(_ layer: KerasLayerStatement) {
    checkType(layer)
    if let graph = layer.graph {
      for layer in graph.layers { visit(layer) }
      for (layer, calls) in zip(graph.layers, graph.calls) { checkCalls(layer, calls) }
      return
    }
    for part in layer.parts { visit(part.layer) }
    if KerasOperationRegistry.isLayerOfOperation(layer) {
      let function = layer.config["function"]?.string ?? ""
      if !KerasTensorFlowFunctions.isKnown(function) {
        refuse(layer, "the function \(function.quoted) is not supported")
      }
      return
    }
    if layer.isOperation {
      guard let operation = KerasOperationRegistry.find(layer.className) else {
        return refuse(
          layer, "the operation of \((layer.module ?? "keras.ops").quoted) is not supported")
      }
      return checkKeys(layer, operation.keys)
    }
    if let registered = layer.registeredName, registered.contains(">") {
      return refuse(
        layer, "the class \(registered.quoted) is not one of Keras, and its code is not in the file"
      )
    }
    if layer.className == "Lambda" {
      return refuse(
        layer, "a Lambda holds code of Python, which is never executed; replace it by layers")
    }
    guard let known = KerasLayerRegistry.find(layer.className),
      layer.module.map({ $0.hasPrefix("keras") || $0.hasPrefix("tf_keras") }) ?? true
    else {
      let module = layer.module.map { " of \($0.quoted)" } ?? ""
      return refuse(layer, "the class\(module) is not supported")
    }
    checkKeys(layer, known.keys)
    for key in ["activation", "recurrent_activation"]
    where known.keys.contains(where: { $0.name == key }) {
      do {
        _ = try KerasActivationStatement(layer.config[key], version: version)
      } catch let error as NetJacError {
        refuse(layer, error.message)
      } catch {}
    }
  }

  private mutating func checkKeys(_ layer: KerasLayerStatement, _ keys: [KerasKey]) {
    for key in layer.config.keys {
      guard let value = layer.config[key], !value.isNull, value != .bool(false),
        !Self.common.contains(key), !Self.commonEndings.contains(where: key.hasSuffix)
      else { continue }
      switch keys.first(where: { $0.name == key })?.use {
      case .read?, .ignored?: continue
      case .only(let values)? where values.contains(value): continue
      default: refuse(layer, "\(key.quoted) is \(value.described), which is not supported")
      }
    }
  }

  /// Quantised weights are no plain numbers.
  private mutating func checkType(_ layer: KerasLayerStatement) {
    guard let policy = layer.config["dtype"], let className = policy["class_name"]?.string else {
      return
    }
    if className.contains("Quantized") { refuse(layer, "its weights are quantised") }
  }

  private mutating func checkCalls(_ layer: KerasLayerStatement, _ calls: [KerasCallStatement]) {
    for call in calls {
      if case .literal(.bool(true))? = call.named["training"], !isSameInTraining(layer) {
        refuse(layer, "it is called with training=True")
      }
    }
  }

  private func isSameInTraining(_ layer: KerasLayerStatement) -> Bool {
    layer.isOperation
      || ![
        "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
        "GaussianDropout", "GaussianNoise", "AlphaDropout", "BatchNormalization",
        "SpectralNormalization", "Sequential", "Functional", "Model", "Bidirectional",
        "TimeDistributed",
        "LSTM", "GRU", "SimpleRNN", "RNN", "MultiHeadAttention", "Attention", "AdditiveAttention",
        "GroupedQueryAttention",
      ].contains(layer.className)
  }
}
