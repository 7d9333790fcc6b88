import Graph
import Models
import Tensors

/// Offsets and scales of the elements of inputs or outputs, all of a sample one after another.
package struct Scaling: Sendable {
  package let offsets: [Double]
  package let scales: [Double]

  package init(offsets: [Double], scales: [Double]) {
    self.offsets = offsets
    self.scales = scales
  }
}

extension Network {
  /// The network for scaled variables, `y = o + s·f((x - p) / q)`, element by element.
  package func scaled(inputs: Scaling, outputs: Scaling) throws -> Network {
    let make = imported.parametricProgram
    let parametric: @Sendable (ElementType) throws -> ParametricProgram = { real in
      try make(real).scaled(inputs: inputs, outputs: outputs)
    }
    return try Network(
      imported.with(
        parametric: parametric, real: options.precision == .float64 ? .float64 : .float32), options)
  }
}

extension ParametricProgram {
  fileprivate func scaled(inputs: Scaling, outputs: Scaling) throws -> ParametricProgram {
    let p = ProgramBuilder(for: program)
    let x = try program.inputs.prefix(inputCount).map { try p.input(program.type($0)) }
    var start = 0
    let scaled = try x.map { x in
      defer { start += p.type(x).count }
      guard p.type(x).element.isReal else { return x }
      let shifted = try p.subtract(x, p.part(inputs.offsets, from: start, like: x))
      return try p.divide(shifted, p.part(inputs.scales, from: start, like: x))
    }
    let numbers = try parameters.map { try p.input($0.value.type) }
    let values = try p.inline(program, scaled + numbers)
    start = 0
    let results = try program.outputs.map { output in
      let y = values[output.index]
      defer { start += p.type(y).count }
      guard p.type(y).element.isReal else { return y }
      let scaled = try p.multiply(y, p.part(outputs.scales, from: start, like: y))
      return try p.add(scaled, p.part(outputs.offsets, from: start, like: y))
    }
    return ParametricProgram(program: p.program(outputs: results), parameters: parameters)
  }
}

extension ProgramBuilder {
  /// Some of `numbers` in the shape of a value.
  fileprivate func part(_ numbers: [Double], from start: Int, like x: Value) throws -> Value {
    let count = type(x).count
    return try constant(Tensor(type(x), reals: Array(numbers[start..<start + count])))
  }
}
