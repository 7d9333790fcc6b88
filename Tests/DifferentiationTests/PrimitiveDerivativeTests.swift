import Differentiation
import Graph
import Tensors
import TestCases
import Testing

/// The rules of every registered primitive, against numbers and against each other.
@Suite struct PrimitiveDerivativeTests {
  @Test("J·dx equals central differences", arguments: PrimitiveCase.real)
  func forwardEqualsDifferences(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 11)
    let program = try testCase.program()
    let x = testCase.arguments(&random)
    let dx = program.realInputTypes.map { random.tensor($0) }
    let difference = try disagreement(
      program.tangents(at: x, along: dx), program.differences(at: x, along: dx), 1e-8)
    #expect(difference == nil)
  }

  @Test("⟨ȳ, J·dx⟩ equals ⟨Jᵀ·ȳ, dx⟩", arguments: PrimitiveCase.real)
  func modesAreAdjoint(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 12)
    let program = try testCase.program()
    let x = testCase.arguments(&random)
    let dx = program.realInputTypes.map { random.tensor($0) }
    let yBar = program.outputTangentTypes.map { random.tensor($0) }
    let forward = innerProduct(yBar, try program.tangents(at: x, along: dx))
    let reverse = innerProduct(try program.cotangents(at: x, of: yBar), dx)
    #expect(isClose(forward, reverse, 1e-13), "\(forward) \(reverse)")
  }

  @Test(
    "The derivatives of the vector-Jacobian product are right too", arguments: PrimitiveCase.real)
  func secondOrder(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 13)
    let program = try testCase.program().vjp()
    let x =
      testCase.arguments(&random)
      + program.inputTypes.dropFirst(testCase.operands.count).map {
        random.tensor($0)
      }
    let dx = program.realInputTypes.map { random.tensor($0) }
    let tangents = try program.tangents(at: x, along: dx)
    let difference = try disagreement(tangents, program.differences(at: x, along: dx), 1e-7)
    #expect(difference == nil)

    let yBar = program.outputTangentTypes.map { random.tensor($0) }
    let forward = innerProduct(yBar, tangents)
    let reverse = innerProduct(try program.cotangents(at: x, of: yBar), dx)
    #expect(isClose(forward, reverse, 1e-12), "\(forward) \(reverse)")
  }

  @Test("Single precision agrees with double precision", arguments: PrimitiveCase.real)
  func singlePrecision(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 14)
    let single = testCase.converted(to: .float32)
    let program = try single.program()
    let x = single.arguments(&random)
    let dx = program.realInputTypes.map { random.tensor($0) }
    let yBar = program.outputTangentTypes.map { random.tensor($0) }
    let tangents = try program.tangents(at: x, along: dx)
    let cotangents = try program.cotangents(at: x, of: yBar)
    #expect(tangents.map(\.type) == program.outputTypes)
    #expect(cotangents.map(\.type) == program.realInputTypes)

    let reference = try testCase.program()
    let wide = { (tensors: [Tensor]) in
      tensors.map { $0.type.element.isReal ? Tensor($0.type.with(.float64), reals: $0.reals) : $0 }
    }
    let expected = try reference.tangents(at: wide(x), along: wide(dx))
    let expectedBack = try reference.cotangents(at: wide(x), of: wide(yBar))
    #expect(disagreement(wide(tangents), expected, 2e-5) == nil)
    #expect(disagreement(wide(cotangents), expectedBack, 2e-5) == nil)
  }

  @Test("A vectorised primitive equals a loop over samples", arguments: PrimitiveCase.all)
  func vectorisedEqualsLooped(_ testCase: PrimitiveCase) throws {
    guard !testCase.operands.isEmpty else { return }
    var random = Random(seed: 15)
    let program = try testCase.program()
    let size = 3
    let samples = (0..<size).map { testCase.arguments(&random, round: $0) }
    for mask in 0..<(1 << testCase.operands.count) {
      let added = testCase.operands.indices.map { mask >> $0 & 1 == 1 }
      let many = try program.vectorised(added: added, size: size)
      try many.check()
      let arguments = added.indices.map { k in
        added[k] ? Tensor.stacked(samples.map { $0[k] }) : samples[0][k]
      }
      let result = try many.evaluate(arguments)[0]
      #expect(result.shape[0] == size)
      for sample in 0..<size {
        let single = try program.evaluate(added.indices.map { samples[added[$0] ? sample : 0][$0] })
        let difference = disagreement([result.slice(sample: sample, of: size)], single)
        #expect(difference == nil, "added \(added), sample \(sample)")
      }
    }
  }

  @Test("A tangent known to be zero equals explicit zeros", arguments: PrimitiveCase.real)
  func knownZeros(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 16)
    let program = try testCase.program()
    let x = testCase.arguments(&random)
    let dx = program.realInputTypes.map { random.tensor($0) }
    let yBar = program.outputTangentTypes.map { random.tensor($0) }
    for mask in 1..<(1 << dx.count) {
      // Operands outside the mask become constants, whose tangents are known to be zero.
      let p = ProgramBuilder()
      var isMoved = [Bool](repeating: false, count: x.count)
      for (k, place) in program.realInputs.enumerated() { isMoved[place] = mask >> k & 1 == 1 }
      let arguments = try x.indices.map {
        isMoved[$0] ? try p.input(x[$0].type) : try p.constant(x[$0])
      }
      let values = try p.inline(program, arguments)
      let partial = p.program(outputs: program.outputs.map { values[$0.index] })
      let moved = x.indices.filter { isMoved[$0] }.map { x[$0] }
      let kept = dx.indices.filter { mask >> $0 & 1 == 1 }
      let zeroed = dx.indices.map { mask >> $0 & 1 == 1 ? dx[$0] : Tensor(dx[$0].type, fill: 0.0) }
      let forward = try disagreement(
        partial.tangents(at: moved, along: kept.map { dx[$0] }),
        program.tangents(at: x, along: zeroed))
      #expect(forward == nil, "mask \(mask)")
      let full = try program.cotangents(at: x, of: yBar)
      let reverse = try disagreement(
        partial.cotangents(at: moved, of: yBar), kept.map { full[$0] })
      #expect(reverse == nil, "mask \(mask)")
    }
  }

  @Test("The nonzeros of the Jacobian lie in the pattern", arguments: PrimitiveCase.real)
  func patternCovers(_ testCase: PrimitiveCase) throws {
    var random = Random(seed: 17)
    let (program, x) = try testCase.vectorProgram(testCase.arguments(&random))
    let pattern = try program.jacobianPattern()
    let jacobian = try program.columnwiseJacobian(at: [x])
    #expect(pattern.rows.count == jacobian.count)
    for (row, columns) in pattern.rows.enumerated() {
      #expect(Array(columns) == Set(columns).sorted(), "row \(row) is not a sorted set")
      for (column, value) in jacobian[row].enumerated() where value != 0 {
        #expect(columns.contains(Int32(column)), "row \(row), column \(column)")
      }
    }
    // One element of each operand at most feeds an element of these.
    let isSparse =
      testCase.primitive is any Movement || testCase.primitive is any Elementwise
      || testCase.primitive is Gather || testCase.primitive is Concatenate
    if isSparse {
      let limit = testCase.primitive is any Elementwise ? testCase.operands.count : 1
      #expect(pattern.rows.allSatisfy { $0.count <= limit })
    }
  }

  @Test("A primitive without a derivative says why", arguments: PrimitiveCase.real)
  func derivativesExist(_ testCase: PrimitiveCase) throws {
    let program = try testCase.program()
    let product = try program.jvp()
    guard program.outputTypes[0].count > 0, product.constant(product.outputs[1]) != nil else {
      return
    }
    #expect(
      testCase.primitive.kink != nil || testCase.primitive is any Locator
        || testCase.primitive is any DiscreteFunction)
  }
}
