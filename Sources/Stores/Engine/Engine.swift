/// A database that holds stores: how its kind is opened, checked and copied.
package protocol Engine: Database {
  /// Where it is, for messages.
  var place: String { get }
  /// The store's UUID.
  func identity() throws -> String
  /// Sets what holds for one call: for how long to wait for locks.
  func prepare(_ patience: Double, _ options: StoreOptions)
  /// One store less uses the connection.
  func leave(_ options: StoreOptions)
  /// Copies the store into a new SQLite file; false if that takes reading it sample by sample.
  func backup(to path: String) throws -> Bool
  /// What is wrong with the database itself; empty if nothing is.
  func integrityProblems() throws -> [String]
  /// The SQL that made the tables; nil if the database does not keep it.
  func schemaText() throws -> String?
  /// Tells other machines that this one is still using the store.
  func keepHost(_ options: StoreOptions) throws
  /// Is told that a study has long vectors.
  func preferLargePages()
  var types: ColumnTypes { get }
  /// The names of tables, views and indices that are taken.
  func takenNames() throws -> Set<String>

  // MARK: Format

  func storedFormat() throws -> (format: Int64, reader: Int64)
  /// Keeps the number of the format where the engine has a place for it besides the table.
  func noteFormat(_ format: Int64) throws
  /// Runs what turns a store of an older format into a newer one while nobody else uses it, all or nothing; where the
  /// store is a file, after a copy of it.
  func migrate(from format: Int64, _ body: () throws -> Void) throws

  // MARK: Others at work

  /// Whether a transaction that writes keeps all others from writing.
  var writersExcludeEachOther: Bool { get }
  /// Lets this transaction be the only one that enters points of a study.
  func lockStudy(_ study: Int64) throws
  /// After rows were entered with numbers of their own: what is entered next has higher ones.
  func continueNumbers(of table: String) throws
  /// From now on `awaitChange` ends early when others announce something; false if it cannot.
  func startWatching() throws -> Bool
  func stopWatching()
  /// Waits, at most so long. Others may use the connection meanwhile.
  func awaitChange(_ seconds: Double)
  /// Ends the waits of others when this transaction has ended: there are points to claim, or, with a condition of SQL
  /// that holds, none is left.
  func announce(if condition: String?) throws
}
