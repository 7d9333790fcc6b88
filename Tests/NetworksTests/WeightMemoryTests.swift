import Graph
import Models
import Networks
import Tensors
import Testing

/// What a network's tasks hold of its weights.
@Suite struct WeightMemoryTests {
  /// Layers of 160 with tanh between, 24 inputs and 8 outputs, of numbers in single precision.
  private func network(_ precision: String) throws -> (Network, weightBytes: Int) {
    var options = NetworkOptions()
    try options.set("precision", to: precision)
    let real: ElementType = precision == "float64" ? .float64 : .float32
    let p = ProgramBuilder(real: real)
    var y = try p.input(TensorType(real, [1, 24]))
    var bytes = 0
    for (layer, (inputs, outputs)) in [(24, 160), (160, 160), (160, 160), (160, 8)].enumerated() {
      if layer > 0 { y = try p.tanh(y) }
      let weights = FloatElements(count: inputs * outputs) {
        Float(($0 * 7919 + layer) % 1009) / 16384 - 0.03
      }
      let w = try p.constant(Tensor(TensorType(real, [outputs, inputs]), floats: weights))
      y = try p.dot(y, w, [0, 1], [2, 1], [0, 2])
      bytes += inputs * outputs * 4
    }
    func port(_ name: String, _ size: Int) -> Port {
      Port(name: name, dims: [1, size], isBatched: true)
    }
    let description = NetworkDescription(
      program: p.program(outputs: [y]), inputs: [port("x", 24)], outputs: [port("y", 8)],
      hasBatchAxis: true, parametric: nil)
    return (try Network(description, options), bytes)
  }

  @Test(
    "Forward and Jacobian, of one sample and of batches, hold weights twice: as they are and transposed",
    arguments: ["float32", "float64"])
  func heldWeights(_ precision: String) throws {
    let (network, bytes) = try network(precision)
    #expect(network.heldWeightBytes == 0)
    try network.prepare(.forward, samples: 1)
    let forward = network.heldWeightBytes
    try network.prepare(.jacobian, samples: 1)
    let ready = network.heldWeightBytes
    try network.prepare(.forward, samples: 100)
    try network.prepare(.jacobian, samples: 100)
    #expect(network.heldWeightBytes == ready)
    // Packed matrices have whole vectors of columns: less than a tenth more here.
    let size = precision == "float64" ? 2 * bytes : bytes
    #expect(forward >= size / 2 && forward <= size * 11 / 10)
    #expect(ready <= 2 * size * 11 / 10)
  }
}
