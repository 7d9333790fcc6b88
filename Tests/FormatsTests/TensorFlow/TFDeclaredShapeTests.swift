import Models
import Tensors
import Testing

@testable import Formats

/// What SavedModels declare of the shapes of values.
@Suite struct TFDeclaredShapeTests {
  private typealias Node = HandmadeSavedModel.Node

  private func model(_ input: [Int64], _ declared: [[Int64]]) -> HandmadeSavedModel {
    var model = HandmadeSavedModel(
      length: 3,
      nodes: [
        Node("h", "Relu", ["x"], [("_output_shapes", .shapes(declared))]), Node("y", "Neg", ["h"]),
      ], outputs: [("y", "y:0")])
    model.inputShape = input
    return model
  }

  private func refusal(_ model: HandmadeSavedModel) -> String {
    do {
      _ = try model.description()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test("a node whose outputs are declared otherwise than they are computed is refused")
  func nodes() {
    for right: [[Int64]] in [[], [[2, 3]], [[-1, 3]], [[-1, -1]]] {
      #expect(refusal(model([2, 3], right)) == "no error")
    }
    for wrong: [Int64] in [[2, 4], [3], [-1, 3, 1], []] {
      let found = refusal(model([2, 3], [wrong]))
      #expect(
        found.contains("'h'") && found.contains("output 0 is declared as [")
          && found.contains("[2, 3]"), "\(found)")
    }
    // Samples may have been counted where the signature leaves their number open.
    #expect(refusal(model([-1, 3], [[8, 3]])) == "no error")
    #expect(refusal(model([-1, 3], [[8, 4]])).contains("[8, 4]"))
    #expect(refusal(model([1, 3], [[8, 3]])).contains("[8, 3]"))
  }

  @Test("an output that a signature declares otherwise than it is computed is refused")
  func outputs() {
    var model = model([2, 3], [])
    for right: [Int64] in [[2, 3], [-1, 3]] {
      model.outputShape = right
      #expect(refusal(model) == "no error")
    }
    for wrong: [Int64] in [[2, 4], [3], []] {
      model.outputShape = wrong
      #expect(refusal(model).contains("output 'y' is declared as double["))
    }
  }
}
