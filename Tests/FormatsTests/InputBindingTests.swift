import Formats
import Graph
import Models
import Tensors
import Testing

@Suite("Inputs, batch axes and options of a load")
struct InputBindingTests {
  private typealias Node = HandmadeModel.Node

  private func model(_ inputs: [[HandmadeModel.Dim]]) -> HandmadeModel {
    var model = HandmadeModel([.open], nodes: [])
    model.graph.inputs = inputs.enumerated().map { ("x\($0)", HandmadeModel.float, $1) }
    model.graph.outputs = inputs.indices.map { ("y\($0)", []) }
    model.graph.nodes = inputs.indices.map { Node("Neg", ["x\($0)"], ["y\($0)"]) }
    return model
  }

  @Test("a first axis that is symbolic, unknown or 1 in every input is the batch axis")
  func batchAxis() throws {
    for first: [HandmadeModel.Dim] in [[.symbol("N")], [.open], [.length(1)]] {
      let network = try model([first + [.length(3)], [.symbol("N"), .length(2)]]).load()
      #expect(network.hasBatchAxis)
      #expect(network.inputs.map(\.dims) == [[1, 3], [1, 2]])
      #expect(network.inputs.allSatisfy(\.isBatched) && network.outputs.allSatisfy(\.isBatched))
    }
  }

  @Test("no batch axis where an input has another first axis, or none")
  func noBatchAxis() throws {
    let network = try model([[.length(2), .length(3)], [.length(1)]]).load()
    #expect(!network.hasBatchAxis && network.inputs.map(\.dims) == [[2, 3], [1]])
    #expect(try !model([[.length(1)], []]).load().hasBatchAxis)
    let found = model([[.symbol("N")], [.length(3)]]).refusal()
    #expect(found.contains("'dim.N'") && found.contains("'x0'"), "\(found)")
    // A symbol that stands elsewhere too does not just count samples.
    #expect(model([[.symbol("N"), .symbol("N")]]).refusal().contains("'dim.N'"))
  }

  @Test("a length that an option gives is part of the sample")
  func boundLengths() throws {
    var options = ImportOptions()
    options.dims = ["N": 4, "x0.1": 5]
    let network = try model([[.symbol("N"), .open], [.symbol("N")]]).load(options)
    #expect(!network.hasBatchAxis && network.inputs.map(\.dims) == [[4, 5], [4]])
    options.dims = ["N": 1]
    #expect(try !model([[.symbol("N")]]).load(options).hasBatchAxis)
    options.dims = ["x0.0": 2]
    #expect(try model([[.symbol("N")]]).load(options).inputs[0].dims == [2])
  }

  @Test("dynamic axes that nothing binds are named with their option")
  func unboundLengths() {
    #expect(model([[.symbol("N"), .open]]).refusal().contains("'dim.x0.1'"))
    #expect(model([[.symbol("N"), .symbol("seq len")]]).refusal().contains("'dim.seq len'"))
  }

  @Test("options that name nothing of the model list what there is")
  func unknownNames() {
    var options = ImportOptions()
    options.dims = ["M": 4]
    var found = model([[.symbol("N"), .open]]).refusal(options)
    #expect(
      found.contains("dim.M") && found.contains("'N'") && found.contains("'x0.1'"), "\(found)")
    options = ImportOptions()
    options.fixedInputs = ["z": [1]]
    found = model([[.length(1)]]).refusal(options)
    #expect(found.contains("input.z") && found.contains("'x0'"), "\(found)")
    options = ImportOptions()
    options.outputs = ["z"]
    found = model([[.length(1)]]).refusal(options)
    #expect(found.contains("'z'") && found.contains("'y0'"), "\(found)")
  }

  @Test("a fixed input is a constant, and its numbers tell an open length")
  func fixedInputs() throws {
    var sum = HandmadeModel([.symbol("N"), .length(3)], nodes: [Node("Add", ["x", "c"], ["y"])])
    sum.graph.inputs.append(("c", HandmadeModel.float, [.symbol("N"), .length(3)]))
    var options = ImportOptions()
    options.fixedInputs = ["c": [1, 2, 3]]
    let network = try sum.load(options)
    #expect(network.inputs.map(\.name) == ["x"] && network.hasBatchAxis)
    #expect(try sum.run([10, 20, 30], options: options) == [[11, 22, 33]])
    options.fixedInputs = ["c": [1, 2, 3, 4, 5, 6]]
    #expect(try sum.load(options).inputs[0].dims == [2, 3])
    options.fixedInputs = ["c": [1, 2]]
    #expect(sum.refusal(options).contains("2 numbers"))
  }

  @Test("integer inputs stay integers; a fixed one must hold whole numbers")
  func integerInputs() throws {
    var pick = HandmadeModel(
      [.length(3)], nodes: [Node("Gather", ["x", "i"], ["y"], [("axis", .int(0))])])
    pick.graph.inputs.append(("i", HandmadeModel.int64, [.length(2)]))
    #expect(try pick.load().program.inputTypes.map(\.element) == [.float64, .int64])
    #expect(try pick.run([5, 6, 7], [-1, 0]) == [[7, 5]])
    var options = ImportOptions()
    options.fixedInputs = ["i": [1, 2]]
    #expect(try pick.run([5, 6, 7], options: options) == [[6, 7]])
    options.fixedInputs = ["i": [1, 0.5]]
    #expect(pick.refusal(options).contains("0.5 is not a whole number"))
    options.fixedInputs = ["i": [1, 3]]
    #expect(pick.refusal(options).contains("index 3 lies outside"))
  }

  @Test("an initialiser that is listed as an input is a constant that an option may replace")
  func listedInitialisers() throws {
    var sum = HandmadeModel(
      [.length(2)], nodes: [Node("Add", ["x", "b"], ["y"])], floats: [("b", [2], [1, 2])])
    sum.graph.inputs.append(("b", HandmadeModel.float, [.length(2)]))
    #expect(try sum.load().inputs.map(\.name) == ["x"])
    #expect(try sum.run([0, 0]) == [[1, 2]])
    var options = ImportOptions()
    options.fixedInputs = ["b": [5, 6]]
    #expect(try sum.run([0, 0], options: options) == [[5, 6]])
  }

  @Test("kept outputs come in the order of the option, and the others are not looked at")
  func keptOutputs() throws {
    var model = model([[.length(2)]])
    model.graph.nodes += [
      Node("Abs", ["x0"], ["a"]), Node("RandomNormalLike", ["x0"], ["r"]),
    ]
    model.graph.outputs += [("a", []), ("r", [])]
    #expect(model.refusal().contains("RandomNormalLike"))
    var options = ImportOptions()
    options.outputs = ["a", "y0"]
    #expect(try model.load(options).outputs.map(\.name) == ["a", "y0"])
    #expect(try model.run([-1, 2], options: options) == [[1, 2], [1, -2]])
  }

  @Test("one real type for all floats, as the options say")
  func precision() throws {
    let model = HandmadeModel(
      [.length(1)], nodes: [Node("Add", ["x", "b"], ["y"])], floats: [("b", [1], [0.1])])
    #expect(try model.load().program.inputTypes[0].element == .float64)
    #expect(try model.run([0]) == [[Double(Float(0.1))]])
    #expect(
      try model.load(ImportOptions(real: .float32)).program.outputTypes[0].element == .float32)
  }
}
