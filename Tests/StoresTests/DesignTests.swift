import Foundation
import Stores
import Tensors
import Testing

@Suite struct DesignTests {
  let folder = Folder.made()

  private func study(_ inputs: Int, _ details: String = "lower=0 upper=1") throws -> Study {
    let study = try Study(folder.store(), "s\(inputs)")
    for input in 0..<inputs {
      try study.declare(.input, "x\(input)", size: 1, details: details)
    }
    return study
  }

  private func design(
    _ study: Study, _ kind: String, _ samples: Int, from: Int = 0, seed: Int64 = 1
  ) throws
    -> [[Double]]
  {
    var x = [Double](repeating: .nan, count: samples * study.inputSize)
    try study.design(kind, from: from, samples: samples, seed: seed, into: &x)
    return (0..<samples).map { Array(x[$0 * study.inputSize..<($0 + 1) * study.inputSize]) }
  }

  @Test(
    "Points of a Sobol sequence have one in each part of every input", arguments: [1, 2, 13, 64])
  func sobolIsStratified(_ inputs: Int) throws {
    let study = try study(inputs)
    for seed in [0, 7, -1] as [Int64] {
      let points = try design(study, "sobol", 256, from: 256, seed: seed)
      for input in 0..<inputs {
        #expect(Set(points.map { Int($0[input] * 256) }).count == 256)
      }
    }
  }

  @Test func sobolFillsThePlane() throws {
    // A (0, m, 2)-net: one point in each of 16 x 16 cells, scrambled or not.
    let points = try design(study(2), "sobol", 256, seed: 99)
    #expect(Set(points.map { Int($0[0] * 16) * 16 + Int($0[1] * 16) }).count == 256)
  }

  @Test func sobolIsContinuedAndSeeded() throws {
    let study = try study(5)
    let whole = try design(study, "sobol", 100)
    #expect(try design(study, "sobol", 40) + design(study, "sobol", 60, from: 40) == whole)
    #expect(try design(study, "sobol", 100, seed: 2) != whole)
  }

  @Test func scramblingIsUniform() throws {
    let study = try study(1)
    let values = try (0..<2000).map { try design(study, "sobol", 1, from: 5, seed: $0)[0][0] }
    let mean = values.reduce(0, +) / 2000
    // Twelve times the standard error of a uniform number.
    #expect(abs(mean - 0.5) < 0.08)
    #expect(Set(values.map { Int($0 * 10) }).count == 10)
  }

  @Test func sobolIntegratesBetterThanChance() throws {
    let study = try study(6)
    func error(_ kind: String) throws -> Double {
      let errors = try (1...5).map { seed in
        let points = try design(study, kind, 1024, seed: Int64(seed))
        return points.map { $0.reduce(1) { $0 * (1 + ($1 - 0.5)) } }.reduce(0, +) / 1024 - 1
      }
      return errors.map { $0 * $0 }.reduce(0, +).squareRoot()
    }
    #expect(try error("sobol") < error("random") / 10)
  }

  @Test func latinHypercubesTakeEveryPartOnceAndKeepApart() throws {
    let study = try study(3)
    let points = try design(study, "latin", 30)
    for input in 0..<3 { #expect(Set(points.map { Int($0[input] * 30) }).count == 30) }
    func nearest(_ points: [[Double]]) -> Double {
      var least = Double.infinity
      for a in points.indices {
        for b in 0..<a {
          least = min(least, zip(points[a], points[b]).map { ($0 - $1) * ($0 - $1) }.reduce(0, +))
        }
      }
      return least.squareRoot()
    }
    #expect(nearest(points) > 2 * nearest(try design(study, "random", 30)))
    #expect(try design(study, "latin", 30) == points)
    #expect(try design(study, "latin", 1).count == 1)
  }

  @Test func gridsAndCorners() throws {
    let study = try study(2, "lower=-1 upper=3")
    #expect(try design(study, "corners", 4) == [[-1, -1], [3, -1], [-1, 3], [3, 3]])
    #expect(
      try design(study, "grid", 6) == [[-1, -1], [-1, 3], [1, -1], [1, 3], [3, -1], [3, 3]])
    // Far into a grid the levels are not counted one by one.
    #expect(try design(study, "grid", 1, from: 1 << 60).count == 1)
    #expect(throws: NetJacError.self) { try design(study, "corners", 5) }
    #expect(throws: NetJacError.self) { try design(study, "spiral", 5) }
  }

  @Test(
    "Scales, steps and bounds are kept", arguments: ["sobol", "latin", "random", "grid", "fill"])
  func boundsAreKept(_ kind: String) throws {
    let study = try Study(folder.store(), "scales")
    try study.declare(.input, "a", size: 1, details: "lower=1e-4 upper=100 scale=log")
    try study.declare(.input, "b", size: 1, details: "lower=1 upper=6 step=1")
    try study.declare(.input, "c", size: 2, details: "lower=-0.35 upper=0.33 step=0.1")
    let points = try design(study, kind, 600)
    #expect(points.allSatisfy { $0[0] >= 1e-4 && $0[0] <= 100 })
    // As many below 1e-2 as between 1e-2 and 1 and above.
    for decade in [-4.0, -2, 0] {
      let count = points.filter { log10($0[0]) >= decade && log10($0[0]) < decade + 2 }.count
      #expect(count > 120 && count < 320, "\(count) points from 1e\(decade)")
    }
    // A grid has as many values of each input as it needs points.
    let steps = Set(points.map { $0[1] })
    #expect(kind == "grid" ? steps.isSubset(of: [1, 2, 3, 4, 5, 6]) : steps == [1, 2, 3, 4, 5, 6])
    #expect(points.allSatisfy { $0[2] >= -0.35 && $0[2] <= 0.33 && $0[3] <= 0.33 })
    // They can be entered as they are, and found again.
    let all = points.flatMap { $0 }
    let ids = try study.add(all).ids
    #expect(try study.find(all).ids == ids)
  }

  @Test func fillingKeepsAwayFromWhatIsThere() throws {
    let study = try study(2)
    try study.declare(.output, "y", size: 1, details: nil)
    // The left half is full.
    var known: [Double] = []
    for index in 0..<200 {
      known.append(Double(index % 10) / 20)
      known.append(Double(index / 10) / 20)
    }
    _ = try study.insert(known, Array(repeating: 0, count: 200))
    let points = try design(study, "fill", 8)
    #expect(points.allSatisfy { $0[0] > 0.45 })
  }

  @Test func designsNeedBounds() throws {
    let study = try study(1, "unit=m")
    let error = #expect(throws: NetJacError.self) { try design(study, "sobol", 2) }
    #expect(error?.message.contains("'x0'") == true)
    let wide = try Study(study.store, "wide")
    try wide.declare(.input, "x", size: 65, details: "lower=0 upper=1")
    #expect(throws: NetJacError.self) { try design(wide, "sobol", 2) }
    #expect(try design(wide, "latin", 3).count == 3)
  }
}
