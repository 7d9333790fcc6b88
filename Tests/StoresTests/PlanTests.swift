import Foundation
import Stores
import Tensors
import Testing

/// What SQLite's planner makes of every statement.
@Suite(.enabled(if: Folder.isOnFiles)) struct PlanTests {
  let folder = Folder.made()

  /// Uses everything once, and returns what was prepared for it.
  private func statements(_ equality: Equality) throws -> (SQLiteConnection, [String]) {
    let clock = TestClock()
    let store = try folder.store("\(equality).db") { $0.clock = clock.clock }
    let study = try folder.study(store) {
      $0.equality = equality
      $0.tolerance = 1e-9
      $0.attempts = 1
    }
    try study.declare(.output, "history", size: 0, details: nil)
    let jacobian = [Double](repeating: 1, count: 24)
    _ = try study.add([0.1, 0.01, 0.2, 0.01, 0.25, 0.01, 0.26, 0.01])
    let points = try study.claim(1, filter: "tag!=x speed<1", wait: 0)
    _ = try study.put(points, result(1))
    _ = try study.put(points, result(1), jacobian: jacobian)
    let second = try study.claim(2, filter: nil, wait: 0)
    try study.giveBack([(second.ids[0], second.tokens[0])])
    try study.extend([(second.ids[1], second.tokens[1])], seconds: 10)
    try clock.advance(1000, study)
    let third = try study.claim(1, filter: nil, wait: 0)
    try study.fail(third.ids[0], token: third.tokens[0], message: "", final: false)
    _ = try study.change(nil, "retry")
    _ = try study.insert([0.3, 0.02], result(3))
    _ = try study.find([0.1, 0.01])
    _ = try study.read("speed>0")
    _ = try study.count("speed>0")
    _ = try study.recordText("speed>0", after: 0, most: 10, fields: nil)
    try [1.0].withUnsafeBufferPointer { try study.putArray(1, "history", $0) }
    _ = try study.getArray(1, "history")
    _ = try study.change("sample=1", "tag=a")
    _ = try study.change("sample=1", "discard")
    _ = try study.change("status=discarded", "delete")
    try study.export("status=all", to: folder.file("\(equality)-copy.db"))
    _ = try study.importFile(folder.file("\(equality)-copy.db"))
    _ = try store.text("check")
    let connection = try #require(store.database as? SQLiteConnection)
    return (connection, connection.preparedStatements)
  }

  @Test func theSpoolIsReadInOrder() throws {
    let study = try folder.study(folder.store { $0.retry = 0.1 })
    _ = try study.add([0.1, 0.01])
    let point = try study.claim(1, filter: nil, wait: 0)
    let (path, away) = (folder.file("foot.db"), folder.file("away.db"))
    try FileManager.default.moveItem(atPath: path, toPath: away)
    #expect(throws: NetJacError.self) { try study.put(point, result(1)) }
    try FileManager.default.moveItem(atPath: away, toPath: path)
    _ = try folder.study()
    let connection = try SQLiteConnection.open(folder.file("netjac-unsent.db"), .read)
    let statements = connection.preparedStatements.filter { $0.contains("netjac_unsent") }
    #expect(Set(statements.map { $0.prefix(6) }).isSuperset(of: ["SELECT", "DELETE"]))
    for sql in statements {
      let plan = try connection.exclusively {
        try connection.run("EXPLAIN QUERY PLAN \(sql)") {
          var lines: [String] = []
          while try $0.step() { lines.append($0.text(3)) }
          return lines
        }
      }
      #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(sql)")
      if sql.hasPrefix("DELETE") { #expect(plan.allSatisfy { $0.contains("PRIMARY KEY") }) }
    }
  }

  @Test("Statements use an index, and full reads are not sorted", arguments: Equality.allCases)
  func plans(_ equality: Equality) throws {
    let (connection, statements) = try statements(equality)
    var asked = 0
    for sql in statements
    where ["SELECT", "UPDATE", "DELETE", "INSERT"].contains(String(sql.prefix(6))) {
      let plan = try connection.exclusively {
        try connection.run("EXPLAIN QUERY PLAN \(sql)") {
          var lines: [String] = []
          while try $0.step() { lines.append($0.text(3)) }
          return lines
        }
      }
      asked += 1
      let text = "\(sql)\n\(plan.joined(separator: "\n"))"
      #expect(!plan.contains { $0.hasPrefix("USE TEMP B-TREE FOR ORDER BY") }, "\(text)")
      let readsAll = plan.contains { $0 == "SCAN foot" || $0.hasPrefix("SCAN foot USING") }
      // Counting, changing, and asking whether there is anything at all look at every row; what waits or runs has an
      // index that holds nothing else.
      let mayReadAll =
        sql.hasPrefix("SELECT count(*) FROM \"foot\" NOT INDEXED") || sql.hasPrefix("DELETE")
        || sql.contains("coalesce(?1") || sql.contains("SET nj_tag = ?1 WHERE")
        || sql.contains("SELECT 1 FROM \"foot\" LIMIT 1")
        || sql.contains("GROUP BY v.version")
        || plan.contains { $0.contains("foot_waiting") || $0.contains("foot_running") }
        || plan.contains { $0.contains("foot_cell") }
      #expect(!readsAll || mayReadAll, "\(text)")
      if sql.contains("netjac_gather") {
        #expect(plan == ["SEARCH foot USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"], "\(text)")
      }
      if sql.contains("nj_key = ?2") {
        #expect(plan.allSatisfy { $0.contains("nj_version=? AND nj_key=?") }, "\(text)")
      }
      if sql.contains("nj_cell = ?2") {
        #expect(plan.contains { $0.contains("foot_cell") }, "\(text)")
      }
      if sql.contains("nj_lease <=") {
        #expect(plan.contains { $0.contains("foot_running (nj_lease<?)") }, "\(text)")
      }
      if sql.contains("AS chosen") {
        #expect(plan.contains { $0.contains("foot_waiting") }, "\(text)")
      }
    }
    #expect(asked > 30)
  }
}
