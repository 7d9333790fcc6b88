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
        let isConstant = random.chance(0.3)
        return JacobianOrder.MapCost(
          forwardPerSeed: random.whole(in: 0...60), reversePerSeed: random.whole(in: 0...60),
          forwardMatrix: isConstant ? 0 : random.whole(in: 0...300),
          reverseMatrix: isConstant ? 0 : random.whole(in: 0...300), isConstant: isConstant)
      }
    }

    /// The price of work on a span: none if it is done once.
    private func price(_ work: Int, _ start: Int, _ end: Int) -> Int {
      maps[start..<end].allSatisfy(\.isConstant) ? 0 : work
    }

    /// The price of every way there is to multiply out a span.
    func allPrices(_ start: Int, _ end: Int) -> Set<Int> {
      if end == start + 1 { return [maps[start].forwardMatrix, maps[start].reverseMatrix] }
      var prices: Set<Int> = []
      for rest in allPrices(start, end - 1) {
        prices.insert(rest + price(sizes[start] * maps[end - 1].forwardPerSeed, start, end))
      }
      for rest in allPrices(start + 1, end) {
        prices.insert(rest + price(sizes[end] * maps[start].reversePerSeed, start, end))
      }
      for cut in start + 1..<end {
        let product = price(sizes[start] * sizes[cut] * sizes[end], start, end)
        for before in allPrices(start, cut) {
          for after in allPrices(cut, end) { prices.insert(before + after + product) }
        }
      }
      return prices
    }

    /// The price of the steps that an order names.
    func price(_ order: JacobianOrder, _ start: Int, _ end: Int) -> Int? {
      let step = order.steps[.init(start: start, end: end)]
      switch step {
      case .matrix(let forward):
        return forward ? maps[start].forwardMatrix : maps[start].reverseMatrix
      case .push:
        return price(order, start, end - 1).map {
          $0 + price(sizes[start] * maps[end - 1].forwardPerSeed, start, end)
        }
      case .pull:
        return price(order, start + 1, end).map {
          $0 + price(sizes[end] * maps[start].reversePerSeed, start, end)
        }
      case .product(let cut):
        let product = price(sizes[start] * sizes[cut] * sizes[end], start, end)
        return price(order, start, cut).flatMap { before in
          price(order, cut, end).map { before + $0 + product }
        }
      case nil: return nil
      }
    }
  }

  @Test("The cheapest of all orders is found", arguments: 0..<100 as Range<UInt64>)
  func cheapest(seed: UInt64) throws {
    let chain = Chain(seed: seed)
    let count = chain.maps.count
    let order = JacobianOrder(sizes: chain.sizes, maps: chain.maps)
    let prices = chain.allPrices(0, count)
    #expect(order.total == prices.min())
    #expect(order.total == chain.price(order, 0, count))
    // The plain modes are among the orders.
    #expect(prices.contains(order.forward))
    #expect(prices.contains(order.reverse))
    let isSteady = !chain.maps.contains(where: \.isConstant)
    if isSteady {
      let forward = (1..<count).reduce(chain.maps[0].forwardMatrix) {
        $0 + chain.sizes[0] * chain.maps[$1].forwardPerSeed
      }
      let reverse = (0..<count - 1).reduce(chain.maps[count - 1].reverseMatrix) {
        $0 + chain.sizes[count] * chain.maps[$1].reversePerSeed
      }
      #expect(order.forward == forward)
      #expect(order.reverse == reverse)
    }
  }

  @Test("An order whose matrices exceed memory is passed over")
  func memory() {
    func map(_ n: Int, _ m: Int) -> JacobianOrder.MapCost {
      JacobianOrder.MapCost(
        forwardPerSeed: n * m, reversePerSeed: n * m, forwardMatrix: 0, reverseMatrix: 0,
        forwardPeak: max(n, m), reversePeak: max(n, m))
    }
    let (sizes, maps) = ([50, 1000, 2, 60], [map(50, 1000), map(1000, 2), map(2, 60)])
    let free = JacobianOrder(sizes: sizes, maps: maps)
    let whole = JacobianOrder.Span(start: 0, end: 3)
    #expect(free.total < .max)
    let tight = JacobianOrder(sizes: sizes, maps: maps, elementLimit: 3000)
    #expect(tight.total >= free.total)
    #expect(tight.steps[whole] == .product(cut: 2) || tight.steps[whole] == .push)
    #expect(JacobianOrder(sizes: sizes, maps: maps, elementLimit: 100).total == .max)
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
