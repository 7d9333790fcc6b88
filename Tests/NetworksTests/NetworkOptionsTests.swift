import Networks
import Tensors
import Testing

@Suite struct NetworkOptionsTests {
  @Test("values are taken as text, with spaces around them, and the last one counts")
  func values() throws {
    var options = NetworkOptions()
    try options.set("precision", to: "float32")
    try options.set("precision", to: " float64\t")
    try options.set("threads", to: "3")
    try options.set("dim.batch size", to: "0")
    try options.set("dim.x.1", to: " 12 ")
    try options.set("input.k", to: "1, -2.5 ,3e4")
    try options.set("input.none", to: "")
    try options.set("output", to: " b,a ")
    try options.set("memory_limit", to: "1000")

    #expect(options.precision == .float64)
    #expect(options.threads == 3)
    #expect(options.dimensions == ["batch size": 0, "x.1": 12])
    #expect(options.constantInputs == ["k": [1, -2.5, 3e4], "none": []])
    #expect(options.outputs == ["b", "a"])
    #expect(options.memoryLimit == 1000)
  }

  @Test(
    "a value that can never be right changes nothing and says what would be",
    arguments: [
      ("precision", "half", "float64 or float32"),
      ("threads", "0", "from 1 to"),
      ("threads", "1e2", "from 1 to"),
      ("dim.n", "-1", "from 0 on"),
      ("dim.", "1", "the options are precision"),
      ("input.k", "1,two", "entry 2, 'two'"),
      ("output", "a,,b", "without an empty one"),
      ("output", "a,b,a", "'a' twice"),
      ("memory_limit", "0", "number of bytes"),
      ("memory_limit", "99999999999999999999", "number of bytes"),
      ("memory", "1", "memory_limit"),
    ])
  func refusals(key: String, value: String, words: String) {
    var options = NetworkOptions()
    let error = #expect(throws: NetJacError.self) { try options.set(key, to: value) }
    #expect(error?.kind == .option)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(options == NetworkOptions())
  }
}
