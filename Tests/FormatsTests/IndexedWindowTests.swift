import Graph
import Tensors
import TestCases
import Testing

@Suite("Indices that are those of windows")
struct IndexedWindowTests {
  private typealias Node = HandmadeModel.Node

  private struct Table {
    var dims: [Int]
    var indices: [Int64]
  }

  /// Windows of 3×2 elements with steps 1 and 2, 2×3 of them, in an image of 4×7.
  private var windows: Table {
    var indices: [Int64] = []
    for k in 0..<3 {
      for l in 0..<2 {
        for o in 0..<2 {
          for q in 0..<3 { indices += [Int64(k + o), Int64(2 * l + 2 * q)] }
        }
      }
    }
    return Table(dims: [3, 2, 2, 3, 2], indices: indices)
  }

  private func gather(_ table: Table) -> HandmadeModel {
    HandmadeModel(
      [.length(4), .length(7), .length(2)], nodes: [Node("GatherND", ["x", "i"], ["y"])],
      integers: [("i", table.dims.map(Int64.init), table.indices)])
  }

  private func scatter(_ table: Table) -> HandmadeModel {
    var model = HandmadeModel(
      (table.dims.dropLast() + [2]).map { .length(Int64($0)) },
      nodes: [Node("ScatterND", ["z", "i", "x"], ["y"], [("reduction", .string("add"))])],
      integers: [("i", table.dims.map(Int64.init), table.indices)], opset: 18)
    model.graph.floats = [("z", [4, 7, 2], [Float](repeating: 0, count: 56))]
    return model
  }

  private func check(_ table: Table, areWindows: Bool) throws {
    let x = (0..<56).map { Double($0 * $0 % 23) }
    var rows: [Int] = []
    for place in stride(from: 0, to: table.indices.count, by: 2) {
      let (row, column) = (Int(table.indices[place]), Int(table.indices[place + 1]))
      rows.append((row + 4) % 4 * 7 + (column + 7) % 7)
    }
    let picked = rows.flatMap { [x[2 * $0], x[2 * $0 + 1]] }
    let gathering = gather(table)
    #expect(try gathering.run(x) == [picked])
    #expect(try gathering.load().program.count { $0 is Window } == (areWindows ? 1 : 0))

    let updates = (0..<2 * rows.count).map { Double($0 * $0 % 19) }
    var sums = [Double](repeating: 0, count: 56)
    for (k, row) in rows.enumerated() {
      for q in 0..<2 { sums[2 * row + q] += updates[2 * k + q] }
    }
    let scattering = scatter(table)
    #expect(try scattering.run(updates) == [sums])
    #expect(try scattering.load().program.count { $0 is Fold } == (areWindows ? 1 : 0))
  }

  @Test("windows are found, others are left")
  func found() throws {
    try check(windows, areWindows: true)
    var random = Random(seed: 5)
    for _ in 0..<40 {
      var table = windows
      let place = random.whole(in: 0...table.indices.count - 1)
      let length: Int64 = place % 2 == 0 ? 4 : 7
      table.indices[place] = (table.indices[place] + Int64(random.whole(in: 1...3))) % length
      try check(table, areWindows: false)
    }
    var fromEnd = windows
    fromEnd.indices[0] = -4
    try check(fromEnd, areWindows: false)
    try check(
      Table(dims: [2, 2, 2], indices: [3, 6, 2, 4, 1, 2, 0, 0]), areWindows: false)
  }

  @Test("indices far outside are refused, not added up")
  func outside() {
    for index in [Int64.max, .min, 1 << 40, 4] {
      var table = windows
      for place in stride(from: 0, to: table.indices.count, by: 2) where place % 8 != 0 {
        table.indices[place] = index
      }
      #expect(gather(table).refusal().contains("\(index)"))
    }
  }

  @Test("zeros around an image are the windows' own padding")
  func padding() throws {
    var model = gather(windows)
    model.graph.inputs = [("x", HandmadeModel.float, [.length(2), .length(2), .length(4)])]
    model.graph.integers.append(("p", [6], [0, 1, 2, 0, 1, 1]))
    model.graph.nodes = [
      Node("Pad", ["x", "p"], ["a"]),
      Node("Transpose", ["a"], ["b"], [("perm", .ints([1, 2, 0]))]),
      Node("GatherND", ["b", "i"], ["y"]),
    ]
    let program = try model.load().program
    #expect(program.count { $0 is Pad } == 0)
    #expect(program.nodes.contains { ($0.primitive as? Window)?.axes.map(\.low) == [1, 2] })
    let x = (1...16).map(Double.init)
    func element(_ row: Int, _ column: Int, _ channel: Int) -> Double {
      let (r, c) = (row - 1, column - 2)
      return (0..<2).contains(r) && (0..<4).contains(c) ? x[channel * 8 + r * 4 + c] : 0
    }
    var expected: [Double] = []
    for place in stride(from: 0, to: windows.indices.count, by: 2) {
      let (row, column) = (Int(windows.indices[place]), Int(windows.indices[place + 1]))
      expected += [element(row, column, 0), element(row, column, 1)]
    }
    #expect(try model.run(x) == [expected])
  }
}

extension Program {
  func count(of isWanted: (any Primitive) -> Bool) -> Int {
    nodes.count { isWanted($0.primitive) }
  }
}
