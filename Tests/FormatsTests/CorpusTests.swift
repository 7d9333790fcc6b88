import Formats
import Graph
import Models
import Tensors
import Testing

@Suite("Networks of the corpus")
struct CorpusTests {
  @Test("outputs equal the references", arguments: CorpusCase.all)
  func outputs(_ testCase: CorpusCase) throws {
    for model in testCase.models {
      var options = ImportOptions()
      for (name, numbers) in testCase.auxiliary { options.fixedInputs[name] = numbers }
      // The references of this case are made with two rows a call.
      if testCase.inputs.contains(where: { ($0.shape.first ?? 1) > 1 }) {
        options.dims["batch"] = testCase.inputs[0].shape[0]
      }
      let network: NetworkDescription
      do {
        network = try FormatRegistry.load(
          path: CorpusFolder.case(testCase.name, file: model), options: options)
      } catch let error as NetJacError where error.message.contains("names no dynamic dimension") {
        options.dims = [:]
        network = try FormatRegistry.load(
          path: CorpusFolder.case(testCase.name, file: model), options: options)
      }
      try network.program.check()
      #expect(network.inputs.map(\.dims) == testCase.inputs.map(\.shape))
      let x = try testCase.array("x.bin")
      let y = try testCase.array("y.bin")
      let n = x.count / testCase.samples
      let m = y.count / testCase.samples
      for sample in 0..<testCase.samples {
        let arguments = zip(network.program.inputTypes, testCase.inputs).map { type, port in
          let range = port.range ?? 0..<0
          return Tensor(
            type, reals: Array(x[sample * n + range.lowerBound..<sample * n + range.upperBound]))
        }
        let results = try network.program.evaluate(arguments)
        let found = zip(results, testCase.outputs).filter { $1.range != nil }.flatMap(\.0.reals)
        let wanted = Array(y[sample * m..<(sample + 1) * m])
        #expect(found.count == wanted.count)
        let scale = wanted.map(abs).max() ?? 1
        let error = zip(found, wanted).map { abs($0 - $1) }.max() ?? 0
        let tolerance = testCase.ownTolerances[model] ?? testCase.tolerance
        #expect(error <= tolerance * scale, "\(model): relative error \(error / scale)")
      }
    }
  }
}
