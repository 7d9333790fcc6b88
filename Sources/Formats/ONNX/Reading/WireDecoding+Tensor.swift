import Tensors

extension WireDecoding {
  func tensor(_ message: WireTensorProto) throws -> ONNXTensor {
    let place = "tensor \(message.name.quoted)"
    return try located(place) {
      let type = try Self.elementType(message.dataType)
      let (dimensions, count) = try Self.size(message.dims)
      guard !message.hasSegment else {
        throw NetJacError(.unsupported, "the tensor is stored in segments, which nothing writes")
      }
      let tensor = ONNXTensor(
        name: message.name, elementType: type, dimensions: dimensions, count: count,
        storage: try storage(message, type, count))
      return try tensor.isExternal ? tensor : tensor.withDecodedReals()
    }
  }

  func sparseTensor(_ message: WireSparseTensorProto) throws -> ONNXSparseTensor {
    let values = try tensor(message.values)
    return try located("sparse tensor \(values.name.quoted)") {
      let indices = try tensor(message.indices)
      let (dimensions, count) = try Self.size(message.dims)
      let shapes = [[values.count], [values.count, dimensions.count]]
      guard values.dimensions.count == 1, shapes.contains(indices.dimensions) else {
        throw NetJacError(
          .format,
          """
          the values have dimensions \(values.dimensions) and the indices \(indices.dimensions); \
          [n] and either [n] or [n, \(dimensions.count)] are needed
          """)
      }
      return ONNXSparseTensor(
        values: values, indices: indices, dimensions: dimensions, count: count)
    }
  }

  private static func size(_ dims: [Int64]) throws -> (dimensions: [Int], count: Int) {
    let dimensions = try dims.map { dimension in
      guard dimension >= 0, let size = Int(exactly: dimension) else {
        throw NetJacError(.format, "dims \(dims) hold a negative dimension")
      }
      return size
    }
    // A zero makes the tensor empty whatever stands beside it, but must not hide an overflow.
    var count = 1
    for dimension in dimensions where dimension != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow else {
        throw NetJacError(.format, "dims \(dims) make more elements than can be counted")
      }
      count = product
    }
    return (dimensions, dimensions.contains(0) ? 0 : count)
  }

  private func storage(_ message: WireTensorProto, _ type: ONNXElementType, _ count: Int) throws
    -> ONNXTensor.Storage
  {
    guard message.dataLocation == 0 else { return try external(message, type, count) }
    // String tensors and packed narrow types are kept only to be named when something uses them.
    guard let byteCount = type.byteCount else { return .strings }
    let fields = filledFields(message)
    guard fields.count <= 1 else {
      throw NetJacError(
        .format,
        "the data is given both as \(fields.joined(separator: " and as ")); one place is needed")
    }
    if fields.isEmpty || fields == ["raw_data"] {
      let (needed, overflow) = count.multipliedReportingOverflow(by: byteCount)
      guard !overflow, message.rawData.count == needed else {
        throw NetJacError(
          .format,
          """
          the data has \(message.rawData.count) bytes; \(count) elements of type \(type.name) \
          (dims \(message.dims)) need \(overflow ? "more than can be counted" : "\(needed)")
          """)
      }
      return .raw(message.rawData)
    }
    return try typedStorage(message, type, count, fields.first)
  }

  private func typedStorage(
    _ message: WireTensorProto, _ type: ONNXElementType, _ count: Int, _ filled: String?
  ) throws -> ONNXTensor.Storage {
    let (field, storage, stored): (String, ONNXTensor.Storage, Int) =
      switch type {
      case .float:
        ("float_data", .floats(FloatElements(message.floatData)), message.floatData.count)
      case .double: ("double_data", .doubles(message.doubleData), message.doubleData.count)
      case .int64: ("int64_data", .int64s(message.int64Data), message.int64Data.count)
      case .uint32, .uint64:
        ("uint64_data", .uint64s(message.uint64Data), message.uint64Data.count)
      default: ("int32_data", .int32s(message.int32Data), message.int32Data.count)
      }
    if let filled, filled != field {
      throw NetJacError(
        .format, "the data is in \(filled); elements of type \(type.name) belong in \(field)")
    }
    guard stored == count else {
      throw NetJacError(
        .format, "\(field) holds \(stored) elements; dims \(message.dims) need \(count)")
    }
    return storage
  }

  private func filledFields(_ message: WireTensorProto) -> [String] {
    [
      ("raw_data", message.rawData.isEmpty), ("float_data", message.floatData.isEmpty),
      ("double_data", message.doubleData.isEmpty), ("int32_data", message.int32Data.isEmpty),
      ("int64_data", message.int64Data.isEmpty), ("uint64_data", message.uint64Data.isEmpty),
    ].filter { !$0.1 }.map(\.0)
  }

  private func external(_ message: WireTensorProto, _ type: ONNXElementType, _ count: Int) throws
    -> ONNXTensor.Storage
  {
    guard message.dataLocation == 1 else {
      throw NetJacError(.format, "data_location is \(message.dataLocation), not 0 or 1")
    }
    guard let byteCount = type.byteCount else { return .strings }
    let (needed, overflow) = count.multipliedReportingOverflow(by: byteCount)
    guard !overflow else {
      throw NetJacError(.format, "dims \(message.dims) make more bytes than can be counted")
    }
    return .external(
      try origin.externalRange(entries: message.externalData, byteCount: needed))
  }
}
