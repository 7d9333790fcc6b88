import Tensors

/// Linear in the first operand; others, such as indices, have no tangents.
package protocol Linear: Smooth {}

extension Linear {
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? { try dx[0].map { try p.add(self, [$0] + x.dropFirst()) } }
}

/// Linear in either of two operands while the other is held.
package protocol Bilinear: Smooth {}

extension Bilinear {
  package func linearise(
    _ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder
  ) throws -> Value? {
    try p.sum(
      dx[0].map { try p.add(self, [$0, x[1]]) }, dx[1].map { try p.add(self, [x[0], $0]) })
  }
}

/// Linear in no operand: its tangent is made of other primitives, and only those are transposed.
package protocol Nonlinear: Primitive {}

extension Nonlinear {
  package func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?] { throw NetJacError(.defect, "\(name) is not linear") }
}
