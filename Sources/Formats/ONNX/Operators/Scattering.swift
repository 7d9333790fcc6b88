import Graph
import Operations
import Tensors

/// Operators that write elements into a tensor by index.
enum ScatteringOperators {
  static let all: [ONNXOperator] = [
    ONNXOperator(
      "Scatter", since: 9, operands: ["data": .any, "indices": .whole, "updates": .any],
      attributes: ["axis": .integer], limits: ComputedIndices.replacing, scatterElements),
    ONNXOperator(
      "ScatterElements", since: 11, operands: ["data": .any, "indices": .whole, "updates": .any],
      attributes: ["axis": .integer, "reduction": .text], limits: ComputedIndices.combining,
      scatterElements),
    ONNXOperator(
      "ScatterND", since: 11, operands: ["data": .any, "indices": .whole, "updates": .any],
      attributes: ["reduction": .text], limits: ComputedIndices.combining
    ) { node, p in
      let x = try node.input(0, "data")
      let indices = try node.input(1, "indices")
      let updates = try node.input(2, "updates")
      let width = p.shape(indices).dims.last ?? 0
      let (dims, picks) = (p.shape(x).dims, Array(p.shape(indices).dims.dropLast()))
      guard p.shape(indices).rank > 0, width <= dims.count,
        p.shape(updates).dims == picks + dims.dropFirst(width)
      else {
        throw NetJacError(
          .shape,
          """
          data is \(p.shape(x)), indices are \(p.shape(indices)), updates are \
          \(p.shape(updates)); updates need one part of data for each row of indices
          """)
      }
      let reduction = try node.choice("reduction", reductions, default: .replace)
      if reduction == .add, p.fill(of: x) == 0, let y = try p.fold(updates, indices, onto: dims) {
        return y
      }
      return try p.scatterParts(x, indices, updates, reduction)
    },
  ]

  private static let reductions: KeyValuePairs<String, ScatterReduction> = [
    "none": .replace, "add": .add, "mul": .multiply, "max": .maximum, "min": .minimum,
  ]

  private static let scatterElements: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let x = try node.input(0, "data")
    let updates = try node.input(2, "updates")
    let dims = p.shape(x).dims
    let axis = try node.axis(node.integer("axis", default: 0), rank: dims.count)
    let index = try p.positive(node.input(1, "indices"), length: dims[axis])
    let picked = p.shape(index)
    guard picked == p.shape(updates), picked.rank == dims.count,
      dims.indices.allSatisfy({ $0 == axis || picked[$0] <= dims[$0] })
    else {
      throw NetJacError(
        .shape,
        """
        data is \(p.shape(x)), indices are \(picked), updates are \(p.shape(updates)); indices and \
        updates must be alike and fit into data off axis \(axis)
        """)
    }
    // The flat place of an update: its own, except along the axis, where the index says.
    let strides = p.shape(x).strides
    var flat = try p.multiply(index, p.scalar(Double(strides[axis]), like: index))
    for other in dims.indices where other != axis {
      let places = try p.integers((0..<picked[other]).map { $0 * strides[other] })
      flat = try p.add(flat, p.add(Broadcast(picked, axes: [other]), [places]))
    }
    if !p.isKnown(index) {
      flat = try p.select(
        p.isOutside(index, length: dims[axis]), p.scalar(-1, like: flat), flat)
    }
    let y = try p.scatterRows(
      p.reshape(x, Shape([p.shape(x).count, 1])), p.reshape(flat, Shape([picked.count])),
      p.reshape(updates, Shape([picked.count, 1])),
      node.choice("reduction", reductions, default: .replace))
    return try p.reshape(y, p.shape(x))
  }
}
