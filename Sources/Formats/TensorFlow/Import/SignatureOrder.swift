import Tensors

/// The order of a signature's inputs. The file keeps them in no order and the function behind a
/// signature takes them by the alphabet; that function does nothing but call the model's own, whose
/// arguments are in the order in which the model was written.
enum SignatureOrder {
  static func ordered(_ signature: TFSignature, in graph: TFGraph) throws -> TFSignature {
    guard let order = try order(signature, graph) else { return signature }
    let places = Dictionary(
      order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let inputs = signature.inputs.enumerated().sorted { a, b in
      // What the model does not read stays behind, in the order of the alphabet.
      let (x, y) = (
        places[a.element.reference.node] ?? .max, places[b.element.reference.node] ?? .max
      )
      return (x, a.offset) < (y, b.offset)
    }.map(\.element)
    return TFSignature(name: signature.name, inputs: inputs, outputs: signature.outputs)
  }

  /// The placeholders in the order in which the innermost of the functions that only call each other
  /// takes them.
  private static func order(_ signature: TFSignature, _ graph: TFGraph) throws -> [String]? {
    guard let output = signature.outputs.first, var call = call(output.reference, in: graph.body)
    else { return nil }
    let placeholders = Set(signature.inputs.map(\.reference.node))
    // For each argument of the call, the placeholder that it passes on.
    var passed = call.inputs.map { placeholders.contains($0.node) ? $0.node : nil }
    for _ in 0..<TFImporter.depthLimit {
      guard case .function(let name)? = try call.attributes["f"].flatMap(TFAttribute.init) else {
        return nil
      }
      let function = try graph.function(name)
      let arguments = Dictionary(
        zip(function.inputs.map(\.name), passed), uniquingKeysWith: { first, _ in first })
      guard let result = try function.results().first,
        let inner = Self.call(result, in: function.body)
      else { break }
      let next = inner.inputs.map { arguments[origin(of: $0, in: function.body).node] ?? nil }
      // A function that computes something by itself is the model's own.
      guard Set(next.compactMap { $0 }) == Set(passed.compactMap { $0 }) else { break }
      (call, passed) = (inner, next)
    }
    return passed.compactMap { $0 }
  }

  /// The call that a value is a result of.
  private static func call(_ reference: TFReference, in body: TFBody) -> TFNode? {
    guard let place = body.places[origin(of: reference, in: body).node] else { return nil }
    let node = body.nodes[place]
    return ["StatefulPartitionedCall", "PartitionedCall"].contains(node.operation) ? node : nil
  }

  /// The value that identities pass on.
  private static func origin(of reference: TFReference, in body: TFBody) -> TFReference {
    var reference = reference
    for _ in body.nodes {
      guard let place = body.places[reference.node], body.nodes[place].operation == "Identity",
        let source = body.nodes[place].inputs.first
      else { break }
      reference = source
    }
    return reference
  }
}
