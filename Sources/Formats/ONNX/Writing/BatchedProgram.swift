import Graph
import Tensors

/// A program whose lengths may be multiples of a batch size that is not known yet.
///
/// It is made at two sizes: what is the same in both is fixed, what differs grows with the batch.
struct BatchedProgram {
  /// A length: `fixed`, or `multiple` times the batch size.
  enum Length: Hashable {
    case fixed(Int)
    case batches(Int)
  }

  /// The program at the first size, whose numbers stand for themselves where they are fixed.
  let program: Program
  private let other: Program
  private let size: Int

  /// A program without a batch.
  init(fixed program: Program) {
    self.program = program
    other = program
    size = 1
  }

  /// Nil where the two programs are not the same but for lengths that are multiples of the batch.
  init?(sizes: (Int, Int), _ make: (Int) throws -> Program) rethrows {
    program = try make(sizes.0)
    other = try make(sizes.1)
    size = sizes.0
    guard program.nodes.count == other.nodes.count, program.outputs == other.outputs,
      program.inputs == other.inputs
    else { return nil }
    for (a, b) in zip(program.nodes, other.nodes) {
      guard a.primitive.name == b.primitive.name, a.operands == b.operands,
        a.type.element == b.type.element, a.type.rank == b.type.rank,
        zip(a.type.dims, b.type.dims).allSatisfy({ x, y in
          x == y || x % sizes.0 == 0 && x / sizes.0 * sizes.1 == y
        })
      else { return nil }
    }
  }

  func length(_ value: Value, _ axis: Int) -> Length {
    let length = program.type(value).dims[axis]
    return length == other.type(value).dims[axis] ? .fixed(length) : .batches(length / size)
  }

  func shape(_ value: Value) -> [Length] {
    program.type(value).dims.indices.map { length(value, $0) }
  }

  /// A constant without the axes along which it is repeated as often as the batch is long; those
  /// have length one. Nil where it depends on the batch in another way.
  func constant(_ value: Value) -> Tensor? {
    guard let a = program.constant(value), let b = other.constant(value) else { return nil }
    if a == b { return a }
    if let fill = a.refilled([]), fill == b.refilled([]) { return fill }
    let lengths = shape(value)
    guard let axis = lengths.firstIndex(where: { $0 == .batches(1) }) else { return nil }
    func row(_ tensor: Tensor) -> (Tensor, isRepeated: Bool) {
      let dims = tensor.shape.dims
      let inner = dims[(axis + 1)...].reduce(1, *)
      let outer = dims[..<axis].reduce(1, *)
      let period = dims[axis] * inner
      let places = (0..<outer).flatMap { o in (0..<inner).map { o * period + $0 } }
      var shape = dims
      shape[axis] = 1
      let first = tensor.picking(places, shape: Shape(shape))
      let all = (0..<outer).flatMap { o in
        (0..<dims[axis]).flatMap { _ in (0..<inner).map { o * inner + $0 } }
      }
      return (first, first.picking(all, shape: tensor.shape) == tensor)
    }
    let (first, second) = (row(a), row(b))
    guard first.isRepeated, second.isRepeated, first.0 == second.0 else { return nil }
    return first.0
  }

  /// The lengths of the last axes, or nil where they depend on the batch.
  func fixedLengths(_ value: Value, last count: Int) -> [Int]? {
    Self.fixed(shape(value).suffix(count))
  }

  static func fixed(_ lengths: some Sequence<Length>) -> [Int]? {
    var numbers: [Int] = []
    for length in lengths {
      guard case .fixed(let number) = length else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// The length of several axes taken together.
  static func merged(_ lengths: some Sequence<Length>) throws -> Length {
    try lengths.reduce(.fixed(1)) { a, b in
      switch (a, b) {
      case (.fixed(let a), .fixed(let b)): .fixed(a * b)
      case (.fixed(let a), .batches(let b)), (.batches(let a), .fixed(let b)): .batches(a * b)
      case (.batches, .batches): throw NotBatched(place: "a window")
      }
    }
  }

  /// Whether windows, or what is found in them or folded, are those of the other size too.
  func hasSameWindows(_ value: Value) -> Bool {
    isSame(value) { primitive in
      switch primitive {
      case let window as Window: window.axes.numbers
      case let extreme as WindowExtreme: extreme.axes.numbers
      case let fold as Fold: fold.axes.numbers + fold.spatial
      default: []
      }
    }
  }

  /// Whether numbers that attributes hold are those of the other size too.
  func isSame(_ value: Value, _ numbers: (any Primitive) -> [Int]) -> Bool {
    numbers(program.nodes[value.index].primitive) == numbers(other.nodes[value.index].primitive)
  }
}

/// The program depends on the batch size in a way that a file cannot say.
struct NotBatched: Error {
  let place: String
}
