import Differentiation
import Graph
import Synchronization

/// The tasks that have been planned so far. Finding one that is there takes no lock.
final class TaskTable: Sendable {
  /// The address of each planned task, by the task's place among all cases; 0 if there is none yet.
  private let forward = Atomic<UInt>(0)
  private let jacobian = Atomic<UInt>(0)
  private let jvp = Atomic<UInt>(0)
  private let vjp = Atomic<UInt>(0)
  private let hessian = Atomic<UInt>(0)
  private let hvp = Atomic<UInt>(0)
  private let jacobianSparse = Atomic<UInt>(0)
  private let kinks = Atomic<UInt>(0)
  private let plans = Mutex(Plans())

  private struct Plans: Sendable {
    var tasks: [Task: CompiledTask] = [:]
    var jacobian: JacobianProgram?
    var sparse: SparseJacobian?
    var hessianStructure: SparseStructure?
    var kinks: Kinks?
  }

  func compiled(_ task: Task) -> CompiledTask? {
    let address =
      switch task {
      case .forward: forward.load(ordering: .acquiring)
      case .jacobian: jacobian.load(ordering: .acquiring)
      case .jvp: jvp.load(ordering: .acquiring)
      case .vjp: vjp.load(ordering: .acquiring)
      case .hessian: hessian.load(ordering: .acquiring)
      case .hvp: hvp.load(ordering: .acquiring)
      case .jacobianSparse: jacobianSparse.load(ordering: .acquiring)
      case .kinks: kinks.load(ordering: .acquiring)
      }
    return UnsafeRawPointer(bitPattern: address).map {
      // `plans` keeps the task alive as long as the table.
      Unmanaged<CompiledTask>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// The task, planned by one thread while others that want one wait.
  func compiled(_ task: Task, _ plan: () throws -> CompiledTask) throws -> CompiledTask {
    if let known = plans.withLock({ $0.tasks[task] }) { return known }
    let compiled = try plan()
    return plans.withLock { plans in
      // Another thread may have been faster; its plan may be in use already.
      if let known = plans.tasks[task] { return known }
      plans.tasks[task] = compiled
      publish(task, compiled)
      return compiled
    }
  }

  private func publish(_ task: Task, _ compiled: CompiledTask) {
    let address = UInt(bitPattern: Unmanaged.passUnretained(compiled).toOpaque())
    switch task {
    case .forward: forward.store(address, ordering: .releasing)
    case .jacobian: jacobian.store(address, ordering: .releasing)
    case .jvp: jvp.store(address, ordering: .releasing)
    case .vjp: vjp.store(address, ordering: .releasing)
    case .hessian: hessian.store(address, ordering: .releasing)
    case .hvp: hvp.store(address, ordering: .releasing)
    case .jacobianSparse: jacobianSparse.store(address, ordering: .releasing)
    case .kinks: kinks.store(address, ordering: .releasing)
    }
  }

  func jacobianProgram(_ make: () throws -> JacobianProgram) throws -> JacobianProgram {
    if let known = plans.withLock({ $0.jacobian }) { return known }
    let program = try make()
    plans.withLock { $0.jacobian = program }
    return program
  }

  func sparseJacobian(_ make: () throws -> SparseJacobian) throws -> SparseJacobian {
    if let known = plans.withLock({ $0.sparse }) { return known }
    let sparse = try make()
    plans.withLock { $0.sparse = sparse }
    return sparse
  }

  func kinks(_ make: () throws -> Kinks) throws -> Kinks {
    if let known = plans.withLock({ $0.kinks }) { return known }
    let kinks = try make()
    plans.withLock { $0.kinks = kinks }
    return kinks
  }

  func hessianStructure(_ make: () throws -> SparseStructure) throws -> SparseStructure {
    if let known = plans.withLock({ $0.hessianStructure }) { return known }
    let structure = try make()
    plans.withLock { $0.hessianStructure = structure }
    return structure
  }
}
