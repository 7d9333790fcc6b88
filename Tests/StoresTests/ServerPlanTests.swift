import Foundation
import Stores
import Tensors
import Testing

/// What PostgreSQL's planner makes of every statement, beside so many samples that it matters.
@Suite(.enabled(if: Folder.isOnServer)) struct ServerPlanTests {
  let folder = Folder.made()

  /// Uses everything once, and returns what the planner said.
  private func plans(_ equality: Equality) throws -> [String: String] {
    let store = try folder.store("\(equality).db")
    let study = try folder.study(store) {
      $0.equality = equality
      $0.tolerance = 1e-9
      $0.attempts = 1
    }
    try study.declare(.output, "history", size: 0, details: nil)
    let count = 4000
    let x = (0..<count).flatMap { [Double($0) / 20000, 0.02] }
    _ = try study.insert(x, (0..<count).flatMap { result(Double($0)) })
    _ = try study.add([0.25, 0.01, 0.26, 0.01, 0.27, 0.01, 0.28, 0.01])
    let connection = try #require(store.database as? PostgresConnection)
    try connection.exclusively { try connection.execute("ANALYZE") }
    connection.plans = [:]

    let clock = TestClock()
    let points = try study.claim(1, filter: "tag!=x speed<1", wait: 0)
    _ = try study.put(points, result(1))
    _ = try study.put(points, result(1), jacobian: [Double](repeating: 1, count: 24))
    let second = try study.claim(2, filter: nil, wait: 0)
    try study.giveBack([(second.ids[0], second.tokens[0])])
    try study.extend([(second.ids[1], second.tokens[1])], seconds: 10)
    try clock.advance(1000, study)
    let third = try study.claim(1, filter: nil, wait: 0)
    try study.fail(third.ids[0], token: third.tokens[0], message: "", final: false)
    _ = try study.change(nil, "retry")
    _ = try study.insert([0.3, 0.02], result(3))
    _ = try study.insert([0.29, 0.03, 0.29, 0.04], result(3) + result(4))
    _ = try study.find([0.1, 0.02])
    _ = try study.find([0.1, 0.02, 0.2, 0.02])
    _ = try study.read("speed>0", most: 5000)
    _ = try study.count("speed>0")
    try [1.0].withUnsafeBufferPointer { try study.putArray(1, "history", $0) }
    _ = try study.getArray(1, "history")
    _ = try study.change("sample=1", "tag=a")
    try study.export("sample<10", to: folder.file("\(equality)-copy.db"))
    _ = try study.importFile(folder.file("\(equality)-copy.db"))
    _ = try store.text("check")
    return try #require(connection.plans)
  }

  @Test("Statements use an index, and full reads are not sorted", arguments: Equality.allCases)
  func usesIndices(_ equality: Equality) throws {
    var (keys, cells, claims, reads) = (0, 0, 0, 0)
    let plans = try plans(equality)
    for (sql, plan) in plans {
      let text = "\(sql)\n\(plan)"
      // Variables are few, and so are the points of a cell.
      let maySort = ["netjac_study", "netjac_variable", "nj_cell = "].contains { sql.contains($0) }
      #expect(!plan.contains("Sort") || maySort, "\(text)")
      // Counting and changing look at every row.
      let mayReadAll =
        sql.hasPrefix("SELECT count(*) FROM") || sql.contains("coalesce(?1")
        || sql.contains("SELECT 1 FROM") && sql.contains("LIMIT 1")
      #expect(!plan.contains("Seq Scan on foot") || mayReadAll, "\(text)")
      if sql.contains("nj_key = ") {
        keys += 1
        #expect(plan.contains("foot_nj_version_nj_key_key"), "\(text)")
      }
      if sql.contains("nj_cell = ") {
        cells += 1
        #expect(plan.contains("foot_cell"), "\(text)")
      }
      if sql.contains("AS chosen") {
        claims += 1
        #expect(plan.contains("foot_waiting"), "\(text)")
      }
      if sql.contains("nj_lease <=") {
        #expect(plan.contains("foot_running"), "\(text)")
      }
      if sql.contains("ORDER BY sample LIMIT") {
        reads += 1
        #expect(plan.contains("Index Scan using foot_pkey"), "\(text)")
      }
    }
    #expect(plans.count > 30 && claims > 1 && reads > 2)
    #expect(equality == .exact ? keys > 1 : cells > 0)
  }
}
