import Graph
import TestCases
import Testing

/// Formulas: where operands go, which need parentheses, and what is cut.
struct NotationTests {
  private indirect enum Tree {
    case leaf(String)
    case node(Notation, [Tree?])
  }

  private let writer = FormulaWriter<Tree> { tree in
    switch tree {
    case .leaf(let text): .leaf(text)
    case .node(let notation, let operands): .operation(notation, operands)
    }
  }

  private func formula(_ tree: Tree) -> String { writer.formula(tree, length: 1000) }

  @Test("parentheses stand where they change the meaning, and nowhere else")
  func parentheses() {
    let (a, b) = (Tree.leaf("a"), Tree.leaf("b"))
    let index = Notation("#1(2)", strength: 9)
    let turned = Notation("#1'", strength: 8)
    #expect(formula(.node(.sum, [.node(.sum, [a, b]), b])) == "a + b + b")
    #expect(formula(.node(.difference, [a, .node(.difference, [a, b])])) == "a - (a - b)")
    #expect(formula(.node(.product, [.node(.sum, [a, b]), b])) == "(a + b) .* b")
    #expect(formula(.node(.sum, [.node(.product, [a, b]), b])) == "a .* b + b")
    #expect(formula(.node(.negative, [.node(.sum, [a, b])])) == "-(a + b)")
    #expect(formula(.node(.negative, [.node(.negative, [a])])) == "-(-a)")
    #expect(formula(.node(.power, [.leaf("-2"), b])) == "(-2) .^ b")
    #expect(formula(.node(.power, [a, .leaf("-2")])) == "a .^ (-2)")
    #expect(formula(.node(turned, [.node(.sum, [a, b])])) == "(a + b)'")
    #expect(formula(.node(index, [.node(turned, [a])])) == "(a')(2)")
    let (two, one) = (
      Notation.function("f", operands: 2), Notation.function("f", operands: 1, attributes: "axis=1")
    )
    #expect(formula(.node(two, [.node(.sum, [a, b]), nil])) == "f(a + b, -)")
    #expect(formula(.node(one, [a])) == "f(a; axis=1)")
    #expect(formula(.node(.sum, [.node(.operand, [.node(.sum, [a, b])]), b])) == "a + b + b")
  }

  @Test("a # stands for itself where no number follows, and when it is doubled")
  func signs() {
    #expect(formula(.node(Notation("##1 #1 # #x"), [.leaf("a")])) == "#1 a # #x")
    #expect(formula(.node(Notation("#2#1"), [.leaf("a"), .leaf("b")])) == "ba")
    #expect(formula(.node(Notation("#3"), [.leaf("a")])) == "")
    #expect(Notation("#99999999999999999999").parts == [.text("#99999999999999999999")])
  }

  @Test("the title of a node is its notation without operands")
  func titles() {
    #expect(Notation.sum.title == "+")
    #expect(Notation("sum(#1, 2)").title == "sum(2)")
    #expect(Notation("tanh(#1)").title == "tanh")
    #expect(Notation("max(#1, [], 2)").title == "max([], 2)")
    #expect(Notation.function("jvp", operands: 5).title == "jvp")
    #expect(Notation("#1(1, :)").title == "(1, :)")
    #expect(Notation("").title == "")
    #expect(Notation("()").title == "()")
  }

  @Test("what shares values without end is cut")
  func length() {
    var tree = Tree.leaf("x")
    for _ in 0..<200 { tree = .node(.product, [tree, tree]) }
    let text = writer.formula(tree, length: 400)
    #expect(text.contains("…") && text.count < 500)
    #expect(writer.formula(.node(.sum, [.leaf("a"), .leaf("b")]), length: 1) == "…")
  }

  @Test("a primitive's notation shows each of its operands", arguments: PrimitiveCase.all)
  func primitives(_ testCase: PrimitiveCase) throws {
    guard let notation = testCase.primitive.notation else { return }
    let operands = testCase.operands.indices
    for place in operands { #expect(notation.parts.contains(.operand(place))) }
    #expect(!notation.parts.contains(.operand(operands.count)))
  }
}
