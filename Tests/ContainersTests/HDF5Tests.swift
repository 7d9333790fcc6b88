import Containers
import Tensors
import TestCases
import Testing

@Suite("HDF5 files")
struct HDF5Tests {
  private func arrays() throws -> HDF5Object {
    try HDF5File(Bytes(try TestFile.bytes("containers/arrays.h5")), memoryLimit: 1 << 24).root()
  }

  private func array(_ path: String) throws -> HDF5Array {
    try #require(try arrays().member(path)).array()
  }

  @Test(
    "numbers of all types", arguments: ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8", "bfloat16"])
  func reals(_ name: String) throws {
    let array = try array("types/\(name)")
    #expect(array.dims == [3, 5])
    #expect(try array.reals(pairsAreBFloat16: true) == (0..<15).map { Double($0) / 2 - 3 })
  }

  @Test(
    "whole numbers of all types",
    arguments: ["<i1", "<i2", "<i4", "<i8", ">i4", ">i8", "<u1", "<u2", "<u4", "<u8"])
  func integers(_ name: String) throws {
    let array = try array("types/\(name)")
    let expected = array.dims == [3, 5] ? (-6..<9).map(Int64.init) : (0..<8).map(Int64.init)
    #expect(try array.integers() == expected)
    #expect(try array.reals() == expected.map(Double.init))
  }

  @Test("single and no elements")
  func extremes() throws {
    #expect(try array("types/scalar").reals() == [-3])
    #expect(try array("types/scalar").dims == [])
    #expect(try array("types/empty").reals() == [])
    #expect(try array("types/empty").dims == [0, 3])
  }

  @Test("chunks with every filter", arguments: ["plain", "deflate", "shuffle", "check", "all"])
  func chunks(_ name: String) throws {
    let array = try array("chunks/\(name)")
    #expect(array.dims == [7, 5, 3])
    #expect(try array.reals() == (0..<105).map { Double($0) / 2 - 3 })
  }

  @Test("a tree of several levels")
  func manyChunks() throws {
    #expect(try array("chunks/many").reals() == (0..<2000).map { Double($0) / 2 - 3 })
    #expect(
      try arrays().member("many")?.names()
        == (0..<60).map { "g\($0 < 10 ? "0" : "")\($0)" })
  }

  @Test(
    "what is not read is refused by name",
    arguments: [
      ("chunks/lzf", "lzf"), ("chunks/sparse", "1 of its 2 chunks"), ("types/complex", "compounds"),
      ("types/truth", "enumerations"), ("types/never written", "never written"),
      ("links/soft", "soft link"), ("links/external", "external link"), ("inside/itself", "itself"),
      ("types", "is a group"),
    ])
  func refusals(_ path: String, _ words: String) throws {
    let error = #expect(throws: NetJacError.self) {
      _ = try arrays().member(path)?.array().reals()
    }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test("hard links, members that are not there, and files of the newest form")
  func members() throws {
    #expect(try array("links/hard").reals() == [-3, -2.5])
    #expect(try arrays().member("a/b/d") == nil)
    #expect(try arrays().member("a/b/c/x/y") == nil)
    let error = #expect(throws: NetJacError.self) {
      try HDF5File(Bytes(try TestFile.bytes("containers/newest.h5")), memoryLimit: 1 << 20)
    }
    #expect(error?.message.contains("newer format") == true)
  }

  @Test("attributes")
  func attributes() throws {
    let texts = try #require(try arrays().member("texts"))
    #expect(try texts.text("one") == "é → ∂")
    #expect(try texts.text("bytes") == "plain")
    #expect(try texts.text("nothing") == nil)
    #expect(try texts.texts("list") == ["a", "", "dense/kernel:0"])
    #expect(try texts.texts("fixed") == ["a", "bcd"])
    #expect(try texts.texts("none") == [])
    #expect(try texts.texts("parts") == ["a", "b", "c"])
    #expect(try texts.attribute("number")?.reals() == [2.5])
    #expect(throws: NetJacError.self) { try texts.text("number") }
    #expect(try arrays().member("types/bfloat16")?.text("dtype") == "bfloat16")
  }

  /// Visits everything, as no reader of models does.
  private func walk(_ object: HDF5Object, _ depth: Int = 0) throws {
    _ = try? object.attribute("dtype")?.strings()
    if object.isArray { _ = try object.array().reals(pairsAreBFloat16: true) }
    guard object.isGroup, depth < 8 else { return }
    for name in try object.names() {
      do {
        if let member = try object.member(name) { try walk(member, depth + 1) }
      } catch let error as NetJacError {
        #expect([.format, .unsupported, .memory].contains(error.kind))
      }
    }
  }

  private static let files =
    ["containers/arrays.h5"] + TestFile.all("model.h5", in: "cases", "malformed")

  @Test("a changed file gives arrays or errors, in bounded time", arguments: files)
  func mutations(_ path: String) throws {
    let original = try TestFile.bytes(path)
    var random = Random(seed: 7)
    let count = TestFile.mutationCount(path.hasPrefix("containers") ? 300 : 30)
    for _ in 0..<count {
      let changed = original.changed(&random)
      do {
        let file = try HDF5File(Bytes(changed), memoryLimit: 1 << 22)
        let root = try file.root()
        for name in ["model_config", "keras_version"] { _ = try? root.text(name) }
        _ = try? root.member("model_weights")?.texts("layer_names")
        try walk(root)
      } catch let error as NetJacError {
        #expect([.format, .unsupported, .memory].contains(error.kind))
      }
    }
  }
}
