import Graph
import Operations
import Tensors

/// Operators that look up an image at places that are computed from a few numbers.
enum RegionOperators {
  static let all: [ONNXOperator] = [
    GridSample.operation,
    ONNXOperator(
      "AffineGrid", since: 20, operands: ["theta": .real, "size": .whole],
      attributes: ["align_corners": .integer], limits: "size must be known while loading",
      affineGrid),
    ONNXOperator(
      "RoiAlign", since: 10, operands: ["X": .real, "rois": .real, "batch_indices": .whole],
      attributes: [
        "coordinate_transformation_mode": .text, "mode": .text, "output_height": .integer,
        "output_width": .integer, "sampling_ratio": .integer, "spatial_scale": .real,
      ], derivative: .kinked("mode max: equal maxima share the derivative equally"),
      limits: "rois and batch_indices must be known while loading", roiAlign),
  ]

  /// The places of all pixels, in -1 … 1, under a linear map with a shift.
  private static let affineGrid: @Sendable (NodeCall, ProgramBuilder) throws -> Value = {
    node, p in
    let theta = try node.input(0, "theta")
    let size = try node.shape(1, "size")
    let spatial = Array(size.dims.dropFirst(2))
    let rank = spatial.count
    guard rank == 2 || rank == 3, p.shape(theta).dims == [size[0], rank, rank + 1],
      spatial.allSatisfy({ $0 > 0 })
    else {
      throw NetJacError(
        .shape, "theta is \(p.shape(theta)), size is \(size); [N, 2, 3] or [N, 3, 4] is needed")
    }
    let alignsCorners = try node.flag("align_corners", default: false)
    // One row for each pixel: its coordinates, the last axis first, and 1 for the shift.
    let count = try Shape(checking: spatial).count
    // Each row is an array of its own at first.
    try p.requireNumbers(count.multipliedSaturated(by: 8), of: "a grid")
    let strides = Shape(spatial).strides
    let numbers = (0..<count).flatMap { pixel -> [Double] in
      let coordinates = (0..<rank).reversed().map { axis -> Double in
        let place = Double(pixel / strides[axis] % spatial[axis])
        let length = Double(spatial[axis])
        if alignsCorners { return length == 1 ? -1 : 2 * place / (length - 1) - 1 }
        return (2 * place + 1) / length - 1
      }
      return coordinates + [1]
    }
    let places = try p.constant(
      Tensor(TensorType(p.real, [count, rank + 1]), reals: numbers))
    let grid = try p.dot(theta, places, [0, 1, 2], [3, 2], [0, 3, 1])
    return try p.reshape(grid, Shape([size[0]] + spatial + [rank]))
  }

  private enum PoolMode: String, CaseIterable { case avg, max }

  private enum Alignment: String, CaseIterable {
    case halfPixel = "half_pixel"
    case output = "output_half_pixel"
  }

  /// Pools each region of interest into a fixed number of bins, from interpolated samples.
  private static let roiAlign: @Sendable (NodeCall, ProgramBuilder) throws -> Value = { node, p in
    let x = try node.input(0, "X")
    let rois = try node.constant(1, "rois")
    let images = try node.constantIntegers(2, "batch_indices")
    let dims = p.shape(x).dims
    guard dims.count == 4, rois.shape.dims == [images.count, 4],
      images.allSatisfy({ $0 >= 0 && $0 < dims[0] }), dims[2] > 0, dims[3] > 0
    else {
      throw NetJacError(
        .shape, "X is \(p.shape(x)), rois are \(rois.shape), batch_indices \(images)")
    }
    // Before opset 16 samples were not shifted by half a pixel.
    let alignment = try node.choice(
      "coordinate_transformation_mode",
      default: node.version >= 16 ? Alignment.halfPixel : Alignment.output)
    let sampler = try RegionSampler(
      height: dims[2], width: dims[3],
      rows: node.integer("output_height", default: 1),
      columns: node.integer("output_width", default: 1),
      ratio: node.integer("sampling_ratio", default: 0),
      scale: node.real("spatial_scale", default: 1), isShifted: alignment == .halfPixel)
    let numbers = rois.reals
    let regions = try images.indices.map { try sampler.region(numbers[4 * $0..<4 * $0 + 4]) }
    // [regions, bins, samples, 4 neighbours, channels], samples repeated to the largest count.
    let bins = sampler.rows * sampler.columns
    let most = regions.map(\.sampleCount).max() ?? 1
    let shape = try Shape(checking: [images.count, bins, most, 4])
    try p.requireNumbers(shape.count.multipliedSaturated(by: 2), of: "the samples of regions")
    let isMaximum = try node.choice("mode", default: PoolMode.avg) == .max
    var places: [Int64] = []
    var weights: [Double] = []
    places.reserveCapacity(shape.count)
    weights.reserveCapacity(shape.count)
    for region in regions {
      for bin in 0..<bins {
        let samples = sampler.samples(
          of: region, row: bin / sampler.columns, column: bin % sampler.columns)
        let factor = isMaximum ? 1 : 1 / Double(samples.count)
        for index in 0..<most {
          let isOwn = index < samples.count
          let sample = isOwn ? samples[index].scaled(by: factor) : isMaximum ? samples[0] : .none
          for neighbour in 0..<4 {
            places.append(Int64(sample.places[neighbour]))
            weights.append(sample.weights[neighbour])
          }
        }
      }
    }
    let pixels = try p.transpose(
      p.reshape(
        p.gather(x, axis: 0, places: images), Shape([images.count, dims[1], dims[2] * dims[3]])),
      [0, 2, 1])
    let picked = try p.gather(
      pixels, p.constant(Tensor(TensorType(.int64, shape), integers: places)), batch: 1)
    let weight = try p.constant(Tensor(TensorType(p.real, shape), reals: weights))
    let weighted = try p.multiply(
      picked, p.add(Broadcast(p.shape(picked), axes: [0, 1, 2, 3]), [weight]))
    let pooled =
      try isMaximum
      ? p.reduceMaximum(weighted, over: [2, 3]) : p.reduceSum(weighted, over: [2, 3])
    return try p.reshape(
      p.transpose(pooled, [0, 2, 1]),
      Shape([images.count, dims[1], sampler.rows, sampler.columns]))
  }
}
