import CKernels
import Tensors

/// The caller's arrays, all samples one after another.
package struct CallerArrays {
  package typealias Inputs = InlineArray<3, UnsafeRawPointer?>
  package typealias Outputs = InlineArray<2, UnsafeMutableRawPointer?>

  /// In the order of the program's inputs.
  package let inputs: Inputs
  /// In the order of the program's outputs; nil where a result is not wanted.
  package let outputs: Outputs
  /// Whether they hold `Double`; otherwise `Float`.
  package let isDouble: Bool
  package let samples: Int
  /// Whether the last result is a matrix wanted the other way round than it is computed.
  package var transposes = false

  package init(inputs: Inputs, outputs: Outputs, isDouble: Bool, samples: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.isDouble = isDouble
    self.samples = samples
  }
}

/// What a program's arguments and results are for one sample.
package struct ArrayLayout: Sendable {
  /// Elements of each.
  private let inputs: InlineArray<3, Int>
  private let inputCount: Int
  private let outputs: InlineArray<2, Int>
  private let outputCount: Int
  /// The last result's rows and columns as computed, for transposing.
  private let rows: Int
  private let columns: Int
  private let isDouble: Bool

  /// For at most three inputs and two outputs, all of one precision.
  package init(
    inputs inputTypes: [TensorType], outputs outputTypes: [TensorType], rows: Int = 0,
    columns: Int = 0
  ) {
    inputCount = min(inputTypes.count, 3)
    outputCount = min(outputTypes.count, 2)
    inputs = InlineArray { $0 < inputTypes.count ? inputTypes[$0].count : 0 }
    outputs = InlineArray { $0 < outputTypes.count ? outputTypes[$0].count : 0 }
    self.rows = rows
    self.columns = columns
    isDouble = inputTypes.first?.element == .float64
  }

  /// Elements of all arguments and results of one sample.
  package var total: Int {
    inputs.indices.reduce(0) { $0 + inputs[$1] } + outputs.indices.reduce(0) { $0 + outputs[$1] }
  }

  /// What a run needs beside its arena for arguments and results in the other precision or the other way
  /// round, each from a cache line of its own.
  package func extraBytes(samples: Int) -> Int {
    (total * samples + 8 * (inputs.count + outputs.count)) * 8
  }

  /// Runs samples from `sample` on that are read and written where they are: nothing is in the way of small
  /// networks.
  @inline(__always)
  private func runInPlace(_ call: CallerArrays, _ workspace: Workspace, from sample: Int) {
    let size = isDouble ? 8 : 4
    for k in 0..<inputCount {
      guard let array = call.inputs[k] else { continue }
      workspace.setInput(k, UnsafeMutableRawPointer(mutating: array) + sample * inputs[k] * size)
    }
    for k in 0..<outputCount {
      if let array = call.outputs[k] { workspace.setOutput(k, array + sample * outputs[k] * size) }
    }
    workspace.run()
  }

  /// Runs `count` samples from `sample` on. Reads and writes the caller's arrays where they are if they hold
  /// what the program does; otherwise converts and transposes through the extra memory.
  @inline(__always)
  fileprivate func run(
    _ call: CallerArrays, _ workspace: Workspace, from sample: Int, count: Int
  ) {
    var free = workspace.extra
    func reserve(_ elements: Int) -> UnsafeMutableRawPointer {
      defer { free += MemoryPlan.aligned(elements * count * 8) }
      return free
    }
    let isSame = call.isDouble == isDouble
    if isSame, !call.transposes, call.outputs[0] != nil, outputCount == 1 || call.outputs[1] != nil
    {
      return runInPlace(call, workspace, from: sample)
    }
    let callerSize = call.isDouble ? 8 : 4
    for k in 0..<inputCount {
      guard let array = call.inputs[k] else { continue }
      let source = UnsafeMutableRawPointer(mutating: array) + sample * inputs[k] * callerSize
      let memory = isSame ? source : reserve(inputs[k])
      if !isSame { convert(source, to: memory, toDouble: isDouble, inputs[k] * count) }
      workspace.setInput(k, memory)
    }
    var results: InlineArray<2, UnsafeMutableRawPointer?> = [nil, nil]
    for k in 0..<outputCount {
      var memory = call.outputs[k].map { $0 + sample * outputs[k] * callerSize }
      if !isSame || turns(k, call) || memory == nil {
        memory = reserve(outputs[k])
        results[k] = memory
      }
      if let memory { workspace.setOutput(k, memory) }
    }
    workspace.run()
    for k in 0..<outputCount {
      guard let result = results[k], let array = call.outputs[k] else { continue }
      let target = array + sample * outputs[k] * callerSize
      if !turns(k, call) {
        convert(result, to: target, toDouble: call.isDouble, outputs[k] * count)
        continue
      }
      for matrix in 0..<count {
        let start = matrix * rows * columns
        transpose(
          result + start * (isDouble ? 8 : 4), to: target + start * callerSize,
          toDouble: call.isDouble)
      }
    }
  }

  private func turns(_ output: Int, _ call: CallerArrays) -> Bool {
    call.transposes && output == outputCount - 1
  }

  /// Numbers of one precision as numbers of the other.
  private func convert(
    _ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, toDouble: Bool,
    _ count: Int
  ) {
    if toDouble {
      netjac_convert_f32_to_f64(
        target.assumingMemoryBound(to: Double.self), source.assumingMemoryBound(to: Float.self),
        Int64(count))
    } else {
      netjac_convert_f64_to_f32(
        target.assumingMemoryBound(to: Float.self), source.assumingMemoryBound(to: Double.self),
        Int64(count))
    }
  }

  /// Writes the transpose of a row-major matrix of the program's precision.
  @inline(never)
  private func transpose(
    _ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, toDouble: Bool
  ) {
    let size = isDouble ? 8 : 4
    let transpose = isDouble ? netjac_transpose_8 : netjac_transpose_4
    if toDouble == isDouble {
      return transpose(
        target, Int64(rows), source, Int64(columns), Int64(rows), Int64(columns))
    }
    // Tile by tile: turned first, then converted row by row. A tile is small enough for the stack.
    let side = 8
    withUnsafeTemporaryAllocation(byteCount: 512, alignment: 16) { tile in
      guard let tile = tile.baseAddress else { return }
      for row in stride(from: 0, to: rows, by: side) {
        let height = min(side, rows - row)
        for column in stride(from: 0, to: columns, by: side) {
          let width = min(side, columns - column)
          transpose(
            tile, Int64(side), source + (row * columns + column) * size, Int64(columns),
            Int64(height), Int64(width))
          for line in 0..<width {
            convert(
              tile + line * side * size,
              to: target + ((column + line) * rows + row) * (toDouble ? 8 : 4), toDouble: toDouble,
              height)
          }
        }
      }
    }
  }
}

extension Workspace {
  /// Runs `count` samples of a call from `sample` on.
  package func run(_ call: CallerArrays, _ layout: ArrayLayout, from sample: Int, count: Int) {
    layout.run(call, self, from: sample, count: count)
  }
}
