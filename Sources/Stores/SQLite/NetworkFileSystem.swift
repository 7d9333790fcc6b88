import CSQLite
import Glibc
import Tensors

/// File systems of a network: locks of two machines on one file are not to be trusted there, so one machine at a
/// time may use a store.
extension SQLiteConnection {
  /// The machine's lease ends this many seconds after it was last seen.
  static let hostLease = 300.0

  private static let networkTypes: Set<UInt32> = [
    0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42,  // NFS, SMB, CIFS, SMB 2
    0x0BD0_0BD0, 0x4750_4653, 0x5346_414F, 0x6B41_4653,  // Lustre, GPFS, OpenAFS, kernel AFS
    0x1983_0326, 0x00C3_6400, 0x0102_1997,  // BeeGFS, Ceph, 9p
  ]

  func isOnNetwork(_ options: StoreOptions) -> Bool {
    if let isNetwork = options.isNetwork { return isNetwork }
    var status = statfs()
    guard statfs(path, &status) == 0 else { return false }
    return Self.networkTypes.contains(UInt32(truncatingIfNeeded: status.f_type))
  }

  /// - Throws: `NetJacError` of kind `conflict` if another machine uses the store.
  func takeHost(_ options: StoreOptions) throws {
    guard options.mode != .read, isOnNetwork(options) else { return }
    let name = options.host ?? hostName()
    try transaction(.write) {
      let seen = try run(
        "SELECT host FROM netjac_store WHERE id = 1 AND host <> ?1 AND host_seen > netjac_now() - ?2"
      ) {
        $0.bind(name, at: 1)
        $0.bind(Self.hostLease, at: 2)
        return try $0.step() ? $0.text(0) : nil
      }
      if let seen {
        throw NetJacError(
          .conflict,
          "the store '\(path)' lies on a network's file system and is in use by machine '\(seen)'; there "
            + "one machine at a time may use a file. For many machines keep the store on a server: "
            + "postgresql://USER@HOST/DATABASE")
      }
      try noteHost(name)
    }
  }

  private func noteHost(_ name: String?) throws {
    try run("UPDATE netjac_store SET host = ?1, host_seen = netjac_now() WHERE id = 1") {
      $0.bind(name, at: 1)
      try $0.finish()
    }
  }

  package func keepHost(_ options: StoreOptions) throws {
    guard options.mode != .read, isOnNetwork(options) else { return }
    try noteHost(options.host ?? hostName())
  }

  func releaseHost(_ options: StoreOptions) throws {
    guard isOnNetwork(options) else { return }
    patience = 1
    try noteHost(nil)
  }
}

/// What this machine is called.
func hostName() -> String {
  var name = [CChar](repeating: 0, count: 257)
  guard gethostname(&name, 256) == 0 else { return "unknown" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
