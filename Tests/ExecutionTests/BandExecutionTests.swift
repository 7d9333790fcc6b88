import Differentiation
import Graph
import Tensors
import TestCases
import Testing

@testable import Execution

/// Jacobians by diagonals, compiled.
@Suite("Bands, compiled")
struct BandExecutionTests {
  @Test(
    "agree with the reference, one sample and several", arguments: LineNetwork.all,
    [ElementType.float64, .float32])
  func agreement(_ network: LineNetwork, _ element: ElementType) throws {
    let program = try network.program(element)
    let jacobian = try SparseJacobian(of: program).program
    for set in InstructionSet.available {
      for program in [jacobian, try jacobian.vectorised(added: [true], size: 3)] {
        try expectAgreement(program, set, element == .float64 ? 1e-13 : 1e-5) { _ in true }
      }
    }
  }

  @Test("write diagonals where they are read, and read slopes where they are")
  func inPlace() throws {
    let program = try SparseJacobian(of: LineNetwork.all[0].program()).program
    try expectAgreement(program, .baseline, 1e-13) { names in
      !names.contains("copy") && !names.contains { $0.hasPrefix("move") }
    }
  }

  @Test("relus behind a concatenation leave out their own part's zeros only")
  func activityOfParts() throws {
    let p = ProgramBuilder()
    var random = Random(seed: 44)
    let x = try p.input(TensorType(.float64, [2, 64]))
    let first = try p.constant(random.tensor(TensorType(.float64, [64, 128])))
    let second = try p.constant(random.tensor(TensorType(.float64, [64, 128])))
    let third = try p.constant(random.tensor(TensorType(.float64, [128, 64])))
    let parts = try [first, second].map { try p.relu(p.matrixProduct(x, $0)) }
    let y = try p.matrixProduct(p.concatenate(parts, axis: 0), third)
    for set in InstructionSet.available {
      try expectAgreement(p.program(outputs: [y]), set, 1e-12) { _ in true }
    }
    let slopes = try parts.map { try p.add(Step(), [$0]) }
    let scaled = try zip(parts, slopes).map { part, slope in try p.multiply(part, slope) }
    let z = try p.matrixProduct(p.concatenate(scaled, axis: 0), third)
    for set in InstructionSet.available {
      try expectAgreement(p.program(outputs: [z] + slopes), set, 1e-12) { _ in true }
    }
  }
}
