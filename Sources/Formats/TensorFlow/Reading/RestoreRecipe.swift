import Containers
import Tensors

/// Which key of the checkpoint belongs to which variable of the graph.
///
/// The keys are paths of Python objects and have nothing in common with the names in the graph. The
/// function that TensorFlow itself calls to restore a model ties them together: a constant of keys is
/// read by RestoreV2, whose results are assigned to the function's arguments, and the call passes the
/// variables' handles.
struct RestoreRecipe {
  /// By the name of the handle's node in the main graph.
  private(set) var keys: [String: String] = [:]

  init(_ graph: TFGraph, restoreNode: String) throws {
    guard let place = graph.body.places[restoreNode] else { return }
    let call = graph.body.nodes[place]
    guard case .function(let name)? = try call.attributes["f"].flatMap(TFAttribute.init) else {
      return
    }
    let function = try graph.function(name)
    for node in function.body.nodes where node.operation == "AssignVariableOp" {
      guard node.inputs.count == 2,
        let argument = function.inputs.firstIndex(where: { $0.name == node.inputs[0].node }),
        argument < call.inputs.count,
        let key = try Self.key(node.inputs[1], in: function.body)
      else { continue }
      keys[call.inputs[argument].node] = key
    }
  }

  /// The key that a restored value is read from.
  private static func key(_ reference: TFReference, in body: TFBody) throws -> String? {
    var reference = reference
    // A chain of identities and casts is at most as long as the function.
    for _ in body.nodes {
      guard let place = body.places[reference.node] else { return nil }
      let node = body.nodes[place]
      switch node.operation {
      case "Identity", "Cast":
        guard let source = node.inputs.first else { return nil }
        reference = source
      case "RestoreV2":
        guard node.inputs.count > 1, let names = body.places[node.inputs[1].node],
          case .tensor(let bytes)? = try body.nodes[names].attributes["value"]
            .flatMap(TFAttribute.init)
        else { return nil }
        let keys = try TFTensor(bytes).strings
        guard keys.indices.contains(reference.index) else { return nil }
        return try keys[reference.index].text(of: "a key of the checkpoint")
      default: return nil
      }
    }
    return nil
  }
}
