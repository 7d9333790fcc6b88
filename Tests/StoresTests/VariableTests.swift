import Foundation
import Stores
import Tensors
import Testing

@Suite struct VariableTests {
  @Test(
    "Details survive being written and read",
    arguments: [
      "", "unit=m/s lower=0.0 upper=0.3 step=1e-06", "unit=N m", "scale=log lower=1.0 upper=2.0",
      "unit=m description=depth of the foot, measured from lower = ground",
      #"description="the \"unit=m\" of it""#, "tolerance=0.1 description=a b  c",
    ])
  func roundTrip(_ text: String) throws {
    let variable = try VariableDetails(text).variable(.input, "a", 1)
    let again = try VariableDetails(VariableDetails.text(variable)).variable(.input, "a", 1)
    #expect(variable == again)
  }

  @Test func valuesReachToTheNextKey() throws {
    let details = try VariableDetails("unit=N m  lower=-1 description=what it takes; ends here ")
    #expect(
      details.values == ["unit": "N m", "lower": "-1", "description": "what it takes; ends here"])
  }

  @Test(
    "Details that mean nothing are refused",
    arguments: [
      "m/s", "unit=m unit=s", "lower=a", "lower=inf", "scale=cubic", #"unit="m"#, "lower=2 upper=1",
      "step=0", "tolerance=-1", "scale=log lower=0", "default=x",
    ])
  func refusals(_ text: String) {
    #expect(throws: NetJacError.self) {
      let details = try VariableDetails(text)
      _ = try details.defaultValue("a")
      try details.variable(.input, "a", 1).check()
    }
  }

  @Test(
    "Names that a database would not take are refused",
    arguments: [
      "", "a b", "a\"b", "ä", "nj_x", "NJ_x", "sample", String(repeating: "a", count: 64),
    ])
  func names(_ name: String) {
    #expect(throws: NetJacError.self) { try Variable(.input, name).check() }
  }

  @Test func declaringAgainMustSayTheSame() throws {
    let folder = try Folder()
    let study = try folder.study()
    let again = try folder.study()
    #expect(again.inputs == study.inputs && again.outputs == study.outputs)
    try again.declare(.input, "speed", size: 1, details: nil)
    for (name, size, details) in [
      ("speed", 1, "unit=km/h lower=0 upper=0.3"), ("speed", 2, "unit=m/s lower=0 upper=0.3"),
      ("Speed", 1, "unit=m/s lower=0 upper=0.3"), ("force_1", 1, ""),
    ] {
      #expect(throws: NetJacError.self) {
        try again.declare(.input, name, size: size, details: details)
      }
    }
    let error = #expect(throws: NetJacError.self) {
      try again.declare(.input, "speed", size: 1, details: "unit=km/h")
    }
    #expect(error?.kind == .conflict)
    #expect(error?.message.contains("'m/s'") == true && error?.message.contains("'km/h'") == true)
    // Another order is another study.
    let other = try Study(folder.store(), "foot")
    try other.declare(.input, "depth", size: 1, details: nil)
    #expect(throws: NetJacError.self) { try other.declare(.input, "speed", size: 1, details: nil) }
  }

  @Test func addedOutputsAreMissingInOldSamples() throws {
    let folder = try Folder()
    let study = try folder.study()
    _ = try study.insert([0.1, 0.01], result(1))
    let view = try folder.study()
    try study.declare(.output, "torque", size: 1, details: "unit=N m")
    #expect(study.outputSize == 13)
    _ = try study.insert([0.2, 0.01], result(2) + [7])
    #expect(try study.read().y == result(2) + [7])
    #expect(try study.count(nil) == 2)
    #expect(try study.find([0.1, 0.01]).y.last?.isNaN == true)
    // Who opened the study before goes on as before.
    #expect(view.outputSize == 12)
    #expect(try view.read().y == result(1) + result(2))
    _ = try view.insert([0.3, 0.01], result(3))
    #expect(try study.read().ids.count == 1)
  }

  @Test func addedInputsNeedAValueAndRekey() throws {
    let folder = try Folder()
    let study = try folder.study()
    let jacobian = (0..<24).map(Double.init)
    _ = try study.insert(
      [0.1, 0.01, 0.2, 0.01], result(1) + result(2), jacobian: jacobian + jacobian)
    let old = try folder.study()
    #expect(throws: NetJacError.self) { try study.declare(.input, "angle", size: 1, details: nil) }
    #expect(study.inputSize == 2)
    try study.declare(.input, "angle", size: 1, details: "default=0.5 unit=rad")
    #expect(study.inputSize == 3)
    #expect(try study.find([0.2, 0.01, 0.5]).y == result(2))
    #expect(try study.find([0.2, 0.01, 0.4]).states == [0])
    let widened = try study.find([0.1, 0.01, 0.5]).jacobian
    #expect(widened[3] == 2 && widened[4] == 3 && widened[5].isNaN)
    #expect(try study.store.text("check") == "ok")
    // Who opened the study before would mean other points.
    let error = #expect(throws: NetJacError.self) { try old.find([0.1, 0.01]) }
    #expect(error?.kind == .conflict)
  }

  @Test func tooManyColumnsAreRefused() throws {
    let folder = try Folder()
    let study = try Study(folder.store(), "wide")
    for index in 0..<100 { try study.declare(.output, "y\(index)", size: 8, details: nil) }
    let error = #expect(throws: NetJacError.self) {
      try study.declare(.output, "more", size: 1, details: nil)
    }
    #expect(error?.message.contains("vector") == true)
    #expect(study.outputs.count == 100)
  }

  @Test func wideStudiesAreReadWhole() throws {
    let folder = try Folder()
    let study = try Study(folder.store(), "wide")
    try study.declare(.input, "x", size: 1, details: nil)
    for index in 0..<60 { try study.declare(.output, "y\(index)", size: 8, details: nil) }
    let y = (0..<960).map(Double.init)
    #expect(try study.insert([1, 2], y) == 2)
    #expect(try study.read().y == y)
  }

  @Test(
    "Variables may be called like columns of the view",
    arguments: ["version", "tag", "seconds", "label", "select"])
  func viewNames(_ name: String) throws {
    let folder = try Folder()
    let study = try Study(folder.store(), "order")
    try study.declare(.input, name, size: 1, details: nil)
    try study.declare(.output, "y", size: 1, details: nil)
    _ = try study.insert([3], [4])
    #expect(try study.read("\"\(name)\">=3").y == [4])
    #expect(try study.read("\"\(name)\">3").y.isEmpty)
  }
}
