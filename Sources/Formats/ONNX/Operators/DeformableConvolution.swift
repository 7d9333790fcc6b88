import Graph
import Operations
import Tensors

/// ONNX `DeformConv`: a convolution whose kernel reads the image at places that are shifted by an
/// input, and weighted by another.
enum DeformableConvolution {
  static let operation = ONNXOperator(
    "DeformConv", since: 19,
    operands: [
      "X": .real, "W": .real, "offset": .real, "B": .optional(.real), "mask": .optional(.real),
    ],
    attributes: [
      "dilations": .integers, "group": .integer, "kernel_shape": .integers,
      "offset_group": .integer, "pads": .integers, "strides": .integers,
    ], derivative: .kinked("at lines of the grid, in the offsets")
  ) { node, p in
    let x = try node.input(0, "X")
    let w = try node.input(1, "W")
    let offset = try node.input(2, "offset")
    let spatial = try node.spatialDims(x)
    let kernel = Array(p.shape(w).dims.dropFirst(2))
    try ConvolutionOperators.checkKernel(node, kernel)
    let window = try node.window(spatial: spatial, kernel: kernel)
    let (xDims, wDims) = (p.shape(x).dims, p.shape(w).dims)
    let groups = try node.integer("group", default: 1)
    let parts = try node.integer("offset_group", default: 1)
    let (size, outputs) = (window.kernelCount, window.outputDims.reduce(1, *))
    guard wDims.count == xDims.count, groups > 0, wDims[0] % groups == 0, parts > 0,
      xDims[1] % parts == 0, wDims[1].multipliedReportingOverflow(by: groups) == (xDims[1], false),
      p.shape(offset).dims == [xDims[0], parts * size * spatial.count] + window.outputDims
    else {
      throw NetJacError(
        .shape,
        """
        X is \(p.shape(x)), W is \(p.shape(w)), offset is \(p.shape(offset)), group is \(groups), \
        offset_group is \(parts)
        """)
    }
    // Images and shifts [batch·parts, …], each part of the channels with its own shifts.
    let images = xDims[0] * parts
    let channels = xDims[1] / parts
    let pixels = try p.transpose(
      p.reshape(x, Shape([images, channels, spatial.reduce(1, *)])), [0, 2, 1])
    let shifts = try p.reshape(offset, Shape([images, size, spatial.count, outputs]))
    let lookup = try PixelLookup(
      spatial: spatial, mode: .linear, padding: .zeros, alignsCorners: true, in: p)
    let coordinates = try spatial.indices.map { axis in
      let shift = try p.reshape(
        p.element(axis, of: shifts, axis: 2), Shape([images, size * outputs]))
      let regular = try p.constant(
        Tensor(
          TensorType(p.real, [size * outputs]), reals: places(window, axis: axis)))
      return try p.add(shift, p.add(Broadcast(p.shape(shift), axes: [1]), [regular]))
    }
    var values = try lookup.values(of: pixels, at: coordinates)
    if let mask = node.optionalInput(4) {
      guard p.shape(mask).dims == [xDims[0], parts * size] + window.outputDims else {
        throw NetJacError(.shape, "mask is \(p.shape(mask)), which does not fit the offset")
      }
      let flat = try p.reshape(mask, Shape([images, size * outputs]))
      values = try p.multiply(values, p.add(Broadcast(p.shape(values), axes: [0, 1]), [flat]))
    }
    // y[n, g, m, o] = Σ windows[n, g, c, k, o]·kernels[g, m, c, k]
    let windows = try p.reshape(
      p.transpose(values, [0, 2, 1]), Shape([xDims[0], groups, wDims[1], size, outputs]))
    let kernels = try p.reshape(w, Shape([groups, wDims[0] / groups, wDims[1], size]))
    let product = try p.dot(
      windows, kernels, [0, 1, 2, 3, 4], [1, 5, 2, 3], [0, 1, 5, 4])
    let y = try p.reshape(product, Shape([xDims[0], wDims[0]] + window.outputDims))
    guard let bias = node.optionalInput(3) else { return y }
    return try p.add(y, p.channelwise(bias, like: y, "B"))
  }

  /// Where a regular kernel reads along one axis, for each of its places and each output.
  private static func places(_ window: SlidingWindow, axis: Int) -> [Double] {
    let axes = window.axes
    let (kernelStride, outputStride) = (
      Shape(window.kernelDims).strides[axis], Shape(window.outputDims).strides[axis]
    )
    let outputs = window.outputDims.reduce(1, *)
    return (0..<window.kernelCount).flatMap { place in
      (0..<outputs).map { output in
        let k = place / kernelStride % axes[axis].size
        let o = output / outputStride % axes[axis].count
        return Double(o * axes[axis].stride + k * axes[axis].dilation - axes[axis].low)
      }
    }
  }
}
