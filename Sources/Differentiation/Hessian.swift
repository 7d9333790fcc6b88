import Graph
import Tensors

extension Program {
  /// The gradient of `Σ w[k]·y[k]`: takes x [n] and w [m]; gives the gradient [n].
  package func weightedGradient(
    memoryLimit: Int = ProgramBuilder.defaultMemoryLimit
  ) throws -> Program {
    let pulled = try vjp(memoryLimit: memoryLimit)
    return Program.selecting(pulled, outputs: [outputs.count])
  }

  /// The Hessian of `Σ w[k]·y[k]` for y [m] of x [n]: takes x and w; gives [n, n].
  ///
  /// The Jacobian of the gradient, so forward over reverse where that is cheapest.
  package func hessian(memoryLimit: Int = ProgramBuilder.defaultMemoryLimit) throws -> Program {
    let jacobian = try Jacobian.program(
      of: weightedGradient(memoryLimit: memoryLimit), memoryLimit: memoryLimit)
    // Symmetric, so its orientation does not matter.
    return Program.selecting(jacobian.program, outputs: [1])
  }

  /// The same program with some of its outputs only, and without what they do not need.
  package static func selecting(_ program: Program, outputs: [Int]) -> Program {
    program.with(outputs: outputs.map { program.outputs[$0] })
  }
}
