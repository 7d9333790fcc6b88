import Containers
import Models
import Tensors

/// The variables of a checkpoint: an index of tensors by key, whose bytes lie in shards.
/// Source: TensorFlow, core/util/tensor_bundle and core/protobuf/tensor_bundle.proto.
final class CheckpointBundle {
  private let folder: ModelFolder
  private let table: SortedTable
  private let shardCount: Int
  private let memoryLimit: Int
  private var shards: [Int: Bytes] = [:]

  init(_ folder: ModelFolder, memoryLimit: Int) throws {
    self.folder = folder
    self.memoryLimit = memoryLimit
    guard let index = try folder.read(Self.indexName, memoryLimit: memoryLimit) else {
      throw NetJacError(
        .file,
        """
        the model has variables, but \(Self.indexName.quoted) is missing from its folder; copy the \
        whole folder, 'variables' included
        """)
    }
    let (table, shardCount) = try located(Self.indexName.quoted) {
      let table = try SortedTable(Bytes(index))
      return (table, try Self.shardCount(table))
    }
    self.table = table
    self.shardCount = shardCount
  }

  private static let indexName = "variables/variables.index"

  /// BundleHeaderProto: 1 num_shards, 2 endianness.
  private static func shardCount(_ table: SortedTable) throws -> Int {
    guard let header = table.value(of: "") else {
      throw NetJacError(.format, "the checkpoint has no header; it is corrupt")
    }
    var count = 0
    var isLittleEndian = true
    try header.forEachField { field in
      switch field.number {
      case 1: count = try field.size(of: "the number of shards")
      case 2: isLittleEndian = try field.integer() == 0
      default: break
      }
    }
    guard isLittleEndian else {
      throw NetJacError(.unsupported, "the checkpoint is written in big-endian order")
    }
    guard (1...99_999).contains(count) else {
      throw NetJacError(.format, "the checkpoint has \(count) shards; it is corrupt")
    }
    return count
  }

  /// BundleEntryProto: 1 dtype, 2 shape, 3 shard_id, 4 offset, 5 size, 6 crc32c, 7 slices.
  private struct Entry {
    var type: Int64 = 0
    var shape = TFShape(dims: [])
    var shard = 0
    var offset = 0
    var size = 0
    var check: UInt32 = 0
    var isSliced = false
  }

  private func entry(_ key: String) throws -> Entry? {
    guard let bytes = table.value(of: key) else { return nil }
    var entry = Entry()
    try bytes.forEachField { field in
      switch field.number {
      case 1: entry.type = try field.integer()
      case 2: entry.shape = try TFShape(field.bytes())
      case 3: entry.shard = try field.size(of: "a shard's number")
      case 4: entry.offset = try field.size(of: "an offset")
      case 5: entry.size = try field.size(of: "a size")
      case 6: entry.check = try field.bits32()
      case 7: entry.isSliced = true
      default: break
      }
    }
    return entry
  }

  /// The tensor of a key; floats are held exactly, as float64.
  func tensor(_ key: String) throws -> (type: TFType, value: Tensor) {
    try located("variable \(key.quoted) of the checkpoint") {
      guard let entry = try entry(key) else {
        throw NetJacError(.format, "the index does not have it; the folder is incomplete")
      }
      guard !entry.isSliced else {
        throw NetJacError(.unsupported, "it is stored in slices, which NetJac does not read")
      }
      let type = try TFType(code: entry.type)
      guard let element = type.element, let shape = entry.shape.known else {
        throw NetJacError(
          .unsupported, "its elements are of type \(type.name), which NetJac has no values for")
      }
      return (type, try Tensor(raw: data(entry), type, TensorType(element, shape)))
    }
  }

  /// The full name of each variable and the key that it is stored under, as the checkpoint's own
  /// object graph says.
  ///
  /// TrackableObjectGraph: 1 nodes {2 attributes {2 full_name, 3 checkpoint_key}}.
  func keysByName() throws -> [String: String] {
    guard let entry = try entry("_CHECKPOINTABLE_OBJECT_GRAPH"), entry.type == 7 else { return [:] }
    let data = try data(entry, isChecked: false)
    // One text: its length as a varint, a check of four bytes, its bytes.
    var start = 0
    while try data.byte(start, of: "the object graph") >= 0x80 { start += 1 }
    let graph = try data.part(from: start + 5, of: "the object graph")
    var keys: [String: String] = [:]
    var doubtful: Set<String> = []
    try graph.forEachField { field in
      guard field.number == 1 else { return }
      try field.bytes().forEachField { field in
        guard field.number == 2 else { return }
        var (name, key) = ("", "")
        try field.bytes().forEachField { field in
          if field.number == 2 { name = try field.text() }
          if field.number == 3 { key = try field.text() }
        }
        if keys.updateValue(key, forKey: name) ?? key != key { doubtful.insert(name) }
      }
    }
    return keys.filter { !doubtful.contains($0.key) && !$0.key.isEmpty }
  }

  private func data(_ entry: Entry, isChecked: Bool = true) throws -> Bytes {
    let shard = try shard(entry.shard)
    let data = try located("shard \(entry.shard)") {
      try shard.part(entry.offset, entry.size, of: "the tensor's data")
    }
    guard !isChecked || CRC32C.masked(CRC32C.checksum(data)) == entry.check else {
      throw NetJacError(
        .format, "its data fails its check (CRC-32C); the checkpoint is damaged")
    }
    return data
  }

  private func shard(_ number: Int) throws -> Bytes {
    if let known = shards[number] { return known }
    guard number < shardCount else {
      throw NetJacError(
        .format, "it lies in shard \(number) of \(shardCount); the index is corrupt")
    }
    func digits(_ number: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(5 - text.count, 0)) + text
    }
    let name = "variables/variables.data-\(digits(number))-of-\(digits(shardCount))"
    guard let bytes = try folder.read(name, memoryLimit: memoryLimit) else {
      throw NetJacError(.file, "the file \(name.quoted) is missing from the model's folder")
    }
    let shard = Bytes(bytes)
    shards[number] = shard
    return shard
  }
}
