import Containers
import Tensors

/// The part of `docs/operators.md` on Keras, from the registries of layers and operations.
enum KerasDocumentation {
  static var text: String {
    var lines = [
      "# Layers of Keras",
      "",
      """
      The \(KerasLayerRegistry.all.count) layers that Sequential and Functional models may hold, in files of Keras 2.3 to \
      2.15 and 3. "Settings" are the keys of a layer's configuration that decide what it computes; keys in \
      parentheses have no effect outside training. Any other key is refused unless its value is null or false. "Weights" are \
      those of a layer with default settings; those of wrapped layers are theirs. Activations are \
      \(activations), and the layers ReLU, LeakyReLU, ELU, Softmax and ThresholdedReLU; hard_sigmoid has the slope of the \
      version that wrote the file. Derivatives exist of all orders; kinks are those of the ONNX operators of the same name. \
      Of Embedding and Take, \(ComputedIndices.picking); of OneHot and one_hot, it marks no place.
      """,
      "",
      "| layer | settings | weights |",
      "| --- | --- | --- |",
    ]
    for layer in KerasLayerRegistry.all.sorted(by: { $0.name < $1.name }) {
      let weights = layer.weights(KerasConfiguration(JSONObject())).filter { !$0.isUnused }
      lines.append(
        "| \(layer.name) | \(settings(layer.keys)) | \(weights.map(\.path).joined(separator: ", ")) |"
      )
    }
    lines += [
      "",
      "## Operations of keras.ops",
      "",
      """
      The \(KerasOperationRegistry.all.count) operations that may stand between layers: \
      \(KerasOperationRegistry.all.map(\.name).sorted().joined(separator: ", ")).
      """,
      "",
      "## Functions of TensorFlow in models of Keras 2",
      "",
      "TFOpLambda and SlicingOpLambda of: \(KerasTensorFlowFunctions.names.joined(separator: ", ")).",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static var activations: String {
    let names = Set(KerasActivation.functions.keys).union(["hard_sigmoid"]).subtracting([
      "softmax_v2"
    ])
    return names.sorted().joined(separator: ", ")
  }

  private static func settings(_ keys: [KerasKey]) -> String {
    let read = keys.compactMap { key -> String? in
      switch key.use {
      case .read: key.name
      case .only(let values):
        values.isEmpty ? nil : "\(key.name) (\(values.map(\.described).joined(separator: ", ")))"
      case .ignored: nil
      }
    }
    let ignored = keys.compactMap { key -> String? in
      if case .ignored = key.use { key.name } else { nil }
    }
    let parts = [
      read.joined(separator: ", "), ignored.isEmpty ? "" : "(\(ignored.joined(separator: ", ")))",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
