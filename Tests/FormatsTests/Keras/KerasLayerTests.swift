import Containers
import Foundation
import Graph
import Models
import Networks
import Tensors
import Testing

@testable import Formats

/// A small model of Tests/Corpus/keras, which Tests/Keras/make.py wrote with a version of Keras.
struct KerasCase: CustomTestStringConvertible, Sendable {
  let file: String
  let n: Int
  let m: Int
  let fixed: [String: [Double]]
  /// Where its numbers begin in values.zip.
  let place: Int

  var testDescription: String { file }
  var path: String { Self.folder.appendingPathComponent(file).path }

  static let folder = CorpusFolder.root.appendingPathComponent("keras")

  static let all: [KerasCase] = {
    let text =
      (try? String(contentsOf: folder.appendingPathComponent("cases.txt"), encoding: .utf8)) ?? ""
    var cases: [KerasCase] = []
    var place = 0
    var words: [Substring] = []
    var fixed: [String: [Double]] = [:]
    for line in text.split(separator: "\n") {
      let entry = line.split(separator: " ")
      switch entry[0] {
      case "case": (words, fixed) = (entry, [:])
      case "fixed":
        fixed[String(entry[1])] = entry[2].split(separator: ",").compactMap { Double($0) }
      default:
        let (n, m) = (Int(words[2]) ?? 0, Int(words[3]) ?? 0)
        cases.append(
          KerasCase(file: String(words[1]), n: n, m: m, fixed: fixed, place: place))
        place += n + m + m * n
      }
    }
    return cases
  }()

  private static let values: [Double]? = {
    let url = folder.appendingPathComponent("values.zip")
    guard let data = try? Data(contentsOf: url), let archive = try? ZIPArchive(Bytes([UInt8](data)))
    else { return nil }
    let content = try? archive.content(of: "values.bin", limit: 1 << 26)
    return content?.withUnsafeBytes { raw in
      (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }()

  func values(from start: Int, count: Int) throws -> [Double] {
    let all = try #require(Self.values)
    try #require(place + start + count <= all.count)
    return Array(all[place + start..<place + start + count])
  }
}

@Suite("Layers of Keras")
struct KerasLayerTests {
  private func relativeError(_ found: [Double], _ wanted: [Double]) -> Double {
    // NaN stands where differences cannot tell the derivative.
    let pairs = zip(found, wanted).filter { !$1.isNaN }
    let scale = pairs.map { abs($1) }.max() ?? 0
    let error = pairs.map { abs($0 - $1) }.max() ?? 0
    return found.count == wanted.count ? error / max(scale, .leastNormalMagnitude) : .infinity
  }

  @Test("values and Jacobians equal those of Keras", arguments: KerasCase.all)
  func references(_ testCase: KerasCase) throws {
    var options = NetworkOptions()
    for (name, numbers) in testCase.fixed { options.constantInputs[name] = numbers }
    let network = try loadedNetwork(testCase.path, options: options)
    let (n, m) = (testCase.n, testCase.m)
    try #require(network.inputSize == n && network.outputSize == m)
    let x = try testCase.values(from: 0, count: n)
    var y = [Double](repeating: .nan, count: m)
    var jacobian = [Double](repeating: .nan, count: m * n)
    try network.jacobian(samples: 1, x: x, y: &y, jacobian: &jacobian, order: .rowMajor)
    #expect(relativeError(y, try testCase.values(from: n, count: m)) < 1e-11)
    // The references are differences of fourth order.
    #expect(relativeError(jacobian, try testCase.values(from: n + m, count: m * n)) < 1e-7)
  }

  /// The classes of a model's layers, at all depths.
  private func classNames(_ layer: KerasLayerStatement) -> Set<String> {
    let inner = layer.parts.map(\.layer) + (layer.graph?.layers ?? [])
    return inner.reduce(into: [layer.className]) { $0.formUnion(classNames($1)) }
  }

  @Test("every layer and operation that files may use is in a file of the tests")
  func complete() throws {
    let used = try KerasCase.all.reduce(into: Set<String>()) { used, testCase in
      let archive = try KerasArchive(
        ModelSource(path: testCase.path, memoryLimit: 1 << 26), memoryLimit: 1 << 26)
      used.formUnion(
        classNames(
          try KerasConfigurationReader.read(archive.configuration, version: archive.version)))
    }
    let layers = Set(KerasLayerRegistry.all.map(\.name)).subtracting(used)
    // The other name of a class.
    #expect(layers == ["GroupedQueryAttention"], "\(layers.sorted())")
    let operations = Set(KerasOperationRegistry.all.map(\.name)).subtracting(used)
    // Keras cannot run models with the norm; those of Keras 2 hold it, as they do the difference. The others
    // have another name today, or change the batch.
    #expect(
      operations == ["Abs", "BroadcastTo", "Norm", "SquaredDifference"],
      "\(operations.sorted())")
  }

  @Test("trainable weights are parameters, and the network is the same with them")
  func parameters() throws {
    let testCase = try #require(KerasCase.all.first { $0.file == "nested.keras" })
    let network = try loadedNetwork(testCase.path)
    let parametric = try network.imported.parametricProgram(.float64)
    #expect(
      parametric.parameters.map(\.name).contains("block/inner/batch_normalization/gamma")
        || parametric.parameters.contains {
          $0.name.hasPrefix("block/inner/") && $0.name.hasSuffix("/gamma")
        })
    #expect(!parametric.parameters.contains { $0.name.contains("moving") })
    let x = try testCase.values(from: 0, count: testCase.n)
    let input = Tensor(parametric.program.inputTypes[0], reals: x)
    let y = try parametric.program.evaluate([input] + parametric.parameters.map(\.value))
    #expect(
      relativeError(y.flatMap(\.reals), try testCase.values(from: testCase.n, count: testCase.m))
        < 1e-11)
  }
}
