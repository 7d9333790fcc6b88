import Testing

@testable import Formats

@Suite("The registry of TensorFlow's operators")
struct TFOperatorTests {
  @Test("each operator stands once, and the tables of the documentation name no other")
  func names() {
    let names = TFOperatorRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    for table in [
      Set(TFDocumentation.kinks.keys), TFDocumentation.constants, Set(TFDocumentation.limits.keys),
    ] {
      #expect(table.subtracting(names).isEmpty)
    }
    #expect(TFDocumentation.constants.isDisjoint(with: TFDocumentation.kinks.keys))
  }
}
