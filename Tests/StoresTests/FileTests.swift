import Foundation
import Stores
import Tensors
import Testing

@Suite struct FileTests {
  let folder = Folder.made()

  /// Every kind of number: random bits, denormals, both infinities, NaN.
  private func numbers(_ count: Int, finite: Bool = false) -> [Double] {
    var random = SystemRandomNumberGenerator()
    let special: [Double] = [
      .nan, .infinity, -.infinity, .leastNonzeroMagnitude,
      Double(bitPattern: 0x8000_0000_0000_0F00), 0, 1e23, 0.1,
    ]
    return (0..<count).map { index in
      if !finite, index < special.count { return special[index] }
      while true {
        let number = Double(bitPattern: random.next())
        if !number.isNaN, !finite || number.isFinite { return number + 0.0 }
      }
    }
  }

  private func same(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
  }

  private func numbersStudy(_ name: String) throws -> Study {
    let study = try Study(folder.store(name), "numbers")
    try study.declare(.input, "x", size: 2, details: nil)
    try study.declare(.output, "y", size: 3, details: nil)
    try study.declare(.output, "long", size: 15, details: nil)
    return study
  }

  @Test func allBitsSurviveTheDatabaseTablesAndStores() throws {
    let samples = 5000
    let (x, y) = (numbers(2 * samples, finite: true), numbers(18 * samples))
    let study = try numbersStudy("a.db")
    #expect(try study.insert(x, y, jacobian: numbers(36 * samples)) == samples)
    let stored = try study.read(most: samples)
    #expect(same(stored.x, x) && same(stored.y, y))

    for name in ["table.csv", "copy.db"] {
      try study.export(nil, to: folder.file(name))
      let copy = try numbersStudy("from-\(name)")
      #expect(try copy.importFile(folder.file(name)) == samples)
      let read = try copy.read(most: samples)
      #expect(same(read.x, x) && same(read.y, y) && same(read.jacobian, stored.jacobian))
      // Merging again adds nothing.
      #expect(try copy.importFile(folder.file(name)) == 0)
      #expect(try copy.store.text("check") == "ok")
    }
  }

  @Test func everythingThatBelongsToASampleGoesAlong() throws {
    let study = try folder.study()
    try study.declare(.output, "history", size: 0, details: nil)
    try study.setVersion(
      "friction 0.4, wet", simulator: "2", parameters: #"{"f":0.4}"#, source: nil)
    _ = try study.insert([0.1, 0.01], result(1), tag: "say \"hello\",\nthere")
    try [1, 2, .nan].withUnsafeBufferPointer { try study.putArray(1, "history", $0) }
    _ = try study.add([0.2, 0.01])
    let point = try study.claim(1, filter: nil, wait: 0)
    try study.fail(point.ids[0], token: 1, message: "broke, badly", final: true)
    _ = try study.add([0.3, 0.01], tag: "later")
    for name in ["all.csv", "all.db"] {
      try study.export("status=all version=all", to: folder.file(name))
      let copy = try folder.study(folder.store("from-\(name)"))
      try copy.declare(.output, "history", size: 0, details: nil)
      #expect(try copy.importFile(folder.file(name)) == 1)
      try copy.setVersion("friction 0.4, wet", simulator: nil, parameters: nil, source: nil)
      #expect(try copy.find([0.1, 0.01, 0.2, 0.01, 0.3, 0.01]).states == [3, 4, 1])
      #expect(try copy.count("tag='say \"hello\",\nthere'") == 1)
      #expect(try copy.count("status=failed error='broke, badly'") == 1)
      #expect(try copy.getArray(1, "history")[..<2] == [1, 2])
    }
  }

  @Test func tablesOfOtherProgramsAreRead() throws {
    let study = try folder.study()
    let path = folder.file("other.csv")
    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    let pressure = (0..<10).map { "\($0)" }.joined(separator: " ")
    try write(
      "depth,speed,force_1,force_2,pressure\r\n1e-2,.1,1,-Inf,\(pressure)\r\n\r\n0.02,0.2,,,\n")
    #expect(try study.importFile(path) == 1)
    #expect(try study.find([0.1, 0.01, 0.2, 0.02]).states == [3, 1])
    #expect(try study.find([0.1, 0.01]).y[..<3] == [1, -.infinity, 0])

    for (text, kind) in [
      ("", NetJacError.Kind.format), ("speed,force_1\n0.1,1\n", .conflict),
      ("speed,depth,torque\n0.1,0.01,1\n", .conflict), ("speed,depth\n0.1\n", .format),
      ("speed,depth\n0.1,a\n", .format), ("speed,depth\n0.1,\"0.02\n", .format),
      ("speed,depth\n0.1,nan\n", .format), ("speed,speed,depth\n", .format),
      ("speed,depth,force_1\n0.1,0.03,1\n", .format),
      ("speed,depth,pressure\n0.1,0.03,1 2\n", .format),
      ("speed,depth,nj_status\n0.1,0.03,odd\n", .format),
      ("speed,depth\n0.25,0.05\n0.1,5\n", .format),
    ] {
      try write(text)
      let error = #expect(throws: NetJacError.self, "\(text)") { try study.importFile(path) }
      #expect(error?.kind == kind, "\(text): \(error?.message ?? "")")
    }
    // All or nothing.
    #expect(try study.count("status=all") == 2)
    #expect(throws: NetJacError.self) { try study.importFile(folder.file("absent.csv")) }
    #expect(throws: NetJacError.self) { try study.importFile(folder.file("foot.txt")) }
  }

  @Test func existingFilesStayAsTheyAre() throws {
    let study = try folder.study()
    for name in ["there.csv", "there.db"] {
      try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
      #expect(throws: NetJacError.self) { try study.export(nil, to: folder.file(name)) }
      #expect(throws: NetJacError.self) { try study.store.backup(to: folder.file(name)) }
      #expect(try String(contentsOfFile: folder.file(name), encoding: .utf8) == "mine")
    }
  }

  @Test func otherVariablesAreNotMerged() throws {
    let study = try folder.study()
    let other = try Study(Store(folder.file("other.db"), folder.options), "foot")
    try other.declare(.input, "speed", size: 1, details: nil)
    let error = #expect(throws: NetJacError.self) { try study.importFile(folder.file("other.db")) }
    #expect(error?.kind == .conflict)
  }

  @Test func backupsAreStores() throws {
    let study = try folder.study()
    _ = try study.insert([0.1, 0.01], result(1))
    try study.store.backup(to: folder.file("copy.db"))
    #expect(try folder.study(folder.store("copy.db")).read().y == result(1))
  }
}
