import CKernels
import Graph
import Tensors

/// The transposed convolution of an image that few numbers were scattered into: neither the image nor
/// its product with the kernel is ever laid out.
extension Compiler {
  /// Computes the fold behind a scatter and a product at once; false where they do not fit.
  mutating func spread(_ scatter: ScatterAdd, _ index: Int) throws -> Bool {
    guard program.nodes[index].type.element.isReal, let array = onlyUse(index),
      let folded = onlyUse(array.user),
      let form = SpreadForm(program, scatter, index, array: array, folded: folded),
      let source = placements[form.kernel.index], let kernel = known(source),
      isKnownFinite(source)
    else { return false }
    let node = program.nodes[index]
    let (places, sets) = try places(node.operands[1], form)
    let shape = netjac_spread(
      channels: Int64(form.channels), picks: Int64(form.picks),
      channel_stride: Int64(places.strides[2]), pixels: Int64(form.pixels),
      terms: Int64(form.terms), features: Int64(form.features),
      targets: Int64(form.targets), table: nil)
    guard sets.fits(shape), form.picks == 1 || places.strides[3] == 1 else {
      return false
    }
    let updates = try contiguous(node.operands[0])
    let y = newPlacement(for: form.fold)
    for skipped in [index, form.product] {
      // Views of them are made, but nothing reads them.
      placements[skipped] = Placement(buffer: addBuffer(.arena, 0), program.nodes[skipped].type)
    }
    let kernelPlaces = form.kernelPlaces(source.strides)
    func step<Real: KernelReal>(_ real: Real.Type) -> Step {
      Step(
        reads: [updates.buffer, places.buffer], writes: [y.buffer],
        scratchBytes: SpreadKernel<Real>.scratchBytes(sets, shape)
      ) { addresses in
        SpreadKernel<Real>(
          updates: addresses.operand(updates), places: addresses.operand(places),
          to: addresses.operand(y), scratch: addresses.scratch, sets: sets, shape: shape,
          table: form.table, kernel: kernel, places: kernelPlaces)
      }
    }
    steps.append(step(y.element.kernelReal))
    return true
  }

  /// The places of updates as groups, sets of a group, channels, picks: the sets of a group, such as
  /// seeds, share theirs.
  private mutating func places(
    _ value: Value, _ form: SpreadForm
  ) throws -> (places: Placement, sets: SpreadGroups) {
    let places = try placement(value)
    for (groups, size) in form.groupings {
      if let shaped = places.reshaped(Shape([groups, size, form.channels, form.picks])),
        size == 1 || shaped.strides[1] == 0
      {
        return (shaped, .init(groups: groups, placeStride: shaped.strides[0], size: size))
      }
    }
    let shape = Shape([form.sets, 1, form.channels, form.picks])
    guard let laid = try contiguous(value).reshaped(shape) else {
      throw NetJacError(.defect, "places of \(places.dims) do not fit sets of \(shape)")
    }
    return (laid, .init(groups: form.sets, placeStride: laid.strides[0], size: 1))
  }
}

/// fold(Σ kernel[c, f, k…]·scatter(updates)[q, c, o…]) as sets q, channels c, features f.
private struct SpreadForm {
  let product: Int
  let fold: Int
  let kernel: Value
  let sets: Int
  /// The sets as groups of whole axes, the largest groups first.
  let groupings: [(groups: Int, size: Int)]
  let channels: Int
  let picks: Int
  let pixels: Int
  let terms: Int
  let features: Int
  let targets: Int
  /// For each pixel and term the target, or -1.
  let table: [Int32]
  private let kernelLabels: [Int]
  /// Labels of the kernel as the spread takes them: channels, terms, features.
  private let order: [Int]
  private let lengths: [Int]

  /// `array` is the scatter's use, by a product, and `folded` the product's, by a fold.
  init?(
    _ program: Program, _ scatter: ScatterAdd, _ index: Int, array: Compiler.Use,
    folded: Compiler.Use
  ) {
    guard let dot = program.nodes[array.user].primitive as? Dot,
      let fold = program.nodes[folded.user].primitive as? Fold
    else { return nil }
    let operands = program.nodes[array.user].operands
    let isFirst = operands[0].index == array.operand
    guard isFirst != (operands[1].index == array.operand) else { return nil }
    let (arrayLabels, kernelLabels) = isFirst ? (dot.a, dot.b) : (dot.b, dot.a)
    lengths = dot.lengths(operands.map(program.type))
    let rank = fold.axes.count
    let labels = ProductLabels(dot, imageSide: isFirst ? 0 : 1, one: 1) {
      program.type(operands[$0]).dims[$1]
    }
    guard
      let all = labels.seen(
        labels.result, as: program.type(Value(index: folded.operand)).dims),
      let (axes, termLabels, pixelLabels) = labels.roles(
        fold.axes, all.suffix(2 * rank), isPlace: labels.isOfKernel),
      axes == fold.axes
    else { return nil }
    let kinds = labels.kinds(
      arrayLabels.filter { !pixelLabels.contains($0) }, besides: termLabels)
    let (setLabels, featureLabels) = (kinds.batches, kinds.features)
    let channelsInOrder = kinds.channels
    guard kinds.groups.isEmpty,
      arrayLabels == setLabels + channelsInOrder + pixelLabels,
      dot.y == setLabels + featureLabels + termLabels + pixelLabels
    else { return nil }
    let lengths = lengths
    func total(_ labels: [Int]) -> Int { labels.reduce(1) { $0 * lengths[$1] } }
    let updates = program.type(program.nodes[index].operands[0])
    let indices = program.type(program.nodes[index].operands[1])
    product = array.user
    self.fold = folded.user
    kernel = operands[isFirst ? 1 : 0]
    sets = total(setLabels)
    groupings = (0...setLabels.count).map { split in
      (total(Array(setLabels.prefix(split))), total(Array(setLabels.dropFirst(split))))
    }
    channels = total(channelsInOrder)
    pixels = total(pixelLabels)
    terms = total(termLabels)
    features = total(featureLabels)
    targets = fold.spatial.reduce(1, *)
    let batches = indices.dims.prefix(scatter.batch).reduce(1, *)
    guard updates.count == indices.count, batches == sets * channels, batches > 0,
      scatter.length == pixels,
      pixels * terms <= SpreadForm.longestTable, targets > 0
    else { return nil }
    picks = updates.count / batches
    guard picks > 0, picks * 2 <= pixels,
      let windows = try? Window(fold.axes).type(of: [TensorType(.float64, Shape(fold.spatial))])
    else { return nil }
    let sources = Window(fold.axes).sources(TensorType(.float64, Shape(fold.spatial)), windows)
    guard sources.count == pixels * terms else { return nil }
    var table = [Int32](repeating: -1, count: pixels * terms)
    for term in 0..<terms {
      for pixel in 0..<pixels {
        table[pixel * terms + term] = Int32(truncatingIfNeeded: sources[term * pixels + pixel])
      }
    }
    self.table = table
    self.kernelLabels = kernelLabels
    order = channelsInOrder + termLabels + featureLabels
  }

  /// Where the elements of the kernel, as channels, terms and features, lie by its strides.
  func kernelPlaces(_ strides: [Int]) -> [Int] {
    order.reduce([0]) { places, label in
      let stride = kernelLabels.firstIndex(of: label).map { strides[$0] } ?? 0
      return places.flatMap { place in (0..<lengths[label]).map { place + $0 * stride } }
    }
  }

  private static let longestTable = 1 << 20
}
