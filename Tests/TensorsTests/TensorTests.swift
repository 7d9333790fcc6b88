import Tensors
import Testing

@Suite struct TensorTests {
  private let three = { TensorType($0, [3]) }

  @Test("Single precision is rounded when a tensor is made")
  func rounding() {
    let tenth = Double(Float(0.1))
    #expect(Tensor(three(.float32), reals: [0.1, 1, 1e300]).reals == [tenth, 1, .infinity])
    #expect(Tensor(three(.float64), reals: [0.1, 1, 1e300]).reals == [0.1, 1, 1e300])
    #expect(Tensor(three(.float32), fill: 0.1).reals == [tenth, tenth, tenth])
    #expect(Tensor.scalar(0.1, .float32).reals == [tenth])
  }

  @Test("Whole numbers wrap to their width, booleans are zero or one")
  func wrapping() {
    let large: Int64 = 1 << 32 + 5
    #expect(Tensor(three(.int32), integers: [large, -1, 1 << 31]).integers == [5, -1, -1 << 31])
    #expect(Tensor(three(.int64), integers: [large, -1, 0]).integers == [large, -1, 0])
    #expect(Tensor(three(.bool), integers: [large, -1, 0]).integers == [1, 1, 0])
    #expect(Tensor(three(.int32), fill: large).integers == [5, 5, 5])
    #expect(Tensor(three(.bool), fill: large).integers == [1, 1, 1])
    #expect(Tensor(three(.bool), fill: 2.0).integers == [1, 1, 1])
    #expect(Tensor(three(.bool), fill: 0.5).integers == [1, 1, 1])
    #expect(Tensor(three(.bool), fill: 0.0).integers == [0, 0, 0])
  }

  @Test("Reals become whole numbers by truncation, and the smallest where they do not fit")
  func truncation() {
    let reals = Tensor(TensorType(.float64, [5]), reals: [1.9, -1.9, .nan, .infinity, 1e30])
    #expect(reals.integers == [1, -1, .min, .min, .min])
    let least = Int64(Int32.min)
    #expect(Tensor(three(.int32), fill: Double.nan).integers == [least, least, least])
    #expect(Tensor(three(.int32), fill: 3e9).integers == [least, least, least])
    #expect(Tensor(three(.int64), fill: -2.5).integers == [-2, -2, -2])
  }

  @Test func fills() {
    let fill = Tensor(three(.float64), fill: 0.5)
    #expect(fill.fill == 0.5)
    #expect(fill.reals == [0.5, 0.5, 0.5])
    #expect(Tensor(three(.float64), reals: [1, 2, 3]).fill == nil)
    #expect(Tensor(three(.int64), fill: Int64(4)).fill == 4)
    #expect(Tensor(TensorType(.float64, [0]), fill: 3.0).reals.isEmpty)
  }

  @Test("Tensors compare and hash by their numbers, in whichever precision they are held")
  func precisions() {
    let numbers: [Float] = [0.1, -0.0, .nan, .infinity]
    let type = TensorType(.float64, [4])
    let single = Tensor(type, floats: FloatElements(numbers))
    let double = Tensor(type, reals: numbers.map(Double.init))
    #expect(single == double && double == single)
    #expect(single.hashValue == double.hashValue)
    #expect(single == Tensor(type, floats: FloatElements(numbers)))
    #expect(single.reals.map(\.bitPattern) == double.reals.map(\.bitPattern))
    #expect(single.integers == double.integers)
    #expect(single != Tensor(type, reals: [Double(Float(0.1)), 0, .nan, .infinity]))
    #expect(double != Tensor(type, floats: FloatElements([0.1, 0, .nan, .infinity])))
    let places = [3, -1, 0]
    #expect(single.picking(places, shape: [3]) == double.picking(places, shape: [3]))
    #expect(single.reshaped([2, 2]) == double.reshaped([2, 2]))
    #expect(Tensor(type, floats: FloatElements([2, 2, 2, 2])) == Tensor(type, fill: 2.0))
    #expect(Tensor(TensorType(.float64, [0]), floats: FloatElements([])).reals.isEmpty)
  }

  @Test("Tensors of one precision share their numbers with those made of them")
  func sharing() {
    func memory(_ tensor: Tensor) -> ElementMemory? {
      if case .floats(let elements) = tensor.storage { elements.memory } else { nil }
    }
    let single = Tensor(three(.float32), reals: [0.1, 1, 1e300])
    let double = single.converted(to: .float64)
    #expect(double.type == three(.float64) && double.reals == single.reals)
    #expect(memory(single) != nil && memory(single) === memory(double))
    #expect(memory(double.reshaped([3, 1])) === memory(double))
    #expect(Tensor(three(.float64), reals: [0.1, 1, 1e300]).converted(to: .float32) == single)
  }

  @Test(
    "Memory of elements begins at a cache line, large or small", arguments: [0, 1, 100, 1 << 20])
  func alignment(_ count: Int) {
    let elements = FloatElements(count: count) { Float($0) }
    #expect(UInt(bitPattern: elements.memory.start) % 64 == 0)
    #expect(elements.doubles == (0..<count).map(Double.init))
  }

  @Test("One number in every place is a fill, however it was given")
  func fillsAreFound() {
    let (fill, listed) = (
      Tensor(three(.float64), fill: 0.5), Tensor(three(.float64), reals: [0.5, 0.5, 0.5])
    )
    #expect(listed.fill == 0.5)
    #expect(fill == listed)
    #expect(fill.hashValue == listed.hashValue)
    #expect(
      Tensor(three(.int64), fill: Int64(7)) == Tensor(three(.int64), integers: [7, 7, 7]))
    #expect(Tensor.scalar(2) == Tensor(TensorType(.float64, []), reals: [2]))
    #expect(Tensor(three(.float64), reals: [0, -0.0, 0]).fill == nil)
  }

  @Test("NaN equals itself, and the two zeros differ")
  func equality() {
    let a = Tensor(three(.float64), reals: [.nan, 0, 1])
    #expect(a == Tensor(three(.float64), reals: [.nan, 0, 1]))
    #expect(a.hashValue == Tensor(three(.float64), reals: [.nan, 0, 1]).hashValue)
    #expect(a != Tensor(three(.float64), reals: [.nan, -0.0, 1]))
    #expect(Tensor.scalar(.nan) == Tensor.scalar(.nan))
    #expect(Tensor.scalar(0) != Tensor.scalar(-0.0))
    #expect(Tensor.scalar(0) != Tensor.scalar(0, .float32))
    #expect(Tensor(three(.float64), fill: 1.0) != Tensor(three(.int64), fill: Int64(1)))
    #expect(Tensor(TensorType(.float64, [2]), fill: 1.0) != Tensor(three(.float64), fill: 1.0))
  }

  @Test("Elements far behind decide equality too")
  func longTensors() {
    let type = TensorType(.float64, [100])
    var values = (0..<100).map(Double.init)
    let a = Tensor(type, reals: values)
    values[99] = -1
    #expect(a != Tensor(type, reals: values))
  }

  @Test("Picking takes elements in any order, and zero for -1")
  func picking() {
    let reals = Tensor(three(.float64), reals: [1, 2, 3])
    #expect(reals.picking([2, -1, 0, 0], shape: [2, 2]).reals == [3, 0, 1, 1])
    let whole = Tensor(three(.int32), integers: [1, 2, 3])
    #expect(whole.picking([2, -1], shape: [2]).integers == [3, 0])
    let fill = Tensor(three(.float64), fill: 4.0)
    #expect(fill.picking([1, -1], shape: [2]).reals == [4, 0])
    #expect(fill.picking([1, 1], shape: [2]).fill == 4)
    #expect(reals.picking([], shape: [0]).reals.isEmpty)
  }

  @Test func reshaping() {
    let reals = Tensor(TensorType(.float32, [2, 3]), reals: [1, 2, 3, 4, 5, 6])
    let reshaped = reals.reshaped([3, 2])
    #expect(reshaped.reals == reals.reals)
    #expect(reshaped.type == TensorType(.float32, [3, 2]))
  }
}
