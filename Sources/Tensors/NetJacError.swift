/// What went wrong, in the two forms a caller needs: a kind to branch on and a sentence to read.
///
/// The message names the place, what was found and what would be right, for example
/// `node 'dense_3' (Gemm): B is 64x10, A is 1x32; columns of A must equal rows of B`.
package struct NetJacError: Error, CustomStringConvertible, Equatable {
  /// One case for each failing `netjac_status_code`; `NetJacC` holds the mapping.
  package enum Kind: Sendable, CaseIterable {
    /// An argument is missing, out of range or of the wrong size.
    case argument
    /// An option is unknown or its value cannot be used.
    case option
    /// A file does not exist or cannot be read.
    case file
    /// A file's bytes are not what its format requires.
    case format
    /// The file is valid but holds something that NetJac does not support.
    case unsupported
    /// Shapes or element types of a graph do not fit together.
    case shape
    /// A size exceeds `memory_limit`, or memory ran out.
    case memory
    /// A defect of NetJac itself.
    case defect
    /// A loss or a parameter became NaN or infinite in training.
    case notFinite
    /// A database cannot be reached, stays locked, is full or damaged.
    case store
    /// A database and its caller disagree: variables, units, format, read-only, another machine.
    case conflict
  }

  /// Tells failures of one kind apart where programs have to; `netjac_last_reason` gives the word.
  package enum Reason: String, Sendable, CaseIterable {
    /// What a caller named is not there.
    case notFound
    /// Another program keeps it locked.
    case locked
    /// A point is outside the bounds of its inputs.
    case outOfBounds
    /// A point has NaN or infinity.
    case notFinite
    /// It may only be read.
    case readOnly
    /// Results were kept in the spool instead.
    case unsent
  }

  package let kind: Kind
  package let message: String
  package let reason: Reason?

  package init(_ kind: Kind, _ message: String, _ reason: Reason? = nil) {
    self.kind = kind
    self.message = message.shortened
    self.reason = reason
  }

  package var description: String { message }

  /// The same error with the place where it happened in front.
  package func located(at place: String) -> NetJacError {
    NetJacError(kind, "\(place): \(message)", reason)
  }
}

/// Runs `body` and puts `place` in front of the errors that it throws.
package func located<Result>(_ place: @autoclosure () -> String, _ body: () throws -> Result) throws
  -> Result
{
  do {
    return try body()
  } catch let error as NetJacError {
    throw error.located(at: place())
  }
}

extension String {
  /// Without the middle of what nobody reads to its end: sentences may hold numbers, lists and names from a
  /// file or a caller, which can be of any length. Paths of usual length stay whole.
  fileprivate var shortened: String {
    guard utf8.count > 260 else { return self }
    let text = cut(beyond: 900, to: 500, 300, " … ")
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return words.map { $0.cut(beyond: 260, to: 100, 60, "…") }.joined(separator: " ")
  }
}

extension StringProtocol {
  /// The first and the last characters of Unicode, and a mark between them, of what has more than `limit`.
  fileprivate func cut(beyond limit: Int, to first: Int, _ last: Int, _ mark: String) -> String {
    let all = String(self).unicodeScalars
    guard all.count > limit else { return String(self) }
    return String(String.UnicodeScalarView(all.prefix(first))) + mark
      + String(String.UnicodeScalarView(all.suffix(last)))
  }
}
