import Graph
import Tensors

extension Compiler {
  /// Windows are read where they are if products alone, or elementwise work along lines, use them; all
  /// others are laid out.
  mutating func lower(_ window: Window, _ index: Int) throws {
    let source = try placement(program.nodes[index].operands[0])
    let margins = Margins(window, source.dims)
    let padded = margins.paddedDims(source.dims)
    let laidOut = program.nodes[index].type.count
    // Steps and margins out of all proportion would make the array larger than all its windows.
    guard source.count > 0, laidOut > 0, margins.isNone || padded.product(upTo: laidOut) != nil
    else {
      return try lowerTable(window, rowRank: window.axes.count, index)
    }
    // The padded array stands for itself until it is known to be needed.
    let stand = Placement(
      buffer: source.buffer, TensorType(source.element, Shape(padded)))
    let view = margins.windows(window, of: margins.isNone ? source : stand)
    guard isReadInPlace(index, view) else {
      return try lowerTable(window, rowRank: window.axes.count, index)
    }
    guard !margins.isNone else {
      placements[index] = view
      return
    }
    if let target = destinations.offered[index], target.buffer == source.buffer {
      writeMargins(margins, of: target, source.dims)
      placements[index] = margins.windows(window, of: target)
      return
    }
    let type = TensorType(source.element, Shape(padded))
    let target = Placement(buffer: addBuffer(.arena, type.byteCount), type)
    pad(source, margins, to: target)
    placements[index] = margins.windows(window, of: target)
  }

  private mutating func writeMargins(_ margins: Margins, of target: Placement, _ dims: [Int]) {
    let axis = dims.count - 1
    let part = target.between(margins, dims)
    guard let places = margins.linePlaces(of: part, in: target.dims) else { return }
    pad(nil, to: target, margins, length: dims[axis], places)
  }

  private mutating func pad(_ source: Placement, _ margins: Margins, to target: Placement) {
    let cropped = margins.cropped(source)
    let starts = margins.targetStarts
    guard cropped.count > 0, let places = margins.linePlaces(of: cropped, in: target.dims) else {
      copy(place(Tensor(TensorType(target.element, Shape(target.dims)), fill: 0.0)), to: target)
      return copy(
        cropped,
        to: target.sliced(starts: starts, sizes: cropped.dims, steps: starts.map { _ in 1 }))
    }
    let axis = starts.count - 1
    pad(cropped, to: target, margins, length: cropped.dims[axis], places)
  }

  /// Writes zeros between lines of `length` elements, and the lines from `source`, if there is one.
  private mutating func pad(
    _ source: Placement?, to target: Placement, _ margins: Margins, length: Int, _ places: [Int32]
  ) {
    let axis = target.dims.count - 1
    func step<Real: KernelReal>(_ real: Real.Type) -> Step {
      Step(
        reads: [source?.buffer].compactMap(\.self), writes: [target.buffer], scratchBytes: 0
      ) { addresses in
        PadKernel<Real>(
          from: source.map(addresses.operand), to: addresses.operand(target),
          line: target.dims[axis], low: margins.targetStarts[axis], length: length, places: places)
      }
    }
    steps.append(step(target.element.kernelReal))
  }

  /// Whether every use of the node, through views, can read this placement as it is.
  func isReadInPlace(_ index: Int, _ placement: Placement) -> Bool {
    // Margins are those of real numbers.
    program.nodes[index].type.element.isReal
      && (onlyProductsRead(index, placement) || onlyLinesAreRead(index, placement))
  }

  /// Whether every use of the node, through views, is elementwise work along lines.
  private func onlyLinesAreRead(_ index: Int, _ placement: Placement) -> Bool {
    everyReader(of: index, at: placement) { user, _, placement in
      program.nodes[user].primitive is any Elementwise && placement.strides.last == 1
        && placement.dims.last.map { $0 >= FusedKernel.shortestRow } ?? false
    }
  }

  /// Whether every use of the node, through views, is a product that takes it as an indexed operand
  /// from this placement.
  private func onlyProductsRead(_ index: Int, _ placement: Placement) -> Bool {
    everyReader(of: index, at: placement) { user, operand, placement in
      let node = program.nodes[user]
      guard let dot = node.primitive as? Dot else { return false }
      let operands = node.operands.map { other -> Placement in
        if other.index == operand { return placement }
        return placements[other.index]
          ?? Placement(buffer: placement.buffer, program.type(other))
      }
      let side = node.operands.map(\.index).firstIndex(of: operand)
      let plan = self.plan(dot, user, operands[0], operands[1])
      return plan.indexed != nil && side == (plan.isSwapped ? 0 : 1)
    }
  }

  /// Whether whatever reads a value from this placement, if need be through views, is accepted: called
  /// with the node, its operand and where that is. Some users of the value itself may be left out of account.
  func everyReader(
    of value: Int, at placement: Placement, besides ignored: Set<Int> = [],
    _ accepts: (_ user: Int, _ operand: Int, _ placement: Placement) -> Bool
  ) -> Bool {
    // Chains of views may be of any length.
    var read = [(index: value, placement: placement)]
    while let (index, placement) = read.popLast() {
      guard !isKept[index], !users[index].isEmpty else { return false }
      for user in users[index] where index != value || !ignored.contains(user) {
        if program.nodes[user].isView {
          guard let view = Compiler.view(program.nodes[user], of: placement) else { return false }
          read.append((user, view))
        } else if !accepts(user, index, placement) {
          return false
        }
      }
    }
    return true
  }

  /// Where a view's elements are, if no copy is needed.
  static func view(_ node: Node, of source: Placement) -> Placement? {
    switch node.primitive {
    case let reshape as Reshape: source.reshaped(reshape.shape)
    case let transpose as Transpose: source.transposed(transpose.axes)
    case let broadcast as Broadcast: source.broadcast(broadcast.shape, axes: broadcast.axes)
    case let slice as Slice:
      source.sliced(starts: slice.starts, sizes: slice.sizes, steps: slice.steps)
    case let reverse as Reverse: source.reversed(reverse.axes)
    default: source
    }
  }
}

extension Placement {
  /// The part of a padded array that is not margin.
  func between(_ margins: Margins, _ dims: [Int]) -> Placement {
    sliced(starts: margins.targetStarts, sizes: dims, steps: dims.map { _ in 1 })
  }
}

extension Margins {
  func cropped(_ source: Placement) -> Placement {
    source.sliced(starts: sourceStarts, sizes: sizes, steps: sizes.map { _ in 1 })
  }

  /// Where each line of the padded array begins in the cropped one, -1 for a line of zeros; nil where
  /// lines are not contiguous or too many.
  func linePlaces(of cropped: Placement, in dims: [Int]) -> [Int32]? {
    guard let last = cropped.strides.last, last == 1 || cropped.dims.last == 1,
      let line = dims.last, line > 0, dims.reduce(1, *) / line <= 1 << 16
    else { return nil }
    var places = [0]
    for axis in dims.indices.dropLast() {
      let start = targetStarts[axis]
      let stride = cropped.strides[axis]
      places = places.flatMap { place in
        (0..<dims[axis]).map { index in
          place < 0 || index < start || index >= start + cropped.dims[axis]
            ? -1 : place + (index - start) * stride
        }
      }
    }
    guard places.allSatisfy({ Int32(exactly: $0) != nil }) else { return nil }
    return places.map { Int32(truncatingIfNeeded: $0) }
  }

  /// [Q…, K…, O…] as a view of [Q…, S…], which begins where the first window does.
  func windows(_ window: Window, of source: Placement) -> Placement {
    let outer = source.dims.count - window.axes.count
    let strides = source.strides.dropFirst(outer)
    let skipped = isNone ? zip(strides, low.dropFirst(outer)).reduce(0) { $0 - $1.0 * $1.1 } : 0
    return Placement(
      buffer: source.buffer, offset: source.offset + skipped,
      dims: source.dims.prefix(outer) + window.axes.map(\.size) + window.axes.map(\.count),
      strides: Array(source.strides.prefix(outer))
        + zip(window.axes, strides).map { $0.dilation * $1 }
        + zip(window.axes, strides).map { $0.stride * $1 },
      element: source.element)
  }
}
