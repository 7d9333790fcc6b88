import Formats
import Tensors
import Testing

@Suite("Constant tensors of ONNX files")
struct ONNXTensorTests {
  private func tensor(
    _ type: Int64, dims: [Int64], _ data: (ProtobufBytes) -> ProtobufBytes = { $0 }
  ) throws -> ONNXTensor {
    let bytes = ProtobufBytes.model(initialiser: .tensor(type: type, dims: dims, data: data))
    return try onnxModel(bytes, memoryLimit: 1 << 20).graph.initialisers[0]
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "raw data of every type of number",
    arguments: [
      (1, [0x00, 0x00, 0xc0, 0x3f, 0x01, 0x00, 0x00, 0x00], [1.5, 0x1p-149]),
      (
        11, [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80],
        [0.1, -0.0]
      ),
      (10, [0x00, 0x3e, 0x01, 0x80], [1.5, -0x1p-24]),
      (10, [0x00, 0x7c, 0xff, 0x7b], [Double.infinity, 65504]),
      (10, [0x00, 0x04, 0x55, 0x35], [0x1p-14, 0.333251953125]),
      (16, [0xc0, 0x3f, 0x80, 0xff], [1.5, -Double.infinity]),
    ] as [(Int64, [UInt8], [Double])])
  func rawReals(type: Int64, bytes: [UInt8], values: [Double]) throws {
    let tensor = try tensor(type, dims: [2]) { $0.block(9, bytes) }
    #expect(try tensor.reals().map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test(
    "raw data of every integer type",
    arguments: [
      (3, [0x80, 0x7f], [-128, 127]), (2, [0x80, 0xff], [128, 255]),
      (5, [0x00, 0x80, 0x01, 0x00], [-32768, 1]), (4, [0xff, 0xff, 0x02, 0x00], [65535, 2]),
      (6, [0, 0, 0, 0x80, 3, 0, 0, 0], [-0x8000_0000, 3]),
      (12, [0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0], [0xffff_ffff, 4]),
      (7, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 5, 0, 0, 0, 0, 0, 0, 0], [-1, 5]),
      (13, [6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0x40], [6, 0x4000_0000_0000_0007]),
    ] as [(Int64, [UInt8], [Int64])])
  func rawIntegers(type: Int64, bytes: [UInt8], values: [Int64]) throws {
    let tensor = try tensor(type, dims: [2]) { $0.block(9, bytes) }
    #expect(try tensor.integers() == values)
  }

  @Test("values in the field of their type")
  func typedFields() throws {
    let float = try tensor(1, dims: [1, 2]) { $0.block(4, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]) }
    #expect(try float.reals() == [1, -2])
    #expect(float.dimensions == [1, 2])
    let half = try tensor(10, dims: []) { $0.integer(5, 0x3c00) }
    #expect(try half.reals() == [1])
    let byte = try tensor(3, dims: [2]) { $0.integer(5, -3).integer(5, 200) }
    #expect(try byte.integers() == [-3, -56])
    let unsigned = try tensor(12, dims: [1]) { $0.integer(11, 4_000_000_000) }
    #expect(try unsigned.integers() == [4_000_000_000])
    let flags = try tensor(9, dims: [3]) { $0.block(5, [1, 0, 2]) }
    #expect(try flags.booleans() == [true, false, true])
    let double = try tensor(11, dims: [1]) { $0.block(10, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]) }
    #expect(try double.reals() == [1])
  }

  @Test("a tensor without elements needs no data")
  func emptyTensors() throws {
    #expect(try tensor(1, dims: [0, 5]).reals() == [])
    #expect(try tensor(7, dims: [3, 0]) { $0.block(9, []) }.integers() == [])
  }

  @Test(
    "sizes that do not fit are refused",
    arguments: [
      (1, [2], [0, 0, 0, 0], "need 8"),
      (1, [1], [0, 0, 0, 0, 0], "need 4"),
      (1, [1 << 32, 1 << 32], [], "more elements than can be counted"),
      (1, [1 << 32, 1 << 32, 0], [], "more elements than can be counted"),
      (11, [1 << 60, 4], [], "more than can be counted"),
      (1, [-1], [], "negative"),
      (99, [1], [0], "element type 99 is unknown"),
    ] as [(Int64, [Int64], [UInt8], String)])
  func wrongSizes(type: Int64, dims: [Int64], bytes: [UInt8], expected: String) {
    let found = message { _ = try tensor(type, dims: dims) { $0.block(9, bytes) } }
    #expect(found.contains(expected) && found.contains("'w'"), "\(found)")
  }

  @Test("data in two places or in the wrong one is refused")
  func wrongFields() {
    let both = message {
      _ = try tensor(1, dims: [1]) { $0.block(9, [0, 0, 0, 0]).block(4, [0, 0, 0, 0]) }
    }
    #expect(both.contains("both as raw_data and as float_data"))
    let wrong = message { _ = try tensor(1, dims: [1]) { $0.integer(7, 1) } }
    #expect(wrong.contains("int64_data") && wrong.contains("float_data"))
    let short = message { _ = try tensor(7, dims: [2]) { $0.integer(7, 1) } }
    #expect(short.contains("int64_data holds 1 elements"))
  }

  @Test("an unsupported element type matters only when the values are used")
  func unsupportedTypes() throws {
    for type: Int64 in [8, 14, 15, 17, 21, 22, 28] {
      let tensor = try tensor(type, dims: [2])
      let found = message { _ = try tensor.reals() }
      #expect(found.contains("'w'") && found.contains(tensor.elementType.name), "\(found)")
    }
    let mismatch = message { _ = try tensor(7, dims: [0]).reals() }
    #expect(mismatch.contains("floats are needed"))
    let large = message {
      _ = try tensor(13, dims: [1]) { $0.integer(11, -1) }.integers()
    }
    #expect(large.contains("18446744073709551615"))
  }

  @Test("external data is refused where there is no folder")
  func externalFromMemory() {
    let found = message {
      _ = try tensor(1, dims: [1]) {
        $0.integer(14, 1).message(13, ProtobufBytes().text(1, "location").text(2, "w.bin"))
      }
    }
    #expect(found.contains("w.bin") && found.contains("by its path"), "\(found)")
  }
}
