import Tensors

extension Study {
  /// A simulation failed. The point waits for another attempt unless they are used up or this was the final one.
  package func fail(_ sample: Int64, token: Int64, message: String, final: Bool) throws {
    try store.requireWriting("storing a failure")
    try store.operate {
      try database.transaction(.write) {
        try checkView()
        let before = try database.run(
          "SELECT nj_attempts, nj_status, nj_started FROM \(table) WHERE sample = ?1\(dialect.forUpdate)"
        ) { statement -> (isHeld: Bool, started: String?)? in
          statement.bind(sample, at: 1)
          guard try statement.step() else { return nil }
          let isHeld = statement.integer(0) == token && statement.text(1) == "running"
          return (isHeld, isHeld ? statement.optionalText(2) : nil)
        }
        guard let before else { throw notFound(sample) }
        let spent = store.claims.claim(.init(study: id, sample: sample), token: token)
          .map { Clock.monotonic() - $0.started }
        try store.note(
          Attempt(
            study: id, sample: sample, token: token, worker: worker, started: before.started,
            seconds: spent, error: message, outcome: .failed))
        if before.isHeld { try endAttempt(sample, token, message, final: final) }
        try database.announce(if: nil)
      }
      store.claims.drop(.init(study: id, sample: sample), token: token)
    }
  }

  /// Gives claims back, as after Ctrl-C; those that are held by others now stay with them.
  package func giveBack(_ claims: [(sample: Int64, token: Int64)]) throws {
    try store.requireWriting("giving claims back")
    try store.operate {
      try database.transaction(.write) {
        try checkView()
        for claim in claims {
          try store.returnClaim(study: id, name, claim.sample, claim.token)
        }
        try database.announce(if: nil)
      }
      for claim in claims {
        store.claims.drop(.init(study: id, sample: claim.sample), token: claim.token)
      }
    }
  }

  /// Keeps claims for so many seconds from now. They are another program's to end: this process neither renews them
  /// nor gives them back.
  package func extend(_ claims: [(sample: Int64, token: Int64)], seconds: Double) throws {
    guard seconds.isFinite, seconds >= 0, seconds <= 1e9 else {
      throw NetJacError(.argument, "'seconds' is \(seconds); it must be from 0 to 1000000000")
    }
    try store.requireWriting("extending claims")
    try store.operate {
      try database.transaction(.write) {
        try checkView()
        for claim in claims {
          try database.run(
            "UPDATE \(table) SET nj_lease = \(dialect.lease("?1")) "
              + "WHERE sample = ?2 AND nj_attempts = ?3 AND nj_status = 'running'"
          ) {
            $0.bind(seconds, at: 1)
            $0.bind(claim.sample, at: 2)
            $0.bind(claim.token, at: 3)
            try $0.finish()
          }
        }
      }
      for claim in claims {
        store.claims.drop(.init(study: id, sample: claim.sample), token: claim.token)
      }
    }
  }
}
