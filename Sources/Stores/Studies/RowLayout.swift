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
  func bind(_ values: UnsafePointer<Double>, to statement: any Statement, from first: Int) {
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
          UnsafeRawBufferPointer(start: values + place, count: 8 * count), at: first + index)
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
        readNumbers(statement, first + index, into: values + place, count)
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

/// Numbers of a column of bytes; what it lacks is NaN.
func readNumbers(
  _ statement: any Statement, _ column: Int, into values: UnsafeMutablePointer<Double>, _ count: Int
) {
  statement.withBytes(column) { bytes in
    let found = min(bytes.count / 8, count)
    if let base = bytes.baseAddress {
      UnsafeMutableRawPointer(values).copyMemory(from: base, byteCount: 8 * found)
    }
    for index in found..<count { values[index] = .nan }
  }
}

/// All numbers of a column of bytes.
func numbers(_ statement: any Statement, _ column: Int) -> [Double] {
  statement.withBytes(column) { bytes in
    (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
  }
}
