import Differentiation
import Execution
import Graph
import Models
import Synchronization
import Tensors

/// A loaded network: evaluates, differentiates, and plans each task when it is first asked for.
///
/// Never changes as seen from outside, so any number of threads may use it at once.
package final class Network: Sendable {
  package var inputs: [Port] { imported.inputs }
  package var outputs: [Port] { imported.outputs }
  /// Scalars of all inputs of one sample.
  package let inputSize: Int
  /// Scalars of all outputs of one sample.
  package let outputSize: Int
  /// The inputs that take whole numbers only.
  package let wholeNumberInputs: WholeNumberInputs?

  /// What it was made of, for training and saving.
  package let imported: NetworkDescription
  package let options: NetworkOptions
  /// y [m] of x [n].
  private let program: Program
  /// What it may take, and its weights, which all tasks share.
  private let budget: MemoryBudget
  private let real: ElementType
  private let threads: Int
  /// Each task by its number, planned when it is first asked for.
  private let tasks = Task.allCases.map { _ in Once<CompiledTask>() }
  private let knownJacobian = Once<JacobianProgram>()
  private let knownSparseJacobian = Once<SparseJacobian>()
  private let knownHessianStructure = Once<SparseStructure>()
  private let knownKinks = Once<Kinks>()

  package init(_ imported: NetworkDescription, _ options: NetworkOptions) throws {
    _ = BLAS.keepsToCallingThread
    self.imported = imported
    self.options = options
    real = options.precision == .float64 ? .float64 : .float32
    threads = options.threads ?? ThreadPool.coreCount
    program = try FlatProgram.make(
      imported.program.with(memoryLimit: options.memoryLimit), real: real)
    budget = try MemoryBudget(limit: options.memoryLimit, SharedConstants(of: program))
    inputSize = program.type(program.inputs[0]).count
    outputSize = program.type(program.outputs[0]).count
    wholeNumberInputs = WholeNumberInputs(imported.inputs, inputSize: inputSize, real: real)
  }

  /// The same network with other numbers for its parameters.
  package func with(parameters: [Tensor]) throws -> Network {
    try Network(
      imported.with(values: parameters, real: real), options)
  }

  // MARK: - Planning

  /// Plans a task and allocates what calls with up to this many samples need.
  package func prepare(_ task: Task, samples: Int) throws {
    try compiled(task).reserve(samples: samples)
  }

  /// Whoever calls first plans, under whatever rounding the host has set.
  private func compiled(_ task: Task) throws -> CompiledTask {
    try tasks[task.rawValue].callAsFunction {
      try HostEnvironment.withDefaults { try compile(task) }
    }
  }

  private func compile(_ task: Task) throws -> CompiledTask {
    switch task {
    case .forward: return try plan(program)
    case .jvp: return try plan(program.jvp())
    case .vjp: return try plan(program.vjp())
    case .hessian: return try planFirst(program.hessians())
    case .hvp: return try plan(program.hessianProduct())
    case .jacobian:
      let jacobian = try jacobianProgram()
      return try CompiledTask(
        jacobian.program, jacobian.layout, threads: threads, within: budget)
    case .jacobianSparse: return try plan(sparseJacobian().program)
    case .kinks:
      return try plan(FlatProgram.make(kinks().program, real: real))
    }
  }

  private func plan(_ program: Program) throws -> CompiledTask {
    try CompiledTask(
      program, threads: threads, within: budget)
  }

  /// The first of several programs that runs within the memory limit.
  private func planFirst(_ programs: [Program]) throws -> CompiledTask {
    for program in programs.dropLast() {
      do {
        return try plan(program)
      } catch let error as NetJacError where error.kind == .memory {
        continue
      }
    }
    return try plan(programs[programs.count - 1])
  }

  private func jacobianProgram() throws -> JacobianProgram {
    try knownJacobian { try Jacobian.program(of: program) }
  }

  private func sparseJacobian() throws -> SparseJacobian {
    try knownSparseJacobian {
      let sparse = try SparseJacobian(of: program)
      try budget.take(sparse.structure.byteCount, for: "the structure of the Jacobian")
      return sparse
    }
  }

  /// What a task does when it runs: kernels in order, memory and multiply-adds.
  package func plan(_ task: Task) throws -> String { try compiled(task).plan }

  /// Multiply-adds of the order in which the Jacobian is accumulated and of the plain modes.
  package func jacobianCost() throws -> (chosen: Int, forward: Int, reverse: Int) {
    try jacobianProgram().cost
  }

  /// How the Jacobian is accumulated, dense and sparse, in words.
  package func jacobianPlan() throws -> String {
    let jacobian = try jacobianProgram()
    let cost = jacobian.cost
    let sparse: String
    do {
      sparse = try sparseJacobian().summary
    } catch let error as NetJacError where error.kind == .memory {
      sparse = "not within memory_limit"
    }
    return """
      order: \(jacobian.order)
      multiply-adds: \(cost.chosen) chosen, \(cost.forward) forward, \(cost.reverse) reverse
      sparse: \(sparse)
      """
  }

  /// Where the Jacobian can be other than zero.
  package func jacobianSparsity() throws -> Structure {
    try Structure(sparseJacobian().structure)
  }

  /// How many seeds, that is passes forwards or backwards, the sparse Jacobian takes.
  package func jacobianSeedCount() throws -> Int { try sparseJacobian().seedCount }

  /// Where the Hessian of a weighted sum of outputs can be other than zero, whatever the weights.
  package func hessianSparsity() throws -> Structure {
    let structure = try knownHessianStructure {
      let structure = try SparseStructure(program.hessianPattern(), columns: inputSize)
      try budget.take(structure.byteCount, for: "the structure of the Hessian")
      return structure
    }
    return Structure(structure)
  }

  /// Where the network is not smooth.
  package func kinkPlaces() throws -> [Kinks.Place] { try kinks().places }

  private func kinks() throws -> Kinks {
    try knownKinks { try imported.program.kinks() }
  }

  /// The places of a matrix's nonzeros in compressed columns.
  package struct Structure: Sendable {
    package let columnPointers: [Int64]
    package let rowIndices: [Int64]

    init(_ structure: SparseStructure) {
      columnPointers = structure.pointers.map(Int64.init)
      rowIndices = structure.rows.map(Int64.init)
    }
  }

  /// Bytes that the tasks planned so far hold of the network's weights, beside the weights themselves.
  package var heldWeightBytes: Int { budget.constants.heldBytes }

  /// Bytes that it takes now: weights in all their forms, plans, workspaces and structures.
  package var memoryBytes: Int { budget.bytes }

  // MARK: - Running
  //
  // All arrays hold `samples` samples one after another; `Real` is Double or Float.

  package func forward<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, y: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.forward).run(call(Real.self, samples, x, to: y))
  }

  package func jacobian<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, y: UnsafeMutablePointer<Real>?,
    jacobian: UnsafeMutablePointer<Real>, order: MatrixOrder
  ) throws {
    let task = try compiled(.jacobian)
    var call = call(Real.self, samples, x, to: y, jacobian)
    call.transposes = task.isTransposed != (order == .columnMajor)
    task.run(call)
  }

  package func jvp<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, tangent: UnsafePointer<Real>,
    y: UnsafeMutablePointer<Real>?, product: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.jvp).run(call(Real.self, samples, x, tangent, to: y, product))
  }

  package func vjp<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, cotangent: UnsafePointer<Real>,
    y: UnsafeMutablePointer<Real>?, product: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.vjp).run(call(Real.self, samples, x, cotangent, to: y, product))
  }

  package func hessian<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, weights: UnsafePointer<Real>,
    hessian: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.hessian).run(call(Real.self, samples, x, weights, to: hessian))
  }

  package func hessianProduct<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, weights: UnsafePointer<Real>,
    tangent: UnsafePointer<Real>, product: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.hvp).run(
      call(Real.self, samples, x, weights, tangent, to: product))
  }

  package func kinkDistances<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, distances: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.kinks).run(call(Real.self, samples, x, to: distances))
  }

  package func jacobianSparse<Real: BinaryFloatingPoint>(
    samples: Int, x: UnsafePointer<Real>, y: UnsafeMutablePointer<Real>?,
    values: UnsafeMutablePointer<Real>
  ) throws {
    try compiled(.jacobianSparse).run(call(Real.self, samples, x, to: y, values))
  }

  private func call(
    _ real: Any.Type, _ samples: Int, _ x: UnsafeRawPointer, _ second: UnsafeRawPointer? = nil,
    _ third: UnsafeRawPointer? = nil, to first: UnsafeMutableRawPointer?,
    _ last: UnsafeMutableRawPointer? = nil
  ) -> CallerArrays {
    CallerArrays(
      inputs: [x, second, third], outputs: [first, last], isDouble: real == Double.self,
      samples: samples)
  }
}

extension NetworkOptions {
  /// What of it concerns the reading of a file.
  package var importing: ImportOptions {
    ImportOptions(
      real: precision == .float64 ? .float64 : .float32, dims: dimensions,
      fixedInputs: constantInputs, outputs: outputs, signature: signature,
      loopLimit: loopLimit,
      memoryLimit: memoryLimit)
  }
}
