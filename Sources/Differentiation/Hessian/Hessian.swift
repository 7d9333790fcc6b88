import Graph
import Tensors

extension Program {
  /// The gradient of `Σ w[k]·y[k]`: takes x [n] and w [m]; gives the gradient [n].
  package func weightedGradient() throws -> Program {
    let pulled = try vjp()
    return Program.selecting(pulled, outputs: [outputs.count])
  }

  /// The Hessian of `Σ w[k]·y[k]` for y [m] of x [n]: takes x and w; gives [n, n].
  package func hessian() throws -> Program {
    try hessians()[0]
  }

  /// The ways to the Hessian that the memory limit allows, at least one, that of the fewest
  /// multiply-adds first.
  package func hessians() throws -> [Program] {
    let gradient = try weightedGradient()
    let pattern = try gradient.jacobianPattern(entryLimit: Jacobian.patternEntryLimit)
    // First derivatives on both sides of second ones are products of matrices, in which a zero of one meets what is
    // infinite in the other.
    let isGuarded = gradient.nodes.contains { $0.isA(GuardedMultiply.self) }
    let ways = [
      Result { try Self.jacobian(of: gradient, pattern) as Program? },
      Result { isGuarded ? nil : try symmetricHessian(pattern) },
    ]
    let found = try ways.compactMap { way in
      do {
        return try way.get()
      } catch let error as NetJacError where error.kind == .memory {
        return nil
      }
    }
    guard !found.isEmpty else { return try [ways[0].get()].compactMap { $0 } }
    return found.sorted { $0.multiplyAdds < $1.multiplyAdds }
  }

  /// Forward over reverse where that is cheapest, or any other order of the Jacobian.
  package func jacobianOfGradient() throws -> Program {
    let gradient = try weightedGradient()
    return try Self.jacobian(
      of: gradient, gradient.jacobianPattern(entryLimit: Jacobian.patternEntryLimit))
  }

  private static func jacobian(of gradient: Program, _ pattern: Pattern?) throws -> Program {
    // Symmetric, so its orientation does not matter.
    try selecting(Jacobian.program(of: gradient, pattern).program, outputs: [1])
  }

  /// The Hessian from first derivatives by x on both sides of second derivatives of each node; nil
  /// for a program of more than one vector.
  package func symmetricHessian() throws -> Program? {
    try symmetricHessian(
      weightedGradient().jacobianPattern(entryLimit: Jacobian.patternEntryLimit))
  }

  /// The same; `pattern` is that of the gradient's Jacobian, if it is known.
  private func symmetricHessian(_ pattern: Pattern?) throws -> Program? {
    guard let hessian = try SymmetricHessian.program(of: self) else { return nil }
    guard let pattern else { return hessian }
    let p = ProgramBuilder(for: hessian)
    let values = try p.inline(hessian, hessian.inputs.map { try p.input(hessian.type($0)) })
    let n = pattern.rows.count
    return p.program(outputs: [
      try p.cleared(
        values[hessian.outputs[0].index],
        outside: pattern.intersection(pattern.transposed(columns: n)), columns: n)
    ])
  }

  /// The product of the Hessian of `Σ w[k]·y[k]` with a vector: takes x [n], w [m] and the vector
  /// [n]; gives [n]. The matrix is never formed: the gradient is differentiated along the vector.
  package func hessianProduct() throws -> Program {
    let gradient = try weightedGradient()
    let p = ProgramBuilder(for: self)
    let arguments = try gradient.inputs.map { try p.input(gradient.type($0)) }
    let tangent = try p.input(gradient.type(gradient.inputs[0]))
    let product = try p.directionalDerivative(
      of: p.inline(gradient, arguments)[gradient.outputs[0].index], by: [arguments[0]],
      along: [tangent])
    return p.program(outputs: [product])
  }

  /// The same program with some of its outputs only, and without what they do not need.
  package static func selecting(_ program: Program, outputs: [Int]) -> Program {
    program.with(outputs: outputs.map { program.outputs[$0] })
  }
}
