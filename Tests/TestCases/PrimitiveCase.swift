import Graph
import Tensors

/// A primitive with operands to try it on.
package struct PrimitiveCase: CustomStringConvertible, Sendable {
  package let primitive: any Primitive
  package let operands: [Sample.Operand]

  /// The whole registry: a primitive is tested from the moment it is registered.
  package static let all = PrimitiveRegistry.all.flatMap { type in
    type.samples.map { PrimitiveCase(primitive: $0.primitive, operands: $0.operands) }
  }

  /// Those whose result can carry a derivative.
  package static let real = all.filter { testCase in
    testCase.operands.contains { $0.type.element.isReal }
      && (try? testCase.resultType.element.isReal) == true
  }

  /// The same with real operands of another precision.
  package func converted(to element: ElementType) -> PrimitiveCase {
    PrimitiveCase(
      primitive: primitive,
      operands: operands.map { $0.type.element.isReal ? $0.of(element) : $0 })
  }

  /// The same with every choice of element types that the primitive's own rule accepts.
  package var ofEveryType: [PrimitiveCase] {
    let types: [ElementType] = [.float64, .float32, .int64, .int32, .bool]
    let choices = operands.reduce([[]]) { choices, operand in
      choices.flatMap { choice in types.map { choice + [operand.of($0)] } }
    }
    return choices.map { PrimitiveCase(primitive: primitive, operands: $0) }
      .filter { (try? $0.resultType) != nil }
  }

  package var description: String {
    let words = [primitive.name, primitive.attributes] + operands.map(\.type.description)
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  package var resultType: TensorType {
    get throws { try primitive.type(of: operands.map(\.type)) }
  }

  /// The primitive as it is, without any simplification; an input for each operand.
  package func program() throws -> Program {
    var nodes = operands.enumerated().map { position, operand in
      Node(
        primitive: Input(position: position, declared: operand.type), operands: [],
        type: operand.type)
    }
    let inputs = nodes.indices.map(Value.init(index:))
    nodes.append(Node(primitive: primitive, operands: inputs, type: try resultType))
    return Program(nodes: nodes, inputs: inputs, outputs: [Value(index: inputs.count)])
  }

  /// Operands to evaluate the program with. Prescribed elements are taken in another order in each
  /// `round`, since they may not be drawn freely.
  package func arguments(_ random: inout Random, round: Int = 0) -> [Tensor] {
    operands.map { operand in
      guard let values = operand.values else {
        return random.tensor(operand.type, in: operand.range)
      }
      let start = round % values.count
      let turned = Array(values[start...] + values[..<start])
      return operand.type.element.isReal
        ? Tensor(operand.type, reals: turned)
        : Tensor(operand.type, integers: turned.map { Int64($0) })
    }
  }

  /// As a function of one vector, which holds all real operands one after another, with the result
  /// as a vector; the other operands are constants.
  package func vectorProgram(_ arguments: [Tensor]) throws -> (program: Program, x: Tensor) {
    let parts = arguments.filter { $0.type.element.isReal }
    let element = parts.first?.type.element ?? .float64
    let x = Tensor(
      TensorType(element, [parts.reduce(0) { $0 + $1.count }]), reals: parts.flatMap(\.reals))
    let p = ProgramBuilder(real: element)
    let input = try p.input(x.type)
    var start = 0
    let values = try arguments.map { argument -> Value in
      guard argument.type.element.isReal else { return try p.constant(argument) }
      defer { start += argument.count }
      return try p.reshape(
        p.slice(input, axis: 0, start: start, size: argument.count), argument.shape)
    }
    let y = try p.add(primitive, values)
    return (p.program(outputs: [try p.reshape(y, [p.shape(y).count])]), x)
  }
}

extension Sample.Operand {
  fileprivate func of(_ element: ElementType) -> Sample.Operand {
    if element.isReal { return Sample.Operand(type.dims, in: range, element, values: values) }
    // No whole number is NaN or infinite, and between some real ones there is none.
    let wholes = range.lowerBound.rounded(.down)...range.upperBound.rounded(.up)
    return Sample.Operand(
      type.dims, in: wholes, element, values: values?.map { $0.isFinite ? $0 : 0 })
  }
}
