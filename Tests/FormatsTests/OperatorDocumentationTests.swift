import Foundation
import Graph
import Tensors
import Testing

@testable import Formats

@Suite struct OperatorDocumentationTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/operators.md")

  @Test("docs/operators.md is what the registry says")
  func upToDate() throws {
    if ProcessInfo.processInfo.environment["NETJAC_WRITE_OPERATORS"] != nil {
      try OperatorDocumentation.text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let found = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(
      found == OperatorDocumentation.text,
      "docs/operators.md is old; run scripts/generate-operators")
  }

  @Test("The first entry of an operator says what it takes; only the last operand is open")
  func facts() {
    for entries in ONNXOperatorRegistry.entries.values {
      for entry in entries {
        guard let operands = entry.operands else {
          Issue.record("\(entry.name) does not say what its operands are")
          continue
        }
        let open = operands.dropLast().contains {
          if case .several = $0.value { true } else { false }
        }
        #expect(!open, "\(entry.name)")
        #expect(Set(operands.map(\.key)).count == operands.count, "\(entry.name)")
        let attributes = entry.attributes ?? [:]
        #expect(Set(attributes.map(\.key)).count == attributes.count, "\(entry.name)")
      }
    }
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: OperatorDocumentation.operators.filter(\.domain.isEmpty)
      .map { ($0.name, $0) })

  @Test("Operators take the types that are stated", arguments: ONNXVocabulary.names)
  func types(_ name: String) throws {
    let kinds = try #require(Self.byName[name]).kinds
    func accepts(_ element: ElementType) -> Bool {
      [Shape([2, 3]), Shape([1, 2, 4, 4]), Shape([3, 3])].contains { shape in
        (1...3).contains { count in
          let p = ProgramBuilder()
          let operands = try? (0..<count).map { _ in try p.input(TensorType(element, shape)) }
          let attributes = shape.rank == 4 ? "kernel_shape=2,2" : ""
          return operands.map {
            (try? ONNXVocabulary().apply(name, $0, attributes: attributes, outputCount: 1, in: p))
              != nil
          } ?? false
        }
      }
    }
    // Of operators whose operands are alike, and that need no known ones, all stated types show.
    guard Set(kinds.map(\.word)).count == 1, accepts(.float64) || accepts(.int64) || accepts(.bool)
    else { return }
    #expect(accepts(.float64) || !kinds[0].includes(.real))
    #expect(accepts(.int64) || !kinds[0].includes(.integer))
    #expect(accepts(.bool) || !kinds[0].includes(.boolean))
  }

  @Test("Smoothness is that of the primitives", arguments: ONNXVocabulary.names)
  func smoothness(_ name: String) throws {
    var hasKinks: Bool?
    // Operators that take one or two real operands of any shape, or a single number as the second; the others
    // have operands of their own.
    for shape in [Shape([2, 3]), Shape([1, 2, 4, 4])] {
      for others in [[], [shape], [Shape([])]] {
        let p = ProgramBuilder()
        let operands = try ([shape] + others).map { try p.input(TensorType(.float64, $0)) }
        guard
          let results = try? ONNXVocabulary().apply(
            name, operands, attributes: shape.rank == 4 ? "kernel_shape=2,2" : "", outputCount: 1,
            in: p), let y = results.first ?? nil
        else { continue }
        // A real index is made whole first, which is no part of the operator.
        let kinks = try p.program(outputs: [y]).kinks().places.filter {
          $0.operation != "convert"
        }
        hasKinks = hasKinks ?? false || !kinks.isEmpty
        switch try #require(Self.byName[name]).derivative {
        case .smooth: #expect(kinks.isEmpty, "\(name): \(kinks)")
        case .none: #expect(!p.type(y).element.isReal, "\(name)")
        case .kinked, .zero, .ofBodies: break
        }
      }
    }
    if case .kinked = try #require(Self.byName[name]).derivative {
      #expect(hasKinks != false, "\(name)")
    }
  }
}
