import Graph
import Operations
import Tensors

/// ONNX `GridSample`: looks up an image at places that a second input gives, in units in which the
/// image spans -1 to 1. Differentiable in the image and, between pixels, in the places.
enum GridSample {
  static let operation = ONNXOperator(
    "GridSample", since: 16, operands: ["X": .real, "grid": .real],
    attributes: ["align_corners": .integer, "mode": .text, "padding_mode": .text],
    derivative: .kinked("at lines of the grid, in the coordinates")
  ) { node, p in
    let x = try node.input(0, "X")
    let grid = try node.input(1, "grid")
    let spatial = try node.spatialDims(x)
    let (dims, places) = (p.shape(x).dims, p.shape(grid).dims)
    guard places.count == dims.count, places[0] == dims[0], places.last == spatial.count else {
      throw NetJacError(
        .shape, "X is \(p.shape(x)), grid is \(p.shape(grid)); a place for each output is needed")
    }
    let lookup = try PixelLookup(
      spatial: spatial, mode: mode(node), padding: node.choice("padding_mode", default: .zeros),
      alignsCorners: node.flag("align_corners", default: false), in: p)
    let output = Array(places.dropFirst().dropLast())
    let flatGrid = try p.reshape(grid, Shape([dims[0], output.reduce(1, *), spatial.count]))
    // The grid names the last axis first.
    let coordinates = try spatial.indices.map { axis in
      try lookup.pixelCoordinate(
        p.element(spatial.count - 1 - axis, of: flatGrid, axis: 2), axis: axis)
    }
    // Pixels in front of channels, so that one index picks all channels of a pixel.
    let pixels = try p.transpose(
      p.reshape(x, Shape([dims[0], dims[1], spatial.reduce(1, *)])), [0, 2, 1])
    let y = try lookup.values(of: pixels, at: coordinates)
    return try p.reshape(p.transpose(y, [0, 2, 1]), Shape([dims[0], dims[1]] + output))
  }

  /// Until opset 19 the modes were named for images.
  private static func mode(_ node: NodeCall) throws -> Interpolation.Mode {
    switch try node.string("mode", default: "linear") {
    case "bilinear": .linear
    case "bicubic": .cubic
    default: try node.choice("mode", default: .linear)
    }
  }
}
