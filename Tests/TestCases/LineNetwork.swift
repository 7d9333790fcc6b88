import Graph
import Tensors
import Testing

/// Convolutions along a line of inputs, whose Jacobian is a band.
package struct LineNetwork: CustomTestStringConvertible, Sendable {
  package struct Layer: Sendable {
    let channels: Int
    let window: WindowAxis
    let activation: Activation

    package init(_ channels: Int, _ window: WindowAxis, _ activation: Activation = .tanh) {
      self.channels = channels
      self.window = window
      self.activation = activation
    }
  }

  package enum Activation: Sendable {
    case none, tanh, relu
    /// x + tanh(x)
    case residual
  }

  package let points: Int
  package let layers: [Layer]

  package var testDescription: String { "\(points): \(layers)" }

  package static let all: [LineNetwork] = [
    LineNetwork(
      points: 40,
      layers: [
        Layer(4, WindowAxis(size: 3, low: 1, count: 40)),
        Layer(3, WindowAxis(size: 3, low: 1, count: 40), .relu),
        Layer(1, WindowAxis(size: 3, low: 1, count: 40), .none),
      ]),
    // Nothing between the last layers: what leaves the line must not come back.
    LineNetwork(
      points: 33,
      layers: [
        Layer(2, WindowAxis(size: 3, low: 1, count: 33)),
        Layer(3, WindowAxis(size: 3, low: 1, count: 33), .none),
        Layer(2, WindowAxis(size: 5, low: 2, count: 33), .none),
      ]),
    // A line that gets shorter, then longer; places to one side alone; several outputs a point.
    LineNetwork(
      points: 50,
      layers: [
        Layer(3, WindowAxis(size: 4, count: 47), .residual),
        Layer(2, WindowAxis(size: 2, low: 3, count: 50)),
        Layer(3, WindowAxis(size: 3, low: 2, count: 44), .none),
      ]),
    // Holes in the band, which the second layer fills, and a window that reads but one point.
    LineNetwork(
      points: 60,
      layers: [
        Layer(2, WindowAxis(size: 2, dilation: 4, low: 2, count: 60)),
        Layer(2, WindowAxis(size: 3, dilation: 3, low: 3, count: 60), .residual),
        Layer(4, WindowAxis(size: 1, count: 60)),
        Layer(1, WindowAxis(size: 3, low: 1, count: 60), .none),
      ]),
  ]

  /// The vector of outputs, channel by channel, of the vector of points.
  package func program(_ element: ElementType = .float64, seed: UInt64 = 41) throws -> Program {
    let p = ProgramBuilder()
    var random = Random(seed: seed)
    let x = try p.input(TensorType(element, [points]))
    var y = try p.reshape(x, [1, points])
    for layer in layers {
      let channels = p.shape(y)[0]
      let kernel = try p.constant(
        random.tensor(
          TensorType(element, [layer.channels, channels, layer.window.size]), in: -0.7...0.7))
      let bias = try p.constant(random.tensor(TensorType(element, [layer.channels])))
      let windows = try p.add(Window([layer.window]), [y])
      let z = try p.dot(kernel, windows, [0, 1, 2], [1, 2, 3], [0, 3])
      let biased = try p.add(z, p.add(Broadcast(p.shape(z), axes: [0]), [bias]))
      y =
        switch layer.activation {
        case .none: biased
        case .tanh: try p.tanh(biased)
        case .relu: try p.relu(biased)
        case .residual: try p.add(biased, p.tanh(biased))
        }
    }
    return p.program(outputs: [try p.reshape(y, [p.shape(y).count])])
  }
}
