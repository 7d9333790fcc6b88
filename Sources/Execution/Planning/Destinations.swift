import Graph
import Tensors

/// Where values are wanted: in the caller's arrays, in concatenations, between the margins of windows.
///
/// A consumer offers a place before it is computed itself, and the producer takes it if its kernel can write
/// there. An offer stays as it is, for all who may take it. Who does not take it gets an array of its own; the
/// consumer finds that out by the buffer, and copies.
///
/// Offers are made when producers are lowered, not before: whether a place can be written and read depends on
/// strides, and these on views and on the offers that were taken so far.
struct Destinations {
  /// The buffers of outputs by the nodes that write them directly.
  fileprivate(set) var outputs: [Int: Int] = [:]
  /// The positions of these outputs, for which no copy is needed.
  fileprivate(set) var direct: Set<Int> = []
  /// By consumer: a concatenation's result, the padded array of windows.
  fileprivate(set) var offered: [Int: Placement] = [:]
}

/// What places a kernel can write its result to.
enum Writer {
  /// Elementwise work and copies: rows at any distance.
  case rows
  /// Products: one array without gaps.
  case contiguous
  /// Products with tables of places: rows and runs at any distance.
  case runs(IndexedPlan)

  init(_ plan: DotPlan) { self = plan.indexed.map { .runs($0) } ?? .contiguous }

  func canWrite(_ place: Placement) -> Bool {
    switch self {
    case .rows: true
    case .contiguous: place.isContiguous
    case .runs(let plan): IndexedPlan.Target(plan, in: place) != nil
    }
  }
}

extension Compiler {
  /// Gives a value the place where it is wanted, if the kernel can write there, or an array of its own. What
  /// the kernel itself `absorbed` is no further use.
  mutating func wantedPlacement(
    for index: Int, by writer: Writer, absorbed: Set<Int> = []
  ) -> Placement {
    guard
      let place = placeInConcatenation(index, by: writer, absorbed: absorbed)
        ?? placeInPadding(index, by: writer, absorbed: absorbed)
    else { return newPlacement(for: index) }
    placements[index] = place
    return place
  }

  /// Gives a value an array of its own, or the output's that it is.
  mutating func newPlacement(for index: Int) -> Placement {
    let type = program.nodes[index].type
    let buffer = destinations.outputs[index] ?? addBuffer(.arena, type.byteCount)
    let placement = Placement(buffer: buffer, type)
    placements[index] = placement
    return placement
  }

  // MARK: - Outputs

  /// Lets the values that are outputs be written to the caller's arrays.
  mutating func claimOutputs(computed schedule: Schedule) {
    var written: Set<Int> = []
    for item in schedule.items {
      switch item {
      // Nothing that is guarded is an output.
      case .view, .guarded: break
      case .group(let members): written.formUnion(members)
      case .single(let index): written.insert(index)
      case .productAndGroup(let product, _, let members):
        written.insert(product)
        written.formUnion(members)
      }
    }
    for (position, output) in program.outputs.enumerated() {
      // Through views that keep the elements in their order, the source is written in place.
      var index = output.index
      while program.nodes[index].isA(Reshape.self) || program.nodes[index].isA(Detach.self) {
        index = program.nodes[index].operands[0].index
      }
      guard written.contains(index), destinations.outputs[index] == nil else { continue }
      let bytes = program.nodes[index].type.byteCount
      destinations.outputs[index] = addBuffer(.output(position), bytes)
      destinations.direct.insert(position)
    }
  }

  /// Copies the outputs that were not written to the caller's arrays.
  mutating func copyOutputs() throws {
    for (position, output) in program.outputs.enumerated()
    where !destinations.direct.contains(position) {
      let type = program.type(output)
      copy(
        try placement(output),
        to: Placement(buffer: addBuffer(.output(position), type.byteCount), type))
    }
  }

  // MARK: - Concatenations

  /// Where a concatenation's result is, also before its parts are.
  mutating func concatenation(_ index: Int) -> Placement {
    if let known = destinations.offered[index] { return known }
    let y = placeInConcatenation(index, by: .rows, absorbed: []) ?? newPlacement(for: index)
    // The value is there when its last part is.
    placements[index] = nil
    destinations.offered[index] = y
    return y
  }

  func part(
    _ place: Int, of concatenate: Concatenate, _ index: Int, in y: Placement
  ) -> Placement {
    let dims = program.type(program.nodes[index].operands[place]).dims
    var starts = dims.map { _ in 0 }
    starts[concatenate.axis] = joinedParts[index]?.starts[place] ?? 0
    return y.sliced(starts: starts, sizes: dims, steps: dims.map { _ in 1 })
  }

  /// The place of a value within the result of a concatenation, which uses it once. All other uses
  /// have to be products that take its rows from there as well as from an array of its own.
  private mutating func placeInConcatenation(
    _ index: Int, by writer: Writer, absorbed: Set<Int>
  ) -> Placement? {
    guard !isKept[index], program.nodes[index].type.count > 0,
      let use = useByConcatenation(index),
      let concatenate = program.nodes[use.user].primitive as? Concatenate,
      placements[use.user] == nil
    else { return nil }
    let known = absorbed.union([use.first])
    let isOnlyUse = users[index].allSatisfy(known.contains)
    guard isOnlyUse || program.nodes[index].isA(Concatenate.self) else { return nil }
    // In a step of its own: as an argument it would be asked for while the compiler is held for the
    // call, and copy all that it changes.
    let whole = concatenation(use.user)
    guard
      let part = part(use.place, of: concatenate, use.user, in: whole)
        .reshaped(program.nodes[index].type.shape), writer.canWrite(part)
    else { return nil }
    let canRead = everyReader(of: index, at: part, besides: known, readsRows)
    return canRead ? part : nil
  }

  /// The one concatenation that takes a value, once, if need be through reshapes that nothing else
  /// uses; `first` is the use on the way there.
  private func useByConcatenation(_ index: Int) -> (first: Int, user: Int, place: Int)? {
    var found: (first: Int, user: Int, place: Int)?
    for first in users[index] {
      var (value, user) = (index, first)
      while program.nodes[user].isA(Reshape.self), !isKept[user], users[user].count == 1 {
        (value, user) = (user, users[user][0])
      }
      guard let parts = joinedParts[user] else { continue }
      guard found == nil, let place = parts.onlyPlace[value] else { return nil }
      found = (first, user, place)
    }
    return found
  }

  /// Whether a user is a product with a known matrix that takes its rows from this place.
  private func readsRows(_ user: Int, of index: Int, at place: Placement) -> Bool {
    let node = program.nodes[user]
    guard let dot = node.primitive as? Dot,
      let side = node.operands.firstIndex(where: { $0.index == index }),
      let matrix = placements[node.operands[1 - side].index], known(matrix) != nil
    else { return false }
    let plan =
      side == 0 ? self.plan(dot, user, place, matrix) : self.plan(dot, user, matrix, place)
    return plan.isSingle && plan.isSwapped == (side == 1) && plan.k.strides[0] == 1
  }

  // MARK: - Margins of windows

  /// The place of a value that only windows use, all the same ones, between the margins of these; nil
  /// where there are no margins.
  private mutating func placeInPadding(
    _ index: Int, by writer: Writer, absorbed: Set<Int>
  ) -> Placement? {
    guard let use = onlyUse(index, besides: absorbed),
      let window = program.nodes[use.user].primitive as? Window
    else { return nil }
    let user = use.user
    let type = program.nodes[use.operand].type
    let margins = Margins(window, type.dims)
    let dims = margins.paddedDims(type.dims)
    guard type.count > 0, !margins.isNone, margins.sizes == type.dims,
      let count = dims.product(upTo: program.nodes[user].type.count), count > 0
    else { return nil }
    let padded = TensorType(type.element, Shape(dims))
    // A buffer that no step comes to use takes no memory.
    let target = Placement(buffer: addBuffer(.arena, padded.byteCount), padded)
    let inner = target.between(margins, type.dims)
    guard isReadInPlace(user, margins.windows(window, of: target)),
      margins.linePlaces(of: inner, in: padded.dims) != nil,
      let part = inner.reshaped(program.nodes[index].type.shape), writer.canWrite(part)
    else { return nil }
    destinations.offered[user] = target
    return part
  }
}

/// How the operands of a concatenation stand in its result.
struct JoinedParts {
  /// How far along the axis each operand begins.
  let starts: [Int]
  /// The place among the operands of each value that is there once.
  let onlyPlace: [Int: Int]

  /// Those of all concatenations of a program, by node.
  static func all(_ program: Program) -> [Int: JoinedParts] {
    var found: [Int: JoinedParts] = [:]
    for (index, node) in program.nodes.enumerated() {
      guard let concatenate = node.primitive as? Concatenate else { continue }
      var starts: [Int] = []
      var onlyPlace: [Int: Int?] = [:]
      var start = 0
      for (place, operand) in node.operands.enumerated() {
        starts.append(start)
        start += program.type(operand).dims[concatenate.axis]
        onlyPlace[operand.index] = .some(onlyPlace[operand.index] == nil ? place : nil)
      }
      found[index] = JoinedParts(starts: starts, onlyPlace: onlyPlace.compactMapValues(\.self))
    }
    return found
  }
}
