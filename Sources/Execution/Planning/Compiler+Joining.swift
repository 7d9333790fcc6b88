import Graph
import Tensors

/// A product with a known matrix as a step to come.
struct PlannedProduct {
  let plan: DotPlan
  let left: Placement
  let right: Placement
  let y: Placement
  let constant: UnsafeRawPointer
  let epilogue: Compiler.EpiloguePlacements

  /// Matrices below this many bytes stay in the first-level cache from one product to the next.
  private static let leastBytes = 24 << 10
  /// More rows than this keep the multipliers busy while the matrix is read.
  private static let mostRows = 8

  var isWorthJoining: Bool {
    plan.n.dim * plan.k.dim * y.element.byteCount >= PlannedProduct.leastBytes
      && plan.m.dim <= PlannedProduct.mostRows
  }

  /// What two products have in common that read the same matrix the same way.
  struct Matrix: Hashable {
    let constant: UnsafeRawPointer
    let element: ElementType
    let columns: Int
    let terms: Int
    let columnStride: Int
    let termStride: Int

    var transposed: Matrix {
      Matrix(
        constant: constant, element: element, columns: terms, terms: columns,
        columnStride: termStride, termStride: columnStride)
    }
  }

  var matrix: Matrix {
    Matrix(
      constant: constant, element: right.element, columns: plan.n.dim, terms: plan.k.dim,
      columnStride: plan.n.strides[1], termStride: plan.k.strides[1])
  }

  /// Two copies of a matrix of this size do not fit in the second-level cache, as one does, or hardly.
  private static let leastTurnedBytes = 3 << 18

  /// Whether this is a product of one row with a matrix so large that turning it in registers is faster
  /// than reading another copy, its transpose.
  fileprivate var isWorthTurning: Bool {
    plan.m.dim == 1
      && plan.n.dim * plan.k.dim * y.element.byteCount >= PlannedProduct.leastTurnedBytes
  }
}

/// The steps that hold a product with each matrix, in order.
struct StepsByMatrix {
  private var steps: [PlannedProduct.Matrix: [Int]] = [:]
  private var passed: [PlannedProduct.Matrix: Int] = [:]

  mutating func append(_ step: Int, _ matrix: PlannedProduct.Matrix) {
    steps[matrix, default: []].append(step)
  }

  /// The first step that is still wanted. What is not wanted once is never wanted again.
  mutating func first(_ matrix: PlannedProduct.Matrix, where isWanted: (Int) -> Bool) -> Int? {
    guard let all = steps[matrix] else { return nil }
    var place = passed[matrix] ?? 0
    while place < all.count, !isWanted(all[place]) { place += 1 }
    passed[matrix] = place
    return place < all.count ? all[place] : nil
  }

  /// Puts some of the steps into another order, which they have been brought into; those before them
  /// are not wanted any more.
  mutating func reorder(_ moved: [Int], _ matrix: PlannedProduct.Matrix) {
    guard moved.count > 1, var all = steps.removeValue(forKey: matrix) else { return }
    let isMoved = Set(moved)
    var place = passed[matrix] ?? 0
    while place < all.count, !isMoved.contains(all[place]) { place += 1 }
    passed[matrix] = place
    var next = 0
    while place < all.count, next < moved.count {
      if isMoved.contains(all[place]) {
        all[place] = moved[next]
        next += 1
      }
      place += 1
    }
    steps[matrix] = all
  }
}

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
      turn(first, one, second, two)
    }
  }

  private mutating func turn(
    _ first: Int, _ one: PlannedProduct, _ second: Int, _ two: PlannedProduct
  ) {
    let isDouble = one.y.element == .float64
    let matrix = PackedMatrix(one.constant, one.plan, isDouble: isDouble)
    steps[first] = Step(
      reads: steps[first].reads, writes: steps[first].writes,
      scratchBytes: steps[first].scratchBytes
    ) { addresses in
      DotKernel(
        one.plan, a: addresses.operand(one.left), b: addresses.operand(one.right),
        y: addresses.operand(one.y), scratch: addresses.scratch, element: one.y.element,
        constant: one.constant, matrix: matrix, epilogue: one.epilogue.epilogue(addresses))
    }
    steps[second] = Step(
      reads: steps[second].reads, writes: steps[second].writes, scratchBytes: 0
    ) { addresses in
      TurnedDotKernel(
        two.plan, a: addresses.operand(two.left), y: addresses.operand(two.y),
        element: two.y.element, matrix: matrix, epilogue: two.epilogue.epilogue(addresses))
    }
  }

  /// Joins products of few rows with the same matrix, as those of a layer's value and its tangents,
  /// so that the matrix is read once.
  mutating func joinProducts() {
    var joining = ProductJoining(steps, bufferCount: buffers.count)
    joining.join()
    steps = joining.joined
  }
}
