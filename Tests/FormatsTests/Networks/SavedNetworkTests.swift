import Formats
import Foundation
import Networks
import Testing

@Suite("Networks of images, saved and loaded again") struct SavedNetworkTests {
  private static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus/cases")

  private func pair(_ name: String, _ precision: String) throws -> (Network, Network) {
    var options = NetworkOptions()
    try options.set("precision", to: precision)
    let network = try loadedNetwork(
      Self.cases.appendingPathComponent("\(name)/model.onnx").path, options: options)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: path) }
    try FormatRegistry.saving.save(network.writable(), to: path.path)
    return (network, try loadedNetwork(path.path, options: options))
  }

  private func expectSameJacobian(_ network: Network, _ again: Network, _ tolerance: Double) throws
  {
    let (n, m) = (network.inputSize, network.outputSize)
    let x = (0..<n).map { 0.9 * Double($0 * $0 % 17) / 17 - 0.4 }
    var (y, expected) = (
      [Double](repeating: .nan, count: m), [Double](repeating: .nan, count: m * n)
    )
    var (z, found) = (y, expected)
    try network.jacobian(samples: 1, x: x, y: &y, jacobian: &expected, order: .rowMajor)
    try again.jacobian(samples: 1, x: x, y: &z, jacobian: &found, order: .rowMajor)
    for (a, b) in [(y, z), (expected, found)] {
      let scale = a.lazy.map(abs).max() ?? 0
      #expect(scale > 0)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * scale })
    }
  }

  /// The files of Keras and TensorFlow in the corpus.
  private static let foreignFiles: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? []).sorted()
    .flatMap { name in ["model.keras", "model.h5", "savedmodel"].map { "\(name)/\($0)" } }
    .filter { FileManager.default.fileExists(atPath: cases.appendingPathComponent($0).path) }

  @Test(
    "files of Keras and TensorFlow are saved as ONNX with the same numbers", arguments: foreignFiles
  )
  func foreign(_ name: String) throws {
    let network = try loadedNetwork(Self.cases.appendingPathComponent(name).path)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("netjac-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FormatRegistry.saving.save(network.writable(), to: path)
    try expectSameJacobian(network, try loadedNetwork(path), 1e-12)
    #expect(!(try network.imported.parametricProgram(.float64).parameters.isEmpty))
  }

  @Test("the corpus has files of Keras and TensorFlow") func hasForeign() {
    #expect(Self.foreignFiles.count >= 20)
  }

  @Test(
    "they run the kernels they ran before",
    arguments: ["cnn1d_dilated_groupnorm", "cnn2d_relu_bn_pool", "cnn3d_instancenorm"],
    ["float64", "float32"])
  func plans(_ name: String, _ precision: String) throws {
    let (network, again) = try pair(name, precision)
    #expect(try again.plan(.forward) == network.plan(.forward))
    #expect(try again.plan(.jacobian) == network.plan(.jacobian))
    try expectSameJacobian(network, again, precision == "float64" ? 1e-13 : 1e-5)
  }

  @Test(
    "a transposed convolution lays nothing out that it did not before",
    arguments: ["float64", "float32"])
  func transposed(_ precision: String) throws {
    let (network, again) = try pair("decoder_convtranspose", precision)
    func kernels(_ network: Network) throws -> [Substring] {
      try network.plan(.jacobian).split(separator: "\n").compactMap {
        $0.split(separator: " ").first
      }.filter { $0.allSatisfy { !$0.isNumber } }
    }
    #expect(try kernels(again) == kernels(network))
    try expectSameJacobian(network, again, precision == "float64" ? 1e-13 : 1e-5)
  }
}
