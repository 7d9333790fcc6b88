import Formats
import Foundation
import Networks
import Testing

@Suite struct HessianMemoryTests {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus/cases/rnn_tanh/model.onnx").path

  @Test("Where the cheapest way to a Hessian takes too much memory, the next one is planned")
  func fallback() throws {
    let free = try loadedNetwork(Self.path)
    try free.prepare(.hessian, samples: 1)
    var options = NetworkOptions()
    try options.set("memory_limit", to: "\(free.memoryBytes - 1)")
    let bound = try loadedNetwork(Self.path, options: options)
    #expect(try free.plan(.hessian) != bound.plan(.hessian))
    let n = free.inputSize
    let x = (0..<n).map { 0.1 * Double($0 % 7) - 0.3 }
    let weights = (0..<free.outputSize).map { 1 / Double($0 + 1) }
    var expected = [Double](repeating: .nan, count: n * n)
    var found = expected
    try free.hessian(samples: 1, x: x, weights: weights, hessian: &expected)
    try bound.hessian(samples: 1, x: x, weights: weights, hessian: &found)
    let scale = expected.lazy.map(abs).max() ?? 0
    #expect(scale > 0)
    #expect(zip(expected, found).allSatisfy { abs($0 - $1) <= 1e-13 * scale })
  }
}
