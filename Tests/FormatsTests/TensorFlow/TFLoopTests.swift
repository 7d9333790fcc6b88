import Graph
import Models
import Networks
import Tensors
import Testing

@testable import Formats

/// TensorFlow's loops of which the data decide how often they turn.
@Suite struct TFLoopTests {
  typealias Node = HandmadeSavedModel.Node

  /// `t, v = 0, x; while sum(v) < 10: t, v = t + 1, v²/2 + x`.
  private static func model(_ operation: String) -> HandmadeSavedModel {
    HandmadeSavedModel(
      length: 2,
      nodes: [
        .constant("zero", [], whole: [0]),
        Node(
          "loop", operation, ["zero", "x", "x"],
          [("cond", .function("goes_on")), ("body", .function("turn"))]),
      ],
      outputs: [("turns", "loop:0"), ("v", "loop:1")],
      functions: [
        .init(
          name: "goes_on", arguments: ["t", "v", "x"], results: ["less:z:0"],
          nodes: [
            .constant("axis", [1], whole: [0]), .constant("bound", [], [10]),
            Node("sum", "Sum", ["v", "axis:output:0"]),
            Node("less", "Less", ["sum:output:0", "bound:output:0"]),
          ]),
        .init(
          name: "turn", arguments: ["t", "v", "x"], results: ["next:z:0", "moved:z:0", "x"],
          nodes: [
            .constant("one", [], whole: [1]), .constant("half", [], [0.5]),
            Node("next", "AddV2", ["t", "one:output:0"]), Node("square", "Mul", ["v", "v"]),
            Node("halved", "Mul", ["square:z:0", "half:output:0"]),
            Node("moved", "AddV2", ["halved:z:0", "x"]),
          ]),
      ], wholeOutputs: ["turns"])
  }

  /// The turns and the values with their first and second derivatives, which are diagonal.
  private func right(
    _ x: [Double], most: Int = .max
  ) -> (turns: Int, v: [Double], d: [Double], dd: [Double]) {
    var (turns, v) = (0, x)
    var (d, dd) = (x.map { _ in 1.0 }, x.map { _ in 0.0 })
    while v[0] + v[1] < 10, turns < most {
      dd = v.indices.map { d[$0] * d[$0] + v[$0] * dd[$0] }
      d = v.indices.map { v[$0] * d[$0] + 1 }
      v = v.indices.map { v[$0] * v[$0] / 2 + x[$0] }
      turns += 1
    }
    return (turns, v, d, dd)
  }

  /// Points at which the loop turns not at all, once, and some more times.
  private static let points: [[Double]] = [[8, 3], [2, 3], [1.5, 2], [1, 1.25], [-1, 1.5]]

  @Test("a higher limit changes no bit, and little of what always runs", arguments: [9, 70, 600])
  func limits(_ limit: Int) throws {
    // So little work is skipped in large blocks otherwise.
    try Guards.$leastWork.withValue(128) {
      let low = try Self.model("While").network([("loop_limit", "8")])
      let high = try Self.model("While").network([("loop_limit", "\(limit)")])
      for x in Self.points {
        #expect(try high.value(x).map(\.bitPattern) == low.value(x).map(\.bitPattern))
        #expect(try high.jacobianMatrix(x) == low.jacobianMatrix(x), "\(x)")
        let (one, other) = try (
          high.hessianMatrix(x, weights: [5, 2, -1]), low.hessianMatrix(x, weights: [5, 2, -1])
        )
        #expect(one == other, "\(x)")
      }
      for task in [Task.forward, .jacobian, .jvp, .vjp, .hvp] {
        // What is guarded stands further to the right.
        let lines = try high.plan(task).split(separator: "\n")
        let always = lines.count { !$0.hasPrefix("    ") }
        #expect(limit < 70 || always < 120, "\(task), \(always) of \(lines.count)")
      }
    }
  }

  @Test(
    "values and derivatives are those of the turns that are made",
    arguments: ["While", "StatelessWhile"])
  func turns(_ operation: String) throws {
    let model = Self.model(operation)
    let network = try model.network([("loop_limit", "6")])
    let program = try model.description(ImportOptions(loopLimit: 6, memoryLimit: 1 << 26)).program
    var seen: Set<Int> = []
    for x in Self.points {
      let right = right(x)
      seen.insert(right.turns)
      let y = [Double(right.turns)] + right.v
      let interpreted = try program.evaluate([Tensor(program.inputTypes[0], reals: x)])
      #expect(interpreted.flatMap(\.reals) == y)
      #expect(try network.value(x) == y, "\(x)")
      let jacobian = [0, 0, right.d[0], 0, 0, right.d[1]]
      #expect(try network.jacobianMatrix(x) == jacobian, "\(x)")
      let hessian = [2 * right.dd[0], 0, 0, -right.dd[1]]
      #expect(try network.hessianMatrix(x, weights: [5, 2, -1]) == hessian, "\(x)")
    }
    #expect(seen.isSuperset(of: [0, 1, 2, 3]))
  }

  @Test("where the limit is met first, real outputs are not numbers")
  func limit() throws {
    let model = Self.model("While")
    for x in Self.points {
      let right = right(x)
      for limit in 1...4 {
        let network = try model.network([("loop_limit", "\(limit)")])
        let y = try network.value(x)
        if right.turns <= limit {
          #expect(y == [Double(right.turns)] + right.v, "\(x), \(limit)")
        } else {
          #expect(y[0] == Double(limit) && y[1].isNaN && y[2].isNaN, "\(x), \(limit): \(y)")
          // Of what is not a number no derivative is one, but those that the turns until then have made 0.
          let until = self.right(x, most: limit)
          let jacobian = try network.jacobianMatrix(x)
          for row in 0..<3 {
            for column in 0..<2 {
              let isUnknown = row == column + 1 && until.d[column] != 0
              let found = jacobian[row * 2 + column]
              #expect(isUnknown ? found.isNaN : found == 0, "\(x), \(limit): \(jacobian)")
            }
          }
          let hessian = try network.hessianMatrix(x, weights: [5, 2, -1])
          for row in 0..<2 {
            for column in 0..<2 {
              let isUnknown = row == column && until.dd[column] != 0
              let found = hessian[row * 2 + column]
              #expect(isUnknown ? found.isNaN : found == 0, "\(x), \(limit): \(hessian)")
            }
          }
        }
      }
    }
  }

  @Test("without a limit the loop is refused, with the option that helps")
  func refusal() {
    do {
      _ = try Self.model("While").description()
      Issue.record("the loop has no limit, and was loaded")
    } catch {
      #expect("\(error)".contains("'loop_limit'"))
    }
  }
}
