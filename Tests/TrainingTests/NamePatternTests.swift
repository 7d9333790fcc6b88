import Testing

@testable import Training

struct NamePatternTests {
  @Test(
    "a star stands for any characters",
    arguments: [
      ("*", "layer1.weight", true), ("layer1.*", "layer1.weight", true),
      ("*.bias", "layer1.weight", false), ("*1*ei*", "layer1.weight", true),
      ("layer1.weight", "layer1.weight", true), ("layer1", "layer1.weight", false),
      ("a*a", "a", false), ("a*a", "aa", true), ("*ab*b", "aab", false), ("", "", true),
    ])
  func matches(_ pattern: String, _ name: String, _ matches: Bool) {
    #expect(NamePattern(pattern).matches(name) == matches)
  }
}
