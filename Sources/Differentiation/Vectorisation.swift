import Graph
import Tensors

extension Program {
  /// The program applied to `size` samples at once: inputs marked in `added` gain a leading axis of
  /// that length, and so does every output.
  package func vectorised(added: [Bool], size: Int) throws -> Program {
    let p = ProgramBuilder(for: self)
    var values = [Value](repeating: Value(index: -1), count: nodes.count)
    var isAdded = [Bool](repeating: false, count: nodes.count)
    for (input, added) in zip(inputs, added) {
      let type = type(input)
      values[input.index] = try p.input(
        added ? type.with(type.shape.prepending(size)) : type)
      isAdded[input.index] = added
    }
    for (index, node) in nodes.enumerated() where values[index].index < 0 {
      let operands = node.operands.map { values[$0.index] }
      let operandAdded = node.operands.map { isAdded[$0.index] }
      p.origin = node.origin
      if operandAdded.contains(true) {
        values[index] = try node.primitive.vectorise(
          operands, added: operandAdded, size: size, in: p)
        isAdded[index] = true
      } else {
        values[index] = try p.add(node.primitive, operands)
      }
    }
    p.origin = nil
    return p.program(
      outputs: try outputs.map { output in
        isAdded[output.index]
          ? values[output.index] : try p.prependingAxis(values[output.index], size)
      })
  }
}
