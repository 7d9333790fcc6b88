import Graph
import Models
import Tensors

/// What a file declares of values besides the inputs: it must be what the nodes compute. Lengths that are
/// not declared contradict nothing, nor does another number of samples where the file leaves it open.
struct DeclaredTypes {
  /// How the inputs were bound, if they were declared.
  let binding: InputBinding?

  /// Checks the values of a graph that has been imported, as far as they have been made.
  func check(_ graph: ONNXGraph, _ scope: ImportScope, in p: ProgramBuilder) throws {
    let constants = Set(graph.constantNames)
    let given = graph.inputs.filter { constants.contains($0.name) }
    for (ports, what) in [(given, "input"), (graph.outputs, "output"), (graph.values, "value")] {
      for port in ports {
        guard let value = scope.made(port.name) else { continue }
        try check(port, p.type(value), what)
      }
    }
  }

  /// Checks what a body is given. `fixingShapes` is false where a value may change its shape from turn to turn,
  /// so that what is declared of it holds for some turns at most.
  func checkInputs(
    of body: ONNXGraph, _ arguments: [Value], fixingShapes: Bool, in p: ProgramBuilder
  ) throws {
    for (port, value) in zip(body.inputs, arguments) {
      try check(
        port, p.type(value), "input", "the body is given", shapeMatters: fixingShapes)
    }
  }

  private func check(
    _ port: ONNXPort, _ type: TensorType, _ what: String,
    _ source: String = "the nodes compute", shapeMatters: Bool = true
  ) throws {
    guard case .tensor(let element, let dimensions) = port.type else { return }
    // Exporters write a shape without axes where they know none.
    let fits =
      dimensions.map { $0.isEmpty || binding?.allows($0, type.shape) ?? true } ?? true
    guard
      element.holding == ONNXElementType.Holding(type.element), fits || !shapeMatters
    else {
      throw NetJacError(
        .shape,
        """
        \(what) \(port.name.quoted) is declared as \(element.name)\(dimensions?.shown ?? ""), but what \
        \(source) is \(type)
        """)
    }
  }
}
