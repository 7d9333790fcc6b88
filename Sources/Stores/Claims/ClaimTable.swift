import Glibc

/// The claims that a store holds: points that somebody in this process simulates.
///
/// Used within the store's turn on the connection only.
final class ClaimTable: @unchecked Sendable {
  struct Key: Hashable {
    let study: Int64
    let sample: Int64
  }

  struct Claim {
    let token: Int64
    let table: String
    let lease: Double
    /// On the monotonic clock.
    let started: Double
  }

  private(set) var claims: [Key: Claim] = [:]
  private var process = getpid()

  /// Claims made before a fork are the parent's.
  func checkProcess() {
    guard process != getpid() else { return }
    process = getpid()
    claims = [:]
  }

  func hold(_ key: Key, _ claim: Claim) { claims[key] = claim }

  /// Forgets a claim that has been used, given back or lost.
  @discardableResult
  func drop(_ key: Key, token: Int64) -> Claim? {
    guard let claim = claims[key], claim.token == token else { return nil }
    claims[key] = nil
    return claim
  }

  func claim(_ key: Key, token: Int64) -> Claim? {
    claims[key].flatMap { $0.token == token ? $0 : nil }
  }

  /// How often claims are to be renewed, in seconds; nil without claims.
  var renewal: Double? { claims.values.map { $0.lease / 3 }.min() }
}
