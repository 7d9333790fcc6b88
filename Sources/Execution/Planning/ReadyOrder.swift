import Graph

/// What nodes wait for while they are brought into order: their operands and, where they are guarded, the conditions.
struct ReadyOrder {
  let guards: Guards
  var ready: ReadyQueue
  private let users: [[Int]]
  private let isDone: [Bool]
  /// How many operands of a node are yet to come, and whether the part that it lies in is.
  private var missing: [Int]
  /// Whether the condition of each part is yet to come, and whether that of the part around it is.
  private var missingConditions: [Int]
  private var partsByCondition: [Int: [Int]] = [:]
  private var partsWithin: [[Int]]
  private var waiting: [[Int]]

  init(_ program: Program, users: [[Int]], isDone: [Bool], _ guards: Guards) {
    self.guards = guards
    self.users = users
    self.isDone = isDone
    ready = ReadyQueue(program, guards)
    missing = [Int](repeating: 0, count: program.nodes.count)
    missingConditions = [Int](repeating: 0, count: guards.parts.count)
    partsWithin = [[Int]](repeating: [], count: guards.parts.count)
    waiting = partsWithin
    for (number, part) in guards.parts.enumerated().dropFirst() {
      if part.parent != 0 {
        partsWithin[part.parent].append(number)
        missingConditions[number] += 1
      }
      if !isDone[part.condition.index] {
        partsByCondition[part.condition.index, default: []].append(number)
        missingConditions[number] += 1
      }
    }
    for index in program.nodes.indices where !isDone[index] {
      for user in users[index] where !isDone[user] { missing[user] += 1 }
      if guards[index] != 0 {
        missing[index] += 1
        waiting[guards[index]].append(index)
      }
    }
    for index in program.nodes.indices where !isDone[index] && missing[index] == 0 {
      ready.insert(index)
    }
    for part in guards.parts.indices.dropFirst() where guards.parts[part].parent == 0 {
      if missingConditions[part] == 0 { admit(part) }
    }
  }

  /// Notes that a node is computed.
  mutating func complete(_ index: Int) {
    for user in users[index] where !isDone[user] { countDown(user) }
    guard let parts = partsByCondition[index] else { return }
    for part in parts { countDown(part: part) }
  }

  private mutating func countDown(_ index: Int) {
    missing[index] -= 1
    if missing[index] == 0 { ready.insert(index) }
  }

  private mutating func countDown(part: Int) {
    missingConditions[part] -= 1
    if missingConditions[part] == 0 { admit(part) }
  }

  private mutating func admit(_ part: Int) {
    for index in waiting[part] { countDown(index) }
    for inner in partsWithin[part] { countDown(part: inner) }
  }
}
