import Foundation
import Models
import Networks

/// The SavedModels of Tests/TensorFlow and their references, both of which `make.py` there writes.
enum SavedModelFolder {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("TensorFlow")

  static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  /// A function of TensorFlow's operators with what TensorFlow computes.
  struct Reference: Decodable, Sendable {
    let shape: [Int]?
    let x: [Double]
    let y: [Double]
    let jacobian: [Double]?
    let weights: [Double]?
    let hessian: [Double]?
    let tolerance: Double?
    /// Whether TensorFlow computed in single precision.
    let single: Bool?

    enum CodingKeys: String, CodingKey {
      case shape, x, y, weights, tolerance, single
      case jacobian = "J"
      case hessian = "H"
    }
  }

  static let references: [String: Reference] = {
    guard let data = try? Data(contentsOf: root.appendingPathComponent("references.json")) else {
      return [:]
    }
    return (try? JSONDecoder().decode([String: Reference].self, from: data)) ?? [:]
  }()

  static func network(_ name: String, signature: String? = nil, output: String? = nil) throws
    -> Network
  {
    var options = NetworkOptions()
    if let signature { try options.set("signature", to: signature) }
    if let output { try options.set("output", to: output) }
    return try loadedNetwork(path(name), options: options)
  }
}

extension Network {
  var inputCount: Int { inputs.reduce(0) { $0 + $1.dims.reduce(1, *) } }
  var outputCount: Int { outputs.reduce(0) { $0 + $1.dims.reduce(1, *) } }

  func value(_ x: [Double]) throws -> [Double] {
    try prepare(.forward, samples: 1)
    var y = [Double](repeating: .nan, count: outputCount)
    try forward(samples: 1, x: x, y: &y)
    return y
  }

  func jacobianMatrix(_ x: [Double]) throws -> [Double] {
    try prepare(.jacobian, samples: 1)
    var matrix = [Double](repeating: .nan, count: outputCount * inputCount)
    try jacobian(samples: 1, x: x, y: nil, jacobian: &matrix, order: .rowMajor)
    return matrix
  }

  func hessianMatrix(_ x: [Double], weights: [Double]) throws -> [Double] {
    try prepare(.hessian, samples: 1)
    var matrix = [Double](repeating: .nan, count: inputCount * inputCount)
    try hessian(samples: 1, x: x, weights: weights, hessian: &matrix)
    return matrix
  }
}
