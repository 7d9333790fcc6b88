// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Networks
import Tensors
import Training

@_cdecl("netjac_mlp") @implementation
public func netjac_mlp(
  _ layerCount: Int32, _ sizes: UnsafePointer<Int64>?, _ activation: UnsafePointer<CChar>?,
  _ seed: Int64, _ network: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  making {
    guard layerCount >= 2, layerCount <= 10_000 else {
      throw NetJacError(
        .argument,
        "'layer_count' is \(layerCount); it must be 2 (inputs and outputs) to 10000")
    }
    let sizes = try readable(sizes, 1, Int(layerCount), "sizes")
    let lengths = try (0..<Int(layerCount)).map { layer in
      guard sizes[layer] > 0 else {
        throw NetJacError(
          .argument, "'sizes[\(layer)]' is \(sizes[layer]); a layer needs at least one neuron")
      }
      return Int(sizes[layer])
    }
    let name = try text(activation, "activation")
    guard let activation = MultilayerPerceptron.Activation(rawValue: name) else {
      let known = MultilayerPerceptron.Activation.allCases.map(\.rawValue)
      throw NetJacError(
        .argument,
        "'activation' is '\(name)'; it must be one of \(known.joined(separator: ", "))")
    }
    let network = try receiver(network, "network")
    let made = try MultilayerPerceptron.make(
      sizes: lengths, activation: activation, seed: seed, options: NetworkOptions())
    network.pointee = try networkHandles.insert(NetworkRecord(made))
  }
}

@_cdecl("netjac_scaled") @implementation
public func netjac_scaled(
  _ network: OpaquePointer?, _ inputOffset: UnsafePointer<Double>?,
  _ inputScale: UnsafePointer<Double>?, _ outputOffset: UnsafePointer<Double>?,
  _ outputScale: UnsafePointer<Double>?, _ scaled: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  making {
    let network = try networkHandles.object(network).takeUnretainedValue().network
    let inputs = try scaling(
      (inputOffset, "input_offset"), (inputScale, "input_scale"), network.inputSize)
    let outputs = try scaling(
      (outputOffset, "output_offset"), (outputScale, "output_scale"), network.outputSize)
    let scaled = try receiver(scaled, "scaled")
    scaled.pointee = try networkHandles.insert(
      NetworkRecord(network.scaled(inputs: inputs, outputs: outputs)))
  }
}

private typealias NamedArray = (numbers: UnsafePointer<Double>?, name: StaticString)

private func scaling(_ offset: NamedArray, _ scale: NamedArray, _ count: Int) throws -> Scaling {
  func numbers(_ array: NamedArray, _ standard: Double) throws -> [Double] {
    guard array.numbers != nil else { return [Double](repeating: standard, count: count) }
    let start = try readable(array.numbers, 1, count, array.name)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }
  let offsets = try numbers(offset, 0)
  let scales = try numbers(scale, 1)
  if let place = offsets.firstIndex(where: { !$0.isFinite }) {
    throw NetJacError(
      .argument, "'\(offset.name)[\(place)]' is \(offsets[place]); offsets must be finite")
  }
  if let place = scales.firstIndex(where: { !$0.isFinite || $0 == 0 }) {
    throw NetJacError(
      .argument,
      "'\(scale.name)[\(place)]' is \(scales[place]); scales must be finite and other than 0")
  }
  return Scaling(offsets: offsets, scales: scales)
}
