import Containers
import Graph
import Operations
import Tensors

/// Functions of TensorFlow that Keras 2 keeps as layers, by the operations of keras.ops that mean the same.
enum KerasTensorFlowFunctions {
  private struct Meaning {
    let operation: String
    /// What the function calls the settings and operands of the operation.
    let names: [String: String]

    init(_ operation: String, _ names: [String: String] = [:]) {
      self.operation = operation
      self.names = names
    }
  }

  /// Names whose function has the same settings as the operation.
  private static let plain: [String: String] = [
    "__operators__.add": "Add", "math.add": "Add", "math.subtract": "Subtract",
    "math.multiply": "Multiply", "math.truediv": "TrueDivide", "math.divide": "Divide",
    "math.pow": "Power", "math.maximum": "Maximum", "math.minimum": "Minimum",
    "math.squared_difference": "SquaredDifference", "math.floordiv": "FloorDivide",
    "math.equal": "Equal", "math.not_equal": "NotEqual", "math.less": "Less",
    "math.less_equal": "LessEqual", "math.greater": "Greater",
    "math.greater_equal": "GreaterEqual", "math.logical_and": "LogicalAnd",
    "math.logical_or": "LogicalOr", "math.logical_not": "LogicalNot",
    "__operators__.eq": "Equal", "__operators__.ne": "NotEqual", "math.negative": "Negative",
    "math.abs": "Absolute", "math.exp": "Exp", "math.expm1": "Expm1", "math.log": "Log",
    "math.log1p": "Log1p", "math.sqrt": "Sqrt", "math.rsqrt": "Rsqrt", "math.square": "Square",
    "math.reciprocal": "Reciprocal", "math.sin": "Sin", "math.cos": "Cos", "math.tan": "Tan",
    "math.asin": "Arcsin", "math.acos": "Arccos", "math.atan": "Arctan", "math.sinh": "Sinh",
    "math.cosh": "Cosh", "math.tanh": "Tanh", "math.erf": "Erf", "math.floor": "Floor",
    "math.ceil": "Ceil", "math.sign": "Sign", "math.sigmoid": "Sigmoid", "nn.sigmoid": "Sigmoid",
    "math.softplus": "Softplus", "nn.softplus": "Softplus", "nn.softsign": "Softsign",
    "nn.relu": "Relu", "nn.relu6": "Relu6", "nn.elu": "Elu", "nn.selu": "Selu", "nn.tanh": "Tanh",
    "nn.silu": "Silu", "nn.softmax": "Softmax", "nn.log_softmax": "LogSoftmax",
    "identity": "Identity", "concat": "Concatenate", "stack": "Stack", "unstack": "Unstack",
    "expand_dims": "ExpandDims", "squeeze": "Squeeze", "repeat": "Repeat", "cast": "Cast",
    "where": "Where", "reverse": "Flip", "math.cumsum": "Cumsum", "linalg.matmul": "Matmul",
    "ones_like": "OnesLike", "zeros_like": "ZerosLike", "stop_gradient": "StopGradient",
    "math.argmax": "Argmax", "math.argmin": "Argmin", "math.reduce_sum": "Sum",
    "math.reduce_mean": "Mean", "math.reduce_max": "Max", "math.reduce_min": "Min",
    "math.reduce_prod": "Prod", "math.reduce_any": "Any", "math.reduce_all": "All",
    "math.reduce_variance": "Var", "math.reduce_std": "Std",
    "math.reduce_logsumexp": "Logsumexp", "compat.v1.squeeze": "Squeeze",
  ]

  private static let renamed: [String: Meaning] = [
    "nn.leaky_relu": Meaning("LeakyRelu", ["alpha": "negative_slope"]),
    "nn.gelu": Meaning("Gelu"),
    "reshape": Meaning("Reshape", ["shape": "newshape"]),
    "transpose": Meaning("Transpose", ["perm": "axes"]),
    "compat.v1.transpose": Meaning("Transpose", ["perm": "axes"]),
    "tile": Meaning("Tile", ["multiples": "repeats"]),
    "pad": Meaning("Pad", ["paddings": "pad_width"]),
    "compat.v1.pad": Meaning("Pad", ["paddings": "pad_width"]),
    "clip_by_value": Meaning("Clip", ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
    "split": Meaning("Split", ["num_or_size_splits": "indices_or_sections"]),
    "gather": Meaning("Take"),
    "compat.v1.gather": Meaning("Take"),
    "norm": Meaning("Norm"),
    "compat.v1.norm": Meaning("Norm"),
    "broadcast_to": Meaning("BroadcastTo"),
    "one_hot": Meaning("OneHot", ["depth": "num_classes"]),
    "math.l2_normalize": Meaning("Normalize"),
    "__operators__.getitem": Meaning("GetItem", ["slice_spec": "key"]),
  ]

  /// Settings of functions that change nothing here.
  private static let ignored: Set = ["name", "validate_indices", "batch_dims", "conjugate", "num"]

  static var names: [String] { (Array(plain.keys) + renamed.keys).sorted() }

  static func isKnown(_ function: String) -> Bool {
    plain[function] != nil || renamed[function] != nil
  }

  /// The operation that a layer's function means, and the call in its words.
  static func translated(_ call: KerasCall) throws -> (KerasOperation, KerasCall) {
    let function = try call.config.string("function", default: "")
    let meaning = plain[function].map { Meaning($0) } ?? renamed[function]
    guard let meaning, let operation = KerasOperationRegistry.find(meaning.operation) else {
      throw NetJacError(.unsupported, "the function \(function.quoted) is not supported")
    }
    var settings = JSONObject()
    var named: [String: KerasArgument] = [:]
    let known = Set(operation.keys.map(\.name))
    for (key, argument) in call.named.sorted(by: { $0.key < $1.key }) {
      let name = meaning.names[key] ?? key
      if known.contains(name), let json = argument.json {
        settings.set(name, json)
      } else if !ignored.contains(key) || argument.json?.int ?? 0 != 0 {
        named[name] = argument
      }
    }
    adjust(function, &settings)
    return (
      operation,
      KerasCall(
        layer: call.layer, config: KerasConfiguration(settings), arguments: call.arguments,
        named: named, importer: call.importer, p: call.p)
    )
  }

  /// Where defaults or meanings of settings differ.
  private static func adjust(_ function: String, _ settings: inout JSONObject) {
    func number(_ text: String) -> JSON { .number(JSONNumber(text: text)) }
    switch function {
    case "nn.gelu": if settings["approximate"] == nil { settings.set("approximate", .bool(false)) }
    case "concat", "stack", "unstack", "split", "gather", "compat.v1.gather", "math.argmax",
      "math.argmin", "math.cumsum":
      if settings["axis"]?.isNull ?? true { settings.set("axis", number("0")) }
    case "math.l2_normalize":
      // The bound is that of the sum of squares.
      let bound = settings["epsilon"]?.double ?? 1e-12
      settings.set("epsilon", number("\(bound.squareRoot())"))
    default: break
    }
    // Lengths of parts become the places where they end.
    if function == "split", let sizes = settings["indices_or_sections"]?.array {
      var end = 0
      var ends: [JSON] = []
      for size in sizes.dropLast() {
        end = end.addingSaturated(max(size.int ?? 0, 0))
        ends.append(number("\(end)"))
      }
      settings.set("indices_or_sections", .array(ends))
    }
  }
}
