/// Where a sample is in its life.
package enum SampleState: String, CaseIterable, Sendable {
  case waiting, running, done, failed, discarded

  /// The value of the C interface; 0 stands for a point that is not there.
  package var code: Int32 {
    switch self {
    case .waiting: 1
    case .running: 2
    case .done: 3
    case .failed: 4
    case .discarded: 5
    }
  }
}
