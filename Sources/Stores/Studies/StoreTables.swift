/// The SQL of the tables that every store has.
struct StoreTables {
  let types: ColumnTypes
  let dialect: Dialect

  var create: String {
    let (integer, long, number, time) = (types.integer, types.long, types.number, types.time)
    let study = "study \(integer) NOT NULL REFERENCES \(dialect.table("netjac_study"))"
    return """
      CREATE TABLE \(dialect.table("netjac_store")) (id \(integer) PRIMARY KEY CHECK (id = 1), uuid TEXT NOT NULL, format \(integer) NOT NULL,
        reader \(integer) NOT NULL, library TEXT NOT NULL, created \(time) NOT NULL, host TEXT, host_seen \(number));
      CREATE TABLE \(dialect.table("netjac_study")) (study \(types.identity(integer)), name TEXT NOT NULL UNIQUE, description TEXT NOT NULL DEFAULT '',
        equality TEXT NOT NULL DEFAULT 'exact' CHECK (equality IN ('exact','absolute','relative')),
        lease \(number) NOT NULL DEFAULT 60, attempts \(integer) NOT NULL DEFAULT 3, version \(integer), created \(time) NOT NULL);
      CREATE TABLE \(dialect.table("netjac_variable")) (\(study), role TEXT NOT NULL CHECK (role IN ('input','output')),
        position \(integer) NOT NULL, name TEXT NOT NULL, size \(integer) NOT NULL DEFAULT 1, unit TEXT NOT NULL DEFAULT '',
        description TEXT NOT NULL DEFAULT '', lower \(number), upper \(number), step \(number), tolerance \(number),
        scale TEXT NOT NULL DEFAULT 'linear' CHECK (scale IN ('linear','log')), PRIMARY KEY (study, role, position), UNIQUE (study, name));
      CREATE TABLE \(dialect.table("netjac_version")) (version \(types.identity(integer)), \(study), label TEXT NOT NULL,
        simulator TEXT NOT NULL DEFAULT '', parameters \(types.json) NOT NULL DEFAULT '{}', source TEXT NOT NULL DEFAULT '',
        created \(time) NOT NULL, UNIQUE (study, label));
      CREATE TABLE \(dialect.table("netjac_attempt")) (attempt \(types.identity(long)), \(study), sample \(long) NOT NULL,
        token \(long) NOT NULL, worker TEXT NOT NULL, started \(time), ended \(time), seconds \(number), error TEXT,
        outcome TEXT NOT NULL CHECK (outcome IN ('done','failed','returned','expired','late','differs')));
      """
  }
}

/// What the columns of an engine are called.
package struct ColumnTypes: Sendable {
  let integer: String
  /// Holds 64 bits.
  let long: String
  /// A primary key of a kind of integer, which numbers rows by itself.
  let identity: @Sendable (_ integer: String) -> String
  let number: String
  let vector: String
  let time: String
  let lease: String
  let json: String
  let key: String
  let keyCheck: String
  /// What follows the columns of a table whose rows change often.
  let rowOptions: String
  /// A statement that keeps a vector's column from being compressed, where it would be.
  let plainVector: @Sendable (_ table: String, _ column: String) -> String
  static let sqlite = ColumnTypes(
    integer: "INTEGER", long: "INTEGER", identity: { "\($0) PRIMARY KEY" }, number: "REAL",
    vector: "BLOB", time: "TEXT", lease: "REAL", json: "TEXT", key: "BLOB",
    keyCheck: "CHECK (length(nj_key) = 16 OR (nj_key IS NULL AND nj_status = 'discarded'))",
    rowOptions: "", plainVector: { _, _ in "" })
}

/// The SQL that makes the table of a study's samples, its indices and its view.
struct StudyTable {
  let name: String
  let inputs: [Variable]
  let outputs: [Variable]
  let types: ColumnTypes
  let dialect: Dialect

  private var table: String { dialect.table(name) }

  /// Names that no other table may have.
  static func names(_ study: String) -> [String] {
    [study, "\(study)_waiting", "\(study)_running", "\(study)_cell", "\(study)_done"]
  }

  private func columns(_ variables: [Variable], _ suffix: String) -> String {
    variables.map { variable in
      let type = variable.isVector ? types.vector : types.number
      return variable.columns.map { "\(quoted($0)) \(type)\(suffix), " }.joined()
    }.joined()
  }

  var create: String {
    """
    CREATE TABLE \(table) (sample \(types.identity(types.long)), \(columns(inputs, " NOT NULL"))\(columns(outputs, ""))
      nj_status TEXT NOT NULL DEFAULT 'waiting' CHECK (nj_status IN ('waiting','running','done','failed','discarded')),
      nj_version \(types.integer) NOT NULL REFERENCES \(dialect.table("netjac_version")), nj_tag TEXT NOT NULL DEFAULT '', nj_outputs \(types.integer), nj_jacobian \(types.vector),
      nj_created \(types.time) NOT NULL, nj_started \(types.time), nj_finished \(types.time), nj_seconds \(types.number), nj_worker TEXT, nj_error TEXT,
      nj_priority \(types.number) NOT NULL DEFAULT 0, nj_attempts \(types.integer) NOT NULL DEFAULT 0, nj_lease \(types.lease),
      nj_key \(types.key) \(types.keyCheck), nj_cell \(types.long),
      UNIQUE (nj_version, nj_key))\(types.rowOptions);
    \(plainVectors(inputs + outputs))\(types.plainVector(table, "nj_jacobian"))
    CREATE INDEX \(quoted("\(name)_waiting")) ON \(table) (nj_priority DESC, sample) WHERE nj_status = 'waiting';
    CREATE INDEX \(quoted("\(name)_running")) ON \(table) (nj_lease) WHERE nj_status = 'running';
    CREATE INDEX \(quoted("\(name)_cell")) ON \(table) (nj_version, nj_cell) WHERE nj_cell IS NOT NULL;
    \(createView)
    """
  }

  private func plainVectors(_ variables: [Variable]) -> String {
    variables.filter(\.isVector).map { types.plainVector(table, quoted($0.name)) }.joined()
  }

  var dropView: String { "DROP VIEW IF EXISTS \(dialect.table("\(name)_done"));" }
  var drop: String { "\(dropView) DROP TABLE IF EXISTS \(table);" }

  /// What a person wants to see: the samples that are done, without long vectors.
  var createView: String {
    let shown = (inputs + outputs).filter { !$0.isVector }.flatMap(\.columns)
    let taken = Set(shown.map { $0.lowercased() })
    let more = [
      ("version", "v.label"), ("tag", "nj_tag"), ("seconds", "nj_seconds"), ("worker", "nj_worker"),
      ("finished", "nj_finished"),
    ].filter { !taken.contains($0.0) }.map { "\($0.1) AS \($0.0)" }
    // The names of a version's own columns would be ambiguous.
    let ofVersion: Set = [
      "version", "study", "label", "simulator", "parameters", "source", "created",
    ]
    let values = shown.map {
      ofVersion.contains($0.lowercased()) ? "\(table).\(quoted($0))" : quoted($0)
    }
    return """
      CREATE VIEW \(dialect.table("\(name)_done")) AS SELECT \((["sample"] + values + more).joined(separator: ", ")) FROM \(table) JOIN \(dialect.table("netjac_version")) v ON v.version = nj_version
        WHERE nj_status = 'done';
      """
  }

  func addColumns(_ output: Variable) -> String {
    let type = output.isVector ? types.vector : types.number
    return output.columns
      .map { "ALTER TABLE \(table) ADD COLUMN \(quoted($0)) \(type); " }.joined()
      + plainVectors([output])
  }
}
