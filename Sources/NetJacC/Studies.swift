// The functions carry their C names.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CNetJac
import Stores
import Tensors

/// What a `netjac_study` handle stands for.
final class StudyRecord: Sendable {
  let study: Study
  let strings = BorrowedStrings()

  init(_ study: Study) { self.study = study }
}

let studyHandles = HandleTable<StudyRecord>(
  kind: "netjac_study", maker: "netjac_study_open", capacity: 1 << 16)

func study(_ handle: OpaquePointer?) throws -> Study {
  try studyHandles.shared(handle).study
}

@_cdecl("netjac_study_open") @implementation
public func netjac_study_open(
  _ store: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
  _ study: UnsafeMutablePointer<OpaquePointer?>?
) -> netjac_status {
  unhurried {
    let store = try storeHandles.shared(store).store
    let name = try text(name, "name")
    let options = try NetJacC.options(options).store
    let study = try receiver(study, "study")
    study.pointee = try studyHandles.insert(StudyRecord(Study(store, name, options)))
  }
}

@_cdecl("netjac_study_release") @implementation
public func netjac_study_release(_ study: OpaquePointer?) {
  guard study != nil else { return }
  _ = unhurried { try studyHandles.release(study) }
}

@_cdecl("netjac_study_variable") @implementation
public func netjac_study_variable(
  _ study: OpaquePointer?, _ role: Int32, _ name: UnsafePointer<CChar>?, _ size: Int64,
  _ details: UnsafePointer<CChar>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let role = try checkedRole(role)
    let name = try text(name, "name")
    try study.declare(role, name, size: Int(size), details: details.map { String(cString: $0) })
  }
}

@_cdecl("netjac_study_version") @implementation
public func netjac_study_version(
  _ study: OpaquePointer?, _ label: UnsafePointer<CChar>?, _ simulator: UnsafePointer<CChar>?,
  _ parameters: UnsafePointer<CChar>?, _ source: UnsafePointer<CChar>?
) -> netjac_status {
  unhurried {
    try NetJacC.study(study).setVersion(
      text(label, "label"), simulator: simulator.map { String(cString: $0) },
      parameters: parameters.map { String(cString: $0) }, source: source.map { String(cString: $0) }
    )
  }
}

@_cdecl("netjac_study_size") @implementation
public func netjac_study_size(_ study: OpaquePointer?, _ role: Int32) -> Int64 {
  query(orElse: -1) {
    let study = try NetJacC.study(study)
    return Int64(try checkedRole(role) == .input ? study.inputSize : study.outputSize)
  }
}

@_cdecl("netjac_study_variable_count") @implementation
public func netjac_study_variable_count(_ study: OpaquePointer?, _ role: Int32) -> Int32 {
  query(orElse: -1) { Int32(clamping: try variables(study, role).count) }
}

@_cdecl("netjac_study_variable_name") @implementation
public func netjac_study_variable_name(_ study: OpaquePointer?, _ role: Int32, _ index: Int32)
  -> UnsafePointer<CChar>?
{
  query(orElse: nil) {
    let record = try studyHandles.shared(study)
    return try record.strings.lend(variable(study, role, index).name)
  }
}

@_cdecl("netjac_study_variable_size") @implementation
public func netjac_study_variable_size(_ study: OpaquePointer?, _ role: Int32, _ index: Int32)
  -> Int64
{
  query(orElse: -1) { Int64(try variable(study, role, index).size) }
}

@_cdecl("netjac_study_variable_details") @implementation
public func netjac_study_variable_details(_ study: OpaquePointer?, _ role: Int32, _ index: Int32)
  -> UnsafePointer<CChar>?
{
  query(orElse: nil) {
    let record = try studyHandles.shared(study)
    return try record.strings.lend(VariableDetails.text(variable(study, role, index)))
  }
}

@_cdecl("netjac_study_bounds") @implementation
public func netjac_study_bounds(
  _ study: OpaquePointer?, _ lower: UnsafeMutablePointer<Double>?,
  _ upper: UnsafeMutablePointer<Double>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let lower = try writable(lower, 1, study.inputSize, "lower")
    let upper = try writable(upper, 1, study.inputSize, "upper")
    for (index, bounds) in study.bounds.enumerated() {
      lower[index] = bounds.lower
      upper[index] = bounds.upper
    }
  }
}

@_cdecl("netjac_study_design") @implementation
public func netjac_study_design(
  _ study: OpaquePointer?, _ kind: UnsafePointer<CChar>?, _ from: Int64, _ samples: Int64,
  _ seed: Int64, _ x: UnsafeMutablePointer<Double>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let kind = try text(kind, "kind")
    let samples = try checkedSamples(samples)
    let x = try writable(x, samples, study.inputSize, "x")
    try study.design(kind, from: Int(from), samples: samples, seed: seed, into: x)
  }
}

@_cdecl("netjac_study_export") @implementation
public func netjac_study_export(
  _ study: OpaquePointer?, _ filter: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?
) -> netjac_status {
  unhurried {
    try NetJacC.study(study).export(
      filter.map { String(cString: $0) }, to: text(path, "path"))
  }
}

@_cdecl("netjac_study_import") @implementation
public func netjac_study_import(
  _ study: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ inserted: UnsafeMutablePointer<Int64>?
) -> netjac_status {
  unhurried {
    let study = try NetJacC.study(study)
    let path = try text(path, "path")
    let inserted = try optional(inserted, 1, 1, "inserted")
    let count = try study.importFile(path)
    inserted?.pointee = Int64(count)
  }
}

private func checkedRole(_ role: Int32) throws -> Variable.Role {
  switch role {
  case Int32(NETJAC_INPUT.rawValue): return .input
  case Int32(NETJAC_OUTPUT.rawValue): return .output
  default:
    throw NetJacError(
      .argument,
      "'role' is \(role); it must be NETJAC_INPUT (\(NETJAC_INPUT.rawValue)) or NETJAC_OUTPUT "
        + "(\(NETJAC_OUTPUT.rawValue))")
  }
}

private func variables(_ handle: OpaquePointer?, _ role: Int32) throws -> [Variable] {
  let study = try study(handle)
  return try checkedRole(role) == .input ? study.inputs : study.outputs
}

private func variable(_ handle: OpaquePointer?, _ role: Int32, _ index: Int32) throws -> Variable {
  let variables = try variables(handle, role)
  guard variables.indices.contains(Int(index)) else {
    throw NetJacError(
      .argument, "variable \(index) does not exist; there are \(variables.count), counted from 0")
  }
  return variables[Int(index)]
}
