import Networks
import Tensors
import Testing

@testable import Formats

/// NaN and infinity in data reach what depends on them, and nothing else.
@Suite struct StrayNumberTests {
  typealias Node = HandmadeModel.Node

  struct Model: CustomTestStringConvertible, Sendable {
    let name: String
    let nodes: [Node]
    /// Whether slopes may be singular, so that zeros of tangents and weights stay zeros, too.
    var guardsZeros = false
    var testDescription: String { name }

    func network() throws -> Network {
      let model = HandmadeModel(
        [.length(4)], nodes: nodes,
        floats: [("k", [1, 1, 2], [1, 2]), ("v", [2, 2], [1, 2, 3, 4])],
        integers: [
          ("parts", [4], [1, 1, 1, 1]), ("square", [2], [2, 2]), ("zero", [], [0]),
          ("axis", [1], [1]), ("image", [3], [1, 1, 4]), ("pair", [3], [2, 1, 2]),
        ])
      return try Network(model.load(), NetworkOptions())
    }
  }

  private static func ofImage(_ name: String, _ nodes: Node...) -> Model {
    Model(
      name: name,
      nodes: [Node("Reshape", ["x", "image"], ["m"]), Node("Tanh", ["m"], ["t"])] + nodes)
  }

  private static func ofRows(_ name: String, _ nodes: Node...) -> Model {
    Model(
      name: name,
      nodes: [Node("Reshape", ["x", "square"], ["m"]), Node("Mul", ["m", "m"], ["s"])] + nodes)
  }

  private static let pieces = Node("Split", ["x", "parts"], ["a", "b", "c", "e"])

  static let models: [Model] = [
    Model(
      name: "a square beside a product",
      nodes: [
        pieces, Node("Mul", ["a", "a"], ["s"]), Node("Mul", ["b", "c"], ["q"]),
        Node("Concat", ["s", "q"], ["y"], [("axis", .int(0))]),
      ]),
    Model(
      name: "an exponential beside a quotient",
      nodes: [
        pieces, Node("Exp", ["a"], ["s"]), Node("Div", ["b", "c"], ["q"]),
        Node("Concat", ["s", "q"], ["y"], [("axis", .int(0))]),
      ], guardsZeros: true),
    Model(name: "squares", nodes: [Node("Mul", ["x", "x"], ["y"])]),
    Model(
      name: "cumulative sum",
      nodes: [Node("Mul", ["x", "x"], ["h"]), Node("CumSum", ["h", "zero"], ["y"])]),
    ofRows("softmax", Node("Softmax", ["s"], ["y"], [("axis", .int(1))])),
    ofRows("sums", Node("ReduceSum", ["s", "axis"], ["y"])),
    ofRows("maxima", Node("ReduceMax", ["s"], ["y"], [("axes", .ints([1]))])),
    ofImage("convolution", Node("Conv", ["t", "k"], ["c"]), Node("Tanh", ["c"], ["y"])),
    ofImage("max pool", Node("MaxPool", ["t"], ["y"], [("kernel_shape", .ints([2]))])),
    ofImage("average pool", Node("AveragePool", ["t"], ["y"], [("kernel_shape", .ints([2]))])),
    Model(
      name: "a batch of matrix products",
      nodes: [
        Node("Reshape", ["x", "pair"], ["m"]), Node("Tanh", ["m"], ["t"]),
        Node("MatMul", ["t", "v"], ["c"]), Node("Tanh", ["c"], ["y"]),
      ]),
  ]

  private static let n = 4
  private static func units(_ count: Int) -> [[Double]] {
    (0..<count).map { unit in (0..<count).map { $0 == unit ? 1 : 0 } }
      + [(0..<count).map { Double($0) + 1 }]
  }

  @Test(
    "elements that depend on no such number have derivatives and products as ever",
    arguments: models, [Double.nan, .infinity, -.infinity])
  func independent(_ model: Model, _ stray: Double) throws {
    let network = try model.network()
    let (n, m) = (Self.n, network.outputCount)
    let structure = try network.jacobianSparsity()
    var depends = [[Bool]](repeating: [Bool](repeating: false, count: n), count: m)
    for column in 0..<n {
      for k in structure.columnPointers[column]..<structure.columnPointers[column + 1] {
        depends[Int(structure.rowIndices[Int(k)])][column] = true
      }
    }
    try network.prepare(.jvp, samples: 1)
    try network.prepare(.vjp, samples: 1)
    for place in 0..<n {
      let fine = [0.5, -0.25, 0.75, 1.25]
      var x = fine
      x[place] = stray
      let what = "\(model), \(stray) at \(place)"
      let (right, found) = try (network.jacobianMatrix(fine), network.jacobianMatrix(x))
      for row in 0..<m where !depends[row][place] {
        #expect(found[row * n..<row * n + n] == right[row * n..<row * n + n], "\(what): row \(row)")
      }
      for row in 0..<m {
        for column in 0..<n where !depends[row][column] {
          #expect(found[row * n + column] == 0, "\(what): \(row), \(column)")
        }
      }
      for tangent in Self.units(n) {
        var (wanted, product) = ([Double](repeating: 7, count: m), [Double](repeating: 7, count: m))
        try network.jvp(samples: 1, x: fine, tangent: tangent, y: nil, product: &wanted)
        try network.jvp(samples: 1, x: x, tangent: tangent, y: nil, product: &product)
        for row in 0..<m {
          let takesPart = model.guardsZeros ? (0..<n).filter { tangent[$0] != 0 } : Array(0..<n)
          if !depends[row][place] {
            #expect(product[row] == wanted[row], "\(what): jvp of \(tangent), \(row)")
          } else if !takesPart.contains(where: { depends[row][$0] }) {
            #expect(product[row] == 0, "\(what): jvp of \(tangent), \(row)")
          }
        }
      }
      for weights in Self.units(m) {
        var (wanted, product) = ([Double](repeating: 7, count: n), [Double](repeating: 7, count: n))
        try network.vjp(samples: 1, x: fine, cotangent: weights, y: nil, product: &wanted)
        try network.vjp(samples: 1, x: x, cotangent: weights, y: nil, product: &product)
        let reaching = (0..<m).filter { depends[$0][place] }
        for column in 0..<n {
          let rows = (0..<m).filter {
            depends[$0][column] && (!model.guardsZeros || weights[$0] != 0)
          }
          if !rows.contains(where: reaching.contains) {
            #expect(product[column] == wanted[column], "\(what): vjp of \(weights), \(column)")
          }
        }
      }
    }
  }
}
