import Graph
import Tensors

/// What an operator of ONNX takes and means in primitives, from one version of its operator set on.
///
/// All that is known of an operator stands in its entry: documentation, refusals and the conversions
/// of graphs that are built by hand are derived from it. The first entry of a name says everything;
/// a later one says what has changed.
struct ONNXOperator: Sendable {
  typealias Operands = KeyValuePairs<String, OperandKind>
  typealias Attributes = KeyValuePairs<String, AttributeKind>

  let domain: String
  let name: String
  /// The first version with this meaning. It ends where the next entry of the same name begins.
  let since: Int64
  /// The operands in order by their names in the format; nil: those of the entry before.
  fileprivate(set) var operands: Operands?
  /// All attributes; nil: those of the entry before.
  fileprivate(set) var attributes: Attributes?
  let derivative: Derivative
  /// What the operator does not take, or takes only when it is known while the network loads.
  let limits: String
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
    _ name: String, since: Int64 = 1, domain: String = "", operands: Operands? = nil,
    attributes: Attributes? = nil, derivative: Derivative = .smooth, limits: String = "",
    _ apply: @escaping @Sendable (NodeCall, ProgramBuilder) throws -> Value
  ) {
    self.init(
      several: name, since: since, domain: domain, operands: operands, attributes: attributes,
      derivative: derivative, limits: limits
    ) { [try apply($0, $1)] }
  }

  /// An operator with several outputs, of which some may be missing.
  init(
    several name: String, since: Int64 = 1, domain: String = "", operands: Operands? = nil,
    attributes: Attributes? = nil, derivative: Derivative = .smooth, limits: String = "",
    _ apply: @escaping @Sendable (NodeCall, ProgramBuilder) throws -> [Value?]
  ) {
    self.domain = domain
    self.name = name
    self.since = since
    self.operands = operands
    self.attributes = attributes
    self.derivative = derivative
    self.limits = limits
    self.apply = apply
  }
}

/// What an operand may hold, and whether it must be there.
indirect enum OperandKind: Sendable {
  case real
  case whole
  case boolean
  /// Reals or whole numbers.
  case number
  /// Numbers or booleans.
  case any
  /// A mask: numbers to be added, or booleans.
  case mask
  /// An operand that may be left out.
  case optional(OperandKind)
  /// The last operand, which may stand any number of times.
  case several(OperandKind)

  /// The kind of the elements.
  var element: OperandKind {
    switch self {
    case .optional(let kind), .several(let kind): kind.element
    default: self
    }
  }

  func includes(_ holding: ONNXElementType.Holding) -> Bool {
    switch (element, holding) {
    case (_, .nothing): false
    case (.real, .real), (.whole, .integer), (.boolean, .boolean): true
    case (.number, .real), (.number, .integer), (.mask, .real), (.mask, .boolean), (.any, _): true
    default: false
    }
  }

  /// The kind of the elements in a word.
  var word: String { "\(element)" }
}

/// What an attribute holds.
enum AttributeKind: Sendable {
  case real, integer, text, tensor, sparseTensor, graph
  case reals, integers, texts

  /// Whether the value in a file is of this kind. What a reference stands for is known in a call only, and an
  /// empty list carries no hint of its kind.
  func includes(_ value: ONNXAttribute) -> Bool {
    if case .reference = value { return true }
    return value.kind == self || isList && value.isEmptyList
  }

  private var isList: Bool { self == .reals || self == .integers || self == .texts }

  /// The kind as messages about files name it.
  var name: String {
    switch self {
    case .real: "a float"
    case .integer: "an integer"
    case .text: "a string"
    case .tensor: "a tensor"
    case .sparseTensor: "a sparse tensor"
    case .graph: "a graph"
    case .reals: "a list of floats"
    case .integers: "a list of integers"
    case .texts: "a list of strings"
    }
  }
}

extension ONNXAttribute {
  /// What operators have as attributes; nil for what no supported one has.
  var kind: AttributeKind? {
    switch self {
    case .real: .real
    case .integer: .integer
    case .string: .text
    case .tensor: .tensor
    case .sparseTensor: .sparseTensor
    case .graph: .graph
    case .reals: .reals
    case .integers: .integers
    case .strings: .texts
    case .tensors, .graphs, .reference, .unsupported: nil
    }
  }

  /// The kind as messages name it.
  var kindName: String {
    switch self {
    case .tensors: "a list of tensors"
    case .graphs: "a list of graphs"
    case .reference(let name): "a reference to \(name.quoted)"
    case .unsupported(let kind): "of kind \(kind)"
    default: kind?.name ?? ""
    }
  }

  fileprivate var isEmptyList: Bool {
    switch self {
    case .reals(let values): values.isEmpty
    case .integers(let values): values.isEmpty
    case .strings(let values): values.isEmpty
    default: false
    }
  }
}

/// What differentiation meets in an operator.
enum Derivative: Sendable {
  case smooth
  /// Kinks or jumps, and what holds there.
  case kinked(String)
  /// Piecewise constant.
  case zero
  /// Whole numbers, booleans or shapes, which have no derivative.
  case none
  /// That of the graphs that the operator runs.
  case ofBodies
}

/// Every operator that files may use.
enum ONNXOperatorRegistry {
  static let all: [ONNXOperator] = [
    ElementwiseOperators.all, ActivationOperators.all, LogicOperators.all, BitOperators.all,
    LinearOperators.all,
    ReductionOperators.all, SoftmaxOperators.all, ConstantOperators.all, ShapeOperators.all,
    MovementOperators.all, PaddingOperators.all, ConvolutionOperators.all, PoolingOperators.all,
    NormalisationOperators.all, IndexingOperators.all, ScatteringOperators.all,
    ControlFlowOperators.all, RecurrentOperators.all, LearningOperators.all, TreeOperators.all,
    AttentionOperators.all, ResizeOperators.all, RegionOperators.all, DeterminantOperators.all,
    LossOperators.all, FourierOperators.all, SetOperators.all, OwnOperators.all,
  ].flatMap { $0 }

  /// The entries of each operator, the oldest first, with what they take over from those before.
  static let entries: [Key: [ONNXOperator]] =
    Dictionary(grouping: all) { Key(domain: $0.domain, name: $0.name) }
    .mapValues { entries in
      var complete: [ONNXOperator] = []
      for var entry in entries.sorted(by: { $0.since < $1.since }) {
        entry.operands = entry.operands ?? complete.last?.operands
        entry.attributes = entry.attributes ?? complete.last?.attributes
        complete.append(entry)
      }
      return complete
    }

  struct Key: Hashable {
    let domain: String
    let name: String
  }

  /// The newest meaning that is not newer than the file's operator set.
  static func find(_ domain: String, _ name: String, _ version: Int64) -> ONNXOperator? {
    entries[Key(domain: domain, name: name)]?.last { $0.since <= version }
  }
}
