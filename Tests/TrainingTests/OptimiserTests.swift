import Glibc
import Networks
import Testing

@testable import Training

/// What must hold of every optimiser of the registry.
struct OptimiserTests {
  @Test("names belong to one optimiser each")
  func names() {
    #expect(Set(OptimiserRegistry.names).count == OptimiserRegistry.names.count)
    for name in OptimiserRegistry.names {
      #expect(OptimiserChoice(name: name)?.method.names.contains(name) == true)
    }
    #expect(OptimiserChoice(name: "adma") == nil)
  }

  @Test("every optimiser lowers the loss at its own rate", arguments: OptimiserRegistry.names)
  func lowers(_ name: String) throws {
    let trainer = try trainer(["optimizer": name])
    let losses = try trainer.fit(
      samples: TrainerTests.samples, x: TrainerTests.x, target: TrainerTests.target, epochs: 40)
    #expect(losses[39] < losses[0])
  }

  @Test("the header says what each one's learning rate is", arguments: OptimiserRegistry.names)
  func documented(_ name: String) throws {
    let line = try #require(header.split(separator: "\n").first { $0.contains(" learning_rate ") })
    let method = try #require(OptimiserChoice(name: name)).method
    let groups = line.split(separator: ";").map(String.init)
    let group = try #require(groups.first { $0.contains(name) }, "the header does not name \(name)")
    let rate = method.standardRate.map { $0 == 1 ? "1" : "\($0)" } ?? "takes none"
    #expect(group.contains(rate))
  }

  private var header: String {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    guard let file = fopen("/\(root)/include/netjac.h", "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
