import Containers
import Graph
import Operations
import Tensors

/// Operations that move, pick, repeat and join elements.
enum KerasMovementOperations {
  static let all: [KerasOperation] = [
    KerasOperation("Transpose", ["axes"]) { call, p in
      let x = try call.operand(0, "x")
      let rank = p.shape(x).rank
      let axes = try (call.config.ints("axes") ?? Array((0..<rank).reversed())).map {
        try call.axis($0, rank: rank)
      }
      guard axes.sorted() == Array(0..<rank) else {
        throw NetJacError(.shape, "'axes' is \(axes); each axis of \(p.shape(x)) once is needed")
      }
      return try p.transpose(x, axes)
    },
    KerasOperation("Reshape", ["newshape"]) { call, p in
      let x = try call.operand(0, "x")
      return try p.reshape(x, p.completed(call.config.ints("newshape") ?? [], of: x))
    },
    KerasOperation("ExpandDims", ["axis"]) { call, p in
      let x = try call.operand(0, "x")
      var dims = p.shape(x).dims
      let added = try call.config.ints("axis") ?? [0]
      let rank = dims.count + added.count
      for axis in try added.map({ try call.axis($0, rank: rank) }).sorted() {
        guard axis <= dims.count else { throw NetJacError(.shape, "'axis' is \(added)") }
        dims.insert(1, at: axis)
      }
      return try p.reshape(x, Shape(dims))
    },
    KerasOperation("Squeeze", ["axis"]) { call, p in
      let x = try call.operand(0, "x")
      let shape = p.shape(x)
      let axes =
        try call.config.ints("axis")?.map { try call.axis($0, rank: shape.rank) }
        ?? shape.dims.indices.filter { shape[$0] == 1 }
      guard axes.allSatisfy({ shape[$0] == 1 }) else {
        throw NetJacError(.shape, "the axes \(axes) of \(shape) are not all of length one")
      }
      return try p.reshape(x, shape.removing(axes))
    },
    KerasOperation("Concatenate", ["axis"]) { call, p in
      let values = try list(call)
      let axis = try call.axis(call.config.int("axis", default: 0), rank: p.shape(values[0]).rank)
      return try p.concatenate(values, axis: axis)
    },
    KerasOperation("Stack", ["axis"]) { call, p in
      let values = try list(call)
      let rank = p.shape(values[0]).rank + 1
      return try p.stack(
        values, axis: call.axis(call.config.int("axis", default: 0), rank: rank), like: values[0])
    },
    KerasOperation(several: "Unstack", ["axis", "num"]) { call, p in
      let x = try call.operand(0, "x")
      let axis = try call.axis(call.config.int("axis", default: 0), rank: p.shape(x).rank)
      return try (0..<p.shape(x)[axis]).map { try p.element($0, of: x, axis: axis) }
    },
    KerasOperation(several: "Split", ["indices_or_sections", "axis"], split),
    KerasOperation("GetItem") { call, p in
      guard let key = call.argument("key", 1)?.json else {
        throw NetJacError(.unsupported, "indices that are tensors are not supported")
      }
      return try KerasIndexing.item(call.operand(0, "x"), key, call, p)
    },
    KerasOperation("Repeat", ["repeats", "axis"]) { call, p in
      var x = try call.operand(0, "x")
      if call.config.value("axis") == nil { x = try p.reshape(x, Shape([p.shape(x).count])) }
      let axis = try call.axis(call.config.int("axis", default: 0), rank: p.shape(x).rank)
      let length = p.shape(x)[axis]
      var repeats = try call.config.ints("repeats") ?? [1]
      if repeats.count == 1 { repeats = [Int](repeating: repeats[0], count: length) }
      let total = repeats.reduce(0) { $0.addingSaturated(max($1, 0)) }
      guard repeats.count == length, repeats.allSatisfy({ $0 >= 0 }), total <= p.memoryLimit / 64
      else {
        throw NetJacError(.shape, "'repeats' does not fit the \(length) elements of axis \(axis)")
      }
      return try p.gather(
        x, axis: axis, places: repeats.enumerated().flatMap { [Int](repeating: $0, count: $1) })
    },
    KerasOperation("Tile", ["repeats"]) { call, p in
      var x = try call.operand(0, "x")
      var repeats = try call.config.ints("repeats") ?? []
      let rank = max(repeats.count, p.shape(x).rank)
      repeats.insert(contentsOf: [Int](repeating: 1, count: rank - repeats.count), at: 0)
      let dims = p.shape(x).dims
      x = try p.reshape(x, Shape([Int](repeating: 1, count: rank - dims.count) + dims))
      for (axis, count) in repeats.enumerated() where count != 1 {
        guard count > 0, count < 1 << 20 else {
          throw NetJacError(.shape, "'repeats' is \(repeats); positive numbers are needed")
        }
        x = try p.concatenate([Value](repeating: x, count: count), axis: axis)
      }
      return x
    },
    KerasOperation("Pad", ["pad_width", "mode"]) { call, p in
      let x = try call.operand(0, "x")
      let mode = try call.config.string("mode", default: "constant")
      guard mode.lowercased() == "constant" else {
        throw NetJacError(.unsupported, "padding by \(mode.quoted) is not supported")
      }
      let value = call.argument("constant_values", 1)?.json?.double ?? 0
      let rank = p.shape(x).rank
      var pairs = (call.config.value("pad_width")?.array ?? []).map { json in
        (json.array ?? []).compactMap(\.int)
      }
      if let number = call.config.value("pad_width")?.int {
        pairs = [[Int]](repeating: [number, number], count: rank)
      }
      if pairs.count == 1 { pairs = [[Int]](repeating: pairs[0], count: rank) }
      guard pairs.count == rank,
        pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0..<1 << 30).contains($0) } })
      else { throw NetJacError(.shape, "'pad_width' does not fit the \(rank) axes") }
      let fill =
        try value == 0 ? nil : p.constant(Tensor(TensorType(p.type(x).element, []), fill: value))
      return try p.pad(x, low: pairs.map { $0[0] }, high: pairs.map { $0[1] }, with: fill)
    },
    KerasOperation("Moveaxis", ["source", "destination"]) { call, p in
      let x = try call.operand(0, "x")
      let rank = p.shape(x).rank
      let from = try (call.config.ints("source") ?? []).map { try call.axis($0, rank: rank) }
      let to = try (call.config.ints("destination") ?? []).map { try call.axis($0, rank: rank) }
      guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count else {
        throw NetJacError(.shape, "'source' and 'destination' must name axes once each")
      }
      var order = (0..<rank).filter { !from.contains($0) }
      for (target, source) in zip(to, from).sorted(by: { $0.0 < $1.0 }) {
        order.insert(source, at: min(target, order.count))
      }
      return try p.transpose(x, order)
    },
    KerasOperation("Swapaxes", ["axis1", "axis2"]) { call, p in
      let x = try call.operand(0, "x")
      let rank = p.shape(x).rank
      var order = Array(0..<rank)
      order.swapAt(
        try call.axis(call.config.int("axis1"), rank: rank),
        try call.axis(call.config.int("axis2"), rank: rank))
      return try p.transpose(x, order)
    },
    KerasOperation("Flip", ["axis"]) { call, p in
      let x = try call.operand(0, "x")
      return try p.reverse(x, call.reducedAxes(x))
    },
    KerasOperation("Roll", ["shift", "axis"]) { call, p in
      let x = try call.operand(0, "x")
      guard let axis = try call.config.optionalInt("axis") else {
        throw NetJacError(.unsupported, "'axis' must be one number")
      }
      let place = try call.axis(axis, rank: p.shape(x).rank)
      let length = max(p.shape(x)[place], 1)
      let shift = ((try call.config.int("shift") % length) + length) % length
      return try p.gather(
        x, axis: place, places: (0..<p.shape(x)[place]).map { ($0 - shift + length) % length })
    },
    KerasOperation("Take", ["axis"]) { call, p in
      var x = try call.operand(0, "x")
      if call.config.value("axis") == nil { x = try p.reshape(x, Shape([p.shape(x).count])) }
      let axis = try call.axis(call.config.int("axis", default: 0), rank: p.shape(x).rank)
      let index = try p.convert(call.operand(1, "indices"), to: .int64)
      let place = try p.positive(
        index, length: p.shape(x)[axis], fromEnd: call.countsFromEnd)
      return try p.take(x, axis: axis, place)
    },
    KerasOperation("BroadcastTo", ["shape"]) { call, p in
      let x = try call.operand(0, "x")
      return try p.broadcast(x, to: Shape(checking: call.config.ints("shape") ?? []))
    },
  ]

  private static func list(_ call: KerasCall) throws -> [Value] {
    guard case .list(let list)? = call.arguments.first, !list.isEmpty else {
      throw NetJacError(.format, "a list of tensors is needed")
    }
    let values = try list.map(call.value)
    let isReal = values.contains { call.p.type($0).element.isReal }
    return try values.map { isReal ? try call.p.asReal($0) : $0 }
  }

  private static let split: KerasOperation.Body = { call, p in
    let x = try call.operand(0, "x")
    let axis = try call.axis(call.config.int("axis", default: 0), rank: p.shape(x).rank)
    let length = p.shape(x)[axis]
    let bounds: [Int]
    if let count = call.config.value("indices_or_sections")?.int {
      guard count > 0, length % count == 0 else {
        throw NetJacError(
          .shape, "axis \(axis) of length \(length) cannot be split into \(count) parts")
      }
      bounds = (0...count).map { $0 * (length / count) }
    } else {
      bounds = [0] + (try call.config.ints("indices_or_sections") ?? []) + [length]
    }
    guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }),
      bounds.allSatisfy({ (0...length).contains($0) })
    else {
      throw NetJacError(.shape, "axis \(axis) of length \(length) cannot be split at \(bounds)")
    }
    return try zip(bounds, bounds.dropFirst()).map {
      try p.slice(x, axis: axis, start: $0, size: $1 - $0)
    }
  }
}

/// Indices and slices as Python writes them.
enum KerasIndexing {
  static func item(_ x: Value, _ key: JSON, _ call: KerasCall, _ p: ProgramBuilder) throws -> Value
  {
    var entries = key.array ?? [key]
    let rank = p.shape(x).rank
    func isEllipsis(_ json: JSON) -> Bool { json["class_name"]?.string == "__ellipsis__" }
    let used = entries.count { !$0.isNull && !isEllipsis($0) }
    guard used <= rank, entries.count(where: isEllipsis) <= 1 else {
      throw NetJacError(.shape, "\(used) indices are given for the \(rank) axes of \(p.shape(x))")
    }
    let whole = JSON.object(JSONObject())
    let rest = [JSON](repeating: whole, count: rank - used)
    if let place = entries.firstIndex(where: isEllipsis) {
      entries.replaceSubrange(place...place, with: rest)
    } else {
      entries += rest
    }
    var y = x
    var axis = 0
    for entry in entries {
      if entry.isNull {
        var dims = p.shape(y).dims
        dims.insert(1, at: axis)
        y = try p.reshape(y, Shape(dims))
        axis += 1
      } else if let index = entry.int {
        let length = p.shape(y)[axis]
        guard index >= -length, index < length else {
          throw NetJacError(.shape, "index \(index) lies outside an axis of length \(length)")
        }
        y = try p.element(index < 0 ? index + length : index, of: y, axis: axis)
      } else if let object = entry.object {
        y = try sliced(y, axis, object["config"]?.object ?? object, p)
        axis += 1
      } else {
        let places = (entry.array ?? []).compactMap(\.int)
        guard let list = entry.array, list.count == places.count, !list.isEmpty else {
          throw NetJacError(.unsupported, "the index \(entry.described) is not supported")
        }
        let index = try p.positive(p.integers(places), length: p.shape(y)[axis])
        y = try p.take(y, axis: axis, index)
        axis += 1
      }
    }
    return y
  }

  /// start, stop and step with Python's meaning of absent and negative numbers.
  private static func sliced(_ x: Value, _ axis: Int, _ slice: JSONObject, _ p: ProgramBuilder)
    throws
    -> Value
  {
    func number(_ key: String) throws -> Int? {
      guard let json = slice[key], !json.isNull else { return nil }
      guard let number = json.int else {
        throw NetJacError(
          .unsupported, "a slice with \(key.quoted) \(json.described) is not supported")
      }
      return number
    }
    let length = p.shape(x)[axis]
    let step = try number("step") ?? 1
    guard step != 0, step.magnitude < 1 << 40 else {
      throw NetJacError(.shape, "the step of a slice is 0")
    }
    func bound(_ given: Int?, _ standard: Int, _ low: Int, _ high: Int) -> Int {
      guard let given else { return standard }
      return min(max(given < 0 ? given.addingSaturated(length) : given, low), high)
    }
    let start = bound(
      try number("start"), step > 0 ? 0 : length - 1, step > 0 ? 0 : -1,
      step > 0 ? length : length - 1)
    let stop = bound(
      try number("stop"), step > 0 ? length : -1, step > 0 ? 0 : -1, step > 0 ? length : length - 1)
    var places: [Int] = []
    var place = start
    while step > 0 ? place < stop : place > stop {
      places.append(place)
      place += step
    }
    if step == 1 {
      return try p.slice(x, axis: axis, start: min(start, length), size: places.count)
    }
    return try p.gather(x, axis: axis, places: places)
  }
}
