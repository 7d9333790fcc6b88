import CKernels
import Graph
import Tensors

/// Finds what of an elementwise group can be done to a product's elements before they are stored:
/// `scale · f(a·b + bias + addend)`, with the slope of f beside it.
struct EpilogueMatch {
  private let program: Program
  private let members: [Int]
  private let inGroup: Set<Int>
  private let usedOutside: Set<Int>
  private let rows: Int
  private let columns: Int
  /// The loops around an indexed product and its rows; nil for one plain product.
  private let turns: (outer: [Int], rows: Int)?
  private let placement: (Value) -> Placement?

  /// Members that the product does itself.
  private(set) var absorbed: Set<Int> = []
  private(set) var epilogue = Epilogue<Value>()
  /// For an indexed product.
  private(set) var steps = IndexedPlan.EpilogueSteps()
  /// The node whose value is the product's result.
  private(set) var result: Int

  /// `aliases` are the product and the reshapes of it that the group reads.
  init(
    _ program: Program, product: Int, aliases: Set<Int>, members: [Int], usedOutside: Set<Int>,
    plan: DotPlan, placement: @escaping (Value) -> Placement?
  ) {
    self.program = program
    self.members = members
    inGroup = Set(members)
    self.usedOutside = usedOutside
    if let indexed = plan.indexed {
      rows = indexed.rows
      columns = indexed.columns
      turns = (indexed.outer.map(\.dim), indexed.m)
    } else {
      rows = plan.m.dim
      columns = plan.n.dim
      turns = nil
    }
    self.placement = placement
    result = product
    var current = aliases
    // Two sums at most: one with a row, one with a matrix.
    for _ in 0..<2 {
      guard let next = absorbSum(current) else { break }
      result = next
      current = [next]
    }
    if let next = absorbActivation(current) {
      result = next
      current = [next]
    }
    if let next = absorbScale(current) {
      if !users(current).subtracting([next]).subtracting(absorbed).isEmpty
        || !current.isDisjoint(with: usedOutside)
      {
        epilogue.unscaled = Value(index: result)
      }
      absorbed.insert(next)
      result = next
    }
  }

  private func users(_ nodes: Set<Int>) -> Set<Int> {
    Set(members.filter { program.nodes[$0].operands.contains { nodes.contains($0.index) } })
  }

  /// The only use of these values anywhere, if it is a member of this kind.
  private func onlyUser(_ nodes: Set<Int>) -> Int? {
    let users = users(nodes)
    guard users.count == 1, nodes.isDisjoint(with: usedOutside) else { return nil }
    return users.first
  }

  /// The operand beside `nodes`, if it comes from outside the group.
  private func other(
    _ member: Int, than nodes: Set<Int>
  ) -> (value: Value, placement: Placement)? {
    let operands = program.nodes[member].operands
    guard operands.count == 2 else { return nil }
    let isFirst = nodes.contains(operands[0].index)
    guard isFirst != nodes.contains(operands[1].index) else { return nil }
    let value = operands[isFirst ? 1 : 0]
    return inGroup.contains(value.index) ? nil : placement(value).map { (value, $0) }
  }

  /// Sums are taken in the program's order, whatever a value is to the kernel: one row for all is a bias, also
  /// where all rows are one.
  private mutating func absorbSum(_ current: Set<Int>) -> Int? {
    guard let user = onlyUser(current), program.nodes[user].isA(Add.self),
      let (value, operand) = other(user, than: current)
    else { return nil }
    if epilogue.bias == nil, epilogue.rowBias == nil, isRow(operand) {
      epilogue.bias = value
      epilogue.addsFirst = epilogue.addend != nil
    } else if epilogue.rowBias == nil, let steps = rowBiasSteps(operand) {
      epilogue.rowBias = value
      epilogue.addsFirst = epilogue.addend != nil
      self.steps.rowBias = steps
    } else if epilogue.addend == nil, let matrix = operand.reshaped([rows, columns]),
      columns == 1 || matrix.strides[1] == 1
    {
      epilogue.addend = value
      epilogue.addendRow = matrix.strides[0]
    } else {
      return nil
    }
    absorbed.insert(user)
    return user
  }

  private mutating func absorbActivation(_ current: Set<Int>) -> Int? {
    let users = users(current)
    guard current.isDisjoint(with: usedOutside) else { return nil }
    func first<Kind: Primitive>(_ kind: Kind.Type) -> Int? {
      users.first { program.nodes[$0].isA(Kind.self) }
    }
    if let tanh = first(HyperbolicTangent.self), users.count == 1 {
      epilogue.activation = NETJAC_ACTIVATION_TANH
      absorbed.insert(tanh)
      absorbSlope(
        pair(behind: tanh) { square, difference in
          isSquare(square, of: tanh) && isOneMinus(difference, square)
        })
      return tanh
    }
    if let relu = first(Relu.self) {
      let step = first(Step.self)
      guard users.count == (step == nil ? 1 : 2) else { return nil }
      epilogue.activation = NETJAC_ACTIVATION_RELU
      absorbed.formUnion([relu, step].compactMap { $0 })
      epilogue.slope = step.map(Value.init)
      return relu
    }
    if let softplus = first(Softplus.self) {
      let sigmoid = first(Sigmoid.self)
      guard users.count == (sigmoid == nil ? 1 : 2) else { return nil }
      epilogue.activation = NETJAC_ACTIVATION_SOFTPLUS
      absorbed.formUnion([softplus, sigmoid].compactMap { $0 })
      epilogue.slope = sigmoid.map(Value.init)
      return softplus
    }
    if let sigmoid = first(Sigmoid.self), users.count == 1 {
      epilogue.activation = NETJAC_ACTIVATION_SIGMOID
      absorbed.insert(sigmoid)
      absorbSlope(
        pair(behind: sigmoid) { difference, product in
          isOneMinus(difference, sigmoid) && isProduct(product, sigmoid, difference)
        })
      return sigmoid
    }
    return nil
  }

  /// Two members that make a slope of `activated`, the first of no other use.
  private func pair(
    behind activated: Int, _ matches: (Int, Int) -> Bool
  ) -> (first: Int, second: Int)? {
    for first in users([activated]).sorted() {
      if let second = onlyUser([first]), matches(first, second) { return (first, second) }
    }
    return nil
  }

  private mutating func absorbSlope(_ pair: (first: Int, second: Int)?) {
    guard let pair else { return }
    absorbed.formUnion([pair.first, pair.second])
    epilogue.slope = Value(index: pair.second)
  }

  private func isSquare(_ member: Int, of node: Int) -> Bool {
    program.nodes[member].isA(Multiply.self)
      && program.nodes[member].operands.allSatisfy { $0.index == node }
  }

  private func isOneMinus(_ member: Int, _ node: Int) -> Bool {
    let operands = program.nodes[member].operands
    return program.nodes[member].isA(Subtract.self) && operands[1].index == node
      && program.constant(operands[0])?.fill == 1
  }

  private func isProduct(_ member: Int, _ a: Int, _ b: Int) -> Bool {
    program.nodes[member].isA(Multiply.self)
      && Set(program.nodes[member].operands.map(\.index)) == [a, b]
  }

  private mutating func absorbScale(_ current: Set<Int>) -> Int? {
    for user in users(current).subtracting(absorbed).sorted() {
      guard program.nodes[user].isA(Multiply.self),
        let (value, operand) = other(user, than: current)
      else { continue }
      if turns != nil {
        guard let form = scaleOfTurns(operand) else { continue }
        epilogue.scaleRow = form.row
        steps.scale = form.steps
      } else {
        guard let form = scaleForm(operand) else { continue }
        (epilogue.scaleRow, epilogue.rowsPerScale) = form
      }
      epilogue.scale = value
      return user
    }
    return nil
  }

  // MARK: - Forms of operands, as seen from the product's rows and columns

  /// One row, repeated for all rows.
  private func isRow(_ operand: Placement) -> Bool {
    guard let matrix = operand.reshaped([rows, columns]) else { return false }
    return (rows == 1 || matrix.strides[0] == 0) && (columns == 1 || matrix.strides[1] == 1)
      && !(operand.isFill && operand.count > 1 && columns > 1)
  }

  /// One number for each row of a product.
  private func rowBiasSteps(_ operand: Placement) -> [Int]? {
    guard let turns, columns > 1,
      let array = operand.reshaped(Shape(turns.outer + [turns.rows, columns])),
      array.strides[turns.outer.count + 1] == 0,
      turns.rows == 1 || array.strides[turns.outer.count] == 1
    else { return nil }
    return Array(array.strides.prefix(turns.outer.count))
  }

  /// A number for each element of a product, which may repeat from product to product.
  private func scaleOfTurns(_ operand: Placement) -> (row: Int, steps: [Int])? {
    guard let turns, columns > 1,
      let array = operand.reshaped(Shape(turns.outer + [turns.rows, columns])),
      array.strides[turns.outer.count + 1] == 1
    else { return nil }
    return (array.strides[turns.outer.count], Array(array.strides.prefix(turns.outer.count)))
  }

  /// Rows that repeat in groups: how far apart they are, and how many rows share one.
  private func scaleForm(_ operand: Placement) -> (row: Int, rowsPerScale: Int)? {
    if isRow(operand) { return (0, max(rows, 1)) }
    let loops = operand.collapsedAxes([operand.strides])
    guard columns > 1, let last = loops.last, last.strides[0] == 1 else { return nil }
    if loops.count == 1, last.dim == rows * columns { return (columns, 1) }
    if loops.count == 2, last.dim == columns { return (loops[0].strides[0], 1) }
    if loops.count == 3, last.dim == columns, loops[1].strides[0] == 0 {
      return (loops[0].strides[0], loops[1].dim)
    }
    return nil
  }
}
