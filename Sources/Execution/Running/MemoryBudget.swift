import Synchronization
import Tensors

/// What a network may take in all: its weights, the forms in which kernels read them, what its tasks have of their own, and
/// their workspaces.
///
/// Any number of threads may ask at once.
package final class MemoryBudget: Sendable {
  package let limit: Int
  package let constants: SharedConstants
  /// What tasks took, beside the forms of the weights.
  private let taken = Atomic<Int>(0)

  /// - Throws: `NetJacError` of kind `memory` where the weights alone are more than the limit.
  package init(limit: Int, _ constants: SharedConstants) throws {
    self.limit = limit
    self.constants = constants
    guard constants.ownBytes <= limit else {
      throw NetJacError(
        .memory,
        "the weights take \(constants.ownBytes) bytes; the memory limit is \(limit) (option memory_limit)"
      )
    }
  }

  /// What is taken now.
  package var bytes: Int {
    constants.ownBytes.addingSaturated(constants.heldBytes).addingSaturated(
      taken.load(ordering: .relaxed))
  }

  /// To be asked before memory is allocated.
  ///
  /// - Throws: `NetJacError` of kind `memory` where it would be more than the limit in all.
  package func take(_ bytes: Int, for what: @autoclosure () -> String) throws {
    let before = self.bytes
    guard before.addingSaturated(bytes) <= limit else {
      throw NetJacError(
        .memory,
        "\(what()) needs \(bytes) bytes, and the network has taken \(before); the limit is \(limit) "
          + "(option memory_limit)")
    }
    taken.add(bytes, ordering: .relaxed)
  }

  /// Counts what a run takes that has begun and cannot fail.
  package func count(_ bytes: Int) { taken.add(bytes, ordering: .relaxed) }

  package func giveBack(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }

  /// What is given back when nothing refers to it any more.
  package final class Share: Sendable {
    private let budget: MemoryBudget
    private let bytes: Int

    package init(of budget: MemoryBudget, _ bytes: Int, for what: @autoclosure () -> String) throws
    {
      try budget.take(bytes, for: what())
      self.budget = budget
      self.bytes = bytes
    }

    deinit { budget.giveBack(bytes) }
  }
}
