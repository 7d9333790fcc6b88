import Containers
import Tensors
import TestCases
import Testing

@Suite("JSON")
struct JSONTests {
  private func parse(_ text: String) throws -> JSON {
    try JSONParser.parse(Bytes(Array(text.utf8)), of: "the text")
  }

  @Test("all kinds of values")
  func values() throws {
    let json = try parse(
      #" {"a": [1, -2.5e-3, true, false, null], "b": {"c": "x\n\"\u00e4\ud83d\ude00/"}, "": []} "#)
    #expect(json.object?.keys == ["a", "b", ""])
    #expect(json["a"]?.array?.map(\.double) == [1, -0.0025, nil, nil, nil])
    #expect(json["a"]?.array?.map(\.bool) == [nil, nil, true, false, nil])
    #expect(json["a"]?.array?.last == .null)
    #expect(json["b"]?["c"]?.string == "x\n\"ä😀/")
    #expect(json[""]?.array == [])
  }

  @Test("numbers keep their text until somebody asks")
  func numbers() throws {
    let numbers = try parse("[0.001, 1e400, -1e400, 12345678901234567168, 2.0, 2.5, 1E2, -0]").array
    #expect(
      numbers?.map(\.double) == [
        0.001, .infinity, -.infinity, 12_345_678_901_234_567_168, 2, 2.5, 100, 0,
      ])
    #expect(numbers?.map(\.int) == [nil, nil, nil, nil, 2, nil, 100, 0])
    let words = try parse("[NaN, Infinity, -Infinity]").array ?? []
    #expect(words[0].double?.isNaN == true)
    #expect(words[1].double == .infinity && words[2].double == -.infinity)
  }

  @Test(
    "what departs from the grammar is refused",
    arguments: [
      "", " ", "{", "[", "[1", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
      "{'a':1}",
      "01", "1.", ".5", "+1", "1e", "1e+", "-", "--1", "0x10", "1 2", "[1 2]", "tru", "nul", "True",
      "nan", "-NaN", "\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"",
      "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "{\"a\":1 \"b\":2}", "]", "}", "[1}",
      "\u{feff}1",
    ])
  func grammar(_ text: String) {
    #expect(throws: NetJacError.self) { try parse(text) }
  }

  @Test("an error names line and column")
  func places() {
    let error = #expect(throws: NetJacError.self) { try parse("{\n  \"a\": 1,\n  \"b\": x\n}") }
    #expect(
      error?.message
        == "the text is no valid JSON: line 3, column 8: expected a value here, found 'x'")
  }

  @Test("keys that stand twice, depth, number of values and bytes that are no text have an end")
  func limits() throws {
    #expect(throws: NetJacError.self) { try parse(#"{"a": 1, "b": 2, "a": 3}"#) }
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(throws: Never.self) { try parse(deep) }
    #expect(throws: NetJacError.self) { try parse("[\(deep)]") }
    #expect(throws: NetJacError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    let many = Bytes(Array(("[" + String(repeating: "0,", count: 99) + "0]").utf8))
    #expect(throws: Never.self) {
      try JSONParser.parse(many, limits: .init(count: 101), of: "the text")
    }
    #expect(throws: NetJacError.self) {
      try JSONParser.parse(many, limits: .init(count: 100), of: "the text")
    }
    #expect(throws: NetJacError.self) {
      try JSONParser.parse(Bytes([0x22, 0xff, 0x22]), of: "the text")
    }
  }

  @Test("changed texts give a value or an error")
  func mutations() throws {
    let original = Array(
      #"{"module": "keras", "config": {"units": 6, "x": [1.5e-3, null, "a\u00e4"], "t": true}}"#
        .utf8)
    var random = Random(seed: 3)
    let pieces = Array(#"{}[]",:\u0123456789eE+-.tfnNI "#.utf8) + [0, 128, 255]
    for _ in 0..<TestFile.mutationCount(1000) {
      var bytes = original
      for _ in 0..<random.whole(in: 1...4) {
        let place = random.whole(in: 0...bytes.count - 1)
        switch random.whole(in: 0...2) {
        case 0: bytes[place] = pieces[random.whole(in: 0...pieces.count - 1)]
        case 1: bytes.insert(pieces[random.whole(in: 0...pieces.count - 1)], at: place)
        default: bytes.remove(at: place)
        }
      }
      do {
        _ = try JSONParser.parse(Bytes(bytes), of: "the text").described
      } catch let error as NetJacError {
        #expect(error.kind == .format)
      }
    }
  }
}
