import CKernels

/// What happens to a product's elements before they are stored: bias, addend, activation, slope and
/// scale, as `products.h` defines them. A `Reference` tells an array: a value of the program, then where
/// that is placed, then where a kernel finds it.
struct Epilogue<Reference> {
  var bias: Reference?
  /// A number for each row.
  var rowBias: Reference?
  var addend: Reference?
  var addendRow = 0
  /// Whether the addend comes before the biases.
  var addsFirst = false
  var activation = NETJAC_ACTIVATION_NONE
  var slope: Reference?
  var unscaled: Reference?
  var scale: Reference?
  var scaleRow = 0
  var rowsPerScale = 1

  /// The arrays that are read and those that are written beside the result.
  var reads: [Reference] { [bias, rowBias, addend, scale].compactMap(\.self) }
  var writes: [Reference] { [slope, unscaled].compactMap(\.self) }

  /// Whether nothing but the scale is to be done.
  var isScaleOnly: Bool {
    bias == nil && rowBias == nil && addend == nil && activation == NETJAC_ACTIVATION_NONE
      && writes.isEmpty
  }

  func map<Other>(_ transform: (Reference) throws -> Other) rethrows -> Epilogue<Other> {
    Epilogue<Other>(
      bias: try bias.map(transform), rowBias: try rowBias.map(transform),
      addend: try addend.map(transform), addendRow: addendRow, addsFirst: addsFirst,
      activation: activation,
      slope: try slope.map(transform), unscaled: try unscaled.map(transform),
      scale: try scale.map(transform), scaleRow: scaleRow, rowsPerScale: rowsPerScale)
  }

  /// The steps by name, for printed plans.
  var words: [String] {
    var words: [String] = []
    if bias != nil || rowBias != nil { words.append("bias") }
    if addend != nil { words.append("add") }
    if activation != NETJAC_ACTIVATION_NONE { words.append("activation") }
    if slope != nil { words.append("slope") }
    if scale != nil { words.append("scale") }
    return words
  }
}

/// The epilogue as the C kernels take it. The structures of both element types have one layout, and pointers
/// are addresses only: a type that depended on the element's would be looked up in every run.
typealias EpilogueArguments = netjac_epilogue_f64

extension EpilogueArguments {
  /// `yRow` is how far rows of the result lie apart, and so those of what is stored beside it.
  @inline(__always)
  init(_ epilogue: Epilogue<Operand>, _ bases: Bases, yRow: Int) {
    self.init()
    rows_per_scale = Int64(epilogue.rowsPerScale)
    activation = Int32(bitPattern: epilogue.activation.rawValue)
    if let array = epilogue.bias { bias = UnsafePointer(array.pointer(bases, as: Double.self)) }
    if let array = epilogue.rowBias {
      row_bias = UnsafePointer(array.pointer(bases, as: Double.self))
    }
    if let array = epilogue.addend {
      addend = UnsafePointer(array.pointer(bases, as: Double.self))
      addend_stride = Int64(epilogue.addendRow)
      adds_first = epilogue.addsFirst ? 1 : 0
    }
    if let array = epilogue.slope {
      slope = array.pointer(bases, as: Double.self)
      slope_stride = Int64(yRow)
    }
    if let array = epilogue.unscaled {
      unscaled = array.pointer(bases, as: Double.self)
      unscaled_stride = Int64(yRow)
    }
    if let array = epilogue.scale {
      scale = UnsafePointer(array.pointer(bases, as: Double.self))
      scale_stride = Int64(epilogue.scaleRow)
    }
  }

  /// The epilogue of the rows from `rows` on, for a kernel that counts them from 0 again; `size` is that of an
  /// element.
  @inline(__always)
  func moved(rows: Int, size: Int) -> Self {
    guard rows > 0 else { return self }
    var moved = moved(
      rowBias: rows, scale: rows / max(Int(rows_per_scale), 1) * Int(scale_stride), size: size)
    moved.addend = addend.map { $0.moved(rows * Int(addend_stride) * size) }
    moved.slope = slope.map { $0.moved(rows * Int(slope_stride) * size) }
    moved.unscaled = unscaled.map { $0.moved(rows * Int(unscaled_stride) * size) }
    return moved
  }

  /// The epilogue with a bias for each row and a scale that begin so many elements of a size later.
  @inline(__always)
  func moved(rowBias: Int, scale elements: Int, size: Int) -> Self {
    var moved = self
    moved.row_bias = row_bias.map { $0.moved(rowBias * size) }
    moved.scale = scale.map { $0.moved(elements * size) }
    return moved
  }
}

extension UnsafePointer<Double> {
  @inline(__always)
  fileprivate func moved(_ bytes: Int) -> Self {
    (UnsafeRawPointer(self) + bytes).assumingMemoryBound(to: Double.self)
  }
}

extension UnsafeMutablePointer<Double> {
  @inline(__always)
  fileprivate func moved(_ bytes: Int) -> Self {
    (UnsafeMutableRawPointer(self) + bytes).assumingMemoryBound(to: Double.self)
  }
}
