import Tensors

extension Store {
  /// Renews the leases of all claims that are held; returns when to do so again, nil if none is left.
  func renewLeases() -> Double? {
    do {
      return try operate(patience: 1) {
        guard claims.renewal != nil else { return nil }
        try database.transaction(.write) {
          try database.keepHost(options)
          for (key, claim) in claims.claims {
            let isHeld = try database.run(Self.renewal(claim.table, database.dialect)) {
              $0.bind(claim.lease, at: 1)
              $0.bind(key.sample, at: 2)
              $0.bind(claim.token, at: 3)
              let found = try $0.step()
              if found { try $0.finish() }
              return found
            }
            // Its lease ended while this machine slept, say. A result will be welcome all the same.
            if !isHeld { claims.drop(key, token: claim.token) }
          }
        }
        return claims.renewal
      }
    } catch {
      // The database is away or busy; simulations go on, and so does trying.
      let again = (try? operate { claims.renewal }) ?? nil
      return again.map { min($0, 2) }
    }
  }

  static func renewal(_ table: String, _ dialect: Dialect) -> String {
    // An extended lease must not become shorter.
    let lease = dialect.lease("?1")
    return
      "UPDATE \(dialect.table(table)) SET nj_lease = CASE WHEN nj_lease > \(lease) THEN nj_lease "
      + "ELSE \(lease) END WHERE sample = ?2 AND nj_attempts = ?3 AND nj_status = 'running' "
      + "RETURNING sample"
  }

  /// Gives back all claims that are held, when the store is closed.
  func returnHeldClaims() {
    try? database.exclusively {
      claims.checkProcess()
      guard !claims.claims.isEmpty else { return }
      database.prepare(min(options.busyTimeout, 5), options)
      // What cannot be given back comes back when its lease ends.
      try database.transaction(.write) {
        for (key, claim) in claims.claims {
          try returnClaim(study: key.study, claim.table, key.sample, claim.token)
        }
        try database.announce(if: nil)
      }
    }
  }

  /// Makes a running point wait again; nothing happens if it is not this claim's any more.
  func returnClaim(study: Int64, _ table: String, _ sample: Int64, _ token: Int64) throws {
    let dialect = database.dialect
    let returned = try database.run(
      "UPDATE \(dialect.table(table)) SET nj_status = 'waiting', nj_lease = NULL "
        + "WHERE sample = ?1 AND nj_attempts = ?2 AND nj_status = 'running' "
        + "RETURNING nj_worker, nj_started"
    ) { statement -> Attempt? in
      statement.bind(sample, at: 1)
      statement.bind(token, at: 2)
      guard try statement.step() else { return nil }
      defer { try? statement.finish() }
      return Attempt(
        study: study, sample: sample, token: token, worker: statement.text(0),
        started: statement.optionalText(1), outcome: .returned)
    }
    if let returned { try note(returned) }
  }

  /// Keeps an attempt for the record.
  func note(_ attempt: Attempt) throws {
    let dialect = database.dialect
    try database.run(
      "INSERT INTO \(dialect.table("netjac_attempt")) "
        + "(study, sample, token, worker, started, ended, seconds, error, outcome) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, \(dialect.stamp), ?6, ?7, ?8)"
    ) {
      $0.bind(attempt.study, at: 1)
      $0.bind(attempt.sample, at: 2)
      $0.bind(attempt.token, at: 3)
      $0.bind(attempt.worker, at: 4)
      $0.bind(attempt.started, at: 5)
      $0.bind(attempt.seconds, at: 6)
      $0.bind(attempt.error, at: 7)
      $0.bind(attempt.outcome.rawValue, at: 8)
      try $0.finish()
    }
  }
}

/// A try to simulate a point, when it has ended.
struct Attempt {
  enum Outcome: String {
    case done, failed, returned, expired, late, differs
  }

  let study: Int64
  let sample: Int64
  let token: Int64
  let worker: String
  var started: String?
  var seconds: Double?
  var error: String?
  let outcome: Outcome
}
