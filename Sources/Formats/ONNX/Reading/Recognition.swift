import Tensors

/// Tells what a file seems to be that is not an ONNX model: a wrong or failed download is the most
/// frequent reason for a load to fail, and "malformed protobuf" would not help anybody to see it.
enum Recognition {
  /// A description such as "a PNG picture", or nil where the bytes could be a model.
  static func foreignKind(of bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "an empty file" }
    let known = signatures.first { signature, offset, _ in
      bytes.dropFirst(offset).starts(with: signature)
    }
    return known?.2 ?? textKind(of: bytes)
  }

  private static let signatures: [([UInt8], Int, String)] = [
    ([0x89] + Array("PNG\r\n".utf8), 0, "a PNG picture"),
    ([0xff, 0xd8, 0xff], 0, "a JPEG picture"),
    ([0x89] + Array("HDF\r\n".utf8), 0, "an HDF5 file, as Keras 2 and MATLAB write"),
    (Array("PK\u{3}\u{4}".utf8), 0, "a ZIP archive, as PyTorch (.pt) and Keras (.keras) write"),
    (Array("MATLAB 5.0 MAT-file".utf8), 0, "a MAT-file"),
    (Array("ORTM".utf8), 4, "a model in the format of ONNX Runtime (.ort)"),
    (Array("TFL3".utf8), 4, "a TensorFlow Lite model"),
    (Array("%PDF".utf8), 0, "a PDF document"),
    ([0x1f, 0x8b], 0, "a gzip archive"),
    ([0x28, 0xb5, 0x2f, 0xfd], 0, "a Zstandard archive"),
    ([0x7f] + Array("ELF".utf8), 0, "a program or library"),
    ([0x80, 0x02], 0, "a Python pickle, as older PyTorch versions write"),
    (Array("version https://git-lfs".utf8), 0, "a Git LFS pointer, not the file itself"),
  ]

  private static func textKind(of bytes: [UInt8]) -> String? {
    let head = bytes.prefix(1024)
    // A model starts with a field tag below 0x20 and has zero bytes and other controls early on.
    let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7f || 0x09...0x0d ~= $0 }
    guard isText else { return nil }
    let start = String(decoding: head.drop { $0 <= 0x20 }.prefix(64), as: UTF8.self)
    if start.hasPrefix("<") { return "an HTML or XML page (\(start.quoted))" }
    if start.hasPrefix("{") || start.hasPrefix("[") { return "a JSON text" }
    return "a text (\(start.quoted))"
  }
}
