import Tensors

/// Decides the shape of every input: binds symbolic dimensions from the options, finds the lengths
/// that fixed inputs imply, and recognises the batch axis.
package struct InputBinding: Sendable {
  package struct Input: Sendable {
    package let name: String
    package let shape: Shape
    private let declared: DeclaredInput

    init(_ declared: DeclaredInput, _ shape: Shape) {
      name = declared.name
      self.shape = shape
      self.declared = declared
    }

    /// The type of its values where reals are computed in a type.
    package func type(_ real: ElementType) -> TensorType {
      TensorType(declared.element.isReal ? real : declared.element, shape)
    }

    /// The type of its values where those are whole numbers.
    var wholeNumbers: WholeNumberType? {
      WholeNumberType(declared.element, name: declared.typeName)
    }

    /// The tensor of an input that the caller fixed.
    package func tensor(_ numbers: [Double], real: ElementType) throws -> Tensor {
      let type = type(real)
      guard numbers.count == shape.count else {
        throw NetJacError(
          .option,
          "\(numbers.count) numbers are given; the shape \(shape) needs \(shape.count)")
      }
      guard let wholeNumbers else { return Tensor(type, reals: numbers) }
      return Tensor(
        type,
        integers: try numbers.map { number in
          guard let whole = wholeNumbers.value(number) else {
            throw NetJacError(.option, "\(number) is not \(wholeNumbers.requirement)")
          }
          return whole
        })
    }
  }

  /// The inputs that remain, in declared order.
  package private(set) var inputs: [Input] = []
  /// The inputs that became constants, with their numbers.
  package private(set) var fixed: [(input: Input, numbers: [Double])] = []
  package private(set) var hasBatchAxis = false
  /// What the batch axis is called in inputs that leave its length open; it has length one.
  private var batchKeys: Set<String> = []

  /// `declared` are the inputs that need a value; `names` are those that an option may fix.
  package init(_ declared: [DeclaredInput], names: [String], options: ImportOptions) throws {
    for name in options.fixedInputs.keys.sorted()
    where !declared.contains(where: { $0.name == name }) {
      throw NetJacError(
        .option,
        "option 'input.\(name)' names no input; the inputs are \(names.quotedList())")
    }
    var lengths = try Self.bound(declared, options.dims)
    for input in declared {
      guard let numbers = options.fixedInputs[input.name] else { continue }
      try Self.infer(input, numbers.count, &lengths)
    }
    let open = declared.filter { options.fixedInputs[$0.name] == nil }
    hasBatchAxis = Self.hasBatchAxis(open, lengths, chosen: Set(options.dims.keys))
    if hasBatchAxis {
      batchKeys = Set(open.compactMap { $0.key(0) })
      for key in batchKeys { lengths[key] = 1 }
    }
    for input in declared {
      let bound = Input(input, try Self.shape(input, lengths))
      if let numbers = options.fixedInputs[input.name] {
        fixed.append((bound, numbers))
      } else {
        inputs.append(bound)
      }
    }
  }

  /// The ports of the inputs that remain.
  package var ports: [Port] {
    inputs.map {
      Port(
        name: $0.name, dims: $0.shape.dims, isBatched: hasBatchAxis, wholeNumbers: $0.wholeNumbers)
    }
  }

  /// Whether the shape that a file declares of a value is the one that is computed. Where inputs leave the
  /// number of samples open, a file may have counted some at one axis: in front, together with other things or
  /// alone, or alone at another axis.
  package func allows(_ declared: [DeclaredDimension], _ shape: Shape) -> Bool {
    guard declared.count == shape.rank else { return false }
    let different = declared.indices.filter { !declared[$0].allows(shape[$0]) }
    guard let axis = different.first, case .fixed(let length) = declared[axis] else { return true }
    let countsSamples =
      axis == 0 ? shape[0] > 0 && length.isMultiple(of: shape[0]) : shape[axis] == 1
    let isNamed = declared.contains { dimension in
      if case .symbolic(let name) = dimension { batchKeys.contains(name) } else { false }
    }
    return different.count == 1 && countsSamples && !batchKeys.isEmpty && !isNamed
  }

  /// The lengths that options give, each checked to name a dynamic axis.
  private static func bound(_ inputs: [DeclaredInput], _ options: [String: Int]) throws -> [String:
    Int]
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
  private static func infer(_ input: DeclaredInput, _ count: Int, _ lengths: inout [String: Int])
    throws
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

  private static func length(_ input: DeclaredInput, _ axis: Int, _ lengths: [String: Int]) -> Int?
  {
    if case .fixed(let length) = input.dimensions[axis] { return length }
    return input.key(axis).flatMap { lengths[$0] }
  }

  private static func hasBatchAxis(
    _ inputs: [DeclaredInput], _ lengths: [String: Int], chosen: Set<String>
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

  private static func shape(_ input: DeclaredInput, _ lengths: [String: Int]) throws -> Shape {
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
