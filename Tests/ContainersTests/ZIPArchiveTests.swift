import Containers
import Tensors
import TestCases
import Testing

@Suite("ZIP archives")
struct ZIPArchiveTests {
  private let text = Array(String(repeating: "0123456789", count: 100).utf8)

  private func archive(_ name: String) throws -> ZIPArchive {
    try ZIPArchive(Bytes(try TestFile.bytes("containers/\(name)")))
  }

  @Test(
    "entries are found however they are stored",
    arguments: ["stored.zip", "deflated.zip", "descriptors.zip", "zip64.zip"])
  func entries(_ name: String) throws {
    let archive = try archive(name)
    #expect(try archive.content(of: "a", limit: 1000)?.array == text)
    #expect(archive.contains("a") && !archive.contains("c"))
    #expect(try archive.content(of: "c", limit: 1000) == nil)
  }

  @Test("empty entries and names of folders are entries like others")
  func names() throws {
    #expect(try archive("stored.zip").names == ["a", "folder/b"])
    #expect(try archive("stored.zip").content(of: "folder/b", limit: 0)?.count == 0)
  }

  @Test("entries that are larger than allowed, doubled, or of another method are refused")
  func refusals() throws {
    for (file, name, limit, words) in [
      ("deflated.zip", "a", 999, "size of 1000 bytes"), ("twice.zip", "a", 1000, "there 2 times"),
      ("deflated.zip", "lzma", 1000, "method 14"),
    ] {
      let error = #expect(throws: NetJacError.self) {
        try archive(file).content(of: name, limit: limit)
      }
      #expect(error?.message.contains(words) == true)
    }
    #expect(try archive("twice.zip").content(of: "b", limit: 1000)?.array == text)
  }

  @Test("a size that lies is found out before or while memory is taken")
  func lies() throws {
    let original = try TestFile.bytes("containers/deflated.zip")
    let directory = try #require(
      (0..<original.count - 4).first { original[$0..<$0 + 4].elementsEqual([0x50, 0x4b, 1, 2]) })
    for (size, words) in [(999, "more than"), (1001, "1000 bytes"), (1 << 30, "impossible")] {
      var changed = original
      for byte in 0..<4 { changed[directory + 24 + byte] = UInt8(size >> (8 * byte) & 255) }
      let error = #expect(throws: NetJacError.self) {
        try ZIPArchive(Bytes(changed)).content(of: "a", limit: .max)
      }
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
  }

  @Test(
    "a changed archive gives the content or an error",
    arguments: ["stored.zip", "deflated.zip", "descriptors.zip", "twice.zip", "zip64.zip"])
  func mutations(_ name: String) throws {
    let original = try TestFile.bytes("containers/\(name)")
    var random = Random(seed: 11)
    for _ in 0..<TestFile.mutationCount(500) {
      let changed = original.changed(&random)
      do {
        let archive = try ZIPArchive(Bytes(changed))
        if let content = try archive.content(of: "a", limit: 1 << 20) {
          #expect(content.array == text)
        }
      } catch let error as NetJacError {
        #expect([.format, .unsupported, .memory].contains(error.kind))
      }
    }
  }
}

extension [UInt8] {
  /// The bytes with a few changes: closer to sense than random ones, so that readers get further.
  func changed(_ random: inout Random) -> [UInt8] {
    var bytes = self
    if random.chance(0.1) { bytes.removeLast(random.whole(in: 1...bytes.count)) }
    for _ in 0..<random.whole(in: 1...4) where !bytes.isEmpty {
      let place = random.whole(in: 0...bytes.count - 1)
      switch random.whole(in: 0...3) {
      case 0: bytes[place] = UInt8(random.whole(in: 0...255))
      case 1: bytes[place] &+= 1
      case 2: bytes[place] ^= 1 << UInt8(random.whole(in: 0...7))
      default: bytes[place] = [0, 1, 2, 127, 128, 255][random.whole(in: 0...5)]
      }
    }
    return bytes
  }
}
