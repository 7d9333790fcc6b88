import Tensors

/// A connection to a database: what studies need of an engine, and no more.
///
/// Statements are written once for all engines. Parameters are `?1`, `?2`, …; what engines spell differently
/// comes from `dialect`. A connection serves one thread at a time: everything happens inside `exclusively`.
package protocol Database: AnyObject {
  var dialect: Dialect { get }

  /// Runs `body` while no other thread uses the connection.
  func exclusively<Result>(_ body: () throws -> Result) throws -> Result

  /// Runs `body` in one transaction, which is undone if it throws.
  func transaction<Result>(_ kind: TransactionKind, _ body: () throws -> Result) throws -> Result

  /// Prepares a statement, or takes it from those prepared before, and gives it back afterwards.
  func run<Result>(_ sql: String, _ body: (any Statement) throws -> Result) throws -> Result

  /// Runs statements that have no parameters and no rows.
  func execute(_ sql: String) throws

  /// Enters `count` rows, those whose key is there aside.
  ///
  /// - Parameters:
  ///   - bind: Sets the parameters of one row.
  ///   - made: Receives each row's number, nil if its key was there.
  func insert(
    _ insertion: Insertion, _ count: Int, bind: (any Parameters, Int) throws -> Void,
    made: (Int, Int64?) throws -> Void) throws

  /// Runs a query for each of `count` sets of parameters.
  ///
  /// - Parameters:
  ///   - width: How many numbers a row may have, so that not too many of them are in memory at a time.
  ///   - bind: Sets those of one.
  ///   - row: Receives each row that it finds.
  func find(
    _ query: String, _ count: Int, width: Int, bind: (any Parameters, Int) throws -> Void,
    row: (any Statement, Int) throws -> Void) throws

  /// Reads rows straight into arrays, in the order of samples.
  func gather(_ request: GatherRequest) throws -> GatherResult

  /// A number that changes when the definition of any table changes.
  func schemaStamp() throws -> Int64
}

package enum TransactionKind: Sendable {
  case read
  case write
  /// Changes tables, which nobody else does meanwhile.
  case define
}

/// The parameters of a statement, which count from 1.
package protocol Parameters: AnyObject {
  func bind(_ value: Double, at parameter: Int)
  func bind(_ value: Int64, at parameter: Int)
  func bind(_ value: String, at parameter: Int)
  /// A vector, in the form that the engine keeps vectors in.
  func bind(numbers: UnsafeBufferPointer<Double>, at parameter: Int)
  func bind(_ key: PointKey, at parameter: Int)
  func bindNull(at parameter: Int)
}

/// A prepared statement. Columns count from 0.
package protocol Statement: Parameters {
  /// Goes to the next row; false when there is none.
  func step() throws -> Bool
  /// Makes the statement ready for other parameters.
  func reset()

  func isNull(_ column: Int) -> Bool
  /// NaN for NULL.
  func double(_ column: Int) -> Double
  func integer(_ column: Int) -> Int64
  func text(_ column: Int) -> String
  /// Nil for NULL, and for what is no key.
  func key(_ column: Int) -> PointKey?
  /// All numbers of a vector; none for NULL.
  func numbers(_ column: Int) -> [Double]
  /// `count` numbers of a vector; what it lacks is NaN.
  func read(_ column: Int, into numbers: UnsafeMutablePointer<Double>, count: Int)
}

extension Parameters {
  package func bind(_ value: Int, at parameter: Int) { bind(Int64(value), at: parameter) }

  package func bind(_ value: Int64?, at parameter: Int) {
    if let value { bind(value, at: parameter) } else { bindNull(at: parameter) }
  }

  package func bind(_ value: String?, at parameter: Int) {
    if let value { bind(value, at: parameter) } else { bindNull(at: parameter) }
  }

  package func bind(_ value: Double?, at parameter: Int) {
    if let value { bind(value, at: parameter) } else { bindNull(at: parameter) }
  }

  package func bind(numbers: [Double]?, at parameter: Int) {
    if let numbers {
      numbers.withUnsafeBufferPointer { bind(numbers: $0, at: parameter) }
    } else {
      bindNull(at: parameter)
    }
  }

  package func bind(_ value: SQLValue, at parameter: Int) {
    switch value {
    case .number(let number): bind(number, at: parameter)
    case .integer(let integer): bind(integer, at: parameter)
    case .text(let text): bind(text, at: parameter)
    }
  }
}

extension Statement {
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
  package func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

  /// Runs a statement whose rows, if any, are of no interest.
  package func finish() throws { while try step() {} }
}

/// A value of a condition.
package enum SQLValue: Sendable, Equatable {
  case number(Double)
  case integer(Int64)
  case text(String)
}

/// A new row of a study's table, unless its key is there.
package struct Insertion: Sendable {
  package let table: String
  /// What has the parameters ?1, ?2, … as values.
  package let columns: [String]
  /// What has values that SQL computes.
  package let computed: [(column: String, sql: String)]

  /// The beginning of the statement, up to where the values come from.
  package var target: String {
    "INSERT INTO \(table) (\((columns + computed.map(\.column)).joined(separator: ", ")))"
  }

  /// The end of the statement.
  package static let unlessThere = "ON CONFLICT (nj_version, nj_key) DO NOTHING"

  /// The statement for one row.
  package var sql: String {
    let values = columns.indices.map { "?\($0 + 1)" } + computed.map(\.sql)
    return "\(target) VALUES (\(values.joined(separator: ", "))) \(Self.unlessThere)"
  }
}

/// What engines spell differently.
package struct Dialect: Sendable {
  /// The present time, comparable with `nj_lease`.
  package let now: String
  /// The present time, as `nj_created` and its like hold it.
  package let stamp: String
  /// A parameter that holds a time as text, as the columns of times hold it.
  let time: @Sendable (_ parameter: String) -> String
  /// Seconds from now in a parameter, as a value of `nj_lease`.
  package let lease: @Sendable (_ parameter: String) -> String
  /// Ends a selection of rows that this transaction is going to change.
  package let forUpdate: String
  /// The same, leaving out rows that others are changing.
  package let skippingLocked: String
  /// The name of a table, with that of its schema where the engine has such.
  package let table: @Sendable (_ name: String) -> String
  /// Keeps a full read from taking an index and sorting.
  package let notIndexed: String
  /// How many bytes a name may have.
  let longestName: Int
  /// Keeps a column out of the choice of an index, where the planner would take one that makes it sort.
  package let unindexed: @Sendable (_ column: String) -> String
}

/// A name as SQL takes it, whatever characters it has.
package func quoted(_ name: String) -> String {
  "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    + "\""
}
