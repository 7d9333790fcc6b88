import Formats
import Foundation
import Models
import Tensors
import Testing

/// SavedModels with a few changes in one of their files. NETJAC_MUTATIONS sets how many are made and
/// NETJAC_SEED where they begin.
@Suite("Changed SavedModels")
struct SavedModelMutationTests {
  private func number(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
  }

  private static let models: [(path: String, signatures: [String?])] =
    [
      "keras2_mlp", "keras_activations", "keras_dense", "keras_gru_layernorm", "keras_lstm",
      "tfmodule_rbf",
    ].map { (CorpusFolder.case($0, file: "savedmodel"), [nil]) }
    + [
      (SavedModelFolder.path("ports"), ["step", "numbered", "lookup"]),
      (
        SavedModelFolder.path("operators"),
        SavedModelFolder.references.filter { $0.value.shape != nil }.keys.sorted()
      ),
    ]

  @Test("a changed file gives an error or a network, never a trap")
  func mutations() throws {
    let copies = try Self.models.map { try CopiedModel(copying: $0.path) }
    defer { for copy in copies { copy.remove() } }
    let first = number("NETJAC_SEED", 1)
    for seed in first..<first + number("NETJAC_MUTATIONS", 200) {
      var random = SplitMix(state: UInt64(seed))
      let chosen = Int.random(in: copies.indices, using: &random)
      let files = [
        "saved_model.pb", "saved_model.pb", "variables/variables.index",
        "variables/variables.data-00000-of-00001",
      ]
      let file = files[Int.random(in: files.indices, using: &random)]
      let url = URL(fileURLWithPath: "\(copies[chosen].path)/\(file)")
      guard let original = try? Data(contentsOf: url), !original.isEmpty else { continue }
      var bytes = [UInt8](original)
      let isCut = Int.random(in: 0..<20, using: &random) == 0
      if isCut { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes[place] = bytes[place] &+ 1
        case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        default: bytes[place] = [0, 1, 2, 127, 128, 255][Int.random(in: 0..<6, using: &random)]
        }
      }
      try Data(bytes).write(to: url)
      defer { try? original.write(to: url) }
      let signature = Self.models[chosen].signatures.randomElement(using: &random) ?? nil
      let start = Date()
      do {
        let network = try FormatRegistry.load(
          path: copies[chosen].path,
          options: ImportOptions(signature: signature, memoryLimit: 1 << 24))
        try network.program.check()
      } catch let error as NetJacError {
        #expect(error.kind != .defect, "seed \(seed): \(error)")
      }
      #expect(Date().timeIntervalSince(start) < 20, "seed \(seed)")
    }
  }
}
