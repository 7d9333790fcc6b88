/// The memory and the work that patterns may take while they are made. Rules of primitives make rows by unions only, which
/// ask here before they allocate; so no single rule can take more than is left. Used by one thread.
package final class PatternMemory: @unchecked Sendable {
  /// What the unions of this thread draw from; nil means no limit.
  @TaskLocal package static var current: PatternMemory?

  package struct Exhausted: Error {}

  /// Entries that may be merged altogether: some seconds of work. Rows that are long in a graph that is deep
  /// keep a processor busy for hours within any memory.
  package static let workLimit = 1 << 32

  private let limit: Int
  package private(set) var used = 0
  private var work = 0

  package init(limit: Int) { self.limit = limit }

  /// - Throws: `Exhausted`, or `NetJacError` of kind `memory` where the machine does not give so much.
  package func take(_ bytes: Int) throws {
    try Memory.require(bytes)
    used = used.addingSaturated(bytes)
    guard used <= limit else { throw Exhausted() }
  }

  /// Counts entries that are merged or compared.
  package func count(_ entries: Int) throws {
    work = work.addingSaturated(entries)
    guard work <= Self.workLimit else { throw Exhausted() }
  }

  /// Room for lists of rows that are to be united, one for each of so many elements.
  package static func takeLists(_ count: Int) throws {
    try current?.take(count.multipliedSaturated(by: 48))
  }

  package func giveBack(_ bytes: Int) { used -= bytes }

  /// Sets what is held, where that has been counted.
  package func keep(_ bytes: Int) { used = bytes }
}
