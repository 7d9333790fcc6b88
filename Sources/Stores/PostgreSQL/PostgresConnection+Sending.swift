import CPostgres
import Glibc
import Tensors

/// Sending statements, and waiting for what the server answers.
extension PostgresConnection {
  /// How long the server may be silent: when it hangs, a result has to get to the spool. Reading may take long, and
  /// changing tables very long.
  private var longestSilence: Double {
    switch transaction {
    case .write: max(patience, 10)
    case .read, nil: max(patience, 300)
    case .define: 3600
    }
  }

  func send(_ sql: String) throws {
    guard let handle else { throw lost() }
    guard pq.send_query(handle, sql) == 1 else { throw lost() }
    try flush()
  }

  func send(_ sql: String, _ values: [PostgresValue]) throws {
    guard let handle else { throw lost() }
    var arena = PostgresBytes()
    var starts: [Int?] = []
    var lengths: [Int32] = []
    for value in values {
      if case .null = value {
        starts.append(nil)
        lengths.append(0)
        continue
      }
      let start = arena.bytes.count
      arena.append(value)
      let count = arena.bytes.count - start
      guard let length = Int32(exactly: count), length < 1 << 30 else {
        throw NetJacError(.argument, "a value of \(count) bytes is too large for '\(place)'")
      }
      if case .text(let text) = value {
        guard !text.utf8.contains(0) else {
          throw NetJacError(
            .argument, "a text has a character of the code 0, which '\(place)' cannot hold")
        }
        arena.bytes.append(0)
      }
      starts.append(start)
      lengths.append(length)
    }
    let types = values.map(\.type)
    let formats = values.map { value -> Int32 in if case .text = value { 0 } else { 1 } }
    let sent = arena.bytes.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { bytes in
        let addresses = starts.map { start in
          start.flatMap { start in bytes.baseAddress.map { $0 + start } }
        }
        return pq.send_query_params(
          handle, Self.numbered(sql), Int32(values.count), types, addresses, lengths, formats, 1)
      }
    }
    guard sent == 1 else { throw lost() }
    try flush()
  }

  /// Parameters are called $1 here.
  private static func numbered(_ sql: String) -> String {
    var bytes = Array(sql.utf8)
    for index in bytes.indices.dropLast() where bytes[index] == UInt8(ascii: "?") {
      if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(bytes[index + 1]) {
        bytes[index] = UInt8(ascii: "$")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func flush() throws {
    guard let handle else { throw lost() }
    while true {
      switch pq.flush(handle) {
      case 0: return
      case 1:
        let events = try wait(handle, Int16(POLLIN | POLLOUT))
        // A server that answers before it has everything must be heard, or both would wait.
        if events & Int16(POLLIN) != 0, pq.consume_input(handle) != 1 { throw lost() }
      default: throw lost()
      }
    }
  }

  /// Waits for the socket; what has happened to it.
  private func wait(_ handle: OpaquePointer, _ events: Int16) throws -> Int16 {
    let end = Clock.monotonic() + longestSilence
    while true {
      var socket = pollfd(fd: pq.socket(handle), events: events, revents: 0)
      let left = end - Clock.monotonic()
      guard left > 0 else {
        throw lost("the server has not answered for \(Int(longestSilence)) s")
      }
      let count = poll(&socket, 1, Int32(min(left * 1000 + 1, 1e6)))
      if count > 0 { return socket.revents }
      guard count == 0 || errno == EINTR else { throw lost(systemMessage(errno)) }
    }
  }

  /// The next answer; nil when there is none left.
  private func nextAnswer() throws -> OpaquePointer? {
    guard let handle else { throw lost() }
    while pq.is_busy(handle) != 0 {
      _ = try wait(handle, Int16(POLLIN))
      guard pq.consume_input(handle) == 1 else { throw lost() }
    }
    return pq.get_result(handle)
  }

  /// The last answer to what was sent, and of several with rows the last of these.
  func finalAnswer() throws -> OpaquePointer {
    var last: OpaquePointer?
    var problem: NetJacError?
    do {
      while let next = try nextAnswer() {
        if problem == nil, !isFine(next) { problem = error(next) }
        if let last { pq.clear(last) }
        last = next
        // Otherwise the next answer would never come.
        if Int(pq.result_status(next)) == Int(NETJAC_PQ_COPY_OUT) { break }
      }
    } catch {
      if let last { pq.clear(last) }
      if let problem { throw problem }
      throw error
    }
    if let problem {
      if let last { pq.clear(last) }
      throw problem
    }
    guard let last else { throw lost() }
    return last
  }

  private func isFine(_ result: OpaquePointer) -> Bool {
    [NETJAC_PQ_EMPTY, NETJAC_PQ_COMMAND, NETJAC_PQ_ROWS, NETJAC_PQ_COPY_OUT].map { Int32($0) }
      .contains(pq.result_status(result))
  }

  /// Runs a COPY … TO STDOUT and calls `body` with each piece that comes.
  func copy(_ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try send(sql)
    pq.clear(try finalAnswer())
    guard let handle else { throw lost() }
    while true {
      var piece: UnsafeMutablePointer<CChar>?
      let count = pq.get_copy_data(handle, &piece, 1)
      defer { if let piece { pq.free_memory(piece) } }
      if count > 0 {
        do { try body(UnsafeRawBufferPointer(start: piece, count: Int(count))) } catch {
          // The rest would have to be read before anything else could be asked.
          disconnect()
          throw error
        }
      } else if count == 0 {
        _ = try wait(handle, Int16(POLLIN))
        guard pq.consume_input(handle) == 1 else { throw lost() }
      } else if count == -1 {
        pq.clear(try finalAnswer())
        return
      } else {
        throw lost()
      }
    }
  }
}
