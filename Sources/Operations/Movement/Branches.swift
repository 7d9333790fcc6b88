import Graph
import Tensors

/// Branches of which the data decide which one counts.
extension ProgramBuilder {
  /// A value as a branch sees it: the same number, but where the branch is not taken, its
  /// derivatives end here. Otherwise a root of a negative number there would turn them into NaN.
  package func visible(_ x: Value, where condition: Value) throws -> Value {
    guard type(x).element.isReal, !isKnown(x) else { return x }
    return try select(broadcast(condition, to: shape(x)), x, detach(x))
  }
}
