import Graph
import Models
import Networks
import Tensors
import Testing

/// `memory_limit` is what all of a network takes together.
@Suite("What a network takes stays within its limit") struct MemoryBudgetTests {
  private static let layers = [(24, 160), (160, 160), (160, 160), (160, 8)]
  private static let weightBytes = layers.reduce(0) { $0 + $1.0 * $1.1 * 8 }

  /// Layers of 160 with tanh between, 24 inputs and 8 outputs.
  private func network(limit: Int, threads: Int = 1) throws -> Network {
    var options = NetworkOptions()
    try options.set("memory_limit", to: "\(limit)")
    try options.set("threads", to: "\(threads)")
    let p = ProgramBuilder()
    var y = try p.input(TensorType(.float64, [1, 24]))
    for (layer, (inputs, outputs)) in Self.layers.enumerated() {
      if layer > 0 { y = try p.tanh(y) }
      let weights = (0..<inputs * outputs).map { Double(($0 * 7919 + layer) % 1009) / 16384 - 0.03 }
      let w = try p.constant(Tensor(TensorType(.float64, [outputs, inputs]), reals: weights))
      y = try p.dot(y, w, [0, 1], [2, 1], [0, 2])
    }
    func port(_ name: String, _ size: Int) -> Port {
      Port(name: name, dims: [1, size], isBatched: true)
    }
    return try Network(
      NetworkDescription(
        program: p.program(outputs: [y]), inputs: [port("x", 24)], outputs: [port("y", 8)],
        hasBatchAxis: true, parametric: nil), options)
  }

  private func isRefused(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return false
    } catch let error as NetJacError where error.kind == .memory {
      return true
    }
  }

  @Test("weights that are more than the limit are refused when it is loaded") func weights() throws
  {
    #expect(try isRefused { _ = try network(limit: Self.weightBytes - 1) })
    _ = try network(limit: Self.weightBytes)
  }

  @Test("tasks together stay within every limit, and what is refused takes nothing")
  func together() throws {
    let tasks: [Task] = [.forward, .jacobian, .jvp, .vjp, .hvp, .hessian]
    let free = try network(limit: 1 << 30)
    for task in tasks { try free.prepare(task, samples: 100) }
    let all = free.memoryBytes
    #expect(all > 2 * Self.weightBytes)
    #expect(try !isRefused { try network(limit: all).prepare(.jacobian, samples: 1) })

    var refusals = 0
    for part in 1...20 {
      let limit = Self.weightBytes + (all - Self.weightBytes) * part / 20
      let network = try network(limit: limit)
      for task in tasks {
        let before = network.memoryBytes
        if try isRefused({ try network.prepare(task, samples: 1) }) {
          refusals += 1
          #expect(network.memoryBytes <= before)
        }
        #expect(network.memoryBytes <= limit, "\(task) within \(limit)")
      }
    }
    #expect(refusals > 0)
  }

  @Test("threads get workspaces as far as they fit; results are the same bits") func threads()
    throws
  {
    let samples = 1000
    let x = (0..<samples * 24).map { Double($0 % 37) / 37 - 0.5 }
    func results(_ network: Network) throws -> [Double] {
      var jacobian = [Double](repeating: 0, count: samples * 8 * 24)
      try network.jacobian(
        samples: samples, x: x, y: nil, jacobian: &jacobian, order: .rowMajor)
      return jacobian
    }
    let free = try network(limit: 1 << 30, threads: 4)
    let expected = try results(free)
    let all = free.memoryBytes
    for part in 10...20 {
      let limited = try network(limit: all * part / 20, threads: 4)
      do {
        #expect(try results(limited) == expected)
      } catch let error as NetJacError where error.kind == .memory {
        #expect(limited.memoryBytes <= limited.options.memoryLimit)
      }
    }
    #expect(try results(network(limit: all, threads: 4)) == expected)
  }
}
