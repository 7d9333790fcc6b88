import Glibc

/// Where times come from: the machine's clock, or a test's.
package struct Clock: Sendable {
  /// Seconds since 1970, UTC.
  package let now: @Sendable () -> Double

  package init(now: @escaping @Sendable () -> Double) { self.now = now }

  package static let machine = Clock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Seconds of a clock that nobody sets: for waiting and for durations.
  static func monotonic() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// A time as ISO 8601 text in UTC with milliseconds, as in `2026-11-28T22:14:01.123Z`.
package func timeText(_ seconds: Double) -> String {
  // Outside of the years 0 to 9999 the text would not sort.
  let seconds = seconds.isNaN ? 0 : min(max(seconds, -62_167_219_200), 253_402_300_799.999)
  let milliseconds = Int((seconds * 1000).rounded(.down))
  var days = milliseconds / 86_400_000
  var rest = milliseconds % 86_400_000
  if rest < 0 {
    rest += 86_400_000
    days -= 1
  }
  // Days since 0000-03-01, so that the leap day ends a year; 146,097 days make 400 years.
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let month = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * month + 2) / 5 + 1
  let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
  return "\(padded(year, 4))-\(padded(month < 10 ? month + 3 : month - 9, 2))-\(padded(day, 2))T"
    + "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):"
    + "\(padded(rest / 1000 % 60, 2)).\(padded(rest % 1000, 3))Z"
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
