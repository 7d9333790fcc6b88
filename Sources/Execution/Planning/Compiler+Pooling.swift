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
      if isKept[place] { needsPlaces = true }
      for user in users[place] {
        if program.nodes[user].isA(Reshape.self) {
          pending.append(user)
        } else if gather == nil, placements[user] == nil,
          program.pooledExtreme(Value(index: user))?.places == Value(index: index)
        {
          gather = user
        } else {
          needsPlaces = true
        }
      }
    }
    return (gather, needsPlaces)
  }

  /// The windows that a sum alone uses.
  func summedWindow(_ index: Int) -> (window: Window, x: Value)? {
    guard program.nodes[index].type.element.isReal,
      let sum = program.summedWindows(Value(index: index)),
      users[sum.windows.index] == [index], !isKept[sum.windows.index]
    else { return nil }
    return (sum.window, sum.image)
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
