extension FixedWidthInteger {
  /// A real number as a whole one: its fraction is cut off. What is no number or does not fit becomes
  /// the smallest whole number, as processors have it, which is no index of any axis.
  @inlinable
  package init(cutting value: some BinaryFloatingPoint) {
    self = Self(exactly: value.rounded(.towardZero)) ?? .min
  }
}
