import Graph
import Tensors
import TestCases
import Testing

/// Products with scattered and picked elements are made of the few, not of the whole array.
@Suite struct PickedProductTests {
  private func count<Kind: Primitive>(_ kind: Kind.Type, in program: Program) -> Int {
    program.nodes.count { $0.primitive is Kind }
  }

  @Test("a product with scattered updates scales the updates, also where targets repeat")
  func scaledUpdates() throws {
    let p = ProgramBuilder()
    let updates = try p.input(TensorType(.float64, [2, 3]))
    let factors = try p.input(TensorType(.float64, [2, 8]))
    let index = try p.input(TensorType(.int64, [2, 3]))
    let scattered = try p.add(ScatterAdd(batch: 1, length: 8), [updates, index])
    let shape: Shape = [2, 2, 4]
    let program = p.program(outputs: [
      try p.multiply(scattered, factors), try p.multiply(factors, scattered),
      try p.multiply(p.reshape(scattered, shape), p.reshape(factors, shape)),
      try p.multiply(scattered, p.scalar(3, like: scattered)),
    ])
    for node in program.nodes where node.primitive is Multiply {
      #expect(node.type.shape == [2, 3])
    }
    let arguments = [
      Tensor(p.type(updates), reals: [1, 2, 3, 4, 5, 6]),
      Tensor(p.type(factors), reals: (1...16).map(Double.init)),
      Tensor(p.type(index), integers: [7, 0, 7, 9, 2, -1]),
    ]
    let scaled: [Double] = [2, 0, 0, 0, 0, 0, 0, 32, 0, 0, 55, 0, 0, 0, 0, 0]
    let tripled: [Double] = [6, 0, 0, 0, 0, 0, 0, 12, 0, 0, 15, 0, 0, 0, 0, 0]
    #expect(try program.evaluate(arguments).map(\.reals) == [scaled, scaled, scaled, tripled])
  }

  @Test("as many updates as targets stay as they are")
  func manyUpdates() throws {
    let p = ProgramBuilder()
    let updates = try p.input(TensorType(.float64, [8]))
    let index = try p.input(TensorType(.int64, [8]))
    let factors = try p.input(TensorType(.float64, [5]))
    let y = try p.multiply(p.add(ScatterAdd(length: 5), [updates, index]), factors)
    let program = p.program(outputs: [y])
    #expect(program.type(y).shape == [5])
    #expect(count(Gather.self, in: program) == 0)
  }

  @Test("what all seeds pick alike is picked once")
  func repeatedGather() throws {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [2, 6]))
    let index = try p.input(TensorType(.int64, [2, 3]))
    let y = try p.gather(
      p.reshape(p.prependingAxis(p.reshape(x, [2, 2, 3]), 5), [5, 2, 6]),
      p.prependingAxis(index, 5), batch: 2)
    #expect(p.node(y).primitive is Broadcast)
    #expect(p.node(y).operands == [try p.gather(x, index, batch: 1)])
  }

  @Test("the cotangent of a pool behind a relu asks the pooled elements for their sign")
  func pooledStep() throws {
    let p = ProgramBuilder()
    let z = try p.input(TensorType(.float64, [2, 6]))
    let index = try p.input(TensorType(.int64, [2, 3]))
    let y = try p.gather(p.relu(z), index, batch: 1)
    let slope = try p.gather(p.step(z), index, batch: 1)
    #expect(slope == (try p.step(y)))
    let program = p.program(outputs: [slope])
    let arguments = [
      Tensor(p.type(z), reals: [1, -1, 0, .nan, .infinity, 2, -3, 4, 5, -0.0, 1, 1]),
      Tensor(p.type(index), integers: [0, 1, 3, 2, 7, 0]),
    ]
    #expect(try program.evaluate(arguments)[0].reals == [1, 0, 0, 1, 0, 0])
  }
}
