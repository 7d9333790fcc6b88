import Tensors

/// The samples that a pool over a region of an image takes, with their weights of pixels.
package struct RegionSampler {
  package struct Sample {
    package let places: [Int]
    package let weights: [Double]

    package init(places: [Int], weights: [Double]) {
      self.places = places
      self.weights = weights
    }

    package func scaled(by factor: Double) -> Sample {
      Sample(places: places, weights: weights.map { $0 * factor })
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

  /// For each bin of a region (x and y of two corners) its samples.
  package func samples(_ region: [Double]) throws -> [[Sample]] {
    let corners = region.map { $0 * scale - (isShifted ? 0.5 : 0) }
    let least = isShifted ? -Double.infinity : 1
    let binWidth = max(corners[2] - corners[0], least) / Double(columns)
    let binHeight = max(corners[3] - corners[1], least) / Double(rows)
    let across = try count(binWidth)
    let down = try count(binHeight)
    return (0..<rows).flatMap { row in
      (0..<columns).map { column in
        let bin = (0..<down).flatMap { i in
          (0..<across).map { j in
            sample(
              y: corners[1] + (Double(row) + (Double(i) + 0.5) / Double(down)) * binHeight,
              x: corners[0] + (Double(column) + (Double(j) + 0.5) / Double(across)) * binWidth)
          }
        }
        return bin.isEmpty ? [Sample(places: [0, 0, 0, 0], weights: [0, 0, 0, 0])] : bin
      }
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
      return Sample(places: [0, 0, 0, 0], weights: [0, 0, 0, 0])
    }
    let (top, bottom, v) = cell(max(y, 0), height)
    let (left, right, u) = cell(max(x, 0), width)
    return Sample(
      places: [
        top * width + left, top * width + right, bottom * width + left, bottom * width + right,
      ],
      weights: [(1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u])
  }

  /// The pixels on both sides of a place and how far it is from the first.
  private func cell(_ place: Double, _ length: Int) -> (Int, Int, Double) {
    let low = Int(place)
    return low >= length - 1 ? (length - 1, length - 1, 0) : (low, low + 1, place - Double(low))
  }
}
