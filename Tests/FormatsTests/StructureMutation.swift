import Formats

/// Changes a graph where operators read it: attributes, shapes, constants, the wiring of nodes.
struct StructureMutation {
  /// A model whose nodes lend their operators and attributes.
  let operations: ONNXModel?

  private static let numbers: [Int64] = [
    0, 1, -1, 2, 3, -2, 5, 7, 64, -100, 1 << 20, 1 << 31, -(1 << 31), 1 << 32, 1 << 40, 1 << 62,
    .max, .min, .max - 1, .min + 1,
  ]

  private func number(_ random: inout SplitMix) -> Int64 {
    Self.numbers.randomElement(using: &random) ?? 0
  }

  func applied(to original: ONNXGraph, _ random: inout SplitMix) throws -> ONNXGraph {
    var graph = original
    guard !graph.nodes.isEmpty else { return graph }
    let place = Int.random(in: graph.nodes.indices, using: &random)
    switch Int.random(in: 0..<9, using: &random) {
    case 0...2: graph.nodes[place].attributes = attributes(graph.nodes[place].attributes, &random)
    case 3:
      // Another constant in place of an input.
      guard !graph.nodes[place].inputs.isEmpty else { break }
      let input = Int.random(in: graph.nodes[place].inputs.indices, using: &random)
      let tensor = try constant("mutant \(graph.initialisers.count)", &random)
      graph.initialisers.append(tensor)
      graph.nodes[place].inputs[input] = tensor.name
    case 4:
      if !graph.nodes[place].inputs.isEmpty {
        graph.nodes[place].inputs.removeLast()
      }
    case 5:
      if let input = graph.nodes[place].inputs.randomElement(using: &random) {
        graph.nodes[place].inputs.append(input)
        graph.nodes[place].inputs.shuffle(using: &random)
      }
    case 6:
      if let other = operations?.graph.nodes.randomElement(using: &random) {
        graph.nodes[place].operation = other.operation
        graph.nodes[place].attributes = other.attributes
      }
    case 7:
      // Older and newer meanings of the same operators are tried through their inputs.
      graph.nodes[place].inputs.append("")
    default:
      let port = Int.random(in: 0..<max(graph.inputs.count, 1), using: &random)
      guard port < graph.inputs.count,
        case .tensor(let type, .some(var dimensions)) = graph.inputs[port].type
      else { break }
      if dimensions.isEmpty || Bool.random(using: &random) {
        dimensions.append(.fixed(Int.random(in: 0...3, using: &random)))
      } else {
        let axis = Int.random(in: dimensions.indices, using: &random)
        dimensions[axis] = .fixed(
          [0, 1, 2, 3, 1 << 20, 1 << 39].randomElement(using: &random) ?? 0)
      }
      graph.inputs[port].type = .tensor(type, dimensions: dimensions)
    }
    return graph
  }

  private func attributes(_ original: [String: ONNXAttribute], _ random: inout SplitMix)
    -> [String: ONNXAttribute]
  {
    var attributes = original
    guard let name = attributes.keys.sorted().randomElement(using: &random) else {
      attributes[["axis", "pads", "axes", "k"].randomElement(using: &random) ?? ""] =
        .integer(number(&random))
      return attributes
    }
    switch attributes[name] {
    case .integer: attributes[name] = .integer(number(&random))
    case .integers(var values):
      if values.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
        values.append(number(&random))
      } else {
        values[Int.random(in: values.indices, using: &random)] = number(&random)
      }
      attributes[name] = .integers(values)
    case .real:
      attributes[name] = .real(
        [0, -1, .nan, .infinity, 1e-30, 3e38][Int.random(in: 0..<6, using: &random)])
    case .graph(let graph):
      if let changed = try? applied(to: graph, &random) { attributes[name] = .graph(changed) }
    default: attributes[name] = nil
    }
    return attributes
  }

  /// A small constant of integers or floats, with numbers that a shape or an index should not have.
  private func constant(_ name: String, _ random: inout SplitMix) throws -> ONNXTensor {
    let count = Int.random(in: 0...4, using: &random)
    let isScalar = count == 1 && Bool.random(using: &random)
    var tensor = ProtobufBytes()
    if !isScalar { tensor = tensor.integer(1, Int64(count)) }
    if Bool.random(using: &random) {
      tensor = tensor.integer(2, 7)
      for _ in 0..<count { tensor = tensor.integer(7, number(&random)) }
    } else {
      let numbers: [Float] = [0, 1, -1, .nan, .infinity, 1e30, 0.5, 1e-30]
      let chosen = (0..<count).map { _ in numbers.randomElement(using: &random) ?? 0 }
      tensor = tensor.integer(2, 1).block(
        4,
        chosen.flatMap { number in
          (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        })
    }
    let bytes = ProtobufBytes.model(initialiser: tensor.text(8, name))
    return try onnxModel(bytes, memoryLimit: 1 << 20).graph.initialisers[0]
  }
}
