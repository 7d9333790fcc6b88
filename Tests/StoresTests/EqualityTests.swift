import Foundation
import Stores
import Tensors
import Testing

@Suite struct EqualityTests {
  private func inputs(_ count: Int, _ tolerance: Double, log: Bool = false) -> [Variable] {
    (0..<count).map {
      var input = Variable(.input, "x\($0)")
      input.lower = log ? 1e-3 : -2
      input.upper = log ? 1e3 : 6
      input.tolerance = tolerance
      if log { input.scale = .log }
      return input
    }
  }

  @Test("What is near is in a cell that is asked for", arguments: [1, 2, 3, 7, 12, 24])
  func cellsMissNothing(_ count: Int) throws {
    var random = SystemRandomNumberGenerator()
    for equality in [Equality.absolute, .relative] {
      let near = try NearPoints(inputs(count, 1e-3), equality)
      let reach = equality == .absolute ? 1e-3 : 8e-3
      var asked = 0
      for trial in 0..<400 {
        let a = (0..<count).map { _ in
          trial % 3 == 0
            ? Double.random(in: -20...60, using: &random).rounded() / 10
            : .random(in: -2...6, using: &random)
        }
        let b = a.map { $0 + .random(in: -reach...reach, using: &random) }
        let cells = try #require(near.cells(near: a))
        asked += cells.count
        guard near.distance(a, b) != nil else { continue }
        #expect(cells.contains(near.cell(b)))
      }
      // STORE's figure is 1.13; random trials may be above.
      #expect(Double(asked) / 400 < 1.4)
    }
  }

  @Test func tolerancesOnALogarithmicScaleAreRatios() throws {
    let near = try NearPoints(inputs(1, 0.01, log: true), .relative)
    // A hundredth of six decades.
    #expect(near.distance([1], [1.14]) != nil)
    #expect(near.distance([1], [1.16]) == nil)
    #expect(near.distance([100], [114]) != nil)
  }

  @Test func aRelativeToleranceNeedsBounds() {
    var input = Variable(.input, "a")
    input.tolerance = 0.1
    #expect(throws: NetJacError.self) { try NearPoints([input], .relative) }
  }

  @Test func nearPointsAreOneSample() throws {
    let folder = try Folder()
    var options = folder.options
    options.equality = .absolute
    options.tolerance = 1e-3
    let study = try Study(folder.store(), "near", options)
    try study.declare(.input, "a", size: 1, details: nil)
    try study.declare(.input, "b", size: 1, details: "tolerance=0.1")
    try study.declare(.output, "y", size: 1, details: nil)
    #expect(try study.insert([1, 1, 1.0015, 1.05], [10, 20]) == 2)
    #expect(try study.add([1.0005, 1.01]).added == 0)
    // The nearest one is meant.
    #expect(try study.find([1.0009, 1.04]).y == [20])
    #expect(try study.find([1.0003, 1.0]).y == [10])
    #expect(try study.find([1.0026, 1.0]).states == [0])
    #expect(try study.find([1.0005, 1.2]).states == [0])
    #expect(try study.store.text("check") == "ok")
    // Another tolerance is another study.
    options.tolerance = 1e-2
    options.equality = .relative
    #expect(throws: NetJacError.self) { try Study(study.store, "near", options) }
  }

  @Test func inputsWithoutToleranceAreCompared() throws {
    let near = try NearPoints([Variable(.input, "a")], .absolute)
    #expect(near.distance([1], [1]) == 0)
    #expect(near.distance([1], [1.0000001]) == nil)
    #expect(near.cells(near: [1.5])?.contains(near.cell([1.5])) == true)
  }

  @Test func adversePointsAreCompared() throws {
    // A point on the walls of all cells at once.
    let count = 24
    let near = try NearPoints(inputs(count, 1e-3), .absolute)
    let wall = (1 - 0.381966) * 16 * Double(count) * 1e-3
    #expect(near.cells(near: Array(repeating: wall, count: count)) == nil)
  }
}
