import Graph
import Tensors

/// Attention: queries pick a weighted mean of values, by the softmax of their products with keys.
/// Source: Vaswani et al., Attention is all you need, 2017; shared heads: Ainslie et al., GQA, 2023.
extension ProgramBuilder {
  /// Products of queries with keys, [batch, heads, queries, keys]. Both are [batch, heads, time,
  /// size]; neighbouring query heads may share a head of keys.
  package func attentionScores(_ q: Value, _ k: Value) throws -> Value {
    let (qDims, kDims) = (shape(q).dims, shape(k).dims)
    let (batch, head, share, row, column, size) = (0, 1, 2, 3, 4, 5)
    let grouped = try reshape(q, sharedHeads(qDims, kDims[1]))
    let products = try dot(
      grouped, k, [batch, head, share, row, size], [batch, head, column, size],
      [batch, head, share, row, column])
    return try reshape(products, Shape([qDims[0], qDims[1], qDims[2], kDims[2]]))
  }

  /// Means of values [batch, heads, keys, size] with weights [batch, heads, queries, keys].
  package func attentionMeans(_ weights: Value, _ v: Value) throws -> Value {
    let (wDims, vDims) = (shape(weights).dims, shape(v).dims)
    let (batch, head, share, row, column, size) = (0, 1, 2, 3, 4, 5)
    let y = try dot(
      reshape(weights, sharedHeads(wDims, vDims[1])), v, [batch, head, share, row, column],
      [batch, head, column, size], [batch, head, share, row, size])
    return try reshape(y, Shape([wDims[0], wDims[1], wDims[2], vDims[3]]))
  }

  private func sharedHeads(_ dims: [Int], _ heads: Int) -> Shape {
    Shape([dims[0], heads, dims[1] / max(heads, 1)] + dims.suffix(2))
  }
}
