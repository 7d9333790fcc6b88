import Glibc
import Tensors

/// The process that a worker is, for its name.
func processNumber() -> Int { Int(getpid()) }

extension Study {
  /// A row of a study has at most this many columns of its own; PostgreSQL's limit is not far above.
  package static let mostColumns = 800

  // MARK: - Reading

  /// What the store has: all variables, inputs first, in order.
  func storedVariables() throws -> [Variable] {
    let variables = try database.run(
      "SELECT role, name, size, unit, description, lower, upper, step, tolerance, scale, position FROM "
        + "\(dialect.table("netjac_variable")) WHERE study = ?1 ORDER BY role, position"
    ) { statement -> [Variable] in
      statement.bind(id, at: 1)
      var variables: [Variable] = []
      var counts: [Variable.Role: Int64] = [:]
      while try statement.step() {
        guard let role = Variable.Role(rawValue: statement.text(0)),
          let scale = Variable.Scale(rawValue: statement.text(9)),
          statement.integer(10) == counts[role, default: 0],
          let size = Int(exactly: statement.integer(2))
        else { throw damaged("a variable has a role, position or scale that it cannot have") }
        counts[role, default: 0] += 1
        var variable = Variable(role, statement.text(1), size: size)
        variable.unit = statement.text(3)
        variable.description = statement.text(4)
        variable.lower = statement.optionalDouble(5)
        variable.upper = statement.optionalDouble(6)
        variable.step = statement.optionalDouble(7)
        variable.tolerance = statement.optionalDouble(8)
        variable.scale = scale
        do { try variable.check() } catch let error as NetJacError { throw damaged(error.message) }
        variables.append(variable)
        guard variables.count <= Self.mostColumns else {
          throw damaged("it has too many variables")
        }
      }
      return variables
    }
    return variables
  }

  private func damaged(_ what: String) -> NetJacError {
    NetJacError(
      .format, "the variables of study '\(name)' in '\(store.place)' are damaged: \(what)")
  }

  /// Takes the variables as they are in the store now.
  func takeStoredVariables() throws {
    let variables = try storedVariables()
    schemaSeen = try database.schemaStamp()
    let inputs = variables.filter { $0.role == .input }
    view = StudyView(
      inputs: inputs, outputs: variables.filter { $0.role == .output },
      near: equality == .exact ? nil : try NearPoints(inputs, equality))
  }

  /// Makes sure that the caller's arrays still mean what they meant.
  ///
  /// - Throws: `NetJacError` of kind `conflict` if others have changed the inputs.
  func checkView() throws {
    let stamp = try database.schemaStamp()
    guard stamp != schemaSeen else { return }
    let variables = try storedVariables()
    let storedOutputs = variables.filter { $0.role == .output }
    guard variables.filter({ $0.role == .input }) == inputs,
      storedOutputs.count >= outputs.count, Array(storedOutputs[..<outputs.count]) == outputs
    else {
      throw NetJacError(
        .conflict,
        "the variables of study '\(name)' have been changed since it was opened; open it again")
    }
    schemaSeen = stamp
  }

  // MARK: - Declaring

  /// Declares a variable, or checks that it is the one that the study has.
  ///
  /// - Parameter details: As for `VariableDetails`; nil takes what is stored.
  package func declare(_ role: Variable.Role, _ name: String, size: Int, details: String?) throws {
    let parsed = try VariableDetails(details ?? "")
    var variable = try parsed.variable(role, name, size)
    if role == .input, equality != .exact { variable.tolerance = variable.tolerance ?? tolerance }
    try variable.check()
    let old = try parsed.defaultValue(name)
    try store.operate {
      if try database.transaction(.read, { try matchesStored(variable, details) }) { return }
      try store.requireWriting("declaring a variable")
      do {
        try database.transaction(.define) {
          // Another process may have been faster.
          if try !matchesStored(variable, details) { try add(variable, old) }
        }
        if variable.size > 256 { database.preferLargePages() }
      } catch {
        // The view may be ahead of what was undone.
        try? takeStoredVariables()
        throw error
      }
    }
  }

  /// Whether the study has this variable; differences are an error.
  private func matchesStored(_ variable: Variable, _ details: String?) throws -> Bool {
    let stored = try storedVariables()
    guard let known = stored.first(where: { $0.name.lowercased() == variable.name.lowercased() })
    else { return false }
    var differences = known.differences(from: variable)
    if details == nil {
      // Only what was said counts.
      differences.removeAll { text in
        !["role", "name", "size"].contains { text.hasPrefix($0 + " ") }
      }
    }
    let position = stored.filter { $0.role == known.role }.firstIndex(of: known) ?? 0
    let before = declared[known.role, default: []]
    if differences.isEmpty, let last = before.max(), position < last, !before.contains(position) {
      let order = stored.filter { $0.role == known.role }.map { "'\($0.name)'" }
      differences.append(
        "the order of \(known.role.rawValue)s in the store is \(order.joined(separator: ", "))")
    }
    guard differences.isEmpty else {
      throw NetJacError(
        .conflict,
        "\(variable.role.rawValue) '\(variable.name)' of study '\(name)' differs: "
          + differences.joined(separator: "; "))
    }
    declared[known.role, default: []].insert(position)
    try takeStoredVariables()
    return true
  }

  private func add(_ variable: Variable, _ old: Double?) throws {
    let stored = try storedVariables()
    try checkColumns(stored + [variable])
    let position = stored.filter { $0.role == variable.role }.count
    let hasSamples = try database.run("SELECT 1 FROM \(table) LIMIT 1") { try $0.step() }
    if variable.role == .input, hasSamples, old == nil {
      throw NetJacError(
        .conflict,
        "study '\(name)' has samples already, so the new input '\(variable.name)' needs the value that "
          + "they had: default=VALUE")
    }
    if equality == .relative, variable.role == .input {
      _ = try NearPoints(stored.filter { $0.role == .input } + [variable], equality)
    }
    try insertRow(variable, position)
    let all = stored + [variable]
    let new = tables(all.filter { $0.role == .input }, all.filter { $0.role == .output })
    if !hasSamples {
      try database.execute(new.drop)
      try database.execute(new.create)
    } else if variable.role == .output {
      try database.execute(new.dropView)
      try database.execute(new.addColumns(variable))
      try database.execute(new.createView)
    } else {
      try rebuild(new, from: stored, adding: variable, old ?? 0)
    }
    try takeStoredVariables()
    declared[variable.role, default: []].insert(position)
  }

  private func checkColumns(_ variables: [Variable]) throws {
    var columns: [String: String] = [:]
    for variable in variables {
      for column in Set(variable.columns.map { $0.lowercased() }).union([variable.name.lowercased()]
      ) {
        if let other = columns[column], other != variable.name {
          throw NetJacError(
            .conflict,
            "'\(variable.name)' and '\(other)' of study '\(name)' would both be called '\(column)'")
        }
        columns[column] = variable.name
      }
    }
    let longest = dialect.longestName
    for column in variables.flatMap(\.columns) where column.utf8.count > longest {
      throw NetJacError(
        .argument,
        "study '\(name)' would have a column '\(column)', and this database takes names of \(longest) bytes"
      )
    }
    let count = variables.reduce(0) { $0 + $1.columns.count }
    guard count <= Self.mostColumns else {
      throw NetJacError(
        .argument,
        "study '\(name)' would have \(count) columns, and a database takes \(Self.mostColumns); declare "
          + "what belongs together as one vector, with a size above \(Variable.mostColumns)")
    }
  }

  private func insertRow(_ variable: Variable, _ position: Int) throws {
    try database.run(
      "INSERT INTO \(dialect.table("netjac_variable")) (study, role, position, name, size, unit, "
        + "description, lower, upper, step, tolerance, scale) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    ) {
      $0.bind(id, at: 1)
      $0.bind(variable.role.rawValue, at: 2)
      $0.bind(position, at: 3)
      $0.bind(variable.name, at: 4)
      $0.bind(variable.size, at: 5)
      $0.bind(variable.unit, at: 6)
      $0.bind(variable.description, at: 7)
      $0.bind(variable.lower, at: 8)
      $0.bind(variable.upper, at: 9)
      $0.bind(variable.step, at: 10)
      $0.bind(variable.tolerance, at: 11)
      $0.bind(variable.scale.rawValue, at: 12)
      try $0.finish()
    }
  }
}
