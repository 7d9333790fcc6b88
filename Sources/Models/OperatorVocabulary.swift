import Graph

/// The operators of a format as functions of values, for graphs that are built by hand.
package protocol OperatorVocabulary: Sendable {
  /// Applies an operator; gives as many results as it has, of which some may be missing.
  ///
  /// Reals that stand where an operator takes whole numbers or booleans are converted, so that a
  /// caller who has doubles only can give shapes, axes, indices and conditions. `attributes` is
  /// written as in `axis=1 keepdims=0`.
  func apply(
    _ name: String, _ inputs: [Value?], attributes: String, outputCount: Int, in p: ProgramBuilder
  ) throws -> [Value?]

  /// How formulas write an operator without attributes; nil for its name with the operands in parentheses.
  func notation(of name: String) -> Notation?
}
