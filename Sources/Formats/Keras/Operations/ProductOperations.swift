import Containers
import Graph
import Operations
import Tensors

/// Operations that multiply and sum.
enum KerasProductOperations {
  static let all: [KerasOperation] = [
    KerasOperation("Matmul", ["transpose_a", "transpose_b"]) { call, p in
      func operand(_ place: Int, _ names: [String], _ key: String) throws -> Value {
        let x = try p.asReal(
          call.value(names.lazy.compactMap { call.named[$0] }.first ?? call.arguments[place]))
        let rank = p.shape(x).rank
        guard call.config.flag(key, default: false), rank >= 2 else { return x }
        return try p.moveAxis(x, from: rank - 1, to: rank - 2)
      }
      guard call.arguments.count + call.named.count >= 2 else {
        throw NetJacError(.format, "two operands are needed")
      }
      return try p.stackedProduct(
        operand(0, ["x1", "a"], "transpose_a"), operand(1, ["x2", "b"], "transpose_b"))
    },
    KerasOperation("Dot") { call, p in
      let (a, b) = try (p.asReal(call.operand(0, "x1")), p.asReal(call.operand(1, "x2")))
      let (aRank, bRank) = (p.shape(a).rank, p.shape(b).rank)
      if aRank == 0 || bRank == 0 {
        let (a, b) = try p.matched(a, b)
        return try p.multiply(a, b)
      }
      // The last axis of a with the last but one of b.
      let inner = max(bRank - 2, 0)
      let aLabels = Array(0..<aRank - 1) + [-1]
      let bLabels = (0..<bRank).map { $0 == inner ? -1 : aRank + $0 }
      return try p.dot(a, b, aLabels, bLabels, (aLabels + bLabels).filter { $0 != -1 })
    },
    KerasOperation("Einsum", ["subscripts"]) { call, p in
      let equation = try call.config.string("subscripts", default: "")
      return try Einsum(
        equation, operands: call.arguments.map { try p.asReal(call.value($0)) }, in: p
      ).result(in: p)
    },
    KerasOperation("Tensordot", ["axes"]) { call, p in
      let (a, b) = try (p.asReal(call.operand(0, "x1")), p.asReal(call.operand(1, "x2")))
      let (aRank, bRank) = (p.shape(a).rank, p.shape(b).rank)
      var aAxes: [Int]
      var bAxes: [Int]
      if let count = call.config.value("axes")?.int ?? (call.config.value("axes") == nil ? 2 : nil)
      {
        guard (0...min(aRank, bRank)).contains(count) else {
          throw NetJacError(.shape, "'axes' is \(count), which the operands do not have")
        }
        (aAxes, bAxes) = (Array(aRank - count..<aRank), Array(0..<count))
      } else {
        let lists = (call.config.value("axes")?.array ?? []).map { json in
          json.int.map { [$0] } ?? (json.array ?? []).compactMap(\.int)
        }
        guard lists.count == 2, lists[0].count == lists[1].count else {
          throw NetJacError(.format, "'axes' must be a number or two lists of equal length")
        }
        aAxes = try lists[0].map { try call.axis($0, rank: aRank) }
        bAxes = try lists[1].map { try call.axis($0, rank: bRank) }
      }
      let aLabels = (0..<aRank).map { $0 }
      let bLabels = (0..<bRank).map { axis in
        bAxes.firstIndex(of: axis).map { aAxes[$0] } ?? aRank + axis
      }
      let kept = aLabels.filter { !aAxes.contains($0) } + bLabels.filter { $0 >= aRank }
      return try p.dot(a, b, aLabels, bLabels, kept)
    },
  ]
}
