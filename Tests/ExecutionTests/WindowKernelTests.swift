import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Pooling in place, against windows that are laid out.
struct WindowKernelTests {
  /// Lines of many lengths, with and without positions at which windows leave the row.
  private static let axes: [[WindowAxis]] = (1...37).map { count in
    [
      WindowAxis(size: 1 + count % 3, stride: 1 + count % 2, low: count % 2, count: 3),
      WindowAxis(
        size: 1 + count % 4, stride: 1 + count % 3, dilation: 1 + count / 5 % 2, low: count % 3,
        count: count),
    ]
  }

  private static func image(_ axes: [WindowAxis]) -> [Int] {
    // Every third image ends where the last window does, the others before or behind.
    let slack = axes[1].count % 3 - 1
    return axes.map { max($0.element($0.count - 1, $0.size - 1) + 1 + slack, 1) }
  }

  @Test("values and places", arguments: axes, [ElementType.float64, .float32, .int32])
  func extremes(_ axes: [WindowAxis], _ element: ElementType) throws {
    let spatial = Self.image(axes)
    for kind in [Extreme.Kind.maximum, .minimum] {
      for last in [false, true] {
        let p = ProgramBuilder()
        let x = try p.input(TensorType(element, Shape([2] + spatial)))
        let place = try p.add(WindowExtreme(kind, axes, last: last), [x])
        let pixels = spatial.reduce(1, *)
        let flat = try p.reshape(x, [2, pixels])
        let outputs = axes.reduce(1) { $0 * $1.count }
        let y = try p.gather(flat, p.reshape(place, [2, outputs]), batch: 1)
        var random = Random(seed: UInt64(outputs))
        // Few different numbers, so that there are ties; NaN among them.
        var x0 = random.tensor(TensorType(.float64, Shape([2] + spatial)), in: 0...5).reals
          .map { $0.rounded() }
        if element.isReal { for k in stride(from: 7, to: x0.count, by: 23) { x0[k] = .nan } }
        let argument =
          element.isReal
          ? Tensor(p.type(x), reals: x0) : Tensor(p.type(x), integers: x0.map { Int64($0) })
        // Both, the values alone, the places alone.
        for outputs in [[y, place], [y], [place]] {
          let program = p.program(outputs: outputs)
          let expected = try program.evaluate([argument])
          for set in InstructionSet.available {
            let found = try set.use { try Executable.compile(program).tensors([argument]) }
            #expect(disagreement(found, expected, 0) == nil)
          }
        }
      }
    }
  }

  @Test("sums", arguments: axes, [ElementType.float64, .float32])
  func sums(_ axes: [WindowAxis], _ element: ElementType) throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(element, Shape([2, 3] + Self.image(axes))))
    let windows = try p.add(Window(axes), [x])
    let program = p.program(outputs: [try p.reduceSum(windows, over: [2, 3])])
    var random = Random(seed: 9)
    let argument = random.tensor(p.type(x))
    let expected = try program.evaluate([argument])
    for set in InstructionSet.available {
      let found = try set.use { try Executable.compile(program).tensors([argument]) }
      #expect(disagreement(found, expected, element == .float64 ? 1e-14 : 1e-6) == nil)
    }
  }

  @Test("a pool stores no places that nothing needs, and no windows")
  func steps() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [3, 8, 8]))
    let axes = [
      WindowAxis(size: 2, stride: 2, count: 4), WindowAxis(size: 2, stride: 2, count: 4),
    ]
    let place = try p.add(WindowExtreme(.maximum, axes), [x])
    let y = try p.gather(p.reshape(x, [3, 64]), p.reshape(place, [3, 16]), batch: 1)
    let sum = try p.reduceSum(p.add(Window(axes), [x]), over: [1, 2])
    let executable = try Executable.compile(p.program(outputs: [y, sum]))
    #expect(Set(executable.kernelNames) == ["pool 3x16", "pool-sum 3x16"])
    #expect(executable.arenaBytes == 0)
  }
}
