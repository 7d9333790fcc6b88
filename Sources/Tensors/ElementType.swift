/// The types a tensor's elements can have.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64, float32, int64, int32, bool

  /// Whether values of this type carry derivatives.
  package var isReal: Bool { self == .float64 || self == .float32 }

  package var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .bool: 1
    }
  }
}
