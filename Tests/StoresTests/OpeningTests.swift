import Foundation
import Stores
import Tensors
import Testing

@Suite struct OpeningTests {
  let folder = Folder.made()

  private func kind(_ name: String, _ change: (inout StoreOptions) -> Void = { _ in })
    -> NetJacError.Kind?
  {
    let error = #expect(throws: NetJacError.self) { try folder.store(name, change) }
    return error?.kind
  }

  @Test(.enabled(if: Folder.isOnFiles)) func whatIsNoStoreIsSaidToBeNone() throws {
    try Data(
      "this is a text, and long enough to be more than a header of a database file, is it not; it is"
        .utf8
    )
    .write(to: URL(fileURLWithPath: folder.file("text.db")))
    #expect(kind("text.db") == .format)
    try folder.execute("CREATE TABLE a (b); INSERT INTO a VALUES (1)", "other.db")
    #expect(kind("other.db") == .format)
    #expect(kind("absent.db") { $0.mode = .write } == .file)
    #expect(kind("absent.db") { $0.mode = .read } == .file)
    #expect(kind("no/such/folder.db") == .file)
    #expect(kind(".") == .file)
    #expect(kind("wal.db") { $0.journal = .wal } == .option)
    #expect(throws: NetJacError.self) { try Store("") }
    #expect(throws: NetJacError.self) { try Store("mysql://host/x") }
  }

  @Test(.enabled(if: Folder.isOnFiles)) func writeAheadLogsOfOtherProgramsAreGivenUp() throws {
    _ = try folder.study().insert([0.1, 0.01], result(1))
    let copy = folder.file("copy.db")
    try FileManager.default.copyItem(atPath: folder.file("foot.db"), toPath: copy)
    try folder.execute("PRAGMA journal_mode = WAL", "copy.db")
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy))[18] == 2)
    #expect(try folder.study(folder.store("copy.db")).read().y == result(1))
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy))[18] == 1)
  }

  @Test func readersChangeNothing() throws {
    let study = try folder.study()
    _ = try study.insert([0.1, 0.01], result(1))
    study.store.close()
    let file = URL(fileURLWithPath: folder.file("foot.db"))
    let before = Folder.isOnFiles ? try Data(contentsOf: file) : Data()
    let reader = try folder.store { $0.mode = .read }
    let read = try Study(reader, "foot")
    #expect(try read.read().y == result(1))
    #expect(try read.find([0.1, 0.01]).states == [3])
    for change: () throws -> Void in [
      { _ = try read.add([0.2, 0.01]) }, { _ = try read.claim(1, filter: nil, wait: 0) },
      { _ = try read.insert([0.2, 0.01], result(1)) }, { _ = try read.change(nil, "discard") },
      { try read.declare(.output, "new", size: 1, details: nil) },
      { try read.setVersion("new", simulator: nil, parameters: nil, source: nil) },
      { _ = try Study(reader, "new") },
    ] {
      let error = #expect(throws: NetJacError.self) { try change() }
      #expect(error?.kind == .conflict)
    }
    if Folder.isOnFiles { #expect(try Data(contentsOf: file) == before) }
    #expect(try read.store.text("check") == "ok" && read.count("status=all version=all") == 1)
  }

  @Test(.enabled(if: Folder.isOnFiles)) func aReaderAndAWriterOfOneProcessShareAFile() throws {
    _ = try folder.study().insert([0.1, 0.01], result(1))
    let path = folder.file("copy.db")
    try FileManager.default.copyItem(atPath: folder.file("foot.db"), toPath: path)
    let reader = try Study(folder.store("copy.db") { $0.mode = .read }, "foot")
    #expect(try reader.count(nil) == 1)
    let writer = try folder.study(folder.store("copy.db"))
    #expect(try writer.insert([0.2, 0.01], result(2)) == 1)
    #expect(try reader.read().y == result(1) + result(2))
    #expect(throws: NetJacError.self) { try reader.insert([0.3, 0.01], result(3)) }
  }

  /// Writing is refused with both numbers, reading is not.
  private func expectFormat7() throws {
    let error = #expect(throws: NetJacError.self) { try folder.store() }
    #expect(error?.kind == .conflict)
    #expect(
      error?.message.contains("format 7") == true && error?.message.contains("format 1") == true)
    let reader = try folder.store { $0.mode = .read }
    #expect(try Study(reader, "foot").read().y == result(1))
  }

  @Test func aNewerFormatIsRefusedByNumber() throws {
    _ = try folder.study().insert([0.1, 0.01], result(1))
    try folder.execute("UPDATE netjac_store SET format = 7, reader = 1")
    if Folder.isOnFiles { try folder.execute("PRAGMA user_version = 7") }
    try expectFormat7()
    try folder.execute("UPDATE netjac_store SET reader = 6", "foot.db")
    #expect(kind("foot.db") { $0.mode = .read } == .conflict)
  }

  @Test(
    .enabled(if: Folder.isOnFiles),
    arguments: ["UPDATE netjac_store SET format = 7", "PRAGMA user_version = 7"])
  func eitherMarkOfANewerFormatIsEnough(change: String) throws {
    _ = try folder.study().insert([0.1, 0.01], result(1))
    try folder.execute(change)
    try expectFormat7()
  }

  @Test(.enabled(if: Folder.isOnFiles)) func oneMachineAtATimeOnANetwork() throws {
    let clock = TestClock()
    func open(_ host: String) throws -> Store {
      try folder.store {
        $0.isNetwork = true
        $0.host = host
        $0.clock = clock.clock
      }
    }
    let first = try open("anna")
    let error = #expect(throws: NetJacError.self) { try open("berta") }
    #expect(error?.kind == .conflict)
    #expect(
      error?.message.contains("anna") == true && error?.message.contains("postgresql://") == true)
    _ = try open("anna")
    // It is free again when nobody has been seen for long.
    clock.now += 1000
    _ = try open("berta")
    #expect(throws: NetJacError.self) { try open("anna") }
    first.close()
  }

  @Test func studiesDoNotTakeEachOthersNames() throws {
    let store = try folder.store()
    _ = try Study(store, "foot")
    for name in [
      "foot_done", "foot_waiting", "FOOT", "netjac_foot", "sqlite_foot", "a b", "", "sample",
    ] {
      #expect(throws: NetJacError.self, "\(name)") { try Study(store, name) }
    }
    _ = try Study(store, "arm")
    #expect(try store.studyNames() == ["arm", "foot"])
  }

  @Test func textsTellWhatThereIs() throws {
    let study = try folder.study()
    _ = try study.insert([0.1, 0.01], result(1))
    let store = study.store
    #expect(
      try store.text("schema").contains("CREATE TABLE \(store.database.dialect.table("foot"))"))
    #expect(try store.text("summary").contains("1 samples, 1 done"))
    #expect(try store.text("unsent") == "nothing is unsent")
    #expect(try store.text("check") == "ok")
    #expect(throws: NetJacError.self) { try store.text("weather") }
    // A person changed an input by hand.
    try folder.execute("UPDATE foot SET speed = 0.11", "foot.db")
    #expect(try store.text("check").contains("sample 1"))
    #expect(try study.find([0.1, 0.01]).states == [0])
    let error = #expect(throws: NetJacError.self) { try study.add([0.1, 0.01]) }
    #expect(error?.kind == .conflict)
  }

  @Test(.enabled(if: Folder.isOnFiles)) func resultsOfAFileThatIsAwayAreDeliveredWhenItIsBack()
    throws
  {
    let study = try folder.study(folder.store { $0.retry = 0.1 })
    _ = try study.add([0.1, 0.01])
    let point = try study.claim(1, filter: nil, wait: 0)
    let (path, away) = (folder.file("foot.db"), folder.file("away.db"))
    try FileManager.default.moveItem(atPath: path, toPath: away)
    let error = #expect(throws: NetJacError.self) { try study.put(point, result(1)) }
    #expect(error?.kind == .store)
    // The same with results that nobody claimed, and with long outputs.
    #expect(throws: NetJacError.self) { try study.insert([0.2, 0.01], result(2), tag: "away") }
    #expect(throws: NetJacError.self) {
      try (0..<10).map(Double.init).withUnsafeBufferPointer {
        try study.putArray(1, "pressure", $0)
      }
    }
    // Another file in its place is not it.
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: NetJacError.self) { try study.put(point, result(1)) }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: away, toPath: path)
    #expect(try study.store.text("unsent").contains("4 results"))
    let again = try folder.study()
    let changed = Array(result(1)[..<2]) + (0..<10).map(Double.init)
    #expect(try again.read().y == changed + result(2))
    #expect(try again.count("tag=away") == 1)
    #expect(try folder.store().text("unsent") == "nothing is unsent")
  }

  @Test(.enabled(if: Folder.isOnFiles)) func unsentResultsAreDeliveredOnce() throws {
    let study = try folder.study(folder.store { $0.retry = 0.3 })
    _ = try study.add([0.1, 0.01, 0.2, 0.01])
    let points = try study.claim(2, filter: nil, wait: 0)
    let path = folder.file("foot.db")
    let locker = Process()
    locker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    locker.arguments = [
      "python3", "-c",
      "import sqlite3,sys,time; c=sqlite3.connect(sys.argv[1]); c.execute('BEGIN EXCLUSIVE'); print('locked', flush=True); sys.stdin.read()",
      path,
    ]
    let (input, output) = (Pipe(), Pipe())
    locker.standardInput = input
    locker.standardOutput = output
    try locker.run()
    _ = output.fileHandleForReading.availableData
    let error = #expect(throws: NetJacError.self) { try study.put(points, result(1) + result(2)) }
    #expect(error?.kind == .store)
    #expect(error?.message.contains("netjac-unsent.db") == true)
    input.fileHandleForWriting.closeFile()
    locker.waitUntilExit()
    #expect(try study.store.text("unsent").contains("2 results"))
    #expect(try study.find([0.1, 0.01]).states == [2])

    let again = try folder.study(folder.store())
    #expect(try again.read().y == result(1) + result(2))
    #expect(try again.store.text("unsent") == "nothing is unsent")
    #expect(try !again.store.text("summary").contains("differ"))
  }
}
