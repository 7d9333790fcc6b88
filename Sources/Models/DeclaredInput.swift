import Tensors

/// An input as a file declares it, before lengths are bound.
package struct DeclaredInput: Sendable {
  package let name: String
  /// What its elements are held as: `.float64` stands for the one real type of the network.
  package let element: ElementType
  /// The element type as the format calls it.
  package let typeName: String
  package let dimensions: [DeclaredDimension]

  package init(
    name: String, element: ElementType, typeName: String, dimensions: [DeclaredDimension]
  ) {
    self.name = name
    self.element = element
    self.typeName = typeName
    self.dimensions = dimensions
  }

  /// How an option names a dynamic axis: by its symbol, or by input and number.
  func key(_ axis: Int) -> String? {
    switch dimensions[axis] {
    case .fixed: nil
    case .symbolic(let name): name
    case .unknown: "\(name).\(axis)"
    }
  }
}

/// A length as a file declares it.
package enum DeclaredDimension: Sendable, Equatable {
  case fixed(Int)
  case symbolic(String)
  case unknown
}

extension DeclaredDimension {
  /// Whether a length is what is declared; what is left open contradicts nothing.
  func allows(_ length: Int) -> Bool {
    if case .fixed(let declared) = self { declared == length } else { true }
  }
}

extension [DeclaredDimension] {
  /// The shape as messages show it.
  package var shown: String {
    let lengths = map { dimension in
      switch dimension {
      case .fixed(let length): "\(length)"
      case .symbolic(let name): name
      case .unknown: "?"
      }
    }
    return "[\(lengths.joined(separator: ", "))]"
  }
}
