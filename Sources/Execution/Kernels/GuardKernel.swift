/// Runs other kernels if a sample needs them: if one of its conditions has a given value.
///
/// What they would have written stays as it was; nothing that counts reads it.
final class GuardKernel: Kernel {
  private let condition: Operand
  private let count: Int
  private let stride: Int
  private let isTrue: Bool
  private var kernels: [Kernel] = []
  /// The kernels without ownership, as in an `Executable`.
  private var steps = PlainArray<Unmanaged<Kernel>>([])

  /// Conditions are bytes, `stride` apart.
  init(condition: Operand, count: Int, stride: Int, isTrue: Bool) {
    self.condition = condition
    self.count = count
    self.stride = stride
    self.isTrue = isTrue
  }

  deinit { steps.free() }

  /// Takes the kernels that it guards; once, before it first runs.
  func take(_ kernels: [Kernel]) {
    steps.free()
    self.kernels = kernels
    steps = PlainArray(kernels.map { Unmanaged.passUnretained($0) })
  }

  override var name: String { "if \(isTrue ? "any" : "not all") of \(count)" }
  override var names: [String] { [name] + kernels.flatMap(\.names).map { "  " + $0 } }

  override func run(_ bases: Bases) {
    let conditions = condition.pointer(bases, as: UInt8.self)
    for k in 0..<count where (conditions[k * stride] != 0) == isTrue {
      for step in 0..<steps.count { steps[step]._withUnsafeGuaranteedRef { $0.run(bases) } }
      return
    }
  }
}
