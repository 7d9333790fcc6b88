/// Every optimiser. Options, defaults and messages follow this list.
enum OptimiserRegistry {
  static let all: [any Optimiser.Type] = [
    GradientDescent.self, Adam.self, RootMeanSquare.self, QuasiNewton.self, LeastSquares.self,
  ]

  static var names: [String] { all.flatMap { $0.names } }
}

/// An optimiser under the name by which it was chosen.
package struct OptimiserChoice: Sendable, Equatable {
  package let name: String
  let method: any Optimiser.Type

  /// nil for a name that no optimiser has.
  init?(name: String) {
    guard let method = OptimiserRegistry.all.first(where: { $0.names.contains(name) }) else {
      return nil
    }
    self.name = name
    self.method = method
  }

  private init(_ method: any Optimiser.Type, name: String) {
    self.name = name
    self.method = method
  }

  static let adam = OptimiserChoice(Adam.self, name: "adam")

  package static func == (one: Self, other: Self) -> Bool { one.name == other.name }
}
