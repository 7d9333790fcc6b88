import Graph

/// What an operator of TensorFlow means in primitives.
struct TFOperator: Sendable {
  let name: String
  /// The names of its outputs, by which functions refer to them. A list stands for one, alone.
  let outputs: [String]
  /// The attributes that it reads, or that change nothing of what it computes.
  let attributes: Set<String>
  let apply: @Sendable (TFCall, ProgramBuilder) throws -> [TFOperand]

  /// An operator with one output that is a tensor.
  init(
    _ name: String, outputs: [String] = ["output"], attributes: Set<String> = [],
    _ apply: @escaping @Sendable (TFCall, ProgramBuilder) throws -> Value
  ) {
    self.init(several: name, outputs: outputs, attributes: attributes) {
      [.tensor(try apply($0, $1))]
    }
  }

  init(
    several name: String, outputs: [String], attributes: Set<String> = [],
    _ apply: @escaping @Sendable (TFCall, ProgramBuilder) throws -> [TFOperand]
  ) {
    self.name = name
    self.outputs = outputs
    self.attributes = attributes
    self.apply = apply
  }

  static func unary(
    _ name: String, output: String = "y",
    _ function: @escaping @Sendable (ProgramBuilder, Value) throws -> Value
  ) -> TFOperator {
    TFOperator(name, outputs: [output]) { node, p in try function(p, node.input(0, "x")) }
  }

  /// A function of two operands, which are repeated to a common shape.
  static func binary(
    _ name: String, attributes: Set<String> = [],
    _ function: @escaping @Sendable (ProgramBuilder, Value, Value) throws -> Value
  ) -> TFOperator {
    TFOperator(name, outputs: ["z"], attributes: attributes) { node, p in
      let operands = try p.broadcast([node.input(0, "x"), node.input(1, "y")])
      return try function(p, operands[0], operands[1])
    }
  }

  /// Attributes that name element types and numbers of operands, which values say themselves, or that
  /// only speak of how TensorFlow computes.
  static let neutralAttributes: Set<String> = [
    "T", "T1", "T2", "TI", "Tidx", "Tperm", "Tshape", "Tdim", "Tmultiples", "Tindices", "Tparams",
    "Taxis", "Tindex", "Ta", "Tb", "Tk", "Index", "SrcT", "Tin", "Tout", "Tlen", "Tsplits",
    "Tpaddings", "Tblock_shape",
    "Tcrops", "Toutput", "Tcond", "Tshift", "Tnumsegments", "U", "N", "S", "index_type",
    "shape_type", "dtype", "out_type", "output_type", "element_dtype", "Treal", "Tcomplex",
    "out_idx", "use_cudnn_on_gpu", "grad_a", "grad_b", "grad_x", "grad_y",
    "output_shapes", "parallel_iterations", "config", "config_proto", "executor_type", "message",
    "validate_indices", "num_split", "num", "incompatible_shape_error", "bad_indices_policy",
    "DstT", "container", "debug_name",
    "allowed_devices", "Truncate", "exponential_avg_factor", "summarize", "sorted",
  ]
}

/// Every operator that models may use.
enum TFOperatorRegistry {
  static let all: [TFOperator] = [
    TFElementwiseOperators.all, TFActivationOperators.all, TFLogicOperators.all,
    TFReductionOperators.all, TFLinearOperators.all, TFMatrixOperators.all, TFConstantOperators.all,
    TFShapeOperators.all, TFMovementOperators.all, TFIndexingOperators.all,
    TFScatteringOperators.all, TFConvolutionOperators.all, TFPoolingOperators.all,
    TFNormalisationOperators.all, TFResizeOperators.all, TFSpectralOperators.all,
    TFStateOperators.all, TFListOperators.all, TFControlFlowOperators.all,
  ].flatMap { $0 }

  private static let byName: [String: TFOperator] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  static func find(_ name: String) -> TFOperator? { byName[name] }
}
