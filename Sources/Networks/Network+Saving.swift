import Differentiation
import Graph
import Models
import Tensors

extension Network {
  /// The network as a format writes it, with its parameters under their names.
  package func writable() throws -> WritableNetwork {
    let parametric = try self.parametric()
    return WritableNetwork(
      inputs: writablePorts(imported.inputs), outputs: writablePorts(imported.outputs),
      parameters: parametric.parameters
    ) { [self] samples in
      try imported.hasBatchAxis
        ? batched(parametric, samples: samples)
        : parametric.program
    }
  }

  /// Outputs and Jacobian as one network to be written.
  package func writableJacobian() throws -> WritableNetwork {
    let parametric = try self.parametric()
    let isBatched = imported.hasBatchAxis
    let real: ElementType = options.precision == .float64 ? .float64 : .float32
    let flat = try FlatProgram.make(
      parametric.program, parameterCount: parametric.parameters.count, real: real)
    let jacobian = try Jacobian.program(of: flat)
    let name = freeName("jacobian")
    return WritableNetwork(
      inputs: writablePorts(imported.inputs),
      outputs: writablePorts(imported.outputs) + [
        WritableNetwork.Port(name: name, isBatched: isBatched)
      ], parameters: parametric.parameters
    ) { [self] samples in
      let source =
        try isBatched
        ? jacobian.program.vectorised(
          added: [true] + parametric.parameters.map { _ in false }, size: samples)
        : jacobian.program
      return try withPorts(source, jacobian, isBatched ? samples : nil)
    }
  }

  private func parametric() throws -> ParametricProgram {
    let real: ElementType = options.precision == .float64 ? .float64 : .float32
    return try imported.parametricProgram(real)
  }

  private func writablePorts(_ ports: [Port]) -> [WritableNetwork.Port] {
    ports.map {
      WritableNetwork.Port(name: $0.name, isBatched: imported.hasBatchAxis && $0.isBatched)
    }
  }

  private func freeName(_ name: String) -> String {
    var taken = Set((inputs + outputs).map(\.name))
    return taken.insertFree(name)
  }

  /// The network of one sample without its batch axis, applied to many.
  private func batched(_ parametric: ParametricProgram, samples: Int) throws -> Program {
    let inner = parametric.program
    let p = ProgramBuilder(for: inner)
    let inputs = try inner.inputTypes.prefix(parametric.inputCount).map { type in
      let x = try p.input(type.with(Shape(Array(type.dims.dropFirst()))))
      return try p.reshape(x, type.shape)
    }
    let parameters = try parametric.parameters.map { try p.input($0.value.type) }
    let values = try p.inline(inner, inputs + parameters)
    let results = try zip(inner.outputs, imported.outputs).map { output, port in
      let y = values[output.index]
      return try port.isBatched ? p.reshape(y, Shape(Array(p.shape(y).dims.dropFirst()))) : y
    }
    let many = try p.program(outputs: results).vectorised(
      added: inputs.map { _ in true } + parameters.map { _ in false }, size: samples)
    // Outputs without a batch axis are the same for all samples; vectorising gave them one.
    let q = ProgramBuilder(for: many)
    let copies = try q.inline(many, many.inputs.map { try q.input(many.type($0)) })
    return q.program(
      outputs: try zip(many.outputs, imported.outputs).map { output, port in
        let y = copies[output.index]
        guard !port.isBatched else { return y }
        let first = try q.slice(y, axis: 0, start: 0, size: 1)
        return try q.reshape(first, Shape(Array(q.shape(y).dims.dropFirst())))
      })
  }

  /// A program of flat samples with the inputs and outputs of the network, and the Jacobian behind.
  private func withPorts(_ flat: Program, _ jacobian: JacobianProgram, _ samples: Int?) throws
    -> Program
  {
    let p = ProgramBuilder(for: flat)
    let lead = samples.map { [$0] } ?? []
    func dims(_ port: Port) -> [Int] {
      lead + (samples == nil ? port.dims : Array(port.dims.dropFirst()))
    }
    let real = flat.inputTypes[0].element
    let inputs = try zip(imported.inputs, imported.program.inputTypes).map { port, type in
      try p.input(TensorType(type.element, Shape(dims(port))))
    }
    let flattened = try inputs.map { x in
      let size = p.shape(x).dims.dropFirst(lead.count).reduce(1, *)
      return try p.convert(p.reshape(x, Shape(lead + [size])), to: real)
    }
    let joined =
      try flattened.isEmpty
      ? p.constant(Tensor(TensorType(real, Shape(lead + [0])), fill: 0.0))
      : p.concatenate(flattened, axis: lead.count)
    let parameters = try flat.inputTypes.dropFirst().map { try p.input($0) }
    let values = try p.inline(flat, [joined] + parameters)
    let y = values[flat.outputs[0].index]
    let read = Dictionary(
      zip(imported.program.inputs, inputs), uniquingKeysWith: { first, _ in first })
    var start = 0
    let outputs = try zip(imported.outputs, imported.program.outputs).map { port, value in
      let type = imported.program.type(value)
      defer { start += type.count }
      // So it may keep its name, which is that of the input.
      if let input = read[value] { return input }
      let part = try p.slice(y, axis: lead.count, start: start, size: type.count)
      let shape = samples == nil || port.isBatched ? dims(port) : lead + port.dims
      return try p.convert(p.reshape(part, Shape(shape)), to: type.element)
    }
    let matrix = try jacobian.matrix(values[flat.outputs[1].index], leading: lead, in: p)
    return p.program(outputs: outputs + [matrix])
  }
}
