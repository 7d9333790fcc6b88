import Tensors

/// A kind of operation with one result: everything that NetJac knows about it.
///
/// Operands and results are statically shaped. Derivative rules are written with graph values, so
/// that a derivative can be differentiated again; only `evaluate` computes numbers, plainly, and is
/// what fast kernels are tested against. Rules of differentiation have no defaults here: families of
/// primitives supply them (`UnaryFunction`, `Movement`, …). What has a default below only makes
/// programs smaller or easier to read.
package protocol Primitive: Hashable, Sendable {
  /// The name in printed programs, unique in the registry.
  static var name: String { get }

  /// The attributes as they appear in printed programs; empty if there are none.
  var attributes: String { get }

  /// How formulas write it; nil for the name with the operands in parentheses.
  var notation: Notation? { get }

  /// The result's type, or an error that says why the operands do not fit.
  func type(of x: [TensorType]) throws -> TensorType

  /// Reference semantics: slow and obviously right. Operands already fit `type`.
  func evaluate(_ x: [Tensor], _ type: TensorType) throws -> Tensor

  /// The tangent of `y` from the tangents of the operands; nil stands for a tangent known to be
  /// zero. Must be linear in `dx`.
  func linearise(_ dx: [Value?], at x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value?

  /// The cotangents of the operands marked in `linear`, in which the primitive is jointly linear.
  /// The others can be used as values; of the marked ones only the type is meaningful.
  func transpose(
    _ yBar: Value, linear: [Bool], _ x: [Value], in p: ProgramBuilder
  ) throws -> [Value?]

  /// The primitive applied to operands of which some gained a leading axis of length `size`; the
  /// result has that axis in front.
  func vectorise(
    _ x: [Value], added: [Bool], size: Int, in p: ProgramBuilder
  ) throws -> Value

  /// Which inputs each result element depends on, given the same for the operands; `constants`
  /// holds the operands that are known.
  func pattern(
    _ x: [Pattern], _ types: [TensorType], constants: [Tensor?], _ type: TensorType
  ) throws -> Pattern

  /// A cheaper value that equals the primitive applied to `x`, if there is one.
  func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value?

  /// Scalar multiplications and additions needed, counted in pairs.
  func multiplyAdds(_ x: [TensorType], _ y: TensorType) -> Int

  /// Whether a result of known operands is computed while the program is built. Not so where the
  /// unevaluated form is smaller or tells more.
  var foldsEagerly: Bool { get }

  /// What is known of the result's elements, given the same for the operands.
  func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds

  /// Whether a slope may be infinite, not a number or beyond the range of numbers at finite operands
  /// within these bounds.
  func isSingular(_ x: [Bounds]) -> Bool

  /// Where the function is not differentiable and what holds there, or nil if it is smooth in its
  /// domain.
  var kink: String? { get }

  /// How far the real operands `x` are from the nearest kink, in their own units: a value of any
  /// shape, of which the least element counts, or nil if these operands cannot come to one. `y` is
  /// the result, or the leading part of it that is used.
  func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value?

  /// Typical uses for the property tests.
  static var samples: [Sample] { get }
}

extension Primitive {
  package var name: String { Self.name }
  package var attributes: String { "" }
  package var notation: Notation? { nil }
  package func simplified(_ x: [Value], in p: ProgramBuilder) throws -> Value? { nil }
  package var foldsEagerly: Bool { true }
  package func bounds(_ x: [Bounds], _ type: TensorType) -> Bounds { .all }
  package func isSingular(_ x: [Bounds]) -> Bool { false }

  func expectOperands(_ count: Int, _ x: [TensorType]) throws {
    guard x.count == count else {
      throw NetJacError(.shape, "\(name): \(x.count) operands were given; it takes \(count)")
    }
  }
}

/// A primitive that is differentiable wherever it is finite. Whatever is not says what its kinks are.
package protocol Smooth: Primitive {}

extension Smooth {
  package var kink: String? { nil }
  package func kinkDistance(_ x: [Value], _ y: Value, in p: ProgramBuilder) throws -> Value? { nil }
}

/// A use of a primitive in a test: the primitive with its attributes, and operands to try it on.
package struct Sample: Sendable {
  /// An operand's type and the range its elements are drawn from. Ranges keep clear of kinks.
  package struct Operand: Sendable {
    package let type: TensorType
    package let range: ClosedRange<Double>
    /// Fixed elements, for operands such as indices that cannot be drawn freely.
    package let values: [Double]?

    package init(
      _ dims: [Int], in range: ClosedRange<Double> = -2...2, _ element: ElementType = .float64,
      values: [Double]? = nil
    ) {
      type = TensorType(element, Shape(dims))
      self.range = range
      self.values = values
    }
  }

  package let primitive: any Primitive
  package let operands: [Operand]

  package init(_ primitive: any Primitive, _ operands: Operand...) {
    self.primitive = primitive
    self.operands = operands
  }
}
