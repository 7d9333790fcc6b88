import Graph
import Tensors
import TestCases
import Testing

@Suite("Folds without their margins")
struct CroppedFoldTests {
  private let axes = [
    WindowAxis(size: 2, stride: 2, low: 1, count: 3), WindowAxis(size: 3, dilation: 2, count: 4),
  ]
  private let spatial = [5, 9]

  private func program(_ part: Slice) throws -> (Program, expected: Tensor, x: Tensor) {
    var random = Random(seed: 3)
    let x = random.tensor(TensorType(.float64, [2, 2, 3, 3, 4]))
    let fold = Fold(axes, spatial: spatial)
    let whole = try fold.evaluate([x], fold.type(of: [x.type]))
    let expected = try part.evaluate([whole], part.type(of: [whole.type]))
    let p = ProgramBuilder()
    let y = try p.add(part, [p.add(fold, [p.input(x.type)])])
    return (p.program(outputs: [y]), expected, x)
  }

  private func check(_ part: Slice, isFold: Bool) throws {
    let (program, expected, x) = try program(part)
    #expect(disagreement(try program.evaluate([x]), [expected]) == nil)
    #expect(program.nodes.contains { $0.primitive is Slice } == !isFold)
  }

  @Test("cutting off margins moves the windows")
  func margins() throws {
    for top in 0...2 {
      for left in 0...4 {
        for rows in 3...(5 - top) where (top, left, rows) != (0, 0, 5) {
          try check(
            Slice(starts: [0, top, left], sizes: [2, rows, 9 - left]), isFold: 9 - left > 4)
        }
      }
    }
  }

  @Test("parts that may be taken besides others stay parts")
  func others() throws {
    try check(Slice(starts: [0, 0, 0], sizes: [2, 2, 9]), isFold: false)
    try check(Slice(starts: [1, 0, 0], sizes: [1, 5, 8]), isFold: false)
    try check(Slice(starts: [0, 0, 0], sizes: [2, 3, 9], steps: [1, 2, 1]), isFold: false)
    try check(Slice(starts: [0, 5, 0], sizes: [2, 0, 9]), isFold: false)
  }

  @Test("whole numbers are added as such, beyond those that a double holds")
  func wholeNumbers() throws {
    let large = Int64(1) << 53
    let fold = Fold([WindowAxis(size: 2, count: 2)], spatial: [3])
    let x = Tensor(TensorType(.int64, [2, 2]), integers: [large, 1, 1, large + 1])
    let y = try fold.evaluate([x], fold.type(of: [x.type]))
    #expect(y.integers == [large, 2, large + 1])
  }
}
