import Tensors

/// Points far from each other and from given ones: of many candidates always the one that is farthest from all.
struct Filling {
  private let inputs: Int
  private let seed: Int64
  private let from: Int

  init(_ inputs: Int, seed: Int64, from: Int) {
    self.inputs = inputs
    self.seed = seed
    self.from = from
  }

  /// - Parameter stored: [count][inputs], in [0, 1].
  /// - Returns: [samples][inputs], in [0, 1).
  func points(_ samples: Int, besides stored: [Double]) -> [Double] {
    let count = max(1024, min(4096, 16 * samples), 2 * samples)
    let candidates = candidates(count)
    var distances = [Double](repeating: .infinity, count: count)
    func approach(_ point: UnsafePointer<Double>) {
      candidates.withUnsafeBufferPointer { candidates in
        for candidate in 0..<count {
          var sum = 0.0
          for input in 0..<inputs {
            let difference = candidates[candidate * inputs + input] - point[input]
            sum += difference * difference
          }
          distances[candidate] = min(distances[candidate], sum)
        }
      }
    }
    stored.withUnsafeBufferPointer { stored in
      guard let base = stored.baseAddress else { return }
      for index in 0..<stored.count / inputs { approach(base + index * inputs) }
    }
    var points: [Double] = []
    for _ in 0..<samples {
      let best = distances.indices.max { distances[$0] < distances[$1] } ?? 0
      let point = Array(candidates[best * inputs..<(best + 1) * inputs])
      points += point
      approach(point)
    }
    return points
  }

  private func candidates(_ count: Int) -> [Double] {
    if inputs <= Sobol.mostInputs, from < Sobol.mostPoints - count {
      let sequence = Sobol(inputs: inputs, seed: seed)
      return (from..<from + count).flatMap { point in
        (0..<inputs).map { sequence.coordinate(point, $0) }
      }
    }
    var numbers = SeededNumbers(mixed(UInt64(bitPattern: seed)) ^ UInt64(from))
    return (0..<count * inputs).map { _ in numbers.unit() }
  }
}
