/// The memory that patterns may take while they are made. Rules of primitives make rows by unions only, which
/// ask here before they allocate; so no single rule can take more than is left. Used by one thread.
package final class PatternMemory: @unchecked Sendable {
  /// What the unions of this thread draw from; nil means no limit.
  @TaskLocal package static var current: PatternMemory?

  package struct Exhausted: Error {}

  private let limit: Int
  package private(set) var used = 0

  package init(limit: Int) { self.limit = limit }

  package func take(_ bytes: Int) throws {
    used = used.addingSaturated(bytes)
    guard used <= limit else { throw Exhausted() }
  }

  package func giveBack(_ bytes: Int) { used -= bytes }

  /// Sets what is held, where that has been counted.
  package func keep(_ bytes: Int) { used = bytes }
}
