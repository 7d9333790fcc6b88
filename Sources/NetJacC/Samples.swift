// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Stores
import Tensors

@_cdecl("netjac_study_find") @implementation
public func netjac_study_find(
  _ study: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ ids: UnsafeMutablePointer<Int64>?, _ states: UnsafeMutablePointer<Int32>?,
  _ y: UnsafeMutablePointer<Double>?, _ jacobian: UnsafeMutablePointer<Double>?,
  _ seconds: UnsafeMutablePointer<Double>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let samples = try checkedSamples(samples)
    let x = try readable(x, samples, study.inputSize, "x")
    let results = FindResults(
      ids: try optional(ids, samples, 1, "ids"), states: try optional(states, samples, 1, "states"),
      y: try optional(y, samples, study.outputSize, "y"),
      jacobian: try optional(jacobian, samples, jacobianWidth(study), "jacobian"),
      seconds: try optional(seconds, samples, 1, "seconds"))
    try study.find(samples, x, results)
  }
}

@_cdecl("netjac_study_add") @implementation
public func netjac_study_add(
  _ study: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ tag: UnsafePointer<CChar>?, _ priority: Double, _ ids: UnsafeMutablePointer<Int64>?,
  _ added: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let samples = try checkedSamples(samples)
    let x = try readable(x, samples, study.inputSize, "x")
    let ids = try optional(ids, samples, 1, "ids")
    let added = try optional(added, 1, 1, "added")
    let count = try study.add(
      samples, x, tag: tag.map { String(cString: $0) } ?? "", priority: priority, ids: ids)
    added?.pointee = Int64(count)
  }
}

@_cdecl("netjac_study_claim") @implementation
public func netjac_study_claim(
  _ study: OpaquePointer?, _ most: Int64, _ filter: UnsafePointer<CChar>?, _ wait: Double,
  _ ids: UnsafeMutablePointer<Int64>?, _ tokens: UnsafeMutablePointer<Int64>?,
  _ x: UnsafeMutablePointer<Double>?, _ claimed: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let most = try checkedMost(most)
    let ids = try writable(ids, most, 1, "ids")
    let tokens = try writable(tokens, most, 1, "tokens")
    let x = try writable(x, most, study.inputSize, "x")
    let claimed = try writable(claimed, 1, 1, "claimed")
    let points = try study.claim(most, filter: filter.map { String(cString: $0) }, wait: wait)
    ids.update(from: points.ids, count: points.ids.count)
    tokens.update(from: points.tokens, count: points.tokens.count)
    x.update(from: points.x, count: points.x.count)
    claimed.pointee = Int64(points.ids.count)
  }
}

@_cdecl("netjac_study_put") @implementation
public func netjac_study_put(
  _ study: OpaquePointer?, _ samples: Int64, _ ids: UnsafePointer<Int64>?,
  _ tokens: UnsafePointer<Int64>?, _ y: UnsafePointer<Double>?,
  _ jacobian: UnsafePointer<Double>?, _ seconds: UnsafePointer<Double>?,
  _ taken: UnsafeMutablePointer<Int32>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let samples = try checkedSamples(samples)
    let ids = try readable(ids, samples, 1, "ids")
    let tokens = try readable(tokens, samples, 1, "tokens")
    let y = try readable(y, samples, study.outputSize, "y")
    let jacobian = try jacobian.map { try readable($0, samples, jacobianWidth(study), "jacobian") }
    let seconds = try seconds.map { try readable($0, samples, 1, "seconds") }
    let taken = try optional(taken, samples, 1, "taken")
    let results = try study.put(
      samples, ids: ids, tokens: tokens, y: y, jacobian: jacobian, seconds: seconds)
    for (index, isTaken) in results.enumerated() { taken?[index] = isTaken ? 1 : 0 }
  }
}

@_cdecl("netjac_study_put_array") @implementation
public func netjac_study_put_array(
  _ study: OpaquePointer?, _ id: Int64, _ output: UnsafePointer<CChar>?, _ size: Int64,
  _ values: UnsafePointer<Double>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let output = try text(output, "output")
    let size = try checkedSize(size)
    let values = try readable(values, 1, size, "values")
    try study.putArray(id, output, UnsafeBufferPointer(start: values, count: size))
  }
}

@_cdecl("netjac_study_get_array") @implementation
public func netjac_study_get_array(
  _ study: OpaquePointer?, _ id: Int64, _ output: UnsafePointer<CChar>?,
  _ values: UnsafeMutablePointer<Double>?, _ size: Int64, _ needed: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let output = try text(output, "output")
    let size = try checkedSize(size)
    let values = try optional(values, 1, size, "values")
    let needed = try optional(needed, 1, 1, "needed")
    let stored = try study.getArray(id, output)
    values?.update(from: stored, count: min(size, stored.count))
    needed?.pointee = Int64(stored.count)
  }
}

@_cdecl("netjac_study_fail") @implementation
public func netjac_study_fail(
  _ study: OpaquePointer?, _ id: Int64, _ token: Int64, _ message: UnsafePointer<CChar>?,
  _ final: Int32
) -> netjac_status {
  unhurried {
    try NetJacC.study(study).fail(
      id, token: token, message: message.map { String(cString: $0) } ?? "", final: final != 0)
  }
}

@_cdecl("netjac_study_return") @implementation
public func netjac_study_return(
  _ study: OpaquePointer?, _ samples: Int64, _ ids: UnsafePointer<Int64>?,
  _ tokens: UnsafePointer<Int64>?
) -> netjac_status {
  unhurried { try NetJacC.study(study).giveBack(claims(samples, ids, tokens)) }
}

@_cdecl("netjac_study_extend") @implementation
public func netjac_study_extend(
  _ study: OpaquePointer?, _ samples: Int64, _ ids: UnsafePointer<Int64>?,
  _ tokens: UnsafePointer<Int64>?, _ seconds: Double
) -> netjac_status {
  unhurried { try NetJacC.study(study).extend(claims(samples, ids, tokens), seconds: seconds) }
}

@_cdecl("netjac_study_insert") @implementation
public func netjac_study_insert(
  _ study: OpaquePointer?, _ samples: Int64, _ x: UnsafePointer<Double>?,
  _ y: UnsafePointer<Double>?, _ jacobian: UnsafePointer<Double>?, _ tag: UnsafePointer<CChar>?,
  _ inserted: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let samples = try checkedSamples(samples)
    let x = try readable(x, samples, study.inputSize, "x")
    let y = try readable(y, samples, study.outputSize, "y")
    let jacobian = try jacobian.map { try readable($0, samples, jacobianWidth(study), "jacobian") }
    let inserted = try optional(inserted, 1, 1, "inserted")
    let count = try study.insert(
      samples, x: x, y: y, jacobian: jacobian, tag: tag.map { String(cString: $0) } ?? "")
    inserted?.pointee = Int64(count)
  }
}

@_cdecl("netjac_study_count") @implementation
public func netjac_study_count(
  _ study: OpaquePointer?, _ filter: UnsafePointer<CChar>?, _ count: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let count = try writable(count, 1, 1, "count")
    count.pointee = try study.count(filter.map { String(cString: $0) })
  }
}

@_cdecl("netjac_study_read") @implementation
public func netjac_study_read(
  _ study: OpaquePointer?, _ filter: UnsafePointer<CChar>?, _ after: Int64, _ most: Int64,
  _ ids: UnsafeMutablePointer<Int64>?, _ x: UnsafeMutablePointer<Double>?,
  _ y: UnsafeMutablePointer<Double>?, _ jacobian: UnsafeMutablePointer<Double>?,
  _ count: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let most = try checkedMost(most)
    let ids = try optional(ids, most, 1, "ids")
    let x = try optional(x, most, study.inputSize, "x")
    let y = try optional(y, most, study.outputSize, "y")
    let jacobian = try optional(jacobian, most, jacobianWidth(study), "jacobian")
    let count = try writable(count, 1, 1, "count")
    let found = try study.read(
      filter.map { String(cString: $0) }, after: after, most: most, ids: ids, x: x, y: y,
      jacobian: jacobian)
    count.pointee = Int64(found)
  }
}

@_cdecl("netjac_study_records") @implementation
public func netjac_study_records(
  _ study: OpaquePointer?, _ filter: UnsafePointer<CChar>?, _ after: Int64, _ most: Int64,
  _ fields: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int,
  _ needed: UnsafeMutablePointer<Int>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let most = try checkedMost(most)
    let needed = try optional(needed, 1, 1, "needed")
    let records = try study.recordText(
      filter.map { String(cString: $0) }, after: after, most: most,
      fields: fields.map { String(cString: $0) })
    deliver(records, buffer, size, needed)
  }
}

@_cdecl("netjac_study_change") @implementation
public func netjac_study_change(
  _ study: OpaquePointer?, _ filter: UnsafePointer<CChar>?, _ action: UnsafePointer<CChar>?,
  _ changed: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let action = try text(action, "action")
    let changed = try optional(changed, 1, 1, "changed")
    let count = try study.change(filter.map { String(cString: $0) }, action)
    changed?.pointee = Int64(count)
  }
}

private func jacobianWidth(_ study: Study) throws -> Int {
  try scalarCount(study.inputSize, study.outputSize, "jacobian")
}

private func checkedMost(_ most: Int64) throws -> Int {
  guard most >= 0 else { throw NetJacError(.argument, "'most' is \(most); it must be 0 or more") }
  return Int(most)
}

private func checkedSize(_ size: Int64) throws -> Int {
  guard size >= 0 else { throw NetJacError(.argument, "'size' is \(size); it must be 0 or more") }
  return Int(size)
}

private func claims(
  _ samples: Int64, _ ids: UnsafePointer<Int64>?, _ tokens: UnsafePointer<Int64>?
) throws -> [(sample: Int64, token: Int64)] {
  let samples = try checkedSamples(samples)
  let ids = try readable(ids, samples, 1, "ids")
  let tokens = try readable(tokens, samples, 1, "tokens")
  return (0..<samples).map { (ids[$0], tokens[$0]) }
}
