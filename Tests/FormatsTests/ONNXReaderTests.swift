import Formats
import Foundation
import Tensors
import Testing

@Suite("Reading ONNX files")
struct ONNXReaderTests {
  private func message(_ bytes: [UInt8], limit: Int = 1 << 24) -> String {
    do {
      _ = try ONNXStructure.ordered(try onnxModel(bytes, memoryLimit: limit))
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "foreign files are named",
    arguments: [
      ([], "an empty file"),
      (Array("<!DOCTYPE html><html>".utf8), "an HTML or XML page"),
      (Array("Not Found".utf8), "a text ('Not Found')"),
      (Array("{\"error\": 404}".utf8), "JSON"),
      ([0x89] + Array("PNG\r\n\u{1a}\n".utf8) + [0, 0, 0, 13], "PNG"),
      (Array("PK\u{3}\u{4}".utf8) + [20, 0, 0, 0], "ZIP"),
      ([0x89] + Array("HDF\r\n\u{1a}\n".utf8) + [0, 0], "HDF5"),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "Git LFS"),
    ] as [([UInt8], String)])
  func foreignFiles(bytes: [UInt8], kind: String) {
    let found = message(bytes)
    #expect(
      found.contains("not a model in a format that is read") && found.contains(kind), "\(found)")
  }

  @Test("every truncation of a real file is an error, never a trap")
  func truncations() throws {
    let bytes = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: CorpusFolder.case("foot_ground_contact"))))
    #expect(message(bytes) == "no error")
    for count in 0..<bytes.count {
      #expect(message(Array(bytes[..<count])) != "no error", "cut to \(count) bytes")
    }
  }

  @Test("damaged bytes give an error or a model, never a trap")
  func damage() throws {
    let original = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: CorpusFolder.case("script_loop"))))
    var random = SplitMix(state: 7)
    for _ in 0..<500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      _ = message(bytes)
    }
  }

  @Test("a small file that decodes into much memory is refused")
  func amplification() {
    let nodes = [UInt8](repeating: 0, count: 2_000_000).indices.map { UInt8($0 % 2 == 0 ? 10 : 0) }
    let bytes = ProtobufBytes().integer(1, 8).block(7, nodes).bytes
    #expect(message(bytes, limit: 1 << 24).contains("memory_limit"))
  }

  @Test("graphs nested too deep are refused before they are decoded")
  func nesting() {
    func nested(_ depth: Int) -> [UInt8] {
      var graph = ProtobufBytes()
      for _ in 1..<depth {
        let attribute = ProtobufBytes().text(1, "body").message(6, graph).integer(20, 5)
        graph = ProtobufBytes().message(1, ProtobufBytes().text(4, "If").message(5, attribute))
      }
      let output = ProtobufBytes().text(1, "x")
      return ProtobufBytes.model(graph: graph.message(11, output).message(12, output)).bytes
    }
    #expect(message(nested(30)) == "no error")
    #expect(message(nested(31)).contains("nests graphs"))
    #expect(message(nested(2000)).contains("nests graphs"))
  }

  @Test("unknown fields of every kind are skipped, groups as well")
  func unknownFields() {
    let output = ProtobufBytes().text(1, "x")
    let model = ProtobufBytes.model(graph: ProtobufBytes().message(11, output).message(12, output))
    let group: [UInt8] = [0x93, 0x06, 0x08, 0x01, 0x9b, 0x06, 0x9c, 0x06, 0x94, 0x06]
    let unknown = model.integer(90, 5).text(91, "?").appending(group)
      .appending([0xa5, 0x06, 1, 2, 3, 4]).appending([0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(message(unknown.bytes) == "no error")
    #expect(message(unknown.appending([0x93, 0x06, 0x9c, 0x06]).bytes).contains("group"))
    #expect(message(unknown.appending([0x93, 0x06]).bytes).contains("truncated"))
  }

  @Test("versions that are not known are refused")
  func versions() {
    let output = ProtobufBytes().text(1, "x")
    let graph = ProtobufBytes().message(11, output).message(12, output)
    func model(ir: Int64, opset: Int64) -> String {
      message(
        ProtobufBytes().integer(1, ir).message(8, ProtobufBytes().integer(2, opset))
          .message(7, graph).bytes)
    }
    #expect(model(ir: 8, opset: 17) == "no error")
    #expect(model(ir: 8, opset: 99).contains("opset version 99"))
    #expect(model(ir: 8, opset: -4).contains("opset version -4"))
    #expect(model(ir: 0, opset: 17).contains("ir_version is 0"))
    #expect(model(ir: 77, opset: 17).contains("ir_version 77"))
  }

  @Test(
    "files of the damaged set that are wrong as data",
    arguments: [
      ("cycle_two_nodes", "cycle"), ("dims_2e31_squared", "W1"), ("dims_wrap_to_zero", "W1"),
      ("directory_missing_file", "no such file"), ("duplicate_output_name", "'z1'"),
      ("empty_file", "empty"), ("external_absolute", "outside"), ("external_etc_passwd", "outside"),
      ("external_missing", "weights.bin"), ("external_too_short", "weights.bin"),
      ("missing_initializer", "W2"), ("negative_dim", "negative"), ("nested_if_500", "nests"),
      ("no_outputs", "no outputs"), ("opset_99", "99"), ("png_as_onnx", "PNG"),
      ("raw_and_float_data", "both"), ("raw_data_short", "W1"),
      ("text_as_onnx", "not a model in a format that is read"),
      ("truncated_50", "truncated"), ("truncated_93", "truncated"),
      ("truncated_last_byte", "truncated"), ("unknown_data_type", "99"),
      ("varint_too_long", "varint"),
    ])
  func damagedFiles(name: String, expected: String) {
    do {
      let model = try onnxModel(CorpusFolder.malformed(name), memoryLimit: 1 << 28)
      _ = try ONNXStructure.ordered(model)
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(expected), "\(error)")
    }
  }

  @Test(
    "legal files of the damaged set are read",
    arguments: [
      "constant_output", "duplicate_node_names", "external_ok_with_offset", "float16_model",
      "float_data_storage", "function_ok", "loop_zero_trips", "nan_weight", "nested_if_12",
      "nodes_unsorted", "scalar_output", "unknown_protobuf_fields", "unusual_names",
      "zero_batch_input", "zero_size_concat",
    ])
  func legalFiles(name: String) throws {
    let model = try onnxModel(CorpusFolder.malformed(name), memoryLimit: 1 << 28)
    let ordered = try ONNXStructure.ordered(model)
    #expect(ordered.graph.nodes.count == model.graph.nodes.count)
    for tensor in ordered.graph.initialisers where tensor.elementType.holding == .real {
      #expect(try tensor.reals().count == tensor.count)
    }
  }

  @Test("a model that is a link may have its data where it really lies, and nowhere else")
  func linkedModel() throws {
    let manager = FileManager.default
    let cache = manager.temporaryDirectory.appendingPathComponent("netjac-\(UUID().uuidString)")
    let (blobs, snapshot) = (
      cache.appendingPathComponent("blobs"), cache.appendingPathComponent("snapshots/1")
    )
    for folder in [blobs, snapshot] {
      try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    defer { try? manager.removeItem(at: cache) }
    try Data([0, 0, 0, 64]).write(to: blobs.appendingPathComponent("b2"))
    try Data([0, 0, 128, 63]).write(to: cache.appendingPathComponent("secret.bin"))
    for (name, target) in [
      ("model.onnx", "../../blobs/b1"), ("weights.bin", "../../blobs/b2"),
      ("leak.bin", "../../secret.bin"),
    ] {
      try manager.createSymbolicLink(
        atPath: snapshot.appendingPathComponent(name).path, withDestinationPath: target)
    }
    func value(_ location: String) throws -> [Double] {
      let tensor = ProtobufBytes.tensor(type: 1, dims: [1]) {
        $0.integer(14, 1).message(13, ProtobufBytes().text(1, "location").text(2, location))
      }
      try Data(ProtobufBytes.model(initialiser: tensor)).write(
        to: blobs.appendingPathComponent("b1"))
      let path = snapshot.appendingPathComponent("model.onnx").path
      return try onnxModel(path, memoryLimit: 1 << 20).graph.initialisers[0].reals()
    }
    #expect(try value("weights.bin") == [2])
    let refusal = #expect(throws: NetJacError.self) { try value("leak.bin") }
    #expect(refusal?.message.contains("'leak.bin' is a link to") == true)
  }

  @Test("external data stays inside the model's folder, through links as well")
  func symbolicLinks() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString)")
    let inside = folder.appendingPathComponent("inside")
    try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data([0, 0, 128, 63]).write(to: folder.appendingPathComponent("secret.bin"))
    try Data([0, 0, 0, 64]).write(to: inside.appendingPathComponent("fine.bin"))
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: inside.appendingPathComponent("leak.bin").path, withDestinationPath: "../secret.bin")
    try manager.createSymbolicLink(
      atPath: inside.appendingPathComponent("link.bin").path, withDestinationPath: "fine.bin")

    func value(_ location: String) throws -> [Double] {
      let tensor = ProtobufBytes.tensor(type: 1, dims: [1]) {
        $0.integer(14, 1).message(13, ProtobufBytes().text(1, "location").text(2, location))
      }
      let path = inside.appendingPathComponent("model.onnx")
      try Data(ProtobufBytes.model(initialiser: tensor)).write(to: path)
      return try onnxModel(path.path, memoryLimit: 1 << 20).graph.initialisers[0]
        .reals()
    }
    #expect(try value("fine.bin") == [2])
    #expect(try value("./link.bin") == [2])
    for location in ["leak.bin", "../secret.bin", "/etc/passwd", "x/../../secret.bin"] {
      #expect(throws: NetJacError.self) { try value(location) }
    }
  }
}
