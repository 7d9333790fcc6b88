import Graph
import Tensors

/// Variables, placeholders, and what passes values on.
enum TFStateOperators {
  static let all: [TFOperator] = [
    TFOperator(
      several: "VarHandleOp", outputs: ["resource"], attributes: ["shared_name", "shape"]
    ) { node, _ in
      guard node.depth == 0 else {
        throw NetJacError(.unsupported, "a variable is made inside a function")
      }
      return [.resource(node.node.name)]
    },
    TFOperator("ReadVariableOp", outputs: ["value"]) { node, _ in try node.variable(0) },
    TFOperator("VariableShape") { node, p in try p.integers(p.shape(node.variable(0)).dims) },
    TFOperator("VarIsInitializedOp", outputs: ["is_initialized"]) { node, p in
      _ = try node.variable(0)
      return try p.constant(Tensor(TensorType(.bool, []), fill: Int64(1)))
    },
    TFOperator("Placeholder", attributes: ["shape"]) { _, _ in
      throw NetJacError(.format, "the placeholder is no input of the signature")
    },
    TFOperator("PlaceholderWithDefault", attributes: ["shape"]) { node, _ in
      try node.input(0, "input")
    },
    passing("Identity"), passing("IdentityN"), passing("Snapshot"),
    // TensorFlow ends derivatives here for its own economy: in moments, where the first derivative
    // does not see it and the second would be wrong, and in shifts of exponents, where nothing is
    // lost.
    passing("StopGradient"),
    passing("PreventGradient"), passing("CheckNumerics"),
    TFOperator("EnsureShape", attributes: ["shape"]) { node, p in
      let x = try node.input(0, "input")
      if let dims = try node.shape("shape")?.dims,
        dims.count != p.shape(x).rank
          || zip(dims, p.shape(x).dims).contains(where: { $0 >= 0 && $0 != $1 })
      {
        throw NetJacError(.shape, "the value has shape \(p.shape(x)); the model wants \(dims)")
      }
      return x
    },
  ]

  private static func passing(_ name: String) -> TFOperator {
    TFOperator(several: name, outputs: ["output"]) { node, _ in node.inputs }
  }
}
