import Differentiation
import TestCases
import Testing

@Suite struct JacobianOrderTests {
  struct Chain {
    let sizes: [Int]
    let maps: [JacobianOrder.MapCost]

    init(seed: UInt64) {
      var random = Random(seed: seed)
      let count = random.whole(in: 1...6)
      sizes = (0...count).map { _ in random.whole(in: 1...12) }
      maps = (0..<count).map { _ in
        JacobianOrder.MapCost(
          forwardPerSeed: random.whole(in: 0...60), reversePerSeed: random.whole(in: 0...60),
          forwardMatrix: random.whole(in: 0...300), reverseMatrix: random.whole(in: 0...300))
      }
    }

    /// The price of every way there is to multiply out a span.
    func allPrices(_ start: Int, _ end: Int) -> Set<Int> {
      if end == start + 1 { return [maps[start].forwardMatrix, maps[start].reverseMatrix] }
      var prices: Set<Int> = []
      for rest in allPrices(start, end - 1) {
        prices.insert(rest + sizes[start] * maps[end - 1].forwardPerSeed)
      }
      for rest in allPrices(start + 1, end) {
        prices.insert(rest + sizes[end] * maps[start].reversePerSeed)
      }
      for cut in start + 1..<end {
        let product = sizes[start] * sizes[cut] * sizes[end]
        for before in allPrices(start, cut) {
          for after in allPrices(cut, end) { prices.insert(before + after + product) }
        }
      }
      return prices
    }

    /// The price of the steps that an order names.
    func price(_ order: JacobianOrder, _ start: Int, _ end: Int) -> Int? {
      switch order.steps[.init(start: start, end: end)] {
      case .matrix(let forward): forward ? maps[start].forwardMatrix : maps[start].reverseMatrix
      case .push:
        price(order, start, end - 1).map { $0 + sizes[start] * maps[end - 1].forwardPerSeed }
      case .pull:
        price(order, start + 1, end).map { $0 + sizes[end] * maps[start].reversePerSeed }
      case .product(let cut):
        price(order, start, cut).flatMap { before in
          price(order, cut, end).map { before + $0 + sizes[start] * sizes[cut] * sizes[end] }
        }
      case nil: nil
      }
    }
  }

  @Test("The cheapest of all orders is found", arguments: 0..<60 as Range<UInt64>)
  func cheapest(seed: UInt64) throws {
    let chain = Chain(seed: seed)
    let count = chain.maps.count
    let order = JacobianOrder(sizes: chain.sizes, maps: chain.maps)
    #expect(order.total == chain.allPrices(0, count).min())
    #expect(order.total == chain.price(order, 0, count))

    // The plain modes are among the orders.
    let forward = (1..<count).reduce(chain.maps[0].forwardMatrix) {
      $0 + chain.sizes[0] * chain.maps[$1].forwardPerSeed
    }
    let reverse = (0..<count - 1).reduce(chain.maps[count - 1].reverseMatrix) {
      $0 + chain.sizes[count] * chain.maps[$1].reversePerSeed
    }
    #expect(order.forward == forward)
    #expect(order.reverse == reverse)
  }

  @Test func ordersAreDescribed() {
    let dense = [(4, 9), (9, 2), (2, 9), (9, 4)].map { n, m in
      JacobianOrder.MapCost(
        forwardPerSeed: n * m, reversePerSeed: n * m, forwardMatrix: 0, reverseMatrix: 0)
    }
    let order = JacobianOrder(sizes: [4, 9, 2, 9, 4], maps: dense)
    let text = order.describe(["4", "9", "2", "9", "4"])
    #expect(text.contains("×"))
    #expect(text.filter { $0 == "[" }.count == text.filter { $0 == "]" }.count)
  }
}
