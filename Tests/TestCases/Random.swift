import Graph
import Tensors

/// A generator with a seed, so that a failure can be repeated.
package struct Random: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  package mutating func number(in range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &self)
  }

  package mutating func whole(in range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  package mutating func chance(_ probability: Double) -> Bool { number(in: 0...1) < probability }

  /// Elements of any type; whole numbers from those in the range.
  package mutating func tensor(
    _ type: TensorType, in range: ClosedRange<Double> = -1...1
  ) -> Tensor {
    if type.element.isReal {
      return Tensor(type, reals: (0..<type.count).map { _ in number(in: range) })
    }
    let wholes = Int(range.lowerBound.rounded(.up))...Int(range.upperBound.rounded(.down))
    return Tensor(type, integers: (0..<type.count).map { _ in Int64(whole(in: wholes)) })
  }
}
