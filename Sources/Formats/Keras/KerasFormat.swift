import Containers
import Graph
import Models
import Tensors

/// Files of Keras 2 and 3: `.keras` archives, the same as a folder, and whole models in HDF5.
package enum KerasFormat: ModelFormat {
  package static let name = "Keras"

  package static func recognises(_ source: ModelSource) throws -> Bool {
    KerasArchive.recognises(source)
  }

  package static func load(_ source: ModelSource, options: ImportOptions) throws
    -> NetworkDescription
  {
    let archive = try KerasArchive(source, memoryLimit: options.memoryLimit)
    let root = try KerasConfigurationReader.read(archive.configuration, version: archive.version)
    try KerasSupport.check(root, version: archive.version)
    guard let graph = root.graph else { throw NetJacError(.format, "the file holds no graph") }
    let weights = try KerasWeightReader.read(
      root, from: archive.weights, version: archive.version)
    return try KerasNetwork(
      KerasModel(version: archive.version, root: root, graph: graph, weights: weights),
      options: options
    ).description()
  }
}
