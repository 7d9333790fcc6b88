import Graph
import Tensors

/// A way to store networks: how to tell it, and how to read it.
package protocol ModelFormat: Sendable {
  /// The name that users know, such as "ONNX".
  static var name: String { get }
  /// Whether a model of this format may offer several functions, of which an option chooses one.
  static var hasSignatures: Bool { get }
  /// Whether the first bytes of a file, or the files of a folder, are those of this format. A file's
  /// name does not count.
  static func recognises(_ source: ModelSource) throws -> Bool
  /// Reads a network. Errors name the place inside the model; the caller puts the path in front.
  static func load(_ source: ModelSource, options: ImportOptions) throws -> NetworkDescription
}

extension ModelFormat {
  package static var hasSignatures: Bool { false }
}

/// A format that networks can be saved in.
package protocol WritableFormat: ModelFormat {
  /// Writes a network to a file, which afterwards is the new one or, after a failure, the old one.
  static func save(_ network: WritableNetwork, to path: String) throws
}

/// What a file says of a network: its ports, its parameters and what it computes.
package struct WritableNetwork {
  /// An input or output.
  package struct Port: Sendable {
    package let name: String
    /// Whether the first axis is a batch of any length.
    package let isBatched: Bool

    package init(name: String, isBatched: Bool) {
      self.name = name
      self.isBatched = isBatched
    }
  }

  package let inputs: [Port]
  package let outputs: [Port]
  package let parameters: [Parameter]
  /// The program for a batch size, or what does not depend on it. Its inputs are those of the
  /// network, then the parameters.
  package let program: (_ samples: Int) throws -> Program

  package init(
    inputs: [Port], outputs: [Port], parameters: [Parameter],
    program: @escaping (_ samples: Int) throws -> Program
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.parameters = parameters
    self.program = program
  }
}
