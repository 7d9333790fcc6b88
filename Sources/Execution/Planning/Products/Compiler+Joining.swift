import Graph
import Tensors

/// Products with one known matrix that share its memory.
extension Compiler {
  /// Lets products of one row with a matrix and with its transpose, those of a layer's value and of its
  /// cotangent, read the same memory.
  mutating func turnProducts() {
    var byMatrix = StepsByMatrix()
    for (place, step) in steps.enumerated() {
      if let product = step.product, product.isWorthTurning {
        byMatrix.append(place, product.matrix)
      }
    }
    for first in steps.indices {
      guard let one = steps[first].product, one.isWorthTurning,
        let second = byMatrix.first(
          one.matrix.transposed, where: { $0 > first && steps[$0].product != nil }),
        let two = steps[second].product
      else { continue }
      turn(first, one, second, two, one.y.element.kernelReal)
    }
  }

  private mutating func turn<Real: KernelReal>(
    _ first: Int, _ one: PlannedProduct, _ second: Int, _ two: PlannedProduct, _ real: Real.Type
  ) {
    guard let known = one.known else { return }
    steps[first].product = nil
    steps[second] = two.step { addresses in
      TurnedDotKernel<Real>(
        two.plan, a: addresses.operand(two.left), y: addresses.operand(two.y),
        matrix: known.packed(one.plan, Real.self), epilogue: two.epilogue.map(addresses.operand))
    }
  }

  /// Joins products of few rows with the same matrix, as those of a layer's value and its tangents,
  /// so that the matrix is read once.
  mutating func joinProducts() {
    steps = ProductJoining.joined(
      steps, Marks(count: buffers.count), Marks(count: buffers.count))
  }
}
