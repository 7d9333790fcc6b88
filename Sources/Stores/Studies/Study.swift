import Synchronization
import Tensors

/// A simulator with named inputs and outputs, and the samples of it.
///
/// A study that is open has its own view of the variables: others may add outputs meanwhile without changing what
/// the caller's arrays must hold.
package final class Study: @unchecked Sendable {
  package let store: Store
  package let name: String
  let id: Int64
  package internal(set) var equality: Equality
  package internal(set) var lease: Double
  package internal(set) var attempts: Int
  package let worker: String
  /// What inputs get that are declared without a tolerance of their own.
  let tolerance: Double?

  package internal(set) var version: Version?

  /// The variables, and what follows from them; replaced as a whole, under the store's lock, since other threads may
  /// be looking. They look without a lock: one that is taken while the process forks would never be free in the child.
  /// What was replaced stays for those who still look at it; it is little, as declarations are few.
  var view: StudyView {
    get {
      guard let address = UnsafeRawPointer(bitPattern: viewAddress.load(ordering: .acquiring))
      else { return views[0] }
      return Unmanaged<StudyView>.fromOpaque(address).takeUnretainedValue()
    }
    set {
      views.append(newValue)
      let address = UnsafeRawPointer(Unmanaged.passUnretained(newValue).toOpaque())
      viewAddress.store(UInt(bitPattern: address), ordering: .releasing)
    }
  }
  private var views = [StudyView(inputs: [], outputs: [], near: nil)]
  private let viewAddress = Atomic<UInt>(0)

  package var inputs: [Variable] { view.inputs }
  package var outputs: [Variable] { view.outputs }
  var inputLayout: RowLayout { view.inputLayout }
  var outputLayout: RowLayout { view.outputLayout }
  var keys: PointKeys { view.keys }
  var near: NearPoints? { view.near }

  /// Places of the variables that were declared through this object.
  var declared: [Variable.Role: Set<Int>] = [:]
  var schemaSeen: Int64 = -1

  var database: any Engine { store.database }
  var dialect: Dialect { store.database.dialect }
  var table: String { dialect.table(name) }
  /// n: how many scalars a point has.
  package var inputSize: Int { inputLayout.count }
  /// m: how many scalars a result has.
  package var outputSize: Int { outputLayout.count }

  /// Of each input scalar; infinite where there are none.
  package var bounds: [(lower: Double, upper: Double)] {
    keys.scalars.map { ($0.lower ?? -.infinity, $0.upper ?? .infinity) }
  }

  /// Opens a study, or makes an empty one if there is none and the store's mode is create.
  package init(_ store: Store, _ name: String, _ options: StoreOptions = StoreOptions()) throws {
    try checkStudyName(name)
    self.store = store
    self.name = name
    worker = options.worker ?? "\(hostName()):\(processNumber())"
    tolerance = options.tolerance
    let row = try store.operate { try Self.openRow(store, name, options) }
    id = row.id
    equality = row.equality
    lease = row.lease
    attempts = row.attempts
    try store.operate {
      try database.transaction(.read) {
        try takeStoredVariables()
        version = try row.version.flatMap { try readVersion(number: $0) }
      }
    }
  }

  /// The SQL of the table with these variables.
  func tables(_ inputs: [Variable], _ outputs: [Variable]) -> StudyTable {
    StudyTable(
      name: name, inputs: inputs, outputs: outputs, types: database.types, dialect: dialect)
  }

  // MARK: - The study's row

  private struct Row {
    let id: Int64
    let equality: Equality
    let lease: Double
    let attempts: Int
    let version: Int64?
  }

  private static func openRow(_ store: Store, _ name: String, _ options: StoreOptions) throws -> Row
  {
    let database = store.database
    var row = try database.transaction(.read) { try find(database, name) }
    if row == nil {
      guard store.options.mode == .create else {
        let known = try database.run(
          "SELECT name FROM \(database.dialect.table("netjac_study")) ORDER BY name"
        ) { statement -> [String] in
          var names: [String] = []
          while try statement.step() { names.append("'\(statement.text(0))'") }
          return names
        }
        throw NetJacError(
          .conflict,
          "study '\(name)' was not found in the store '\(store.place)', which has "
            + (known.isEmpty ? "none" : known.joined(separator: ", "))
            + "; a store that is open with mode=create makes it", .notFound)
      }
      row = try database.transaction(.define) {
        if let row = try find(database, name) { return row }
        return try create(database, name, options)
      }
    }
    guard let row else { throw NetJacError(.defect, "study '\(name)' is not where it was made") }
    try check(row, name, options)
    return row
  }

  private static func find(_ database: any Engine, _ name: String) throws -> Row? {
    try database.run(
      "SELECT study, equality, lease, attempts, version, name FROM "
        + "\(database.dialect.table("netjac_study")) WHERE lower(name) = lower(?1)"
    ) {
      $0.bind(name, at: 1)
      guard try $0.step() else { return nil }
      guard $0.text(5) == name else {
        throw NetJacError(
          .conflict,
          "study '\(name)' cannot be told from study '\($0.text(5))': databases do not distinguish "
            + "small letters from capitals")
      }
      guard let equality = Equality(rawValue: $0.text(1)), $0.double(2) > 0, $0.double(2) < 1e9,
        let attempts = Int(exactly: $0.integer(3)), attempts > 0
      else {
        throw NetJacError(
          .format, "the row of study '\(name)' in table netjac_study has values that it cannot have"
        )
      }
      return Row(
        id: $0.integer(0), equality: equality, lease: $0.double(2), attempts: attempts,
        version: $0.isNull(4) ? nil : $0.integer(4))
    }
  }

  private static func create(_ database: any Engine, _ name: String, _ options: StoreOptions) throws
    -> Row
  {
    let dialect = database.dialect
    for object in StudyTable.names(name) where object.utf8.count > dialect.longestName {
      throw NetJacError(
        .argument,
        "study '\(name)' needs the name '\(object)', and this database takes \(dialect.longestName) bytes"
      )
    }
    let taken = try database.takenNames()
    for object in StudyTable.names(name) where taken.contains(object.lowercased()) {
      throw NetJacError(
        .conflict,
        "study '\(name)' needs the name '\(object)', which the store has for something else")
    }
    let id = try database.run(
      "INSERT INTO \(dialect.table("netjac_study")) (name, equality, lease, attempts, created) "
        + "VALUES (?1, ?2, ?3, ?4, \(dialect.stamp)) RETURNING study"
    ) { statement -> Int64 in
      statement.bind(name, at: 1)
      statement.bind((options.equality ?? .exact).rawValue, at: 2)
      statement.bind(options.lease ?? 60, at: 3)
      statement.bind(options.attempts ?? 3, at: 4)
      guard try statement.step() else { throw NetJacError(.defect, "no number for a study") }
      defer { try? statement.finish() }
      return statement.integer(0)
    }
    try database.execute(
      StudyTable(name: name, inputs: [], outputs: [], types: database.types, dialect: dialect)
        .create)
    return Row(
      id: id, equality: options.equality ?? .exact, lease: options.lease ?? 60,
      attempts: options.attempts ?? 3, version: nil)
  }

  private static func check(_ row: Row, _ name: String, _ options: StoreOptions) throws {
    var differences: [String] = []
    func compare<Value: Equatable>(_ what: String, _ stored: Value, _ wanted: Value?) {
      if let wanted, wanted != stored {
        differences.append("\(what) is '\(stored)' in the store and '\(wanted)' here")
      }
    }
    compare("equality", row.equality.rawValue, options.equality?.rawValue)
    compare("lease", row.lease, options.lease)
    compare("attempts", row.attempts, options.attempts)
    guard differences.isEmpty else {
      throw NetJacError(
        .conflict, "study '\(name)' differs: \(differences.joined(separator: "; "))")
    }
  }
}

/// The variables of a study, as one who opened it sees them.
final class StudyView: Sendable {
  let inputs: [Variable]
  let outputs: [Variable]
  let inputLayout: RowLayout
  let outputLayout: RowLayout
  let keys: PointKeys
  /// Unless equality is exact.
  let near: NearPoints?

  init(inputs: [Variable], outputs: [Variable], near: NearPoints?) {
    self.inputs = inputs
    self.outputs = outputs
    self.near = near
    inputLayout = RowLayout(inputs)
    outputLayout = RowLayout(outputs)
    keys = PointKeys(inputs)
  }
}

private func checkStudyName(_ name: String) throws {
  try checkName(name, of: "study")
  let small = name.lowercased()
  guard !small.hasPrefix("netjac_"), !small.hasPrefix("nj_"), !small.hasPrefix("sqlite_"),
    small != "sample"
  else {
    throw NetJacError(
      .argument,
      "study '\(name)' has a name that databases or NetJac keep for themselves; "
        + "'sample' and names that start with 'netjac_', 'nj_' or 'sqlite_' are not free")
  }
}
