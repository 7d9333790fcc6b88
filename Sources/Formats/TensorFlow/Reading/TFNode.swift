import Containers
import Tensors

/// A node of a graph or function. Its attributes are decoded where an operator asks for them.
struct TFNode: Sendable {
  let name: String
  let operation: String
  let inputs: [TFReference]
  /// The nodes that must run before, though nothing of them is read.
  let controls: [String]
  let attributes: [String: Bytes]

  /// NodeDef: 1 name, 2 op, 3 input, 5 attr {1 key, 2 value}.
  init(_ bytes: Bytes) throws {
    var name = ""
    var operation = ""
    var inputs: [TFReference] = []
    var controls: [String] = []
    var attributes: [String: Bytes] = [:]
    try bytes.forEachField { field in
      switch field.number {
      case 1: name = try field.text()
      case 2: operation = try field.text()
      case 3:
        let text = try field.text()
        if text.hasPrefix("^") {
          controls.append(String(text.dropFirst()))
        } else {
          inputs.append(TFReference(text))
        }
      case 5:
        let (key, value) = try field.bytes().mapEntry()
        attributes[key] = value
      default: break
      }
    }
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.controls = controls
    self.attributes = attributes
  }

  /// The node as messages name it.
  var place: String { "node \(name.quoted) (\(operation))" }
}

/// A value that a node reads: `node`, `node:1`, or in functions `node:output:0`, where the number
/// counts within the named output.
struct TFReference: Hashable, Sendable {
  let node: String
  let output: String?
  let index: Int

  init(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    node = String(parts[0])
    if parts.count >= 3 {
      output = String(parts[1])
      index = Int(parts[2]) ?? -1
    } else if parts.count == 2, let number = Int(parts[1]) {
      output = nil
      index = number
    } else {
      output = parts.count == 2 ? String(parts[1]) : nil
      index = 0
    }
  }
}

extension Bytes {
  /// The key and value of an entry of a protobuf map; an absent value is an empty message.
  func mapEntry() throws -> (key: String, value: Bytes) {
    var key = ""
    var value = Bytes([])
    try forEachField { field in
      if field.number == 1 { key = try field.text() }
      if field.number == 2 { value = try field.bytes() }
    }
    return (key, value)
  }
}
