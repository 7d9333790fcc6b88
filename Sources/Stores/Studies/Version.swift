import Tensors

/// A state of a simulator: results of different versions are not mixed unless asked for.
package struct Version: Sendable, Equatable {
  package let number: Int64
  package let label: String
  package let simulator: String
  /// Canonical JSON.
  package let parameters: String
  package let source: String

  /// One of which no more is known than its label.
  static func plain(_ label: String) -> Version {
    Version(number: 0, label: label, simulator: "", parameters: "{}", source: "")
  }
}

extension Study {
  private static let versionColumns = "version, label, simulator, parameters, source"

  func readVersion(number: Int64) throws -> Version? {
    try database.run(
      "SELECT \(Self.versionColumns) FROM \(dialect.table("netjac_version")) "
        + "WHERE version = ?1 AND study = ?2"
    ) {
      $0.bind(number, at: 1)
      $0.bind(id, at: 2)
      return try $0.step() ? Self.version($0) : nil
    }
  }

  func readVersion(label: String) throws -> Version? {
    try database.run(
      "SELECT \(Self.versionColumns) FROM \(dialect.table("netjac_version")) "
        + "WHERE study = ?1 AND label = ?2"
    ) {
      $0.bind(id, at: 1)
      $0.bind(label, at: 2)
      return try $0.step() ? Self.version($0) : nil
    }
  }

  private static func version(_ statement: any Statement) -> Version {
    Version(
      number: statement.integer(0), label: statement.text(1), simulator: statement.text(2),
      parameters: statement.text(3), source: statement.text(4))
  }

  /// The version that later calls work in; made if new.
  ///
  /// - Throws: `NetJacError` of kind `conflict` if the label has other parameters.
  package func setVersion(
    _ label: String, simulator: String?, parameters: String?, source: String?
  ) throws {
    guard !label.isEmpty, label.utf8.count <= 1000 else {
      throw NetJacError(
        .argument, "a version's label has 1 to 1000 bytes; this one has \(label.utf8.count)")
    }
    let parameters = try parameters.map { try JSONText($0, "the parameters of version '\(label)'") }
    try store.operate {
      let known = try database.transaction(.read) { try readVersion(label: label) }
      if let known {
        try check(known, simulator, parameters, source)
        version = known
        if store.options.mode != .read { try rememberVersion(known) }
        return
      }
      try store.requireWriting("a new version")
      version = try database.transaction(.write) {
        let (made, isNew) = try findOrMake(
          Version(
            number: 0, label: label, simulator: simulator ?? "",
            parameters: parameters?.text ?? "{}",
            source: source ?? ""))
        if !isNew { try check(made, simulator, parameters, source) }
        try noteCurrent(made)
        return made
      }
    }
  }

  /// The version that calls work in; nil as long as nobody has made any.
  func presentVersion() throws -> Version? {
    if let version { return version }
    let number = try database.run(
      "SELECT version FROM \(dialect.table("netjac_study")) WHERE study = ?1"
    ) {
      $0.bind(id, at: 1)
      return try $0.step() && !$0.isNull(0) ? $0.integer(0) : nil
    }
    version = try number.flatMap { try readVersion(number: $0) }
    return version
  }

  /// Works in a version that came from elsewhere, unless there is one to work in.
  func adoptVersion(_ number: Int64) throws {
    guard try presentVersion() == nil, let adopted = try readVersion(number: number) else { return }
    try noteCurrent(adopted)
    version = adopted
  }

  /// The version that calls work in; the first call makes one if nobody has chosen any.
  func currentVersion() throws -> Version {
    if let version = try presentVersion() { return version }
    let (made, _) = try findOrMake(.plain("default"))
    try noteCurrent(made)
    version = made
    return made
  }

  /// The version that has a label, made if there is none.
  ///
  /// - Parameter wanted: How to make it; its number does not matter.
  func findOrMake(_ wanted: Version) throws -> (version: Version, isNew: Bool) {
    if let known = try readVersion(label: wanted.label) { return (known, false) }
    let made = try database.run(
      "INSERT INTO \(dialect.table("netjac_version")) "
        + "(study, label, simulator, parameters, source, created) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, \(dialect.stamp)) ON CONFLICT (study, label) DO NOTHING "
        + "RETURNING \(Self.versionColumns)"
    ) { statement -> Version? in
      statement.bind(id, at: 1)
      statement.bind(wanted.label, at: 2)
      statement.bind(wanted.simulator, at: 3)
      statement.bind(wanted.parameters, at: 4)
      statement.bind(wanted.source, at: 5)
      guard try statement.step() else { return nil }
      defer { try? statement.finish() }
      return Self.version(statement)
    }
    if let made { return (made, true) }
    // Another process was faster.
    guard let known = try readVersion(label: wanted.label) else {
      throw NetJacError(.defect, "version '\(wanted.label)' is not where it was made")
    }
    return (known, false)
  }

  /// Whoever opens the study without naming a version gets this one.
  private func rememberVersion(_ version: Version) throws {
    let stored = try database.run(
      "SELECT version FROM \(dialect.table("netjac_study")) WHERE study = ?1"
    ) {
      $0.bind(id, at: 1)
      return try $0.step() && !$0.isNull(0) ? $0.integer(0) : nil
    }
    if stored != version.number { try database.transaction(.write) { try noteCurrent(version) } }
  }

  private func noteCurrent(_ version: Version) throws {
    try database.run("UPDATE \(dialect.table("netjac_study")) SET version = ?1 WHERE study = ?2") {
      $0.bind(version.number, at: 1)
      $0.bind(id, at: 2)
      try $0.finish()
    }
  }

  private func check(
    _ known: Version, _ simulator: String?, _ parameters: JSONText?, _ source: String?
  ) throws {
    if let parameters {
      let stored = try JSONText(
        known.parameters, "the stored parameters of version '\(known.label)'")
      guard stored.canonical == parameters.canonical else {
        throw NetJacError(
          .conflict,
          "version '\(known.label)' of study '\(name)' has the parameters \(known.parameters) in the "
            + "store and \(parameters.text) here; other parameters are another version")
      }
    }
    for (what, stored, here) in [
      ("simulator", known.simulator, simulator), ("source", known.source, source),
    ] {
      if let here, here != stored, !stored.isEmpty {
        store.notices.append(
          "study \(name), version \(known.label): the \(what) was '\(stored)' and is '\(here)' now; if "
            + "that changes results, give the version a new label")
      }
    }
  }
}
