import Differentiation
import Graph
import Models
import Networks
import Operations
import Tensors

/// Makes the programs that training runs, for any number of samples.
///
/// They take x, the targets, and the parameters that are trained; the others are constants.
struct TrainingPrograms: Sendable {
  let inputSize: Int
  let outputSize: Int
  /// Numbers in a sample's target: outputs, and the Jacobian where that is trained too.
  let targetSize: Int
  let parameterTypes: [TensorType]
  private let options: TrainingOptions
  /// y [m] of x [n] and the trained parameters.
  private let sample: Program
  /// The Jacobian too, where it is trained.
  private let derivative: JacobianProgram?

  init(
    _ parametric: ParametricProgram, isTrained: [Bool], _ options: TrainingOptions,
    memoryLimit: Int
  ) throws {
    let flat = try FlatProgram.make(
      parametric.program.with(memoryLimit: memoryLimit),
      parameterCount: parametric.parameters.count, real: .float64)
    let p = ProgramBuilder(for: flat)
    let x = try p.input(flat.inputTypes[0])
    let arguments = try zip(parametric.parameters, isTrained).map { parameter, isTrained in
      try isTrained ? p.input(parameter.value.type) : p.constant(parameter.value)
    }
    let values = try p.inline(flat, [x] + arguments)
    sample = p.program(outputs: flat.outputs.map { values[$0.index] })
    self.options = options
    inputSize = sample.inputTypes[0].count
    outputSize = sample.outputTypes[0].count
    parameterTypes = Array(sample.inputTypes.dropFirst())
    if options.jacobianWeight > 0 {
      derivative = try Jacobian.program(of: sample)
      let (elements, overflow) = inputSize.multipliedReportingOverflow(by: outputSize)
      targetSize = outputSize.addingSaturated(overflow ? .max : elements)
    } else {
      derivative = nil
      targetSize = outputSize
    }
  }

  /// The mean loss, then its gradient by each parameter.
  func step(samples: Int) throws -> Program {
    let loss = try LossGraph(self, samples: samples)
    return loss.p.program(
      outputs: try [loss.value] + loss.p.gradients(of: loss.value, by: loss.parameters))
  }

  /// The mean loss alone.
  func loss(samples: Int) throws -> Program {
    let loss = try LossGraph(self, samples: samples)
    return loss.p.program(outputs: [loss.value])
  }

  /// For least squares: the sum of squared residuals, JᵀJ, and Jᵀr, where the rows of J are the
  /// derivatives of all outputs of all samples by all parameters and r = y - target.
  func normalEquations(samples: Int) throws -> Program {
    let p = ProgramBuilder(for: sample)
    let x = try p.input(TensorType(.float64, Shape(checking: [samples, inputSize])))
    let target = try p.input(TensorType(.float64, Shape(checking: [samples, targetSize])))
    let parameters = try parameterTypes.map { try p.input($0) }
    let parameterFlags = parameters.map { _ in false }

    // One unit cotangent for each output, then all samples: rows come out as [sample, output].
    let pulled = try sample.vjp()
    let rows = try Program.selecting(pulled, outputs: [0] + parameters.indices.map { $0 + 2 })
      .vectorised(
        added: [false] + parameterFlags + [true], size: outputSize
      )
      .vectorised(
        added: [true] + parameterFlags + [false], size: samples)
    let ones = try p.constant(Tensor(TensorType(.float64, [outputSize]), fill: 1.0))
    let seeds = try p.add(Diagonal(), [ones])
    let results = try p.inline(rows, [x] + parameters + [seeds])
    let count = samples * outputSize
    let blocks = try zip(rows.outputs.dropFirst(), parameterTypes).map { output, type in
      try p.reshape(results[output.index], Shape(checking: [count, type.count]))
    }
    let jacobian = try p.concatenate(blocks, axis: 1)

    let forward = try sample.vectorised(
      added: [true] + parameterFlags, size: samples)
    let y = try p.inline(forward, [x] + parameters)[forward.outputs[0].index]
    let residual = try p.reshape(p.subtract(y, target), [count])
    return p.program(outputs: [
      try p.dot(residual, residual, [0], [0], []),
      try p.dot(jacobian, jacobian, [0, 1], [0, 2], [1, 2]),
      try p.dot(jacobian, residual, [0, 1], [0], [1]),
    ])
  }

  /// The graph of the mean loss over a number of samples.
  private struct LossGraph {
    let p: ProgramBuilder
    let parameters: [Value]
    let value: Value

    init(_ programs: TrainingPrograms, samples: Int) throws {
      let options = programs.options
      let (n, m) = (programs.inputSize, programs.outputSize)
      p = ProgramBuilder(for: programs.sample)
      let x = try p.input(TensorType(.float64, Shape(checking: [samples, n])))
      let targets = try p.input(
        TensorType(.float64, Shape(checking: [samples, programs.targetSize])))
      parameters = try programs.parameterTypes.map { [p] in try p.input($0) }
      let source = programs.derivative?.program ?? programs.sample
      let many = try source.vectorised(
        added: [true] + parameters.map { _ in false }, size: samples)
      let values = try p.inline(many, [x] + parameters)
      let y = values[many.outputs[0].index]
      let wanted = try p.slice(targets, axis: 1, start: 0, size: m)
      let loss = try LossGraph.loss(options, y, wanted, in: p)
      guard let derivative = programs.derivative else {
        value = loss
        return
      }
      let jacobian = try derivative.matrix(
        values[many.outputs[1].index], leading: [samples], in: p)
      let wantedJacobian = try p.reshape(
        p.slice(targets, axis: 1, start: m, size: m * n), p.shape(jacobian))
      let error = try p.meanSquaredError(jacobian, wantedJacobian)
      value = try p.add(loss, p.multiply(error, p.scalar(options.jacobianWeight)))
    }

    private static func loss(
      _ options: TrainingOptions, _ y: Value, _ target: Value, in p: ProgramBuilder
    ) throws -> Value {
      switch options.loss {
      case .meanSquared: try p.meanSquaredError(y, target)
      case .meanAbsolute: try p.meanAbsoluteError(y, target)
      case .huber: try p.huberLoss(y, target, delta: options.huberDelta)
      case .crossEntropy: try p.crossEntropy(y, target)
      }
    }
  }
}
