import Graph
import Tensors
import TestCases
import Testing

@Suite struct PrintingTests {
  /// A dense layer with a name of the caller's choice.
  private func layer(named name: String?) throws -> Program {
    let p = ProgramBuilder()
    let x = try p.input(TensorType(.float64, [3]))
    p.origin = name.map { Origin(name: $0) }
    let weights = try p.constant(
      Tensor(TensorType(.float64, [2, 3]), reals: [1, 2, 3, 4, 5, 6.5]))
    let product = try p.dot(weights, x, [0, 1], [1], [0])
    p.origin = nil
    let half = try p.scalar(0.5, like: product)
    return p.program(outputs: [product, try p.tanh(p.multiply(product, half))])
  }

  @Test func text() throws {
    #expect(
      try layer(named: "dense_1").text == """
        %0: float64[3] = input 0
        %1: float64[2, 3] = constant [1.0, 2.0, 3.0, 4.0, 5.0, 6.5]   # dense_1
        %2: float64[2] = dot ab,b->a %1 %0   # dense_1
        %3: float64[2] = constant 0.5
        %4: float64[2] = multiply %2 %3
        %5: float64[2] = tanh %4
        outputs %2 %5

        """)
  }

  @Test("Attributes of each family are printed, and large constants left out")
  func attributes() throws {
    let p = ProgramBuilder(real: .float32)
    let x = try p.input(TensorType(.float32, [4, 3]))
    let index = try p.input(TensorType(.int64, [2]))
    let large = try p.constant(
      Tensor(TensorType(.float32, [4, 3]), reals: (0..<12).map(Double.init)))
    let sum = try p.add(x, large)
    let rows = try p.gather(sum, index)
    let part = try p.slice(rows, axis: 1, start: 1, size: 2)
    let total = try p.reduceSum(p.convert(p.compare(.less, part, part), to: .int32), over: [0, 1])
    #expect(
      p.program(outputs: [total]).text == """
        %0: float32[4, 3] = input 0
        %1: int64[2] = input 1
        %2: float32[4, 3] = constant …
        %3: float32[4, 3] = add %0 %2
        %4: float32[2, 3] = gather batch 0 %3 %1
        %5: float32[2, 2] = slice starts [0, 1] sizes [2, 2] steps [1, 1] %4
        %6: bool[2, 2] = compare less %5 %5
        %7: int32[2, 2] = convert int32 %6
        %8: int32[] = reduce-sum axes [0, 1] %7
        outputs %8

        """)
  }

  /// A drawing of two nodes of which one has the name.
  private func drawing(_ name: String) -> String {
    var writer = DOTWriter("program", settings: ["rankdir=LR"])
    writer.node("n0", label: ["input", "[3]"], attributes: ["shape=ellipse"])
    writer.node("n1", label: [name, "[2]"], attributes: [])
    writer.edge("n0", "n1")
    return writer.text
  }

  @Test func graphviz() {
    #expect(
      drawing("dense \"1\"") == #"""
        digraph program {
          rankdir=LR;
          n0 [label="input\n[3]", shape=ellipse];
          n1 [label="dense \"1\"\n[2]"];
          n0 -> n1;
        }

        """#)
  }

  private static let names = [
    "plain", "", "\"", "\\", "\\\"", "ends with \\", "two\nlines", "tab\tand\rreturn", "\u{0}\u{7}",
    "größe/Δx 层", "}] ; a -> b", "emoji 👩‍👩‍👧", "line\u{2028}separator", "%d \\N \\G", "<b>",
    "# comment", "\"\u{301}", "\\\u{301}",
  ]

  @Test("Names of every kind stay on their line", arguments: names)
  func oneLineEach(_ name: String) throws {
    let program = try layer(named: name)
    // Everything Unicode counts as the end of a line is one for some reader.
    #expect(program.text.split(whereSeparator: \.isNewline).count == program.nodes.count + 1)
    let lines = { (text: String) in text.split(whereSeparator: \.isNewline).count }
    #expect(lines(drawing(name)) == lines(drawing("plain")))
  }

  @Test("What is quoted in DOT reads back as the name", arguments: names)
  func dotSyntax(_ name: String) throws {
    let parts = try #require(dotParts(drawing(name)))
    let outside = parts.outside
    for (open, close) in [("{", "}"), ("[", "]")] as [(Character, Character)] {
      #expect(outside.filter { $0 == open }.count == outside.filter { $0 == close }.count)
    }
    #expect(outside.filter { $0 == "{" }.count == 1)
    #expect(!outside.contains { !$0.isASCII })
    let plain = try #require(dotParts(drawing("plain")))
    #expect(plain.outside == outside)
    // Control characters are written out before quoting; all else is as it was.
    if !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 0x2028 }) {
      #expect(parts.strings.contains("\(name)\n[2]"))
    }
  }

  /// What stands outside quotes, and the quoted strings with escapes undone; nil if a quote is open.
  private func dotParts(_ text: String) -> (outside: String, strings: [String])? {
    var outside = ""
    var strings: [String] = []
    var string: String?
    var isEscaped = false
    for scalar in text.unicodeScalars {
      guard var open = string else {
        if scalar == "\"" { string = "" } else { outside.unicodeScalars.append(scalar) }
        continue
      }
      if isEscaped {
        open.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        strings.append(open)
        string = nil
        continue
      } else {
        open.unicodeScalars.append(scalar)
      }
      string = open
    }
    return string == nil ? (outside, strings) : nil
  }

  @Test("Every primitive prints on one line with its name first", arguments: PrimitiveCase.all)
  func primitives(_ testCase: PrimitiveCase) throws {
    let text = try testCase.program().text
    let line = try #require(text.split(separator: "\n").dropLast().last)
    #expect(line.contains(" = \(testCase.primitive.name)"))
  }

  @Test("whole numbers are shown as they are, the largest ones too")
  func largestNumbers() {
    for number in [Int64.max, .min, 1 << 53 + 1] {
      let tensor = Tensor(TensorType(.int64, [3]), fill: number)
      #expect(Constant(tensor).attributes == "\(number)")
      #expect(tensor.refilled([2, 2])?.integers == [number, number, number, number])
    }
  }
}
