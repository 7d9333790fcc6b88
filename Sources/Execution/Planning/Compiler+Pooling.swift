import Graph
import Tensors

/// Pooling: windows that are reduced where they are, instead of being laid out.
extension Compiler {
  /// Finds places, and values in the same pass where they are gathered from the same image; places
  /// that nothing else needs are not stored.
  mutating func lower(_ extreme: WindowExtreme, _ index: Int) throws {
    let source = program.nodes[index].operands[0]
    let uses = pooledValues(index)
    let x = try contiguous(source)
    let places: Placement
    if uses.needsPlaces {
      places = newPlacement(for: index)
    } else {
      // Views of it are made, but nothing reads them.
      places = Placement(buffer: addBuffer(.arena, 0), program.nodes[index].type)
      placements[index] = places
    }
    let values = uses.gather.map { newPlacement(for: $0) }
    let type = program.type(source)
    guard uses.needsPlaces || values != nil else { return }
    steps.append(
      Step(
        reads: [x.buffer],
        writes: [values?.buffer, uses.needsPlaces ? places.buffer : nil].compactMap { $0 },
        scratchBytes: 0
      ) { addresses in
        WindowExtremeKernel.make(
          extreme, from: addresses.operand(x), type, values: values.map(addresses.operand),
          places: uses.needsPlaces ? addresses.operand(places) : nil)
      })
  }

  /// The gather of the elements that a `WindowExtreme` finds, if there is one, and whether anything
  /// else uses the places.
  private func pooledValues(_ index: Int) -> (gather: Int?, needsPlaces: Bool) {
    var gather: Int?
    var needsPlaces = false
    var pending = [index]
    while let place = pending.popLast() {
      if isOutput[place] { needsPlaces = true }
      for user in users[place] {
        if program.nodes[user].primitive is Reshape {
          pending.append(user)
        } else if gather == nil, picksValues(user, foundBy: index) {
          gather = user
        } else {
          needsPlaces = true
        }
      }
    }
    return (gather, needsPlaces)
  }

  /// Whether a node picks from each image what is at the places found in it.
  private func picksValues(_ user: Int, foundBy index: Int) -> Bool {
    guard let gather = program.nodes[user].primitive as? Gather, placements[user] == nil,
      let extreme = program.nodes[index].primitive as? WindowExtreme
    else { return false }
    let operands = program.nodes[user].operands
    let source = program.nodes[index].operands[0]
    let outer = program.type(source).rank - extreme.axes.count
    let images = program.type(source).dims.prefix(outer).reduce(1, *)
    let (x, places) = (program.type(operands[0]), program.type(operands[1]))
    return unshaped(operands[0]) == unshaped(source)
      && unshaped(operands[1]) == Value(index: index)
      && x.rank == gather.batch + 1 && x.dims.prefix(gather.batch).reduce(1, *) == images
      && places.dims.prefix(gather.batch).reduce(1, *) == images
  }

  /// What a value is a reshape of.
  private func unshaped(_ value: Value) -> Value {
    var value = value
    while program.nodes[value.index].primitive is Reshape {
      value = program.nodes[value.index].operands[0]
    }
    return value
  }

  /// The window that a sum alone uses, over all of its places.
  func summedWindow(_ index: Int) -> (window: Window, x: Value)? {
    let node = program.nodes[index]
    guard let reduce = node.primitive as? ReduceSum, node.type.element.isReal,
      let source = node.operands.first,
      let window = program.nodes[source.index].primitive as? Window,
      users[source.index] == [index], !isOutput[source.index]
    else { return nil }
    let outer = program.type(source).rank - 2 * window.axes.count
    guard Set(reduce.axes) == Set(outer..<outer + window.axes.count) else { return nil }
    return (window, program.nodes[source.index].operands[0])
  }

  mutating func lowerSum(of window: Window, _ source: Value, _ index: Int) throws {
    let x = try contiguous(source)
    let y = newPlacement(for: index)
    let type = program.type(source)
    func step<Real: KernelReal>(_ real: Real.Type) -> Step {
      Step(reads: [x.buffer], writes: [y.buffer], scratchBytes: 0) { addresses in
        WindowSumKernel<Real>(
          window.axes, from: addresses.operand(x), type, to: addresses.operand(y))
      }
    }
    steps.append(step(y.element.kernelReal))
  }
}
