import Tensors
import Testing

@Suite struct ShapeTests {
  @Test func countsAndStrides() throws {
    let shape = try Shape(checking: [2, 3, 4])
    #expect(shape.count == 24)
    #expect(shape.strides == [12, 4, 1])
    #expect(shape.rank == 3)
    #expect(shape.description == "[2, 3, 4]")
    #expect(try Shape(checking: []).count == 1)
    #expect(try Shape(checking: [2, 0, 3]).count == 0)
    #expect(shape.removing([0, 2]) == [3])
    #expect(try shape.prepending(5) == [5, 2, 3, 4])
  }

  @Test(
    "Lengths that no tensor can have are refused",
    arguments: [
      [-1], [3, -2], [Int.min], [Int.max], [1 << 41], [1 << 30, 1 << 30], [Int.max, Int.max],
      [1 << 32, 1 << 32], [1 << 62, 2], [1 << 62, 4],
    ])
  func refused(_ dims: [Int]) {
    let error = #expect(throws: NetJacError.self) { try Shape(checking: dims) }
    #expect(error?.message.contains("\(dims)") == true)
  }

  @Test(
    "An empty axis does not let the others overflow when it is reduced away",
    arguments: [
      [0, Int.max], [Int.max, 0], [0, 1 << 41], [1 << 30, 0, 1 << 30], [Int.max, Int.max, 0],
    ])
  func emptyButHuge(_ dims: [Int]) {
    #expect(throws: NetJacError.self) { try Shape(checking: dims) }
  }

  @Test func prependingIsChecked() throws {
    let shape = try Shape(checking: [1 << 39])
    #expect(throws: NetJacError.self) { try shape.prepending(4) }
    #expect(throws: NetJacError.self) { try shape.prepending(-1) }
  }

  @Test func byteCounts() {
    let bytes = ElementType.allCases.map { TensorType($0, [3, 5]).byteCount }
    #expect(bytes == [120, 60, 120, 60, 15])
  }
}
