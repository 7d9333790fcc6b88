import Containers
import Foundation
import Models
import Tensors
import Testing

@testable import Formats

/// Archives and configurations that are handmade or changed.
@Suite("Files of Keras")
struct KerasFileTests {
  private static let environment = ProcessInfo.processInfo.environment

  private func bytes(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: KerasCase.folder.appendingPathComponent(file)))
  }

  /// The entries of an archive, which may be changed and packed again.
  private func entries(_ file: String) throws -> [(name: String, content: [UInt8])] {
    let archive = try ZIPArchive(Bytes(try bytes(file)))
    return try ["metadata.json", "config.json", "model.weights.h5"].map { name in
      (name, try #require(try archive.content(of: name, limit: 1 << 26)).array)
    }
  }

  private func load(
    _ file: String, replacing old: String, by new: String, in entry: String = "config.json"
  ) throws -> NetworkDescription {
    let entries = try entries(file).map { name, content -> (String, [UInt8]) in
      guard name == entry else { return (name, content) }
      let text = String(decoding: content, as: UTF8.self)
      try #require(text.contains(old), "\(old) is not in \(entry)")
      return (name, Array(text.replacingOccurrences(of: old, with: new).utf8))
    }
    return try FormatRegistry.load(bytes: StoredArchive.bytes(entries), options: ImportOptions())
  }

  @Test("names of groups are counted as Keras counts them")
  func names() {
    for (className, name) in [
      ("Dense", "dense"), ("PReLU", "p_re_lu"), ("ReLU", "re_lu"), ("LSTM", "lstm"),
      ("Conv2DTranspose", "conv2d_transpose"), ("ConvLSTM2D", "conv_lstm2d"),
      ("GlobalAveragePooling1D", "global_average_pooling1d"), ("GRUCell", "gru_cell"),
      ("MultiHeadAttention", "multi_head_attention"), ("ELU", "elu"),
      ("BatchNormalization", "batch_normalization"), ("StackedRNNCells", "stacked_rnn_cells"),
      ("DepthwiseConv1D", "depthwise_conv1d"), ("RMSNormalization", "rms_normalization"),
    ] {
      #expect(KerasNameCounters.snakeCase(className) == name)
    }
    var counters = KerasNameCounters()
    #expect(
      ["Dense", "LSTM", "Dense", "Dense"].map { counters.next($0) } == [
        "dense", "lstm", "dense_1", "dense_2",
      ])
  }

  @Test("a folder of the entries is the same model")
  func folder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "netjac-keras-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, content) in try entries("dense.keras") {
      try Data(content).write(to: folder.appendingPathComponent(name))
    }
    let network = try FormatRegistry.load(path: folder.path, options: ImportOptions())
    #expect(network.inputs.map(\.name) == ["x"])

    // What leads out of the folder is not followed.
    let weights = folder.appendingPathComponent("model.weights.h5")
    let outside = folder.appendingPathExtension("h5")
    try FileManager.default.moveItem(at: weights, to: outside)
    defer { try? FileManager.default.removeItem(at: outside) }
    try FileManager.default.createSymbolicLink(at: weights, withDestinationURL: outside)
    let error = #expect(throws: NetJacError.self) {
      try FormatRegistry.load(path: folder.path, options: ImportOptions())
    }
    #expect(error?.message.contains("outside the model's folder") == true)
  }

  @Test("content decides, not the name: bytes of both containers load")
  func contents() throws {
    for file in ["nested.keras", "nested.h5"] {
      let network = try FormatRegistry.load(bytes: try bytes(file), options: ImportOptions())
      #expect(network.inputs.map(\.name) == ["x"] && network.outputs.count == 2)
    }
  }

  @Test("all that is not supported is refused at once, by name")
  func refusals() throws {
    let error = #expect(throws: NetJacError.self) {
      try load(
        "dense.keras", replacing: #""use_bias": true"#,
        by:
          #""use_bias": true, "new_setting": 2, "other_setting": "on", "third": null, "fourth": false"#
      )
    }
    let message = error?.message ?? ""
    #expect(error?.kind == .unsupported)
    #expect(message.contains("'new_setting' is 2") && message.contains("'other_setting' is 'on'"))
    #expect(!message.contains("third") && !message.contains("fourth"))
    for (old, new, words) in [
      (#""class_name": "Dense""#, #""class_name": "Lambda""#, "Lambda"),
      (#""class_name": "Dense""#, #""class_name": "Hashing""#, "Hashing"),
      (#""registered_name": null"#, #""registered_name": "mine>Layer""#, "mine>Layer"),
      (#""activation": "tanh""#, #""activation": "warp""#, "warp"),
      (#""class_name": "Functional""#, #""class_name": "MyModel""#, "MyModel"),
    ] {
      let error = #expect(throws: NetJacError.self) {
        try load("dense.keras", replacing: old, by: new)
      }
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
      #expect(error?.kind == .unsupported)
    }
  }

  @Test("arithmetic on booleans is refused while the file is read")
  func booleans() throws {
    let error = #expect(throws: NetJacError.self) {
      try load(
        "operators.keras",
        replacing:
          #""config": {"name": "negative"}, "registered_name": "Negative", "name": "negative", "#
          + #""inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "#
          + #""dtype": "float64", "keras_history": ["x", 0, 0]"#,
        by: #""config": {"name": "negative"}, "registered_name": "Negative", "name": "negative", "#
          + #""inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "#
          + #""dtype": "bool", "keras_history": ["greater", 0, 0]"#)
    }
    #expect(error?.message.contains("bool") == true, "\(String(describing: error))")
    #expect(error?.kind != .defect)
  }

  @Test("weights that do not fit are refused with layer, name and shapes")
  func weights() throws {
    let error = #expect(throws: NetJacError.self) {
      try load("dense.keras", replacing: #""units": 3"#, by: #""units": 5"#)
    }
    #expect(error?.message.contains("'kernel' has the shape [4, 3] in the file") == true)
    let missing = #expect(throws: NetJacError.self) {
      try load("dense.keras", replacing: #""use_bias": true"#, by: #""use_bias": false"#)
    }
    #expect(missing?.message.contains("holds 2 weights") == true)
    var entries = try entries("dense.keras")
    entries[2].content = try self.entries("lstm.keras")[2].content
    let other = #expect(throws: NetJacError.self) {
      try FormatRegistry.load(bytes: StoredArchive.bytes(entries), options: ImportOptions())
    }
    #expect(other?.message.contains("'layers/dense/vars'") == true)
  }

  @Test("options bind lengths, fix inputs and choose outputs")
  func options() throws {
    var options = ImportOptions()
    options.outputs = ["dense"]
    options.fixedInputs = ["b_input": [0.5, -0.5]]
    let network = try FormatRegistry.load(
      path: KerasCase.folder.appendingPathComponent("names.keras").path, options: options)
    #expect(network.inputs.map(\.name) == ["a_input"] && network.outputs.map(\.name) == ["dense"])
    let open = #expect(throws: NetJacError.self) {
      try load("dense_rank3.keras", replacing: "[null, 2, 4]", by: "[null, null, 4]")
    }
    #expect(open?.message.contains("dim.x.1") == true)
  }

  @Test("the slope of hard_sigmoid is that of the version that wrote the file")
  func hardSigmoid() throws {
    func value(_ version: String) throws -> Double {
      let network = try load(
        "activation_hard_sigmoid.keras", replacing: #""keras_version": ""#,
        by: #""keras_version": "\#(version)"#, in: "metadata.json")
      let x = Tensor(network.program.inputTypes[0], fill: 1.0)
      return try network.program.evaluate([x])[0].reals[0]
    }
    #expect(abs(try value("2.15.") - 0.7) < 1e-15)
    #expect(abs(try value("3.0.") - 2.0 / 3) < 1e-15)
  }

  @Test("changed configurations and weights give a network or an error, never a trap")
  func mutations() throws {
    let files = KerasCase.all.map(\.file).filter { $0.hasSuffix(".keras") }
    try #require(!files.isEmpty)
    let count = Self.environment["NETJAC_MUTATIONS"].flatMap { Int($0) } ?? 200
    let first = Self.environment["NETJAC_SEED"].flatMap { Int($0) } ?? 1
    for seed in first..<first + count {
      var random = SplitMix(state: UInt64(seed))
      var entries = try entries(files.randomElement(using: &random) ?? "")
      let place = Int.random(in: 0..<10, using: &random) < 7 ? 1 : 2
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        entries[place].content =
          place == 1
          ? changedText(entries[1].content, &random) : changedBytes(entries[2].content, &random)
      }
      do {
        let network = try FormatRegistry.load(
          bytes: StoredArchive.bytes(entries), options: ImportOptions(memoryLimit: 1 << 24))
        try network.program.check()
      } catch let error as NetJacError {
        #expect(error.kind != .defect, "seed \(seed): \(error)")
      }
    }
  }

  /// A number, word or list of the text replaced by another one.
  private func changedText(_ text: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    let values = [
      "0", "-1", "1", "2", "3", "-2", "7", "0.5", "1e400", "NaN", "1099511627776", "null", "true",
      "false", "\"\"", "\"same\"", "\"valid\"", "[]", "[1, 2]", "[0, 0, 0]", "{}",
      "\"channels_first\"",
    ]
    var pieces: [Range<Int>] = []
    var start: Int?
    let inWord = Set("0123456789.-+eEtrufalsn\"_abcdefghijklmnopqrstuvwxyz".utf8)
    for (place, byte) in text.enumerated() {
      if inWord.contains(byte) {
        start = start ?? place
      } else if let begin = start {
        // A value stands behind a colon or in a list, a key before a colon.
        if byte != UInt8(ascii: ":") { pieces.append(begin..<place) }
        start = nil
      }
    }
    guard let piece = pieces.randomElement(using: &random) else { return text }
    var changed = text
    changed.replaceSubrange(piece, with: (values.randomElement(using: &random) ?? "0").utf8)
    return changed
  }

  private func changedBytes(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var changed = bytes
    let place = Int.random(in: changed.indices, using: &random)
    changed[place] =
      Bool.random(using: &random) ? .random(in: 0...255, using: &random) : changed[place] &+ 1
    return changed
  }
}

/// A ZIP archive whose entries are stored, as Keras writes it.
enum StoredArchive {
  static func bytes(_ entries: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    func add(_ value: Int, _ width: Int, to bytes: inout [UInt8]) {
      for byte in 0..<width { bytes.append(UInt8(value >> (8 * byte) & 255)) }
    }
    for (name, content) in entries {
      let place = bytes.count
      // Version, flags, method, time and date, check, two sizes and the lengths of name and extra field.
      var header: [UInt8] = []
      for (value, width) in [
        (20, 2), (0, 2), (0, 2), (0, 4), (Int(Inflate.crc32(Bytes(content))), 4),
        (content.count, 4), (content.count, 4), (name.utf8.count, 2), (0, 2),
      ] { add(value, width, to: &header) }
      bytes += [0x50, 0x4b, 3, 4] + header + name.utf8 + content
      directory += [0x50, 0x4b, 1, 2, 20, 0] + header
      for (value, width) in [(0, 2), (0, 2), (0, 2), (0, 4), (place, 4)] {
        add(value, width, to: &directory)
      }
      directory += name.utf8
    }
    let start = bytes.count
    bytes += directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
    for (value, width) in [
      (entries.count, 2), (entries.count, 2), (directory.count, 4), (start, 4), (0, 2),
    ] { add(value, width, to: &bytes) }
    return bytes
  }
}
