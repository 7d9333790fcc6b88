import Stores
import Tensors
import Testing

@Suite struct LifeTests {
  let folder = Folder.made()

  @Test func aPointIsSimulatedOnce() throws {
    let study = try folder.study()
    #expect(study.inputSize == 2 && study.outputSize == 12)
    let (ids, added) = try study.add([0.1, 0.01, 0.2, 0.02, 0.1, 0.01])
    #expect(added == 2 && ids[0] == ids[2] && ids[0] != ids[1])
    #expect(try study.add([0.2, 0.02]).added == 0)
    #expect(try study.find([0.1, 0.01, 0.3, 0.05]).states == [1, 0])

    let points = try study.claim(5, filter: nil, wait: 0)
    #expect(points.ids == Array(ids[..<2]) && points.tokens == [1, 1])
    #expect(points.x == [0.1, 0.01, 0.2, 0.02])
    #expect(try study.claim(5, filter: nil, wait: 0).ids.isEmpty)
    #expect(try study.find([0.1, 0.01]).states == [2])

    #expect(try study.put(points, result(1) + result(100)) == [true, true])
    let found = try study.find([0.2, 0.02, 0.1, 0.01])
    #expect(found.states == [3, 3] && found.y == result(100) + result(1))
    // Once more is harmless, and another result changes nothing but is noted.
    #expect(try study.put(points, result(1) + result(5)) == [false, false])
    #expect(try study.find([0.2, 0.02]).y == result(100))
    #expect(try study.store.text("summary").contains("1 repeated results differ"))
    #expect(try study.store.text("check") == "ok")
  }

  @Test func bestPriorityComesFirst() throws {
    let study = try folder.study()
    _ = try study.add([0.1, 0.01])
    _ = try study.add([0.2, 0.01], tag: "urgent", priority: 5)
    _ = try study.add([0.3, 0.01])
    #expect(try study.claim(1, filter: nil, wait: 0).x == [0.2, 0.01])
    #expect(try study.claim(1, filter: "speed>0.2", wait: 0).x == [0.3, 0.01])
    #expect(try study.claim(1, filter: "tag=urgent", wait: 0).ids.isEmpty)
  }

  @Test func aFailedPointIsTriedAgainUntilItsAttemptsAreUsedUp() throws {
    let study = try folder.study { $0.attempts = 2 }
    _ = try study.add([0.1, 0.01])
    for attempt in 1...2 {
      let point = try study.claim(1, filter: nil, wait: 0)
      #expect(point.tokens == [Int64(attempt)])
      try study.fail(point.ids[0], token: point.tokens[0], message: "it broke", final: false)
    }
    #expect(try study.find([0.1, 0.01]).states == [4])
    #expect(try study.claim(1, filter: nil, wait: 0).ids.isEmpty)
    #expect(try study.change(nil, "retry") == 1)
    let point = try study.claim(1, filter: nil, wait: 0)
    #expect(point.tokens == [3])
    try study.fail(point.ids[0], token: point.tokens[0], message: "for good", final: true)
    #expect(try study.count("status=failed") == 1)
  }

  @Test func aReturnedPointWaitsAgain() throws {
    let study = try folder.study()
    _ = try study.add([0.1, 0.01])
    // More often than there are attempts: giving back is no failure.
    for _ in 0..<5 {
      let point = try study.claim(1, filter: nil, wait: 0)
      try study.giveBack([(point.ids[0], point.tokens[0])])
      #expect(try study.find([0.1, 0.01]).states == [1])
    }
    let point = try study.claim(1, filter: nil, wait: 0)
    try study.fail(point.ids[0], token: point.tokens[0], message: "", final: false)
    #expect(try study.find([0.1, 0.01]).states == [1])
  }

  @Test func closingAStoreReturnsItsClaims() throws {
    let study = try folder.study()
    _ = try study.add([0.1, 0.01])
    let point = try study.claim(1, filter: nil, wait: 0)
    study.store.close()
    #expect(throws: NetJacError.self) { try study.count(nil) }
    let again = try folder.study()
    #expect(try again.claim(1, filter: nil, wait: 0).ids == point.ids)
  }

  @Test func anExpiredLeaseFreesThePointAndALateResultIsTaken() throws {
    let clock = TestClock()
    let slow = try folder.study(folder.store { $0.clock = clock.clock })
    let ids = try slow.add([0.1, 0.01, 0.2, 0.01]).ids
    let first = try slow.claim(2, filter: nil, wait: 0)
    try clock.advance(61, slow)
    let other = try folder.study(folder.store { $0.clock = clock.clock }) { $0.worker = "other" }
    let second = try other.claim(2, filter: nil, wait: 0)
    #expect(second.ids == first.ids && second.tokens == [2, 2])
    // The first worker was alive after all, and is faster with one of them.
    #expect(
      try slow.put(1, ids: [ids[0]], tokens: [1], y: result(1), jacobian: nil, seconds: nil) == [
        true
      ])
    #expect(try other.put(second, result(1) + result(2)) == [false, true])
    #expect(
      try slow.put(1, ids: [ids[1]], tokens: [1], y: result(3), jacobian: nil, seconds: nil) == [
        false
      ])
    #expect(try other.read().y == result(1) + result(2))
  }

  @Test func attemptsThatExpireAreUsedUp() throws {
    let clock = TestClock()
    let study = try folder.study(folder.store { $0.clock = clock.clock })
    _ = try study.add([0.1, 0.01])
    for _ in 0..<3 {
      #expect(try study.claim(1, filter: nil, wait: 0).ids.count == 1)
      try clock.advance(1000, study)
    }
    #expect(try study.claim(1, filter: nil, wait: 0).ids.isEmpty)
    #expect(try study.find([0.1, 0.01]).states == [4])
  }

  @Test func aClockThatGoesBackCanBeRepaired() throws {
    let clock = TestClock()
    let study = try folder.study(folder.store { $0.clock = clock.clock })
    _ = try study.add([0.1, 0.01])
    _ = try study.claim(1, filter: nil, wait: 0)
    try clock.advance(-1e7, study)
    #expect(try study.claim(1, filter: nil, wait: 0).ids.isEmpty)
    #expect(try study.change("status=running", "retry") == 1)
    #expect(try study.claim(1, filter: nil, wait: 0).ids.count == 1)
  }

  @Test func leasesAreRenewedAndExtendedOnesAreLeftAlone() async throws {
    let study = try folder.study { $0.lease = 0.6 }
    _ = try study.add([0.1, 0.01, 0.2, 0.01, 0.3, 0.01])
    let held = try study.claim(1, filter: nil, wait: 0)
    let lost = try study.claim(1, filter: nil, wait: 0)
    let kept = try study.claim(1, filter: nil, wait: 0)
    try study.extend([(lost.ids[0], lost.tokens[0])], seconds: 0.1)
    // The sleep below ends when other tests leave a thread to it, which may take minutes.
    try study.extend([(kept.ids[0], kept.tokens[0])], seconds: 100_000)
    try await Task.sleep(nanoseconds: 2_000_000_000)
    #expect(try study.claim(3, filter: nil, wait: 0).ids == lost.ids)
    #expect(try study.put(held, result(1)) == [true])
  }

  @Test func discardedPointsMayBeSimulatedAnew() throws {
    let study = try folder.study()
    #expect(try study.insert([0.1, 0.01], result(1), tag: "old") == 1)
    #expect(try study.change("tag=old", "discard=wrong gravity") == 1)
    #expect(try study.find([0.1, 0.01]).states == [0])
    #expect(try study.insert([0.1, 0.01], result(2), tag: "new") == 1)
    #expect(try study.read().y == result(2))
    #expect(try study.count("status=discarded") == 1)
    #expect(try study.change("status=discarded", "delete") == 1)
    #expect(try study.count("status=all version=all") == 1)
  }

  @Test func insertingFinishesWhatWaits() throws {
    let study = try folder.study()
    let ids = try study.add([0.1, 0.01]).ids
    #expect(try study.insert([0.1, 0.01, 0.2, 0.02], result(1) + result(2)) == 2)
    #expect(try study.insert([0.1, 0.01, 0.2, 0.02], result(1) + result(2)) == 0)
    #expect(try study.find([0.1, 0.01]).ids == ids)
  }

  @Test func jacobiansAreKeptAndMerged() throws {
    let study = try folder.study()
    let jacobian = (0..<24).map { Double($0) / 7 }
    _ = try study.insert([0.1, 0.01], result(1))
    #expect(try study.find([0.1, 0.01]).jacobian.allSatisfy(\.isNaN))
    _ = try study.insert([0.1, 0.01], result(1), jacobian: jacobian)
    #expect(try study.find([0.1, 0.01]).jacobian == jacobian)
    #expect(try study.read().jacobian == jacobian)
  }

  @Test func arraysOfAnyLengthBelongToASample() throws {
    let study = try folder.study()
    try study.declare(.output, "history", size: 0, details: "unit=N")
    #expect(study.outputSize == 12)
    _ = try study.insert([0.1, 0.01], result(1))
    let sample = try study.find([0.1, 0.01]).ids[0]
    #expect(try study.getArray(sample, "history").isEmpty)
    try [1.5, -.infinity, .nan].withUnsafeBufferPointer {
      try study.putArray(sample, "history", $0)
    }
    let stored = try study.getArray(sample, "history")
    #expect(stored[0] == 1.5 && stored[1] == -.infinity && stored[2].isNaN && stored.count == 3)
    #expect(throws: NetJacError.self) { try study.getArray(sample, "force") }
    #expect(throws: NetJacError.self) { try study.getArray(sample + 9, "history") }
  }

  @Test func whatIsUndoneLeavesNoVersion() throws {
    let study = try folder.study(folder.store { $0.busyTimeout = 0.5 })
    try folder.execute("ALTER TABLE foot RENAME TO hidden")
    #expect(throws: NetJacError.self) { try study.insert([0.1, 0.01], result(1)) }
    #expect(throws: NetJacError.self) { try study.add([0.1, 0.01]) }
    try folder.execute("ALTER TABLE hidden RENAME TO foot")
    #expect(try study.insert([0.1, 0.01], result(1)) == 1)
    #expect(try study.count("version=default") == 1)
    #expect(try study.store.text("check") == "ok")
  }

  @Test func versionsAreNotMixed() throws {
    let study = try folder.study()
    try study.setVersion(
      "friction 0.4", simulator: "3.1", parameters: #"{"friction": 0.4}"#, source: nil)
    _ = try study.insert([0.1, 0.01], result(1))
    try study.setVersion(
      "friction 0.5", simulator: nil, parameters: #"{"friction": 0.5}"#, source: "abc")
    #expect(try study.find([0.1, 0.01]).states == [0])
    #expect(try study.count(nil) == 0)
    #expect(try study.count(#"version="friction 0.4""#) == 1)
    #expect(try study.count("version=all") == 1)
    try study.setVersion(
      "friction 0.4", simulator: nil, parameters: #"{ "friction" : 4e-1 }"#, source: nil)
    #expect(try study.count(nil) == 1)
    #expect(throws: NetJacError.self) {
      try study.setVersion(
        "friction 0.4", simulator: nil, parameters: #"{"friction": 0.6}"#, source: nil)
    }
    #expect(throws: NetJacError.self) {
      try study.setVersion("new", simulator: nil, parameters: "{", source: nil)
    }
    // Who opens the study later works in the same version.
    #expect(try folder.study().count(nil) == 1)
  }
}

/// A clock that a test sets.
final class TestClock: @unchecked Sendable {
  var now = 1.8e9

  /// Lets time pass. A server has a clock of its own, so there leases come nearer instead.
  func advance(_ seconds: Double, _ study: Study) throws {
    now += seconds
    guard Folder.isOnServer else { return }
    let table = study.store.database.dialect.table(study.name)
    try study.store.database.exclusively {
      try study.store.database.execute(
        "UPDATE \(table) SET nj_lease = nj_lease - \(seconds) * interval '1 s'")
    }
  }

  var clock: Clock { Clock { [unowned self] in now } }
}
