import Glibc
import Tensors

/// The kinds of designs.
enum DesignKind: String, CaseIterable {
  case sobol, latin, random, grid, corners, fill
}

/// The box between the bounds, and how points of the unit cube come into it.
struct DesignSpace {
  struct Axis {
    let lower: Double
    let upper: Double
    let step: Double?
    let isLogarithmic: Bool

    /// How many values there are; nil without a step.
    var levels: Int? {
      guard let step else { return nil }
      let count = ((upper - lower) / step * (1 + 1e-12)).rounded(.down) + 1
      return count < 0x1p53 ? Int(count) : nil
    }

    /// A place in [0, 1] as a value.
    func value(_ place: Double) -> Double {
      if let levels, !isLogarithmic {
        // Every level is as likely as any other.
        return level(min(Int(place * Double(levels)), levels - 1))
      }
      return inside(between(place))
    }

    /// The value of one of `count` places that divide the axis evenly, ends included.
    func value(_ index: Int, of count: Int) -> Double {
      inside(between(count > 1 ? Double(index) / Double(count - 1) : 0.5))
    }

    private func between(_ place: Double) -> Double {
      guard isLogarithmic else { return lower + place * (upper - lower) }
      if place >= 1 { return upper }
      return place <= 0 ? lower : exp(log(lower) + place * (log(upper) - log(lower)))
    }

    private func level(_ index: Int) -> Double {
      min(lower + Double(index) * (step ?? 0), upper)
    }

    private func inside(_ value: Double) -> Double {
      guard let step, let levels else { return min(max(value, lower), upper) }
      let index = ((value - lower) / step).rounded()
      return level(min(max(Int(index), 0), levels - 1))
    }

    /// Where a value lies in [0, 1], the same way.
    func place(_ value: Double) -> Double {
      if isLogarithmic {
        return value > 0 ? (log(value) - log(lower)) / (log(upper) - log(lower)) : 0
      }
      return (value - lower) / (upper - lower)
    }
  }

  let axes: [Axis]

  /// - Throws: `NetJacError` of kind `argument` if an input lacks bounds.
  init(_ inputs: [Variable]) throws {
    axes = try inputs.flatMap { input -> [Axis] in
      guard let lower = input.lower, let upper = input.upper else {
        throw NetJacError(
          .argument,
          "input '\(input.name)' has no bounds, and a design lies between them; declare lower= and upper="
        )
      }
      let axis = Axis(
        lower: lower, upper: upper, step: input.step, isLogarithmic: input.scale == .log)
      return Array(repeating: axis, count: input.size)
    }
  }
}

extension Study {
  /// Makes up points between the bounds.
  ///
  /// - Parameters:
  ///   - from: The number of the first point.
  ///   - x: Receives [samples][n].
  package func design(
    _ kind: String, from: Int, samples: Int, seed: Int64, into x: UnsafeMutablePointer<Double>
  ) throws {
    guard let kind = DesignKind(rawValue: kind) else {
      let known = DesignKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw NetJacError(.argument, "'kind' is '\(kind)'; it must be one of \(known)")
    }
    guard from >= 0, !from.addingReportingOverflow(samples).overflow else {
      throw NetJacError(
        .argument, "'from' is \(from); it must be 0 or more, and from + samples a number")
    }
    let space = try DesignSpace(inputs)
    guard samples > 0, !space.axes.isEmpty else { return }
    func fill(_ place: (_ sample: Int, _ axis: Int) -> Double) {
      for sample in 0..<samples {
        for (index, axis) in space.axes.enumerated() {
          x[sample * space.axes.count + index] = axis.value(place(sample, index))
        }
      }
    }
    let width = space.axes.count
    switch kind {
    case .sobol:
      try checkSobol(width, from + samples)
      let sequence = Sobol(inputs: width, seed: seed)
      fill { sequence.coordinate(from + $0, $1) }
    case .latin:
      let places = LatinHypercube(width, samples, seed, from).places
      fill { places[$0 * width + $1] }
    case .random:
      let base = mixed(UInt64(bitPattern: seed))
      fill { Double(mixed(mixed(base ^ UInt64(from + $0)) &+ UInt64($1)) >> 11) * 0x1p-53 }
    case .fill:
      let stored = try storedPoints()
      let places = stored.enumerated().map { space.axes[$0.offset % width].place($0.element) }
      let chosen = Filling(width, seed: seed, from: from).points(samples, besides: places)
      fill { chosen[$0 * width + $1] }
    case .grid: try grid(space, from, samples, into: x)
    case .corners: try corners(space, from, samples, into: x)
    }
  }

  private func checkSobol(_ width: Int, _ end: Int) throws {
    guard width <= Sobol.mostInputs else {
      throw NetJacError(
        .argument,
        "study '\(name)' has \(width) inputs; Sobol sequences here have at most \(Sobol.mostInputs), "
          + "'latin' and 'random' any number")
    }
    guard end <= Sobol.mostPoints else {
      throw NetJacError(
        .argument, "the sequence has \(Sobol.mostPoints) points; 'from' + 'samples' is \(end)")
    }
  }

  /// As many levels for each input as make at least so many points, earlier inputs getting one more.
  private func grid(
    _ space: DesignSpace, _ from: Int, _ samples: Int, into x: UnsafeMutablePointer<Double>
  ) throws {
    let wanted = from + samples
    let most = space.axes.map { $0.levels ?? .max }
    // The most levels for all alike that are too few; what is missing is a step for some of them.
    var (least, end) = (1, max(wanted, 2))
    while end - least > 1 {
      let levels = least + (end - least) / 2
      let points = most.reduce(1) { $0.multipliedSaturated(by: min(levels, $1)) }
      if points < wanted { least = levels } else { end = levels }
    }
    var counts = most.map { min(least, $0) }
    while counts.reduce(1, { $0.multipliedSaturated(by: $1) }) < wanted {
      let free = counts.indices.filter { counts[$0] < most[$0] }
      guard let next = free.min(by: { (counts[$0], $0) < (counts[$1], $1) }) else {
        throw NetJacError(
          .argument,
          "the steps of study '\(name)' leave \(counts.reduce(1) { $0.multipliedSaturated(by: $1) }) points; "
            + "'from' + 'samples' is \(wanted)")
      }
      counts[next] += 1
    }
    for sample in 0..<samples {
      var rest = from + sample
      for axis in counts.indices.reversed() {
        x[sample * counts.count + axis] = space.axes[axis].value(
          rest % counts[axis], of: counts[axis])
        rest /= counts[axis]
      }
    }
  }

  private func corners(
    _ space: DesignSpace, _ from: Int, _ samples: Int, into x: UnsafeMutablePointer<Double>
  ) throws {
    let count = space.axes.count < 62 ? 1 << space.axes.count : Int.max
    guard from + samples <= count else {
      throw NetJacError(
        .argument,
        "a box of \(space.axes.count) inputs has \(count) corners; 'from' + 'samples' is \(from + samples)"
      )
    }
    for sample in 0..<samples {
      for axis in space.axes.indices {
        let isUpper = axis < 62 && (from + sample) >> axis & 1 == 1
        x[sample * space.axes.count + axis] = space.axes[axis].value(isUpper ? 1 : 0, of: 2)
      }
    }
  }

  /// All points of the version, whatever their state.
  private func storedPoints() throws -> [Double] {
    let count = Int(try count("status=all"))
    var x = [Double](repeating: 0, count: count * inputSize)
    let found = try x.withUnsafeMutableBufferPointer {
      try read(
        "status=all", after: 0, most: count, ids: nil, x: $0.baseAddress, y: nil, jacobian: nil)
    }
    return Array(x[..<(found * inputSize)])
  }
}
