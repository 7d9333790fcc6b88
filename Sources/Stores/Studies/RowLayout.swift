import Tensors

/// How the scalars of several variables lie in columns and in arrays.
struct RowLayout: Sendable {
  private enum Column: Sendable {
    case number(at: Int)
    case vector(at: Int, count: Int)
  }

  /// Quoted; variables whose size varies have none here.
  let names: [String]
  private let columns: [Column]
  /// How many scalars.
  let count: Int

  init(_ variables: [Variable]) {
    var names: [String] = []
    var columns: [Column] = []
    var count = 0
    for variable in variables where variable.size > 0 {
      names += variable.columns.map(quoted)
      if variable.isVector {
        columns.append(.vector(at: count, count: variable.size))
      } else {
        columns += (0..<variable.size).map { .number(at: count + $0) }
      }
      count += variable.size
    }
    self.names = names
    self.columns = columns
    self.count = count
  }

  /// Binds a row's scalars to parameters from `first` on.
  func bind(_ values: UnsafePointer<Double>, to statement: any Parameters, from first: Int) {
    for (index, column) in columns.enumerated() {
      switch column {
      case .number(let place):
        // SQLite would make NULL of NaN by itself; other engines keep to it.
        if values[place].isNaN {
          statement.bindNull(at: first + index)
        } else {
          statement.bind(values[place], at: first + index)
        }
      case .vector(let place, let count):
        statement.bind(
          numbers: UnsafeBufferPointer(start: values + place, count: count), at: first + index)
      }
    }
  }

  /// Reads a row's scalars from columns from `first` on; what is missing is NaN.
  func read(
    _ statement: any Statement, from first: Int, into values: UnsafeMutablePointer<Double>
  ) {
    for (index, column) in columns.enumerated() {
      switch column {
      case .number(let place):
        values[place] = statement.double(first + index)
      case .vector(let place, let count):
        statement.read(first + index, into: values + place, count: count)
      }
    }
  }

  /// What an aggregate read has to gather.
  func parts(into values: UnsafeMutablePointer<Double>) -> [GatherRequest.Part] {
    var parts: [GatherRequest.Part] = []
    var index = 0
    while index < columns.count {
      switch columns[index] {
      case .vector(let place, let size):
        parts.append(.init([names[index]], .vector(values + place, stride: count, count: size)))
        index += 1
      case .number(let place):
        var end = index + 1
        while end < columns.count, case .number = columns[end] { end += 1 }
        parts.append(
          .init(Array(names[index..<end]), .numbers(values + place, stride: count)))
        index = end
      }
    }
    return parts
  }
}
