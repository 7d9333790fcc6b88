/// How a window slides along one axis: output position o and window place k read element
/// `o·stride + k·dilation - low`.
package struct WindowAxis: Hashable, Sendable {
  package let size: Int
  package let stride: Int
  package let dilation: Int
  package let low: Int
  package let count: Int

  package init(size: Int, stride: Int = 1, dilation: Int = 1, low: Int = 0, count: Int) {
    self.size = size
    self.stride = stride
    self.dilation = dilation
    self.low = low
    self.count = count
  }

  /// The same windows of an array that lacks its first `offset` elements.
  package func moved(by offset: Int) -> WindowAxis {
    WindowAxis(
      size: size, stride: stride, dilation: dilation, low: low + offset, count: count)
  }

  var isValid: Bool {
    size >= 0 && stride >= 1 && dilation >= 1 && count >= 0
      && [size, stride, dilation, count].allSatisfy { $0 < 1 << 30 } && low.magnitude < 1 << 30
  }
}

extension WindowAxis {
  /// The element that one place of the window at `output` reads; it may lie outside.
  package func element(_ output: Int, _ place: Int) -> Int {
    output * stride + place * dilation - low
  }

  /// One behind the last element that a window reads.
  package var end: Int { element(count - 1, size - 1) + 1 }

  /// The places of the window at `output` that lie inside an axis of this length.
  package func inside(_ output: Int, of length: Int) -> Range<Int> {
    let start = element(output, 0)
    let first = start < 0 ? (dilation - 1 - start) / dilation : 0
    let end = start < length ? (length - start - 1) / dilation + 1 : 0
    return first < min(end, size) ? first..<min(end, size) : 0..<0
  }

  /// The axis with windows and their places exchanged, which read the same elements.
  package var turned: WindowAxis {
    WindowAxis(size: count, stride: dilation, dilation: stride, low: low, count: size)
  }
}
