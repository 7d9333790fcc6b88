import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// The caller's arrays, in either precision, with matrices either way round.
@Suite("Caller's arrays")
struct CallerArraysTests {
  private let rows = 11
  private let columns = 19
  private let samples = 6

  /// x and w to tanh(x) and the matrix w·xᵀ.
  private func program(_ element: ElementType) throws -> Program {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(element, Shape([columns])))
    let w = try p.input(TensorType(element, Shape([rows])))
    return p.program(outputs: [try p.tanh(x), try p.dot(w, x, [0], [1], [0, 1])])
  }

  @Test(
    "are read and written as if they were tensors", arguments: [ElementType.float64, .float32],
    [false, true])
  func agreement(_ element: ElementType, _ transposes: Bool) throws {
    try check(element, transposes, as: Double.self)
    try check(element, transposes, as: Float.self)
  }

  private func check<Real: KernelReal>(
    _ element: ElementType, _ transposes: Bool, as type: Real.Type
  ) throws {
    let program = try program(element)
    let layout = ArrayLayout(
      inputs: program.inputTypes, outputs: program.outputTypes, rows: rows, columns: columns)
    var random = Random(seed: 51)
    // Exact in both precisions.
    let x = (0..<samples * columns).map { _ in
      Real((random.number(in: -1...1) * 1024).rounded()) / 1024
    }
    let w = (0..<samples * rows).map { _ in Real((random.number(in: -1...1) * 8).rounded()) }
    for length in [1, 3] {
      let executable = try Executable.compile(
        length == 1 ? program : program.vectorised(added: [true, true], size: length))
      let workspace = Workspace(executable, extraBytes: layout.extraBytes(samples: length))
      for (wantsValues, wantsMatrix) in [(true, true), (false, true), (true, false)] {
        var values = [Real](repeating: 7, count: x.count)
        var matrices = [Real](repeating: 7, count: samples * rows * columns)
        values.withUnsafeMutableBytes { values in
          matrices.withUnsafeMutableBytes { matrices in
            x.withUnsafeBytes { x in
              w.withUnsafeBytes { w in
                var call = CallerArrays(
                  inputs: [x.baseAddress, w.baseAddress, nil],
                  outputs: [
                    wantsValues ? values.baseAddress : nil,
                    wantsMatrix ? matrices.baseAddress : nil,
                  ], isDouble: Real.self == Double.self, samples: samples)
                call.transposes = transposes
                for sample in stride(from: 0, to: samples, by: length) {
                  workspace.run(call, layout, from: sample, count: length)
                }
              }
            }
          }
        }
        for sample in 0..<samples {
          let arguments = zip(program.inputTypes, [x, w]).map { type, array in
            Tensor(
              type, reals: array[sample * type.count..<(sample + 1) * type.count].map(Double.init))
          }
          let expected = try program.evaluate(arguments).map(\.reals)
          for k in 0..<columns {
            let found = Double(values[sample * columns + k])
            #expect(wantsValues ? abs(found - expected[0][k]) < 1e-6 : found == 7)
          }
          for row in 0..<rows {
            for column in 0..<columns {
              let place = transposes ? column * rows + row : row * columns + column
              let found = Double(matrices[sample * rows * columns + place])
              #expect(found == (wantsMatrix ? expected[1][row * columns + column] : 7))
            }
          }
        }
      }
    }
  }
}
