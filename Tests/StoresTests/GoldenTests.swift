import Foundation
import Stores
import Tensors
import Testing

/// Files of every format that there has been. `NETJAC_MAKE_GOLDEN=1 swift test --filter GoldenTests` makes the one of the
/// present format where it is not there.
@Suite(.enabled(if: Folder.isOnFiles)) struct GoldenTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  private func make(_ path: String) throws {
    let folder = try Folder()
    let study = try folder.study()
    try study.declare(.output, "history", size: 0, details: "description=a time series")
    try study.setVersion(
      "friction 0.4", simulator: "3.1", parameters: #"{"friction":0.4}"#, source: "abc")
    _ = try study.insert([0.1, 0.01, 0.2, 0.02], result(1) + result(2), tag: "initial")
    try [1, 2, 3].withUnsafeBufferPointer { try study.putArray(1, "history", $0) }
    _ = try study.add([0.3, 0.03], tag: "later", priority: 1)
    try study.store.backup(to: path)
  }

  @Test("Files of old formats open, read and go on", arguments: [1])
  func oldFormats(_ format: Int) throws {
    let file = Self.golden.appendingPathComponent("format-\(format).db")
    if ProcessInfo.processInfo.environment["NETJAC_MAKE_GOLDEN"] != nil,
      !FileManager.default.fileExists(atPath: file.path)
    {
      try make(file.path)
    }
    let folder = try Folder()
    try FileManager.default.copyItem(atPath: file.path, toPath: folder.file("foot.db"))
    let study = try folder.study()
    #expect(study.version?.label == "friction 0.4")
    #expect(try study.find([0.1, 0.01, 0.3, 0.03]).states == [3, 1])
    #expect(try study.read().y == result(1) + result(2))
    #expect(try study.getArray(1, "history") == [1, 2, 3])
    let point = try study.claim(1, filter: "tag=later", wait: 0)
    #expect(try study.put(point, result(3)) == [true])
    #expect(try study.store.text("check") == "ok")
  }

  /// The key of (0.1, 0.01), as Python's hashlib gives it for struct.pack("<2d", 0.1, 0.01).
  @Test func theKeyInTheFileIsWhatOthersCompute() throws {
    let file = try Data(contentsOf: Self.golden.appendingPathComponent("format-1.db"))
    let key: [UInt8] = [
      0x5e, 0x7e, 0x6b, 0x89, 0x2f, 0xbb, 0xf4, 0x98, 0x0e, 0xe0, 0x56, 0x29, 0xe6, 0x5e, 0x63,
      0xae,
    ]
    #expect(file.range(of: Data(key)) != nil)
  }
}
