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

  /// Reads rows straight into arrays, in the order of samples.
  func gather(_ request: GatherRequest) throws -> GatherResult

  /// A number that changes when the definition of any table changes.
  func schemaStamp() throws -> Int64
}

package enum TransactionKind: Sendable {
  case read
  case write
}

/// A prepared statement. Parameters count from 1, columns from 0.
package protocol Statement: AnyObject {
  func bind(_ value: Double, at parameter: Int)
  func bind(_ value: Int64, at parameter: Int)
  func bind(_ value: String, at parameter: Int)
  func bind(_ bytes: UnsafeRawBufferPointer, at parameter: Int)
  func bindNull(at parameter: Int)

  /// Goes to the next row; false when there is none.
  func step() throws -> Bool
  /// Makes the statement ready for other parameters.
  func reset()
  /// Runs an INSERT that ends in the dialect's `returningSample`: the new row's number, nil if its key was there.
  func insert() throws -> Int64?

  func isNull(_ column: Int) -> Bool
  /// NaN for NULL.
  func double(_ column: Int) -> Double
  func integer(_ column: Int) -> Int64
  func text(_ column: Int) -> String
  func withBytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
}

extension Statement {
  package func bind(_ value: Int, at parameter: Int) { bind(Int64(value), at: parameter) }

  package func bind(_ value: String?, at parameter: Int) {
    if let value { bind(value, at: parameter) } else { bindNull(at: parameter) }
  }

  package func bind(_ value: Double?, at parameter: Int) {
    if let value { bind(value, at: parameter) } else { bindNull(at: parameter) }
  }

  package func bind(_ bytes: [UInt8], at parameter: Int) {
    bytes.withUnsafeBytes { bind($0, at: parameter) }
  }

  package func bind(_ key: PointKey, at parameter: Int) {
    key.withBytes { bind($0, at: parameter) }
  }

  package func bind(_ value: SQLValue, at parameter: Int) {
    switch value {
    case .number(let number): bind(number, at: parameter)
    case .integer(let integer): bind(integer, at: parameter)
    case .text(let text): bind(text, at: parameter)
    }
  }

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

/// What engines spell differently.
package struct Dialect: Sendable {
  /// The present time, comparable with `nj_lease`.
  package let now: String
  /// The present time, as `nj_created` and its like hold it.
  package let stamp: String
  /// Seconds from now in a parameter, as a value of `nj_lease`.
  package let lease: @Sendable (_ parameter: String) -> String
  /// Ends a selection of rows that this transaction is going to change.
  package let forUpdate: String
  /// The name of a table, with that of its schema where the engine has such.
  package let table: @Sendable (_ name: String) -> String
  /// Lets an INSERT tell the number of the row that it made, where the engine does not know it anyway.
  package let returningSample: String
  /// Keeps a full read from taking an index and sorting.
  package let notIndexed: String
}

/// A name as SQL takes it, whatever characters it has.
package func quoted(_ name: String) -> String {
  "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    + "\""
}
