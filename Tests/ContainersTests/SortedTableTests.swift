import Containers
import Tensors
import TestCases
import Testing

@Suite("Tables of TensorFlow checkpoints")
struct SortedTableTests {
  private static let files = TestFile.all("savedmodel/variables/variables.index", in: "cases")

  @Test("the check of known bytes")
  func checksum() {
    // The examples of RFC 3720, appendix B.4.
    #expect(CRC32C.checksum(Bytes([UInt8](repeating: 0, count: 32))) == 0x8a91_36aa)
    #expect(CRC32C.checksum(Bytes([UInt8](repeating: 255, count: 32))) == 0x62a8_ab43)
    #expect(CRC32C.checksum(Bytes([UInt8](0..<32))) == 0x46dd_794e)
    #expect(CRC32C.checksum(Bytes(Array("123456789".utf8))) == 0xe306_9283)
  }

  @Test("an index holds its header and keys in order", arguments: files)
  func keys(_ path: String) throws {
    let table = try SortedTable(Bytes(try TestFile.bytes(path)))
    #expect(table.entries.first?.key.isEmpty == true)
    #expect(table.value(of: "_CHECKPOINTABLE_OBJECT_GRAPH") != nil)
    #expect(table.value(of: "_CHECKPOINTABLE_OBJECT_GRAPH_") == nil)
    for entry in table.entries.dropFirst() {
      let key = String(decoding: entry.key, as: UTF8.self)
      #expect(table.value(of: key)?.array == entry.value.array)
    }
  }

  @Test("no changed byte goes unnoticed in a block", arguments: files)
  func mutations(_ path: String) throws {
    let original = try TestFile.bytes(path)
    let keys = try SortedTable(Bytes(original)).entries.map(\.key)
    var random = Random(seed: 5)
    for _ in 0..<TestFile.mutationCount(100) {
      var changed = original
      if random.chance(0.2) {
        changed.removeLast(random.whole(in: 1...original.count))
      } else {
        changed[random.whole(in: 0...original.count - 1)] ^= UInt8(1 << random.whole(in: 0...7))
      }
      do {
        // The footer has no check: its padding may change.
        #expect(try SortedTable(Bytes(changed)).entries.map(\.key) == keys)
      } catch let error as NetJacError {
        #expect(error.kind == .format || error.kind == .unsupported)
      }
    }
  }
}
