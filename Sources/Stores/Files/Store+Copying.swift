import Glibc
import Tensors

extension Store {
  /// Copies everything but old attempts and discarded samples into a new SQLite file, as it is at one moment.
  func copySamples(to path: String) throws {
    var status = stat()
    guard stat(path, &status) != 0 else {
      throw NetJacError(.file, "'\(path)' exists; a backup is a new file")
    }
    let studies = try studyNames().map { try Study(self, $0) }
    var options = StoreOptions()
    options.spool = self.options.spool
    do {
      let target = try Store(path, options)
      defer { target.close() }
      let copies = try studies.map { try $0.emptyCopy(in: target) }
      try operate {
        try database.transaction(.read) {
          for (study, copy) in zip(studies, copies) { try study.copySamples(to: copy) }
        }
      }
    } catch {
      unlink(path)
      throw error
    }
  }
}

extension Study {
  /// Within a transaction of this study's store, and outside of the other's.
  fileprivate func copySamples(to copy: Study) throws {
    let filter = try Filter("status=all version=all", of: self, statuses: nil)
    var last = Int64.min
    while true {
      let (records, reached) = try records(filter, after: last)
      try copy.take(records, versions(of: records))
      guard records.count == Study.recordsAtATime else { break }
      last = reached
    }
    if let version = try presentVersion() { try copy.take([], [version]) }
  }
}
