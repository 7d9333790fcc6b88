import CKernels

/// What happens to a product's elements before they are stored: bias, addend, activation, slope and
/// scale, as `products.h` defines them.
struct Epilogue {
  var bias: Operand?
  var rowBias: Operand?
  var addend: Operand?
  var addendRow = 0
  var activation = NETJAC_ACTIVATION_NONE
  var slope: Operand?
  var unscaled: Operand?
  var scale: Operand?
  var scaleRow = 0
  var rowsPerScale = 1

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

/// The epilogue as the C kernels of one element type take it.
// The names are those of the C structures.
// swift-format-ignore: AlwaysUseLowerCamelCase
protocol EpilogueArguments {
  associatedtype Element
  init()
  var bias: UnsafePointer<Element>! { get set }
  var row_bias: UnsafePointer<Element>! { get set }
  var addend: UnsafePointer<Element>! { get set }
  var addend_stride: Int64 { get set }
  var activation: Int32 { get set }
  var slope: UnsafeMutablePointer<Element>! { get set }
  var slope_stride: Int64 { get set }
  var unscaled: UnsafeMutablePointer<Element>! { get set }
  var unscaled_stride: Int64 { get set }
  var scale: UnsafePointer<Element>! { get set }
  var scale_stride: Int64 { get set }
  var rows_per_scale: Int64 { get set }
}

extension netjac_epilogue_f64: EpilogueArguments {}
extension netjac_epilogue_f32: EpilogueArguments {}

extension EpilogueArguments {
  /// `yRow` is how far rows of the result lie apart, and so those of what is stored beside it.
  @inline(__always)
  init(_ epilogue: Epilogue, _ bases: Bases, yRow: Int) {
    self.init()
    rows_per_scale = Int64(epilogue.rowsPerScale)
    activation = Int32(bitPattern: epilogue.activation.rawValue)
    if let array = epilogue.bias { bias = UnsafePointer(array.pointer(bases, as: Element.self)) }
    if let array = epilogue.rowBias {
      row_bias = UnsafePointer(array.pointer(bases, as: Element.self))
    }
    if let array = epilogue.addend {
      addend = UnsafePointer(array.pointer(bases, as: Element.self))
      addend_stride = Int64(epilogue.addendRow)
    }
    if let array = epilogue.slope {
      slope = array.pointer(bases, as: Element.self)
      slope_stride = Int64(yRow)
    }
    if let array = epilogue.unscaled {
      unscaled = array.pointer(bases, as: Element.self)
      unscaled_stride = Int64(yRow)
    }
    if let array = epilogue.scale {
      scale = UnsafePointer(array.pointer(bases, as: Element.self))
      scale_stride = Int64(epilogue.scaleRow)
    }
  }

  /// The epilogue of the rows from `rows` on, for a kernel that counts them from 0 again.
  @inline(__always)
  func moved(rows: Int, _ epilogue: Epilogue) -> Self {
    guard rows > 0 else { return self }
    var moved = self
    if row_bias != nil { moved.row_bias += rows }
    if addend != nil { moved.addend += rows * Int(addend_stride) }
    if slope != nil { moved.slope += rows * Int(slope_stride) }
    if unscaled != nil { moved.unscaled += rows * Int(unscaled_stride) }
    if scale != nil { moved.scale += rows / epilogue.rowsPerScale * Int(scale_stride) }
    return moved
  }
}
