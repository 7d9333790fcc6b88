import Foundation
import Models
import Networks
import Tensors
import Testing

@testable import Formats

/// Indices that a network computes, wherever they fall: one rule holds for every operator.
@Suite struct ComputedIndexTests {
  typealias Node = HandmadeModel.Node

  /// An operator of data d [4], updates u [2] and two indices i [2]: `y = nodes(d, u, i)`.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    var domain = ""
    var form = ""
    var opset: Int64 = 18
    /// How long the axis is, and whether negative indices count from its end.
    var length = 4
    var fromEnd = true
    var nodes: [Node] = []
    var floats: [(String, [Int64], [Float])] = []
    /// What is right for places in the axis, or nil for those outside.
    let right: @Sendable (_ d: [Double], _ u: [Double], _ places: [Int?]) -> [Double]

    var testDescription: String { "\(name) \(form)" }

    func model(_ type: Int64) -> HandmadeModel {
      let split =
        opset < 13
        ? Node("Split", ["x"], ["d", "u", "t"], [("split", .ints([4, 2, 2]))])
        : Node("Split", ["x", "sizes"], ["d", "u", "t"])
      let cast = Node("Cast", ["t"], ["i"], [("to", .int(type))])
      var model = HandmadeModel(
        [.length(8)], nodes: [split, cast] + nodes, floats: floats,
        integers: [
          ("sizes", [3], [4, 2, 2]), ("one", [1], [1]), ("four", [], [4]), ("row", [2], [1, 2]),
          ("square", [2], [2, 2]), ("image", [3], [1, 1, 2]), ("heads", [4], [1, 1, 2, 2]),
        ], opset: opset)
      model.domains = domain.isEmpty ? [] : [(domain, Int64(1))]
      return model
    }
  }

  private static func scattered(
    _ d: [Double], _ u: [Double], _ places: [Int?], adds: Bool
  ) -> [Double] {
    var y = d
    for place in Set(places.compactMap(\.self)) {
      let sum = zip(places, u).reduce(0) { $0 + ($1.0 == place ? $1.1 : 0) }
      y[place] = adds ? y[place] + sum : sum
    }
    return y
  }

  static func picked(_ d: [Double], _ places: [Int?]) -> [Double] {
    places.map { $0.map { d[$0] } ?? 0 }
  }

  static let cases: [Case] = [
    Case(name: "Gather", nodes: [Node("Gather", ["d", "i"], ["y"])]) { d, _, places in
      picked(d, places)
    },
    Case(name: "GatherElements", nodes: [Node("GatherElements", ["d", "i"], ["y"])]) {
      d, _, places in
      picked(d, places)
    },
    Case(
      name: "GatherND",
      nodes: [Node("Unsqueeze", ["i", "one"], ["k"]), Node("GatherND", ["d", "k"], ["y"])]
    ) { d, _, places in picked(d, places) },
    Case(
      name: "GatherND", form: "of a matrix", length: 2,
      nodes: [
        Node("Reshape", ["i", "row"], ["k"]), Node("Reshape", ["d", "square"], ["m"]),
        Node("GatherND", ["m", "k"], ["y"]),
      ]
    ) { d, _, places in
      guard let row = places[0], let column = places[1] else { return [0] }
      return [d[2 * row + column]]
    },
    Case(
      name: "Scatter", opset: 10,
      nodes: [Node("Scatter", ["d", "i", "u"], ["y"])]
    ) { scattered($0, $1, $2, adds: false) },
    Case(
      name: "ScatterElements", nodes: [Node("ScatterElements", ["d", "i", "u"], ["y"])]
    ) { scattered($0, $1, $2, adds: false) },
    Case(
      name: "ScatterElements", form: "add",
      nodes: [Node("ScatterElements", ["d", "i", "u"], ["y"], [("reduction", .string("add"))])]
    ) { scattered($0, $1, $2, adds: true) },
    Case(
      name: "ScatterND",
      nodes: [Node("Unsqueeze", ["i", "one"], ["k"]), Node("ScatterND", ["d", "k", "u"], ["y"])]
    ) { scattered($0, $1, $2, adds: false) },
    Case(
      name: "ScatterND", form: "add",
      nodes: [
        Node("Unsqueeze", ["i", "one"], ["k"]),
        Node("ScatterND", ["d", "k", "u"], ["y"], [("reduction", .string("add"))]),
      ]
    ) { scattered($0, $1, $2, adds: true) },
    Case(
      name: "MaxUnpool", fromEnd: false,
      nodes: [
        Node("Reshape", ["i", "image"], ["k"]), Node("Reshape", ["u", "image"], ["v"]),
        Node(
          "MaxUnpool", ["v", "k"], ["y"], [("kernel_shape", .ints([2])), ("strides", .ints([2]))]),
      ]
    ) { _, u, places in scattered([0, 0, 0, 0], u, places, adds: true) },
    Case(
      name: "NegativeLogLikelihoodLoss", length: 2, fromEnd: false,
      nodes: [
        Node("Reshape", ["d", "square"], ["m"]),
        Node(
          "NegativeLogLikelihoodLoss", ["m", "i"], ["y"], [("reduction", .string("none"))]),
      ]
    ) { d, _, places in places.indices.map { row in places[row].map { -d[2 * row + $0] } ?? 0 } },
    Case(
      name: "SoftmaxCrossEntropyLoss", length: 2, fromEnd: false,
      nodes: [
        Node("Reshape", ["d", "square"], ["m"]),
        Node("SoftmaxCrossEntropyLoss", ["m", "i"], ["y"], [("reduction", .string("none"))]),
      ]
    ) { d, _, places in
      places.indices.map { (row: Int) -> Double in
        let sum = exp(d[2 * row]) + exp(d[2 * row + 1])
        return places[row].map { log(sum) - d[2 * row + $0] } ?? 0
      }
    },
    Case(
      name: "RotaryEmbedding", opset: 23, length: 3, fromEnd: false,
      nodes: [
        Node("Reshape", ["d", "heads"], ["h"]), Node("Reshape", ["i", "row"], ["k"]),
        Node("RotaryEmbedding", ["h", "cosines", "sines", "k"], ["y"]),
      ], floats: [("cosines", [3, 1], [1, 0.5, 0.25]), ("sines", [3, 1], [0, 2, 4])]
    ) { d, _, places in
      places.indices.flatMap { row -> [Double] in
        let (a, b) = (d[2 * row], d[2 * row + 1])
        let c: Double = places[row].map { [1, 0.5, 0.25][$0] } ?? 0
        let s: Double = places[row].map { [0, 2, 4][$0] } ?? 0
        return [c * a - s * b, s * a + c * b]
      }
    },
    Case(
      name: "OneHot",
      nodes: [
        Node("Split", ["d"], ["values", "rest"]), Node("OneHot", ["i", "four", "values"], ["y"]),
      ]
    ) { d, _, places in places.flatMap { place in (0..<4).map { $0 == place ? d[1] : d[0] } } },
    Case(
      name: "ArrayFeatureExtractor", domain: "ai.onnx.ml",
      nodes: [
        Node("ArrayFeatureExtractor", ["d", "i"], ["y"], name: "", domain: "ai.onnx.ml", [])
      ]
    ) { d, _, places in picked(d, places) },
  ]

  /// Inside, from the end, just outside, with fractions, twice the same, no numbers, and too large ones.
  static let indices: [[Double]] = [
    [1, 0], [-1, 1], [-4, 3], [4, -5], [2, -3], [1.9, -0.9], [1, 1], [.nan, 1], [0, .nan],
    [.infinity, -.infinity], [1e30, 0], [-1e30, 1], [4_294_967_297, 1], [-4_294_967_295, 0],
    [0x1p63, -0x1p63],
  ]

  /// The places that indices name in an axis.
  private func places(_ indices: [Double], _ length: Int, fromEnd: Bool) -> [Int?] {
    indices.map { index in
      guard let whole = Int(exactly: index.rounded(.towardZero)) else { return nil }
      let place = fromEnd && whole < 0 ? whole + length : whole
      return (0..<length).contains(place) ? place : nil
    }
  }

  private static let data = [0.75, -1.25, 2.5, 0.5, 3, -4]

  private func rows(_ testCase: Case, _ x: [Double], _ places: [Int?]) -> [Double] {
    testCase.right(Array(x[0..<4]), Array(x[4..<6]), places)
  }

  @Test("values and derivatives follow one rule", arguments: cases)
  func rule(_ testCase: Case) throws {
    for type in [HandmadeModel.int64, 6] {
      let description = try testCase.model(type).load()
      for precision in ["float64", "float32"] {
        var options = NetworkOptions()
        try options.set("precision", to: precision)
        let network = try Network(testCase.model(type).load(options.importing), options)
        let tolerance = precision == "float64" ? 1e-9 : 1e-5
        for indices in Self.indices {
          let x = Self.data + indices
          let places = places(indices, testCase.length, fromEnd: testCase.fromEnd)
          let what = "\(testCase) of \(indices), type \(type), \(precision)"
          let y = rows(testCase, x, places)
          let interpreted = try description.program.evaluate(
            description.program.inputTypes.map { Tensor($0, reals: x) })
          #expect(isNear(interpreted[0].reals, y, 1e-9), "\(what): \(interpreted[0].reals), \(y)")
          let found = try network.value(x)
          #expect(isNear(found, y, tolerance), "\(what): \(found) for \(y)")
          try checkDerivatives(network, testCase, x, places, what, max(tolerance, 1e-7))
        }
      }
    }
  }

  /// The Jacobian and both kinds of products against differences of what is right; that by indices is zero.
  private func checkDerivatives(
    _ network: Network, _ testCase: Case, _ x: [Double], _ places: [Int?], _ what: String,
    _ tolerance: Double
  ) throws {
    let (n, m, step) = (8, network.outputCount, 1e-4)
    var jacobian = [Double](repeating: 0, count: m * n)
    for column in 0..<6 {
      var (above, below) = (x, x)
      above[column] += step
      below[column] -= step
      let (high, low) = (rows(testCase, above, places), rows(testCase, below, places))
      for row in 0..<m { jacobian[row * n + column] = (high[row] - low[row]) / (2 * step) }
    }
    let found = try network.jacobianMatrix(x)
    #expect(isNear(found, jacobian, tolerance), "\(what): J \(found) for \(jacobian)")
    let tangent = (0..<n).map { Double($0) - 2.5 }
    let weights = (0..<m).map { 1.5 - Double($0) }
    var jv = [Double](repeating: .nan, count: m)
    try network.prepare(.jvp, samples: 1)
    try network.jvp(samples: 1, x: x, tangent: tangent, y: nil, product: &jv)
    var jw = [Double](repeating: .nan, count: n)
    try network.prepare(.vjp, samples: 1)
    try network.vjp(samples: 1, x: x, cotangent: weights, y: nil, product: &jw)
    let rightProduct = (0..<m).map { row in
      (0..<n).reduce(0) { $0 + jacobian[row * n + $1] * tangent[$1] }
    }
    let rightTransposed = (0..<n).map { column in
      (0..<m).reduce(0) { $0 + jacobian[$1 * n + column] * weights[$1] }
    }
    #expect(isNear(jv, rightProduct, 10 * tolerance), "\(what): jvp \(jv)")
    #expect(isNear(jw, rightTransposed, 10 * tolerance), "\(what): vjp \(jw)")
  }

  private func isNear(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test("every operator that says so in the documentation has a case")
  func complete() {
    let stated = OperatorDocumentation.operators.filter {
      $0.limits.contains("a computed ") || $0.limits.contains("an index outside")
    }
    #expect(Set(stated.map(\.name)) == Set(Self.cases.map(\.name)))
  }

  @Test("indices that are known must lie in their axis", arguments: cases)
  func known(_ testCase: Case) throws {
    var model = testCase.model(HandmadeModel.int64)
    model.graph.nodes.removeAll { $0.operation == "Cast" }
    func refusal(_ index: Int64) -> String {
      model.graph.integers.removeAll { $0.0 == "i" }
      model.graph.integers.append(("i", [2], [0, index]))
      return model.refusal()
    }
    #expect(refusal(1) == "no error")
    guard testCase.name != "OneHot" else { return }
    #expect(refusal(4).contains("index 4 lies outside"), "\(refusal(4))")
    #expect(refusal(-5).contains("index -5 lies outside"))
    #expect((refusal(-1) == "no error") == testCase.fromEnd, "\(refusal(-1))")
  }

  @Test("so do embeddings of Keras 3; in Keras 2 a negative index lies outside")
  func embeddings() throws {
    func outputs(_ file: String, _ ids: [Double], _ x: [Double]) throws -> [Double] {
      try loadedNetwork(KerasCase.folder.appendingPathComponent(file).path).value(ids + x)
    }
    let ones = [Double](repeating: 1, count: 6)
    let inside = try outputs("embedding.keras", [4, 0, 1], ones)
    #expect(inside.allSatisfy { $0 != 0 })
    let found = try outputs("embedding.keras", [-1, 5, 1], ones)
    #expect(found == Array(inside[0..<2]) + [0, 0] + Array(inside[4..<6]))
    #expect(try outputs("embedding.keras", [-6, 5, 0x1p63], ones).allSatisfy { $0 == 0 })
    let old = "keras2.15_masked_embedding.keras"
    func state(_ id: Double) throws -> [Double] { try outputs(old, [2, id, 1, 3], [0, 0, 0]) }
    #expect(try state(-1) == state(100))
    #expect(try state(-1) != state(5))
  }
}
