import Tensors

/// Two products of few rows with one known matrix, which is read once: a layer's value and its
/// tangents.
final class JoinedDotKernel<Real: KernelReal>: Kernel {
  struct Part {
    let rows: Int
    let aRow: Int
    let a: Operand
    let y: Operand
    let epilogue: Epilogue<Operand>

    init(_ plan: DotPlan, a: Operand, y: Operand, epilogue: Epilogue<Operand>) {
      rows = plan.m.dim
      aRow = plan.m.strides[0]
      self.a = a
      self.y = y
      self.epilogue = epilogue
    }
  }

  private let first: Part
  private let second: Part
  private let scratch: Operand
  private let n: Int
  private let k: Int
  private let matrix: ElementMemory
  private let packed: UnsafeMutablePointer<Real>
  private let product = Real.joinedProduct

  override var name: String {
    let words = [first, second].map { part in
      (["\(part.rows)"] + part.epilogue.words).joined(separator: "+")
    }
    return "joined-product (\(words.joined(separator: ", ")))x\(n)x\(k)"
  }

  /// `known` holds b, whose strides the plan tells.
  init(
    _ first: Part, _ second: Part, _ plan: DotPlan, scratch: Operand, known: KnownMatrix
  ) {
    self.first = first
    self.second = second
    self.scratch = scratch
    n = plan.n.dim
    k = plan.k.dim
    matrix = known.packed(plan, Real.self)
    packed = matrix.start.assumingMemoryBound(to: Real.self)
  }

  static func scratchBytes(_ first: DotPlan, _ second: DotPlan) -> Int {
    (first.m.dim + second.m.dim) * (first.k.dim + 64) * Real.size
  }

  @specialized(where Real == Double)
  @specialized(where Real == Float)
  override func run(_ bases: Bases) {
    let one = EpilogueArguments(first.epilogue, bases, yRow: n)
    let two = EpilogueArguments(second.epilogue, bases, yRow: n)
    withUnsafePointer(to: one) { one in
      withUnsafePointer(to: two) { two in
        product(
          first.y.pointer(bases), first.a.pointer(bases), first.aRow, first.rows, one,
          second.y.pointer(bases), second.a.pointer(bases), second.aRow, second.rows, two, packed,
          n, k, scratch.pointer(bases))
      }
    }
  }
}
