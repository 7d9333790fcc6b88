import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Gathers and scatters whose indices repeat along some batch axes, against the reference.
struct IndexKernelTests {
  /// The batch axes, and those among them that the indices have themselves.
  private static let forms: [(dims: [Int], own: [Int])] = [
    ([5], [0]), ([5], []), ([4, 3], [1]), ([4, 3], [0]), ([2, 4, 3], [0, 2]), ([2, 4, 3], [1]),
    ([2, 4, 3], []), ([2, 3, 2, 3], [1, 3]), ([2, 1, 3], [0, 2]), ([0, 3], [1]), ([3, 0], [0]),
  ]

  @Test(
    "indices shared between batches", arguments: forms.indices,
    [ElementType.float64, .float32, .int64])
  func shared(_ form: Int, _ element: ElementType) throws {
    let (dims, own) = Self.forms[form]
    let length = 7
    for (picked, rest) in [([6], []), ([2, 3], [2]), ([9], [3]), ([0], []), ([1], [])] {
      for low in [0, -2] {
        let p = ProgramBuilder()
        let index = try p.input(TensorType(.int64, Shape(own.map { dims[$0] } + picked)))
        let places = dims.count..<dims.count + picked.count
        let indices = try p.add(
          Broadcast(Shape(dims + picked), axes: own + Array(places)), [index])
        let x = try p.input(TensorType(element, Shape(dims + [length] + rest)))
        let updates = try p.input(TensorType(element, Shape(dims + picked + rest)))
        let program = p.program(outputs: [
          try p.gather(x, indices, batch: dims.count),
          try p.add(ScatterAdd(batch: dims.count, length: length), [updates, indices]),
        ])
        var random = Random(seed: UInt64(form))
        let numbers = random.tensor(
          TensorType(.float64, p.shape(index)), in: Double(low)...Double(length - low) - 1)
        let arguments = [
          Tensor(p.type(index), integers: numbers.reals.map { Int64($0.rounded()) }),
          random.tensor(p.type(x), in: -9...9), random.tensor(p.type(updates), in: -9...9),
        ]
        let expected = try program.evaluate(arguments)
        let found = try Executable.compile(program).tensors(arguments)
        #expect(disagreement(found, expected, element == .float32 ? 1e-6 : 1e-14) == nil)
      }
    }
  }
}
