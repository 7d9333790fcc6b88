import Graph
import Operations
import Tensors

/// ONNX `Unique`: the different elements of a known tensor, or its different parts along an axis.
enum SetOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      several: "Unique", since: 11, operands: ["X": .number],
      attributes: ["axis": .integer, "sorted": .integer],
      derivative: .kinked("equal elements: the first one counts"),
      limits: "the number of elements must be known while loading"
    ) { node, p in
      let x = try node.constant(0, "X")
      let given = try node.optionalInteger("axis")
      let axis = try given.map { try node.axis($0, rank: x.shape.rank) }
      let table = Table(x, axis: axis)
      var groups = table.groups()
      // Each group begins with its first occurrence.
      if try !node.flag("sorted", default: true) { groups.sort { $0[0] < $1[0] } }

      let firsts = groups.map { $0[0] }
      var inverse = [Int](repeating: 0, count: table.rows.count)
      for (index, group) in groups.enumerated() {
        for row in group { inverse[row] = index }
      }
      let source = try p.constant(axis == nil ? x.reshaped([x.count]) : x)
      return [
        try p.gather(source, axis: axis ?? 0, places: firsts), try p.integers(firsts),
        try p.integers(inverse), try p.integers(groups.map(\.count)),
      ]
    }
  ]

  /// The parts of a tensor along an axis (or its elements) as rows of numbers.
  private struct Table {
    var rows: [[Double]] = []

    init(_ x: Tensor, axis: Int?) {
      let numbers = x.reals
      guard let axis else {
        rows = numbers.map { [$0] }
        return
      }
      let inner = x.shape.strides[axis]
      let length = x.shape[axis]
      rows = (0..<length).map { index in
        numbers.indices.filter { $0 / inner % length == index }.map { numbers[$0] }
      }
    }

    /// The places of equal rows together, in ascending order of the rows.
    func groups() -> [[Int]] {
      let order = rows.indices.sorted { a, b in
        rows[a].lexicographicallyPrecedes(rows[b])
          || !rows[b].lexicographicallyPrecedes(rows[a]) && a < b
      }
      var groups: [[Int]] = []
      for row in order {
        if let last = groups.last?[0], rows[last] == rows[row] {
          groups[groups.count - 1].append(row)
        } else {
          groups.append([row])
        }
      }
      return groups
    }
  }
}
