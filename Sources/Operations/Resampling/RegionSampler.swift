import Tensors

/// The samples that a pool over a region of an image takes, with their weights of pixels.
package struct RegionSampler {
  package struct Sample {
    /// Of four pixels.
    package let places: SIMD4<Int>
    package let weights: SIMD4<Double>

    /// What adds nothing.
    package static let none = Sample(places: .zero, weights: .zero)

    package func scaled(by factor: Double) -> Sample {
      Sample(places: places, weights: weights * factor)
    }
  }

  let height: Int
  let width: Int
  package let rows: Int
  package let columns: Int
  let ratio: Int
  let scale: Double
  let isShifted: Bool

  package init(
    height: Int, width: Int, rows: Int, columns: Int, ratio: Int, scale: Double, isShifted: Bool
  ) throws {
    guard rows > 0, columns > 0, rows < 1 << 16, columns < 1 << 16, ratio < 1 << 16 else {
      throw NetJacError(
        .shape, "\(rows) by \(columns) bins with \(ratio) samples are not usable")
    }
    self.height = height
    self.width = width
    self.rows = rows
    self.columns = columns
    self.ratio = ratio
    self.scale = scale
    self.isShifted = isShifted
  }

  /// A part of an image, with as many samples in each of its bins.
  package struct Region {
    let left: Double
    let top: Double
    let binWidth: Double
    let binHeight: Double
    let across: Int
    let down: Int

    /// How many samples a bin has: one that adds nothing if it is empty.
    package var sampleCount: Int { max(across * down, 1) }
  }

  /// The region between two corners, given as x and y of each.
  package func region(_ corners: some Sequence<Double>) throws -> Region {
    let corners = corners.map { $0 * scale - (isShifted ? 0.5 : 0) }
    let least = isShifted ? -Double.infinity : 1
    let binWidth = max(corners[2] - corners[0], least) / Double(columns)
    let binHeight = max(corners[3] - corners[1], least) / Double(rows)
    return Region(
      left: corners[0], top: corners[1], binWidth: binWidth, binHeight: binHeight,
      across: try count(binWidth), down: try count(binHeight))
  }

  /// The samples of one bin of a region.
  package func samples(of region: Region, row: Int, column: Int) -> [Sample] {
    let (down, across) = (region.down, region.across)
    guard down > 0, across > 0 else { return [.none] }
    return (0..<down * across).map { index in
      let (i, j) = (Double(index / across), Double(index % across))
      return sample(
        y: region.top + (Double(row) + (i + 0.5) / Double(down)) * region.binHeight,
        x: region.left + (Double(column) + (j + 0.5) / Double(across)) * region.binWidth)
    }
  }

  private func count(_ size: Double) throws -> Int {
    if ratio > 0 { return ratio }
    guard let count = Int(exactly: max(size, 0).rounded(.up)), count < 1 << 16 else {
      throw NetJacError(.shape, "a bin of size \(size) has too many samples")
    }
    return count
  }

  private func sample(y: Double, x: Double) -> Sample {
    guard y >= -1, y <= Double(height), x >= -1, x <= Double(width) else {
      return .none
    }
    let (top, bottom, v) = cell(max(y, 0), height)
    let (left, right, u) = cell(max(x, 0), width)
    return Sample(
      places: SIMD4(
        top * width + left, top * width + right, bottom * width + left, bottom * width + right),
      weights: SIMD4((1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u))
  }

  /// The pixels on both sides of a place and how far it is from the first.
  private func cell(_ place: Double, _ length: Int) -> (Int, Int, Double) {
    let low = Int(place)
    return low >= length - 1 ? (length - 1, length - 1, 0) : (low, low + 1, place - Double(low))
  }
}
