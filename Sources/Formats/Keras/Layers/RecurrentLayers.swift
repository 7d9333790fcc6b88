import Containers
import Graph
import Operations
import Tensors

/// Layers that run a cell along the steps of sequences, unrolled.
enum KerasRecurrentLayers {
  static let all: [KerasLayer] =
    [
      recurrent("LSTM", KerasCells.gatedKeys, KerasCells.weights(in: "cell")),
      recurrent("GRU", KerasCells.gatedKeys + ["reset_after"], KerasCells.weights(in: "cell")),
      recurrent("SimpleRNN", KerasCells.simpleKeys, KerasCells.weights(in: "cell")),
      recurrent("RNN", [.ignored("cell")], { _ in [] }),
      cell("LSTMCell", KerasCells.gatedKeys),
      cell("GRUCell", KerasCells.gatedKeys + ["reset_after"]),
      cell("SimpleRNNCell", KerasCells.simpleKeys),
      KerasLayer(
        several: "StackedRNNCells", keys: [.ignored("cells")]
      ) { layer, p in try oneStep(layer, p) },
      KerasLayer(
        several: "Bidirectional",
        keys: [
          "merge_mode", .ignored("layer"), .ignored("backward_layer"), .ignored("return_sequences"),
          .ignored("return_state"), .ignored("stateful"), .ignored("go_backwards"),
          .ignored("zero_output_for_mask"),
        ], call: bidirectional),
      KerasLayer(
        several: "TimeDistributed", keys: [.ignored("layer")], masking: .passes, call: distributed),
    ]
    + (1...3).map { rank in
      recurrent("ConvLSTM\(rank)D", convolutionalKeys, KerasCells.weights(in: "cell"))
    }

  private static let sequenceKeys: [KerasKey] = [
    "return_sequences", "return_state", "go_backwards", "stateful", "zero_output_for_mask",
    "time_major", .ignored("unroll"), .ignored("use_cudnn"),
  ]

  private static let convolutionalKeys: [KerasKey] =
    KerasCells.gatedKeys.filter { $0.name != "units" } + [
      "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate",
    ]

  private static func recurrent(
    _ name: String, _ keys: [KerasKey],
    _ weights: @escaping @Sendable (KerasConfiguration) -> [KerasWeight]
  ) -> KerasLayer {
    KerasLayer(several: name, keys: keys + sequenceKeys, weights: weights) { layer, p in
      try KerasSequence(layer).results(
        zerosMasked: layer.config.flag("zero_output_for_mask", default: false))
    }
  }

  private static func cell(_ name: String, _ keys: [KerasKey]) -> KerasLayer {
    KerasLayer(several: name, keys: keys, weights: KerasCells.weights(in: "")) { layer, p in
      try oneStep(layer, p)
    }
  }

  /// A cell that is called by itself: input and states give output and states.
  private static func oneStep(_ layer: KerasCall, _ p: ProgramBuilder) throws -> [KerasTensor] {
    let cell = try KerasCells.cell(layer, layer.layer.className, in: "")
    let x = try layer.x
    let states = layer.arguments.dropFirst().flatMap(\.tensors).map(\.value)
    let needed = try cell.stateDims(Array(p.shape(x).dims.dropFirst())).count
    guard states.count == needed else {
      throw NetJacError(.format, "the cell is called with \(states.count) states; it has \(needed)")
    }
    let one = try p.reshape(x, Shape([1] + p.shape(x).dims))
    let projected = try cell.projected(one)
    let result = try cell.step(
      p.reshape(projected, Shape(Array(p.shape(projected).dims.dropFirst()))), states)
    return ([result.output] + result.states).map { KerasTensor($0) }
  }

  /// Two layers, of which one runs backwards; its sequence is turned round before both are joined.
  private static let bidirectional: KerasLayer.Call = { layer, p in
    guard layer.layer.parts.count == 2 else {
      throw NetJacError(.format, "the configuration lacks 'layer'")
    }
    let states = KerasSequence.initialStates(layer)
    let x = try layer.input()
    var sides: [[KerasTensor]] = []
    for (side, part) in layer.layer.parts.enumerated() {
      let known: Set = [
        "LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
      ]
      guard known.contains(part.layer.className) else {
        throw NetJacError(
          .unsupported,
          "the layer \(part.layer.className.quoted) is not supported in two directions")
      }
      let half = states.count / 2
      let own = side == 0 ? states.prefix(half) : states.suffix(half)
      var named = layer.named.filter { $0.key == "mask" }
      if !own.isEmpty { named["initial_state"] = .list(own.map { .tensor($0) }) }
      let inner = layer.importer.context(part.layer, [.tensor(x)], named: named)
      let returnsSequences = inner.config.flag("return_sequences", default: false)
      var results = try KerasSequence(inner).results(zerosMasked: returnsSequences)
      if side == 1, returnsSequences {
        let time = inner.config.flag("time_major", default: false) ? 0 : 1
        results[0] = KerasTensor(try p.reverse(results[0].value, [time]), mask: results[0].mask)
      }
      sides.append(results)
    }
    let (forward, backward) = (sides[0][0], sides[1][0])
    let rest = sides[0].dropFirst() + sides[1].dropFirst()
    let merged: Value
    switch layer.config.object["merge_mode"] ?? .string("concat") {
    case .null: return [forward, backward] + rest
    case .string("concat"):
      let last = p.shape(forward.value).rank - 1
      merged = try p.concatenate([forward.value, backward.value], axis: last)
    case .string("sum"): merged = try p.add(forward.value, backward.value)
    case .string("mul"): merged = try p.multiply(forward.value, backward.value)
    case .string("ave"):
      let sum = try p.add(forward.value, backward.value)
      merged = try p.multiply(sum, p.scalar(0.5, like: sum))
    case let other:
      throw NetJacError(.unsupported, "'merge_mode' is \(other.described), which is not supported")
    }
    return [KerasTensor(merged, mask: forward.mask)] + rest
  }

  /// A layer that is applied to each step, which are part of the batch meanwhile.
  private static let distributed: KerasLayer.Call = { layer, p in
    guard let wrapped = layer.layer.parts.first?.layer else {
      throw NetJacError(.format, "the configuration lacks 'layer'")
    }
    let x = try layer.x
    let dims = p.shape(x).dims
    guard dims.count >= 3 else {
      throw NetJacError(.shape, "the input is \(p.shape(x)); batch, steps and features are needed")
    }
    let flat = try p.reshape(x, Shape([dims[0] * dims[1]] + dims.dropFirst(2)))
    return try layer.inner(wrapped, [.tensor(KerasTensor(flat))]).map { result in
      let inner = p.shape(result.value).dims.dropFirst()
      return KerasTensor(try p.reshape(result.value, Shape(Array(dims.prefix(2)) + inner)))
    }
  }
}

/// A recurrent layer along its sequences.
struct KerasSequence {
  private let call: KerasCall
  private let cell: any KerasCell
  /// [steps, batch, …], in the order in which the steps are taken.
  private let x: Value
  private let mask: Value?
  private let givenMask: Value?
  private var p: ProgramBuilder { call.p }

  init(_ call: KerasCall) throws {
    self.call = call
    let className = call.layer.className
    if className == "RNN" {
      guard let part = call.layer.parts.first?.layer else {
        throw NetJacError(.format, "the configuration lacks 'cell'")
      }
      cell = try KerasCells.cell(call.importer.context(part), part.className, in: "")
    } else {
      cell = try KerasCells.cell(call, className, in: "cell")
    }
    let p = call.p
    let input = try call.x
    let rank = p.shape(input).rank
    guard rank >= 3, p.shape(input)[0] > 0, p.shape(input)[1] > 0 else {
      throw NetJacError(
        .shape, "the input is \(p.shape(input)); batch, steps and features are needed")
    }
    if call.config.flag("stateful", default: false) {
      let batch = p.shape(input)[call.config.flag("time_major", default: false) ? 1 : 0]
      guard batch == 1 else {
        throw NetJacError(
          .unsupported,
          "the layer keeps its state from call to call ('stateful') for \(batch) samples; set it to false"
        )
      }
    }
    let isTimeMajor = call.config.flag("time_major", default: false)
    let swapped = [1, 0] + Array(2..<rank)
    var x = try isTimeMajor ? input : p.transpose(input, swapped)
    var mask = try call.mask
    givenMask = mask
    if let given = mask {
      mask = try p.asBoolean(isTimeMajor ? given : p.transpose(given, [1, 0]))
    }
    if call.config.flag("go_backwards", default: false) {
      x = try p.reverse(x, [0])
      if let forward = mask { mask = try p.reverse(forward, [0]) }
    }
    self.x = x
    self.mask = mask
  }

  /// The states that a call begins with: by name, by place, or (Keras 2) behind the sequences.
  static func initialStates(_ call: KerasCall) -> [KerasTensor] {
    if let named = call.argument("initial_state", 1)?.tensors, !named.isEmpty { return named }
    return Array(call.inputs.dropFirst())
  }

  func results(zerosMasked: Bool) throws -> [KerasTensor] {
    let dims = p.shape(x).dims
    let (steps, batch) = (dims[0], dims[1])
    let needed = try cell.stateDims(Array(dims.dropFirst(2)))
    let given = Self.initialStates(call)
    guard given.isEmpty || given.count == needed.count else {
      throw NetJacError(
        .format, "\(given.count) initial states are given; the layer has \(needed.count)")
    }
    var states = try needed.indices.map { index -> Value in
      let shape = try Shape(checking: [batch] + needed[index])
      guard given.isEmpty else {
        guard p.shape(given[index].value) == shape else {
          throw NetJacError(
            .shape, "an initial state is \(p.shape(given[index].value)); \(shape) is needed")
        }
        return given[index].value
      }
      return try p.constant(Tensor(TensorType(p.real, shape), fill: 0.0))
    }
    let projected = try cell.projected(p.asReal(x))
    var outputs: [Value] = []
    try p.requireTurns(steps)
    for step in 0..<steps {
      let result = try cell.step(p.element(step, of: projected, axis: 0), states)
      guard let mask else {
        states = result.states
        outputs.append(result.output)
        continue
      }
      let isValid = try p.element(step, of: mask, axis: 0)
      func held(_ new: Value, _ old: Value) throws -> Value {
        try p.select(p.add(Broadcast(p.shape(new), axes: [0]), [isValid]), new, old)
      }
      states = try zip(result.states, states).map { try held($0, $1) }
      // A step that does not count repeats the output before it, or gives zeros.
      let zero = try p.scalar(0, like: result.output)
      outputs.append(try held(result.output, zerosMasked ? zero : outputs.last ?? zero))
    }
    let returnsSequences = call.config.flag("return_sequences", default: false)
    var y = outputs[steps - 1]
    if returnsSequences {
      let isTimeMajor = call.config.flag("time_major", default: false)
      y = try p.stack(outputs, axis: isTimeMajor ? 0 : 1, like: y)
    }
    let first = KerasTensor(y, mask: returnsSequences ? givenMask : nil)
    guard call.config.flag("return_state", default: false) else { return [first] }
    return [first] + states.map { KerasTensor($0) }
  }
}
