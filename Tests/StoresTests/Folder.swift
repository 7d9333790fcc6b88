import Foundation
import Stores
import Testing

/// A folder for the files of one test, removed with it.
///
/// With `NETJAC_TEST_ENGINE=postgresql` its stores are schemas of the server that `Tests/postgres` started.
final class Folder {
  static let server: String? = {
    let environment = ProcessInfo.processInfo.environment
    guard environment["NETJAC_TEST_ENGINE"] == "postgresql" else { return nil }
    return environment["NETJAC_TEST_POSTGRES"] ?? "postgresql://no-server-for-tests"
  }()
  /// For tests of what files alone have, or servers alone.
  static var isOnFiles: Bool { server == nil }
  static var isOnServer: Bool { server != nil }

  let path: String

  init() throws {
    // In memory where there is such a place: flushing disks is not what is tested.
    let parent =
      FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(parent)/netjac-stores-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  static func made() -> Folder {
    do { return try Folder() } catch { preconditionFailure("no folder for a test: \(error)") }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  var options: StoreOptions {
    var options = StoreOptions()
    options.spool = file("netjac-unsent.db")
    options.busyTimeout = 10
    return options
  }

  func store(_ name: String = "foot.db", _ change: (inout StoreOptions) -> Void = { _ in }) throws
    -> Store
  {
    var options = options
    // What was exported or copied is a file.
    if let server = Self.server, !FileManager.default.fileExists(atPath: file(name)) {
      options.schema = schema(name)
      change(&options)
      return try Store(server, options)
    }
    change(&options)
    return try Store(file(name), options)
  }

  /// Where a store of this folder is on the server.
  func schema(_ name: String) -> String {
    "t\(path.suffix(12))_\(name)".lowercased().map { $0.isLetter || $0.isNumber ? "\($0)" : "_" }
      .joined()
  }

  /// Changes a store as a person would, at another program's prompt.
  func execute(_ sql: String, _ name: String = "foot.db") throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    if let server = Self.server {
      process.arguments = [
        "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", server, "--command",
        "SET search_path = \(schema(name)); \(sql)",
      ]
    } else {
      process.arguments = [
        "python3", "-c",
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()",
        file(name), sql,
      ]
    }
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// A study of two inputs and three outputs, one of them a long vector.
  func study(
    _ store: Store? = nil, _ change: (inout StoreOptions) -> Void = { _ in }
  ) throws -> Study {
    var options = options
    change(&options)
    let study = try Study(store ?? self.store(), "foot", options)
    try study.declare(.input, "speed", size: 1, details: "unit=m/s lower=0 upper=0.3")
    try study.declare(.input, "depth", size: 1, details: "unit=m lower=0.001 upper=0.1 scale=log")
    try study.declare(.output, "force", size: 2, details: "unit=N")
    try study.declare(.output, "pressure", size: 10, details: nil)
    return study
  }
}

extension Study {
  func add(_ x: [Double], tag: String = "", priority: Double = 0) throws -> (
    ids: [Int64], added: Int
  ) {
    var ids = [Int64](repeating: 0, count: x.count / inputSize)
    let added = try add(ids.count, x, tag: tag, priority: priority, ids: &ids)
    return (ids, added)
  }

  func put(
    _ points: ClaimedPoints, _ y: [Double], jacobian: [Double]? = nil, seconds: [Double]? = nil
  ) throws
    -> [Bool]
  {
    try put(
      points.ids.count, ids: points.ids, tokens: points.tokens, y: y, jacobian: jacobian,
      seconds: seconds)
  }

  func find(_ x: [Double]) throws -> (
    ids: [Int64], states: [Int32], y: [Double], jacobian: [Double]
  ) {
    let samples = x.count / inputSize
    var ids = [Int64](repeating: -7, count: samples)
    var states = [Int32](repeating: -7, count: samples)
    var y = [Double](repeating: -7, count: samples * outputSize)
    var jacobian = [Double](repeating: -7, count: samples * outputSize * inputSize)
    try ids.withUnsafeMutableBufferPointer { ids in
      try states.withUnsafeMutableBufferPointer { states in
        try y.withUnsafeMutableBufferPointer { y in
          try jacobian.withUnsafeMutableBufferPointer { jacobian in
            try find(
              samples, x,
              FindResults(
                ids: ids.baseAddress, states: states.baseAddress, y: y.baseAddress,
                jacobian: jacobian.baseAddress))
          }
        }
      }
    }
    return (ids, states, y, jacobian)
  }

  func insert(_ x: [Double], _ y: [Double], jacobian: [Double]? = nil, tag: String = "") throws
    -> Int
  {
    try insert(x.count / inputSize, x: x, y: y, jacobian: jacobian, tag: tag)
  }

  func read(_ filter: String? = nil, after: Int64 = 0, most: Int = 1000) throws -> (
    ids: [Int64], x: [Double], y: [Double], jacobian: [Double]
  ) {
    var ids = [Int64](repeating: 0, count: most)
    var x = [Double](repeating: 0, count: most * inputSize)
    var y = [Double](repeating: 0, count: most * outputSize)
    var jacobian = [Double](repeating: 0, count: most * outputSize * inputSize)
    let count = try read(
      filter, after: after, most: most, ids: &ids, x: &x, y: &y, jacobian: &jacobian)
    return (
      Array(ids[..<count]), Array(x[..<(count * inputSize)]), Array(y[..<(count * outputSize)]),
      Array(jacobian[..<(count * outputSize * inputSize)])
    )
  }
}

/// A result of the test's study: 12 numbers.
func result(_ first: Double) -> [Double] { (0..<12).map { first + Double($0) } }
