import Tensors

/// Decides the shape of every input: binds symbolic dimensions from the options, finds the lengths
/// that fixed inputs imply, and recognises the batch axis.
struct InputBinding {
  struct Input {
    let name: String
    let type: ONNXElementType
    let shape: Shape

    func element(_ real: ElementType) -> ElementType {
      switch type.holding {
      case .real: real
      case .boolean: .bool
      default: .int64
      }
    }

    /// The tensor of an input that the caller fixed.
    func tensor(_ numbers: [Double], real: ElementType) throws -> Tensor {
      let type = TensorType(element(real), shape)
      guard numbers.count == shape.count else {
        throw NetJacError(
          .option,
          "\(numbers.count) numbers are given; the shape \(shape) needs \(shape.count)")
      }
      if type.element.isReal { return Tensor(type, reals: numbers) }
      return Tensor(
        type,
        integers: try numbers.map { number in
          guard let whole = Int64(exactly: number) else {
            throw NetJacError(
              .option, "\(number) is not a whole number; the input has type \(self.type.name)")
          }
          return whole
        })
    }
  }

  /// The inputs that remain, in declared order.
  private(set) var inputs: [Input] = []
  /// The inputs that became constants, with their numbers.
  private(set) var fixed: [(Input, [Double])] = []
  private(set) var hasBatchAxis = false

  private struct Declared {
    let name: String
    let type: ONNXElementType
    let dimensions: [ONNXDimension]

    /// How an option names a dynamic axis: by its symbol, or by input and number.
    func key(_ axis: Int) -> String? {
      switch dimensions[axis] {
      case .fixed: nil
      case .symbolic(let name): name
      case .unknown: "\(name).\(axis)"
      }
    }
  }

  init(_ graph: ONNXGraph, options: ImportOptions) throws {
    let constants = Set(graph.constantNames)
    // An initialiser that is listed as an input is a default, which only an option replaces.
    let ports = graph.inputs.filter {
      !constants.contains($0.name) || options.fixedInputs[$0.name] != nil
    }
    for name in options.fixedInputs.keys.sorted() where !ports.contains(where: { $0.name == name })
    {
      throw NetJacError(
        .option,
        """
        option 'input.\(name)' names no input; the inputs are \
        \(graph.inputs.map(\.name).quotedList())
        """)
    }
    let declared = try ports.map(Self.declared)
    var lengths = try Self.bound(declared, options.dims)
    for input in declared {
      guard let numbers = options.fixedInputs[input.name] else { continue }
      try Self.infer(input, numbers.count, &lengths)
    }
    let open = declared.filter { options.fixedInputs[$0.name] == nil }
    hasBatchAxis = Self.hasBatchAxis(open, lengths, chosen: Set(options.dims.keys))
    if hasBatchAxis {
      for input in open {
        if let key = input.key(0) { lengths[key] = 1 }
      }
    }
    for input in declared {
      let bound = Input(
        name: input.name, type: input.type, shape: try Self.shape(input, lengths))
      if let numbers = options.fixedInputs[input.name] {
        fixed.append((bound, numbers))
      } else {
        inputs.append(bound)
      }
    }
  }

  private static func declared(_ port: ONNXPort) throws -> Declared {
    let place = "input \(port.name.quoted)"
    switch port.type {
    case .tensor(let type, .some(let dimensions)):
      guard type.holding != .nothing else {
        throw NetJacError(
          .unsupported, "\(place) has elements of type \(type.name), which NetJac has no values for"
        )
      }
      return Declared(name: port.name, type: type, dimensions: dimensions)
    case .tensor(_, nil), .undeclared:
      throw NetJacError(
        .unsupported, "\(place) declares no shape; export the model with the shapes of its inputs")
    case .unsupported(let kind):
      throw NetJacError(.unsupported, "\(place) is a \(kind); only tensors are supported")
    }
  }

  /// The lengths that options give, each checked to name a dynamic axis.
  private static func bound(_ inputs: [Declared], _ options: [String: Int]) throws -> [String: Int]
  {
    var known: [String] = []
    var lengths: [String: Int] = [:]
    for input in inputs {
      for axis in input.dimensions.indices {
        guard let key = input.key(axis) else { continue }
        known.append(key)
        // A named axis may also be given by its place.
        lengths[key] = lengths[key] ?? options[key] ?? options["\(input.name).\(axis)"]
        known.append("\(input.name).\(axis)")
      }
    }
    for name in options.keys.sorted() where !known.contains(name) {
      let names = inputs.flatMap { input in input.dimensions.indices.compactMap(input.key) }
      let list = names.isEmpty ? "it has none" : "it has \(Set(names).sorted().quotedList())"
      throw NetJacError(
        .option, "option 'dim.\(name)' names no dynamic dimension of the model; \(list)")
    }
    return lengths
  }

  /// Where one dynamic length of a fixed input is open, the count of its numbers tells it.
  private static func infer(_ input: Declared, _ count: Int, _ lengths: inout [String: Int]) throws
  {
    var open = Set(input.dimensions.indices.compactMap(input.key).filter { lengths[$0] == nil })
    // With several open lengths, the first axis is most likely a batch.
    if open.count > 1, let first = input.key(0), open.remove(first) != nil { lengths[first] = 1 }
    guard open.count == 1, let key = open.first else { return }
    var rest = 1
    var uses = 0
    for axis in input.dimensions.indices {
      if input.key(axis) == key {
        uses += 1
        continue
      }
      guard let length = length(input, axis, lengths) else { return }
      let (product, overflow) = rest.multipliedReportingOverflow(by: length)
      guard !overflow else { return }
      rest = product
    }
    if uses == 1, rest > 0, count % rest == 0 { lengths[key] = count / rest }
  }

  private static func length(_ input: Declared, _ axis: Int, _ lengths: [String: Int]) -> Int? {
    if case .fixed(let length) = input.dimensions[axis] { return length }
    return input.key(axis).flatMap { lengths[$0] }
  }

  private static func hasBatchAxis(
    _ inputs: [Declared], _ lengths: [String: Int], chosen: Set<String>
  ) -> Bool {
    guard !inputs.isEmpty else { return false }
    // A symbol that also stands at another axis does not just count samples.
    let inner = Set(
      inputs.flatMap { input in input.dimensions.indices.dropFirst().compactMap(input.key) })
    return inputs.allSatisfy { input in
      // A length that the caller chose makes the axis part of the sample.
      guard !input.dimensions.isEmpty, !chosen.contains(input.key(0) ?? ""),
        !chosen.contains("\(input.name).0")
      else { return false }
      if let length = length(input, 0, lengths) { return length == 1 }
      return input.key(0).map { !inner.contains($0) } ?? false
    }
  }

  private static func shape(_ input: Declared, _ lengths: [String: Int]) throws -> Shape {
    let dims = try input.dimensions.indices.map { axis in
      guard let length = length(input, axis, lengths) else {
        let key = input.key(axis) ?? ""
        throw NetJacError(
          .option,
          """
          input \(input.name.quoted) has the dynamic dimension \(key.quoted) at axis \(axis); set \
          its length with option 'dim.\(key)'
          """)
      }
      return length
    }
    return try located("input \(input.name.quoted)") { try Shape(checking: dims) }
  }
}
