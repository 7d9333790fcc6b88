import Formats
import Foundation
import Models
import Networks
import Tensors
import Testing

@Suite("TensorFlow's SavedModels")
struct SavedModelTests {
  private typealias Reference = SavedModelFolder.Reference

  /// The largest difference over the largest number.
  private func error(_ found: [Double], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let scale = max(wanted.map(abs).max() ?? 0, 1)
    let differences = zip(found, wanted).map { abs($0 - $1) }
    guard differences.allSatisfy({ !$0.isNaN }) else { return .infinity }
    return (differences.max() ?? 0) / scale
  }

  @Test(
    "families of operators have TensorFlow's values and derivatives",
    arguments: SavedModelFolder.references.filter { $0.value.shape != nil }.keys.sorted())
  func operators(_ name: String) throws {
    let reference = try #require(SavedModelFolder.references[name])
    let network = try SavedModelFolder.network("operators", signature: name)
    let valueTolerance = reference.single == true ? 2e-5 : 1e-12
    let y = error(try network.value(reference.x), reference.y)
    #expect(y <= valueTolerance, "values: \(y)")
    if let jacobian = reference.jacobian {
      let found = error(try network.jacobianMatrix(reference.x), jacobian)
      #expect(found <= reference.tolerance ?? 1e-11, "Jacobian: \(found)")
    }
    if let hessian = reference.hessian, let weights = reference.weights {
      let found = error(try network.hessianMatrix(reference.x, weights: weights), hessian)
      #expect(found <= 1e-6, "Hessian: \(found)")
    }
  }

  @Test("a recurrent model of Keras 2 has TensorFlow's values")
  func recurrent() throws {
    let reference = try #require(SavedModelFolder.references["lstm"])
    let network = try SavedModelFolder.network("lstm")
    #expect(network.inputs.map(\.name) == ["sequence"])
    let found = error(try network.value(reference.x), reference.y)
    #expect(found <= 1e-5, "values: \(found)")
  }

  @Test("inputs stand in the order of the model's own function, outputs by number or name")
  func order() throws {
    let step = try SavedModelFolder.network("ports", signature: "step")
    #expect(step.inputs.map(\.name) == ["state", "control"])
    #expect(step.inputs.map(\.isBatched) == [true, true])
    #expect(step.outputs.map(\.name) == (0..<12).map { "value_\($0)" }.sorted())
    let x = [1.0, 2, 10, 20]
    for (port, values) in zip(step.outputs, try pairs(step.value(x))) {
      let number = Double(11 - (Int(port.name.dropFirst("value_".count)) ?? 0))
      #expect(values == [2 + 10 * number, -2 + 20 * number])
    }
    let numbered = try SavedModelFolder.network("ports", signature: "numbered")
    #expect(numbered.inputs.map(\.name) == ["z", "a"])
    #expect(numbered.outputs.map(\.name) == (0..<12).map { "output_\($0)" })
    for (number, values) in try pairs(numbered.value(x)).enumerated() {
      #expect(values == [Double(number) + 10, 2 * Double(number) + 20])
    }
  }

  private func pairs(_ values: [Double]) -> [[Double]] {
    stride(from: 0, to: values.count, by: 2).map { Array(values[$0..<$0 + 2]) }
  }

  @Test("variables are parameters under their names; integers stay constants")
  func parameters() throws {
    let description = try FormatRegistry.load(
      path: SavedModelFolder.path("ports"), options: ImportOptions(signature: "lookup"))
    let make = try #require(description.parametric)
    let parametric = try make(.float64)
    #expect(parametric.parameters.map(\.name) == ["table"])
    #expect(parametric.parameters.map(\.value.shape) == [[4, 3]])
    #expect(!description.hasBatchAxis)
    let table = parametric.parameters[0].value.reals
    let network = try SavedModelFolder.network("ports", signature: "lookup")
    let y = try network.value([1, 2, 3])
    #expect(y.prefix(3).elementsEqual([table[3] + 3, 2 * table[4] + 3, 3 * table[5] + 3]))
  }

  @Test("outputs are chosen by name")
  func chosenOutputs() throws {
    let network = try SavedModelFolder.network(
      "ports", signature: "numbered", output: "output_10,output_2")
    #expect(network.outputs.map(\.name) == ["output_10", "output_2"])
    #expect(try network.value([1, 1, 5, 5]) == [15, 15, 7, 7])
  }

  private func message(_ path: String, _ options: ImportOptions = ImportOptions()) -> String {
    do {
      _ = try FormatRegistry.load(path: path, options: options)
      return "loaded"
    } catch {
      return "\(error)"
    }
  }

  @Test("what cannot be loaded is refused with the reason")
  func refusals() throws {
    let ports = SavedModelFolder.path("ports")
    #expect(message(ports).contains("'lookup', 'numbered', 'step'"))
    #expect(message(ports).contains("option 'signature'"))
    let wrong = message(ports, ImportOptions(signature: "other"))
    #expect(wrong.contains("'other'") && wrong.contains("'step'"))
    #expect(message(SavedModelFolder.path("counter")).contains("changes its variables"))
    let onnx = message(
      CorpusFolder.case("siren"), ImportOptions(signature: "serving_default"))
    #expect(onnx.contains("ONNX") && onnx.contains("no signatures"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: ports + "/saved_model.pb"))
    #expect(throws: NetJacError.self) {
      try FormatRegistry.load(bytes: [UInt8](bytes), options: ImportOptions(signature: "step"))
    }
  }

  @Test("the path of saved_model.pb is as good as that of its folder")
  func pathOfFile() throws {
    let network = try SavedModelFolder.network("ports/saved_model.pb", signature: "step")
    #expect(network.inputs.count == 2)
  }

  @Test("a link that leads out of the folder is not followed")
  func linkOutside() throws {
    let copy = try CopiedModel("ports")
    defer { copy.remove() }
    let index = copy.path + "/variables/variables.index"
    try FileManager.default.removeItem(atPath: index)
    try FileManager.default.createSymbolicLink(
      atPath: index, withDestinationPath: SavedModelFolder.path("ports/variables/variables.index"))
    #expect(message(copy.path, ImportOptions(signature: "step")).contains("outside"))
  }

  @Test("damage of the data is found by its check")
  func damagedData() throws {
    let copy = try CopiedModel("ports")
    defer { copy.remove() }
    let shard = URL(fileURLWithPath: copy.path + "/variables/variables.data-00000-of-00001")
    var bytes = [UInt8](try Data(contentsOf: shard))
    for place in bytes.indices { bytes[place] ^= 1 }
    try Data(bytes).write(to: shard)
    #expect(message(copy.path, ImportOptions(signature: "step")).contains("CRC-32C"))
  }
}

/// A copy of a model in a temporary folder, to be damaged.
struct CopiedModel {
  let path: String

  init(_ name: String) throws {
    try self.init(copying: SavedModelFolder.path(name))
  }

  init(copying model: String) throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: model, toPath: path)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
