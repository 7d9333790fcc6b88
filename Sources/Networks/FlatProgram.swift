import Graph
import Tensors

/// A network as a function of one vector: all inputs of a sample one after another, flattened
/// row-major, to all outputs likewise.
package enum FlatProgram {
  /// `parameterCount` inputs at the end stay what they are.
  package static func make(
    _ inner: Program, parameterCount: Int = 0, real: ElementType
  ) throws -> Program {
    let inputTypes = inner.inputTypes.dropLast(parameterCount)
    let p = ProgramBuilder(real: real, memoryLimit: inner.memoryLimit)
    let size = inputTypes.reduce(0) { $0 + $1.count }
    let x = try p.input(TensorType(real, Shape(checking: [size])))
    var start = 0
    let arguments = try inputTypes.map { type in
      let part = try p.slice(x, axis: 0, start: start, size: type.count)
      start += type.count
      return try p.convert(p.reshape(part, type.shape), to: type.element)
    }
    let parameters = try inner.inputTypes.suffix(parameterCount).map { try p.input($0) }
    let values = try p.inline(inner, arguments + parameters)
    let results = try inner.outputs.map { output in
      let flat = try p.reshape(values[output.index], [inner.type(output).count])
      return try p.convert(flat, to: real)
    }
    return p.program(outputs: [try p.concatenate(results, axis: 0)])
  }
}
