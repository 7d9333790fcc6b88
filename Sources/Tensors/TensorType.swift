/// An element type and a shape: all that is known of a value before it is computed.
package struct TensorType: Sendable, Hashable, CustomStringConvertible {
  package let element: ElementType
  package let shape: Shape

  package init(_ element: ElementType, _ shape: Shape) {
    self.element = element
    self.shape = shape
  }

  package var count: Int { shape.count }
  package var rank: Int { shape.rank }
  package var dims: [Int] { shape.dims }
  package var byteCount: Int { shape.count * element.byteCount }

  package func with(_ shape: Shape) -> TensorType { TensorType(element, shape) }
  package func with(_ element: ElementType) -> TensorType { TensorType(element, shape) }

  package var description: String {
    "\(element.rawValue)\(shape)"
  }
}
