import Tensors

/// What loops may expand to that end by a condition of their own: nobody can tell beforehand how often they
/// turn, so the nodes that their turns make are counted. Far above the recurrences of real networks, and few
/// enough that an endless loop is refused within a moment.
struct OpenTurns {
  static let nodeLimit = 1 << 17
  private var nodes = 0

  /// Counts a turn that has made so many nodes.
  mutating func count(_ made: Int, turn: Int) throws {
    nodes += made
    guard nodes <= Self.nodeLimit else {
      throw NetJacError(
        .memory,
        """
        the loop still goes on after \(turn + 1) turns; loops that end by a condition of their own may expand to \
        \(Self.nodeLimit) nodes together
        """)
    }
  }
}
