import Networks
import Tensors
import Testing

@testable import Formats

/// Indices that a model of TensorFlow computes follow the rule of all formats; a negative one lies outside.
@Suite struct TFIndexTests {
  typealias Node = HandmadeSavedModel.Node

  /// An operator of data d [4], updates u [2] and two indices i [2], or as a column k [2, 1].
  struct Case: CustomTestStringConvertible, Sendable {
    let operation: String
    let inputs: [String]
    let right: @Sendable (_ d: [Double], _ u: [Double], _ places: [Int?]) -> [Double]
    var testDescription: String { operation }
  }

  private static func written(_ y: [Double], _ u: [Double], _ places: [Int?], _ sign: Double)
    -> [Double]
  {
    var y = y
    for (place, update) in zip(places, u) { if let place { y[place] += sign * update } }
    return y
  }

  static let cases: [Case] = [
    Case(operation: "Gather", inputs: ["d", "i"]) { d, _, places in
      ComputedIndexTests.picked(d, places)
    },
    Case(operation: "GatherV2", inputs: ["d", "i", "axis"]) { d, _, places in
      ComputedIndexTests.picked(d, places)
    },
    Case(operation: "GatherNd", inputs: ["d", "k"]) { d, _, places in
      ComputedIndexTests.picked(d, places)
    },
    Case(operation: "ScatterNd", inputs: ["k", "u", "shape"]) { _, u, places in
      written([0, 0, 0, 0], u, places, 1)
    },
    Case(operation: "TensorScatterAdd", inputs: ["d", "k", "u"]) { written($0, $1, $2, 1) },
    Case(operation: "TensorScatterSub", inputs: ["d", "k", "u"]) { written($0, $1, $2, -1) },
    Case(operation: "TensorScatterUpdate", inputs: ["d", "k", "u"]) { d, u, places in
      written(d.indices.map { places.contains($0) ? 0 : d[$0] }, u, places, 1)
    },
    Case(operation: "OneHot", inputs: ["i", "depth", "on", "off"]) { _, _, places in
      places.flatMap { place in (0..<4).map { $0 == place ? 2.0 : -1 } }
    },
  ]

  private func network(_ testCase: Case) throws -> Network {
    try HandmadeSavedModel(
      length: 8,
      nodes: [
        .constant("sizes", [3], whole: [4, 2, 2]), .constant("axis", [], whole: [0]),
        .constant("column", [2], whole: [2, 1]), .constant("shape", [1], whole: [4]),
        .constant("depth", [], whole: [4]), .constant("on", [], [2]), .constant("off", [], [-1]),
        Node("parts", "SplitV", ["x", "sizes", "axis"]), Node("d", "Identity", ["parts:0"]),
        Node("u", "Identity", ["parts:1"]),
        Node("i", "Cast", ["parts:2"], [("DstT", .type(HandmadeSavedModel.int64))]),
        Node("k", "Reshape", ["i", "column"]),
        Node("y", testCase.operation, testCase.inputs),
      ], outputs: [("y", "y:0")]
    ).network()
  }

  private static let data = [0.75, -1.25, 2.5, 0.5, 3, -4]

  @Test("values and derivatives", arguments: cases)
  func rule(_ testCase: Case) throws {
    let network = try network(testCase)
    for indices in ComputedIndexTests.indices {
      let places = indices.map { index in
        Int(exactly: index.rounded(.towardZero)).flatMap { (0..<4).contains($0) ? $0 : nil }
      }
      func right(_ data: [Double]) -> [Double] {
        testCase.right(Array(data[0..<4]), Array(data[4..<6]), places)
      }
      let y = right(Self.data)
      let found = try network.value(Self.data + indices)
      #expect(found == y, "\(testCase) of \(indices): \(found) for \(y)")
      // All are linear.
      let zero = right([0, 0, 0, 0, 0, 0])
      var jacobian = [Double](repeating: 0, count: 8 * y.count)
      for column in 0..<6 {
        let unit = right((0..<6).map { $0 == column ? 1 : 0 })
        for row in y.indices { jacobian[8 * row + column] = unit[row] - zero[row] }
      }
      #expect(
        try network.jacobianMatrix(Self.data + indices) == jacobian, "\(testCase): \(indices)")
    }
  }

  @Test("every operator that says so in the documentation has a case")
  func complete() {
    let stated = TFDocumentation.limits.filter {
      $0.value.contains("a computed ") || $0.value.contains("an index outside")
    }.keys
    // Those of variables need a checkpoint, and differ from the others in nothing else.
    let tested = Set(Self.cases.map(\.operation)).union(["ResourceGather", "ResourceGatherNd"])
    #expect(Set(stated) == tested)
  }
}
