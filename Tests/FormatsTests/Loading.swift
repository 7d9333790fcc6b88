import Formats
import Models
import Networks

/// The plain structures of a file, and of its bytes.
func onnxModel(_ path: String, memoryLimit: Int) throws -> ONNXModel {
  try ONNXReader.load(
    ModelSource(path: path, memoryLimit: memoryLimit), memoryLimit: memoryLimit)
}

func onnxModel(_ bytes: [UInt8], memoryLimit: Int) throws -> ONNXModel {
  try ONNXReader.load(ModelSource(bytes: bytes), memoryLimit: memoryLimit)
}

/// A network as a caller loads it.
func loadedNetwork(_ path: String, options: NetworkOptions = NetworkOptions()) throws -> Network {
  try Network(FormatRegistry.load(path: path, options: options.importing), options)
}
