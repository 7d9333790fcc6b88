import Graph
import Operations
import Tensors

/// Fourier transforms of real signals along the last axis. Complex numbers stay inside the importer, as
/// pairs of real tensors.
enum TFSpectralOperators {
  static let all: [TFOperator] = [
    TFOperator(several: "RFFT", outputs: ["output"]) { node, p in
      let x = try node.input(0, "input")
      let length = try node.constantInteger(1, "fft_length")
      let axis = try node.axis(-1, rank: p.shape(x).rank)
      guard length > 0, length < 1 << 20 else {
        throw NetJacError(.shape, "fft_length is \(length); a positive length is needed")
      }
      var high = p.shape(x).dims.map { _ in 0 }
      high[axis] = length - p.shape(x)[axis]
      let signal = try p.pad(x, low: high.map { _ in 0 }, high: high)
      let matrix = FourierMatrix(length: length, kind: .oneSided, hasImaginary: false)
      let part = axis + 1
      let pairs = try p.dot(
        signal, p.reshape(matrix.value(in: p), Shape([length, length / 2 + 1, 2])),
        Array(0...axis), [axis, part + 1, part + 2], Array(0..<axis) + [part + 1, part + 2])
      return [
        .complex(
          real: try p.element(0, of: pairs, axis: part),
          imaginary: try p.element(1, of: pairs, axis: part))
      ]
    },
    TFOperator(several: "Complex", outputs: ["out"]) { node, p in
      let parts = try p.broadcast([node.input(0, "real"), node.input(1, "imag")])
      return [.complex(real: parts[0], imaginary: parts[1])]
    },
    TFOperator(several: "Conj", outputs: ["output"]) { node, p in
      let (real, imaginary) = try node.complex(0)
      return [.complex(real: real, imaginary: try p.negate(imaginary))]
    },
    TFOperator("Real") { node, _ in try node.complex(0).real },
    TFOperator("Imag") { node, _ in try node.complex(0).imaginary },
    TFOperator("ComplexAbs", outputs: ["y"]) { node, p in
      let (real, imaginary) = try node.complex(0)
      return try p.root(
        p.add(p.multiply(real, real), p.multiply(imaginary, imaginary)), of: 2)
    },
  ]
}
