import Tensors

/// What is known of all elements of a value while the inputs are finite: bounds that hold whatever the
/// inputs are. Tells slopes that can be singular from those that cannot.
package struct Bounds: Sendable, Equatable {
  package let lower: Double
  package let upper: Double
  /// No magnitude is smaller.
  package let leastMagnitude: Double

  package init(_ lower: Double, _ upper: Double, leastMagnitude: Double = 0) {
    self.lower = lower
    self.upper = upper
    self.leastMagnitude = max(leastMagnitude, max(lower, -upper), 0)
  }

  package static let all = Bounds(-.infinity, .infinity)
  package static let unit = Bounds(0, 1)
  package static let signed = Bounds(-1, 1)

  package init(_ tensor: Tensor) {
    guard tensor.type.element.isReal else {
      self = tensor.type.element == .bool ? .unit : .all
      return
    }
    if let fill = tensor.fill {
      self = fill.isNaN ? .all : Bounds(fill, fill)
      return
    }
    guard tensor.count <= Bounds.mostElements, tensor.count > 0 else {
      self = .all
      return
    }
    var (lower, upper, least) = (Double.infinity, -Double.infinity, Double.infinity)
    for value in tensor.reals {
      guard !value.isNaN else {
        self = .all
        return
      }
      lower = min(lower, value)
      upper = max(upper, value)
      least = min(least, abs(value))
    }
    self = Bounds(lower, upper, leastMagnitude: least)
  }

  /// Larger constants are weights, whose bounds tell nothing.
  private static let mostElements = 1 << 14

  package func union(_ other: Bounds) -> Bounds {
    Bounds(
      min(lower, other.lower), max(upper, other.upper),
      leastMagnitude: min(leastMagnitude, other.leastMagnitude))
  }

  /// With zeros put between the elements.
  package var orZero: Bounds { Bounds(min(lower, 0), max(upper, 0)) }

  package var isNotNegative: Bool { lower >= 0 }

  /// Whether a division by the elements, and by their squares, stays finite at either precision.
  package var keepsClearOfZero: Bool { leastMagnitude >= 1e-18 }

  package static func + (a: Bounds, b: Bounds) -> Bounds {
    Bounds(a.lower + b.lower, a.upper + b.upper).orAll
  }

  package static prefix func - (a: Bounds) -> Bounds {
    Bounds(-a.upper, -a.lower, leastMagnitude: a.leastMagnitude)
  }

  package static func * (a: Bounds, b: Bounds) -> Bounds {
    let corners = [a.lower, a.upper].flatMap { left in
      [b.lower, b.upper].map { left == 0 || $0 == 0 ? 0 : left * $0 }
    }
    return Bounds(
      corners.min() ?? -.infinity, corners.max() ?? .infinity,
      leastMagnitude: a.leastMagnitude * b.leastMagnitude)
  }

  /// Of sums of any number of elements.
  package var ofSums: Bounds { Bounds(lower < 0 ? -.infinity : 0, upper > 0 ? .infinity : 0) }

  private var orAll: Bounds { lower.isNaN || upper.isNaN ? .all : self }

  /// Of an increasing function.
  package func map(_ function: (Double) -> Double) -> Bounds {
    Bounds(function(lower), function(upper)).orAll
  }
}

extension RandomAccessCollection where Element == Node, Index == Int {
  /// Whether a slope of some node, of those that count, may be infinite, not a number, or beyond the range of
  /// numbers, while all that it is computed from is finite.
  package func haveSingularSlopes(where counts: (Int) -> Bool = { _ in true }) -> Bool {
    var bounds: [Bounds] = []
    bounds.reserveCapacity(count)
    for (index, node) in enumerated() {
      let operands = node.operands.map { bounds[$0.index] }
      if counts(index), node.type.element.isReal, !operands.isEmpty,
        node.primitive.isSingular(operands)
      {
        return true
      }
      bounds.append(
        isShifted(node)
          ? Bounds(-.infinity, 0)
          : holdsOne(node) ? Bounds(1, .infinity) : node.primitive.bounds(operands, node.type))
      if node.isSquare { bounds[bounds.count - 1] = Bounds(0, .infinity) }
    }
    return false
  }

  /// `x - max x`, as a softmax takes it.
  private func isShifted(_ node: Node) -> Bool {
    maximumTaken(node) != nil
  }

  /// Along which axes a difference has its operand's maximum taken off.
  private func maximumTaken(_ node: Node) -> [Int]? {
    guard node.isA(Subtract.self) else { return nil }
    var shift = self[node.operands[1].index]
    while shift.isA(Broadcast.self) || shift.isA(Detach.self) || shift.isA(Select.self) {
      // Instead of an infinite maximum stands a zero; that is not the case here.
      shift = self[shift.operands[shift.isA(Select.self) ? 2 : 0].index]
    }
    guard let extreme = shift.primitive as? ReduceExtreme, extreme.kind == .maximum,
      shift.operands[0] == node.operands[0]
    else { return nil }
    return extreme.axes
  }

  /// `Σ exp(x - max x)`: one of the terms is 1.
  private func holdsOne(_ node: Node) -> Bool {
    guard let sum = node.primitive as? ReduceSum else { return false }
    let term = self[node.operands[0].index]
    guard term.isA(Exponential.self),
      let axes = maximumTaken(self[term.operands[0].index])
    else { return false }
    return axes.allSatisfy { sum.axes.contains($0) }
  }
}

extension Program {
  package var hasSingularSlopes: Bool { nodes.haveSingularSlopes() }
}
