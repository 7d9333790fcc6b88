import CPostgres
import Tensors

extension PostgresConnection {
  /// Why the last attempt failed, as far as trying again is concerned.
  enum Failure {
    /// The server or the way to it is gone, or going.
    case lost
    /// Two transactions stood in each other's way, and this one was undone.
    case collision
    case other
  }

  /// What an answer of the server means for the caller of a store.
  func error(_ result: OpaquePointer?) -> NetJacError {
    func field(_ code: Int) -> String {
      pq.result_error_field(result, Int32(code)).map { String(cString: $0) } ?? ""
    }
    let state = field(NETJAC_PQ_SQLSTATE)
    let detail = field(NETJAC_PQ_DETAIL)
    var message = field(NETJAC_PQ_PRIMARY)
    if message.isEmpty {
      message = pq.result_error_message(result).map { String(cString: $0) } ?? ""
    }
    if !detail.isEmpty { message += " (\(detail))" }
    message = plain(message)
    note(Self.failure(state))
    switch state.prefix(2) {
    case "23": return NetJacError(.conflict, "the store '\(place)' refuses a row: \(message)")
    case "22": return NetJacError(.argument, "the store '\(place)' refuses a value: \(message)")
    case "54": return NetJacError(.argument, "the store '\(place)' cannot hold that: \(message)")
    default: break
    }
    switch state {
    case "25006", "42501":
      return NetJacError(
        .conflict, "the store '\(place)' may not be changed: \(message)", .readOnly)
    case "55P03":
      return NetJacError(
        .store,
        "the store '\(place)' stays locked by another program, for more than \((patience * 10).rounded() / 10) s",
        .locked)
    case "42P01", "42703", "42704", "42804", "42883", "3F000":
      return NetJacError(
        .store, "the tables of '\(place)' are not those that NetJac made: \(message)")
    case "53100": return NetJacError(.store, "the disk of the store '\(place)' is full: \(message)")
    case "": return NetJacError(.store, "the store '\(place)': \(message)")
    default:
      return NetJacError(.store, "the store '\(place)': \(message) (PostgreSQL's code \(state))")
    }
  }

  private static func failure(_ state: String) -> Failure {
    switch state {
    case "40001", "40P01": .collision
    // Shut down by somebody, crashed, starting; ended for idling.
    case "57P01", "57P02", "57P03", "57P05", "25P03": .lost
    case _ where state.hasPrefix("08"): .lost
    default: .other
    }
  }

  /// What the client library has to say, on one line and without what is secret.
  func plain(_ message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
    return address.withoutSecrets(lines.joined(separator: "; "))
  }
}
