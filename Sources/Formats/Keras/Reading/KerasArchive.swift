import Containers
import Models
import Tensors

/// What holds a model of Keras: a ZIP archive or a folder with three entries, or one HDF5 file.
struct KerasArchive {
  enum Weights {
    /// `model.weights.h5`: groups named by rule.
    case named(HDF5Object)
    /// The older file of whole models: lists of arrays in order.
    case ordered(HDF5Object)
  }

  let configuration: JSON
  let version: KerasVersion
  let weights: Weights

  private static let configurationName = "config.json"
  private static let weightsName = "model.weights.h5"
  /// Far above any configuration, and little memory.
  private static let textLimit = 1 << 26

  /// Whether these are the bytes of a container of Keras, whatever it holds, or a folder of its entries.
  static func recognises(_ source: ModelSource) -> Bool {
    if case .folder = source.place {
      return source.hasFile(configurationName) || source.hasFile(weightsName)
        || source.hasFile("metadata.json")
    }
    let start = Bytes(source.bytes)
    return start.starts(with: ZIPArchive.signature) || start.starts(with: HDF5File.signature)
      || start.starts(with: [0x50, 0x4b, 5, 6])
  }

  init(_ source: ModelSource, memoryLimit: Int) throws {
    let bytes = Bytes(source.bytes)
    if case .folder(let path) = source.place {
      let folder = ModelFolder(path: path, file: Self.configurationName)
      try self.init(memoryLimit: memoryLimit) { name, limit in
        guard source.hasFile(name) else { return nil }
        return try folder.read(name, memoryLimit: limit).map { Bytes($0) }
      }
    } else if bytes.starts(with: HDF5File.signature) {
      try self.init(file: HDF5File(bytes, memoryLimit: memoryLimit).root())
    } else {
      let archive = try ZIPArchive(bytes)
      let isTorch = archive.names.contains { $0.hasSuffix("data.pkl") }
      try self.init(memoryLimit: memoryLimit, isTorch: isTorch) {
        try archive.content(of: $0, limit: $1)
      }
    }
  }

  // MARK: - Archives and folders

  private init(
    memoryLimit: Int, isTorch: Bool = false, entry: (_ name: String, _ limit: Int) throws -> Bytes?
  ) throws {
    let textLimit = min(memoryLimit, Self.textLimit)
    guard let text = try entry(Self.configurationName, textLimit) else {
      throw NetJacError(
        .format,
        "this has no entry \(Self.configurationName.quoted), so it is no model of Keras, or only weights"
          + (isTorch
            ? "; it seems to be a PyTorch archive, which torch.onnx.export turns into ONNX" : ""))
    }
    configuration = try JSONParser.parse(text, of: Self.configurationName)
    var version: KerasVersion?
    if let metadata = try entry("metadata.json", textLimit) {
      let json = try JSONParser.parse(metadata, of: "metadata.json")
      version = json["keras_version"]?.string.flatMap(KerasVersion.init)
    }
    self.version = version ?? KerasVersion(3)
    guard let bytes = try entry(Self.weightsName, memoryLimit) else {
      if try entry("model.weights.npz", memoryLimit) != nil {
        throw NetJacError(
          .unsupported,
          "the weights are kept as 'model.weights.npz', which is not read; save the model without "
            + "weights_format")
      }
      throw NetJacError(
        .format, "this has no entry \(Self.weightsName.quoted), so the weights are missing")
    }
    weights = .named(
      try located(Self.weightsName) { try HDF5File(bytes, memoryLimit: memoryLimit).root() })
  }

  // MARK: - HDF5 files of whole models

  private init(file root: HDF5Object) throws {
    guard let text = try root.text("model_config") else {
      let names = try root.names()
      let holdsWeights = [
        "layers", "vars", "_layer_checkpoint_dependencies", "top_level_model_weights",
      ]
      .contains(where: names.contains)
      let hasLayers = try root.texts("layer_names") != nil
      throw NetJacError(
        .format,
        holdsWeights || hasLayers
          ? "this HDF5 file holds weights only, no architecture (model_config is missing); save the whole "
            + "model with model.save"
          : "this HDF5 file holds no model of Keras: the attribute 'model_config' is missing")
    }
    configuration = try JSONParser.parse(Bytes(Array(text.utf8)), of: "model_config")
    guard let group = try root.member("model_weights") else {
      throw NetJacError(.format, "this HDF5 file has no group 'model_weights'")
    }
    let written = try root.text("keras_version") ?? group.text("keras_version")
    guard let written, let version = KerasVersion(written), version.major >= 2 else {
      throw NetJacError(
        .unsupported,
        "the file is from Keras \(written ?? "1"), whose layers have other settings and weights; load and "
          + "save it with Keras 2")
    }
    self.version = version
    let backend = try root.text("backend") ?? group.text("backend") ?? "tensorflow"
    guard version.major >= 3 || backend == "tensorflow" else {
      throw NetJacError(
        .unsupported,
        "the file was written with the backend \(backend.quoted), whose convolution kernels are laid out "
          + "otherwise; save it with TensorFlow")
    }
    weights = .ordered(group)
  }
}
