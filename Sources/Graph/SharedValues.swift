/// The values of primitives applied to operands so far, to find equal ones again.
///
/// A hash table of its own: a dictionary would want each primitive in an `AnyHashable`, which takes
/// longer to make than all else that adding a node takes.
struct SharedValues {
  private struct Entry {
    let hash: Int
    let primitive: any Primitive
    let operands: [Value]
    let value: Value
  }

  private var entries: [Entry] = []
  /// The place of an entry, or -1, by its hash or the next free place behind that; at least twice as
  /// many as entries.
  private var slots = [Int32](repeating: -1, count: 64)

  static func hash(_ primitive: some Primitive, _ operands: [Value]) -> Int {
    var hasher = Hasher()
    hasher.combine(ObjectIdentifier(type(of: primitive)))
    primitive.hash(into: &hasher)
    for operand in operands { hasher.combine(operand.index) }
    return hasher.finalize()
  }

  func value<Kind: Primitive>(of primitive: Kind, _ operands: [Value], hash: Int) -> Value? {
    var slot = hash & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = Int(slots[slot])
      if entries[entry].hash == hash, entries[entry].operands == operands,
        (entries[entry].primitive as? Kind) == primitive
      {
        return entries[entry].value
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Notes a value that is not there yet.
  mutating func insert(_ primitive: any Primitive, _ operands: [Value], hash: Int, _ value: Value) {
    if 2 * (entries.count + 1) > slots.count { grow() }
    entries.append(Entry(hash: hash, primitive: primitive, operands: operands, value: value))
    place(entries.count - 1)
  }

  private mutating func place(_ entry: Int) {
    var slot = entries[entry].hash & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(entry)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    for entry in entries.indices { place(entry) }
  }
}
