import Tensors

/// A Latin hypercube: of N points each has its own N-th part of every input; exchanges move near points apart.
struct LatinHypercube {
  /// [samples][inputs], in [0, 1).
  private(set) var places: [Double]
  private let inputs: Int
  private let samples: Int

  /// Exchanges are tried as long as they cost less than this many distances.
  private static let budget = 40_000_000

  init(_ inputs: Int, _ samples: Int, _ seed: Int64, _ from: Int) {
    self.inputs = inputs
    self.samples = samples
    places = Array(repeating: 0, count: inputs * samples)
    var numbers = SeededNumbers(mixed(UInt64(bitPattern: seed)) ^ UInt64(from))
    for input in 0..<inputs {
      let order = (0..<samples).shuffled(using: &numbers)
      for (sample, part) in order.enumerated() {
        places[sample * inputs + input] = (Double(part) + numbers.unit()) / Double(samples)
      }
    }
    spread(&numbers)
  }

  /// Exchanges a coordinate of the point that is nearest to another with that of a random point, where that helps.
  private mutating func spread(_ numbers: inout SeededNumbers) {
    // Distances of all to all are within the budget, too.
    guard samples > 2, samples <= 3000 else { return }
    var nearest = (0..<samples).map { distance(of: $0) }
    var left = Self.budget / (4 * samples * inputs)
    var failures = 0
    while left > 0, failures < 200 {
      left -= 1
      let worst = nearest.indices.min { nearest[$0] < nearest[$1] } ?? 0
      // Its neighbour may have moved away meanwhile.
      let before = distance(of: worst)
      guard before <= nearest[worst] else {
        nearest[worst] = before
        continue
      }
      let other = Int(numbers.next() % UInt64(samples))
      let input = Int(numbers.next() % UInt64(inputs))
      guard other != worst else { continue }
      let least = min(before, distance(of: other))
      exchange(worst, other, input)
      if min(distance(of: worst), distance(of: other)) > least {
        nearest[worst] = distance(of: worst)
        nearest[other] = distance(of: other)
        failures = 0
      } else {
        exchange(worst, other, input)
        failures += 1
      }
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int, _ input: Int) {
    places.swapAt(a * inputs + input, b * inputs + input)
  }

  /// Squared, to the nearest other point.
  private func distance(of sample: Int) -> Double {
    var least = Double.infinity
    places.withUnsafeBufferPointer { places in
      for other in 0..<samples where other != sample {
        var sum = 0.0
        for input in 0..<inputs {
          let difference = places[sample * inputs + input] - places[other * inputs + input]
          sum += difference * difference
        }
        least = min(least, sum)
      }
    }
    return least
  }
}
