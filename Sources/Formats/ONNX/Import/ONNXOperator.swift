import Graph

/// What an operator of ONNX means in primitives, from one version of its operator set on.
struct ONNXOperator: Sendable {
  let domain: String
  let name: String
  /// The first version with this meaning. It ends where the next entry of the same name begins.
  let since: Int64
  let apply: @Sendable (NodeCall, ProgramBuilder) throws -> [Value?]

  /// How formulas write it where it has no attributes; nil for its name with the operands in parentheses.
  private(set) var notation: Notation?

  func written(_ notation: Notation?) -> ONNXOperator {
    var copy = self
    copy.notation = notation
    return copy
  }

  /// An operator with one output.
  init(
    _ name: String, since: Int64 = 1, domain: String = "",
    _ apply: @escaping @Sendable (NodeCall, ProgramBuilder) throws -> Value
  ) {
    self.init(several: name, since: since, domain: domain) { [try apply($0, $1)] }
  }

  /// An operator with several outputs, of which some may be missing.
  init(
    several name: String, since: Int64 = 1, domain: String = "",
    _ apply: @escaping @Sendable (NodeCall, ProgramBuilder) throws -> [Value?]
  ) {
    self.domain = domain
    self.name = name
    self.since = since
    self.apply = apply
  }
}

/// Every operator that files may use.
enum ONNXOperatorRegistry {
  static let all: [ONNXOperator] = [
    ElementwiseOperators.all, ActivationOperators.all, LogicOperators.all, LinearOperators.all,
    ReductionOperators.all, SoftmaxOperators.all, ConstantOperators.all, ShapeOperators.all,
    MovementOperators.all, PaddingOperators.all, ConvolutionOperators.all, PoolingOperators.all,
    NormalisationOperators.all, IndexingOperators.all, ScatteringOperators.all,
    ControlFlowOperators.all, RecurrentOperators.all, LearningOperators.all, TreeOperators.all,
    AttentionOperators.all, ResizeOperators.all, RegionOperators.all, DeterminantOperators.all,
    LossOperators.all, FourierOperators.all, SetOperators.all,
  ].flatMap { $0 }

  private static let versions: [String: [ONNXOperator]] =
    Dictionary(grouping: all) { "\($0.domain)/\($0.name)" }
    .mapValues { $0.sorted { $0.since > $1.since } }

  /// The newest meaning that is not newer than the file's operator set.
  static func find(_ domain: String, _ name: String, _ version: Int64) -> ONNXOperator? {
    versions["\(domain)/\(name)"]?.first { $0.since <= version }
  }
}
