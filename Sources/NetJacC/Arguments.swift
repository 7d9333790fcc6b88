import CNetJac
import Networks
import Tensors

// What arrives from C is checked here, once, before anything uses it. Nothing in these checks may
// trap or allocate, so sizes are multiplied with overflow reported, and messages are composed in
// functions of their own that only a failure calls.

/// How many scalars an array of `samples` times `width` has, if its bytes can be counted at all.
@inline(__always)
func scalarCount(_ samples: Int, _ width: Int, _ name: StaticString) throws -> Int {
  let (count, overflow) = samples.multipliedReportingOverflow(by: width)
  // The widest scalar has 8 bytes.
  guard !overflow, count <= Int.max / 8 else { throw tooMany(samples, width, name) }
  return count
}

@inline(__always)
func checkedSamples(_ samples: Int64) throws -> Int {
  guard samples >= 0 else { throw negative(samples) }
  return Int(samples)
}

@inline(__always)
func checkedOrder(_ order: netjac_order) throws -> MatrixOrder {
  switch order {
  case netjac_order(NETJAC_ROW_MAJOR.rawValue): .rowMajor
  case netjac_order(NETJAC_COLUMN_MAJOR.rawValue): .columnMajor
  default: throw unknownOrder(order)
  }
}

/// An array to read. NULL is fine when it has no elements.
@inline(__always)
func readable<Scalar>(
  _ pointer: UnsafePointer<Scalar>?, _ samples: Int, _ width: Int, _ name: StaticString
) throws -> UnsafePointer<Scalar> {
  let count = try scalarCount(samples, width, name)
  let address = UInt(bitPattern: pointer)
  guard address % UInt(MemoryLayout<Scalar>.alignment) == 0 else {
    throw misaligned(address, MemoryLayout<Scalar>.alignment, name)
  }
  if let pointer { return pointer }
  guard count == 0 else { throw missing(samples, width, name) }
  return UnsafePointer(nowhere())
}

/// An array to write that must be there unless it has no elements.
@inline(__always)
func writable<Scalar>(
  _ pointer: UnsafeMutablePointer<Scalar>?, _ samples: Int, _ width: Int, _ name: StaticString
) throws -> UnsafeMutablePointer<Scalar> {
  UnsafeMutablePointer(mutating: try readable(UnsafePointer(pointer), samples, width, name))
}

/// An array to write that may be NULL when it is not wanted.
@inline(__always)
func optional<Scalar>(
  _ pointer: UnsafeMutablePointer<Scalar>?, _ samples: Int, _ width: Int, _ name: StaticString
) throws -> UnsafeMutablePointer<Scalar>? {
  guard let pointer else { return nil }
  return try writable(pointer, samples, width, name)
}

/// Text that must be there.
func text(_ pointer: UnsafePointer<CChar>?, _ name: StaticString) throws -> String {
  guard let pointer else {
    throw NetJacError(.argument, "'\(name)' is NULL; it must be text that ends in a zero byte")
  }
  return String(cString: pointer)
}

/// An address for arrays without elements, which nobody reads or writes.
@inline(__always)
private func nowhere<Scalar>() -> UnsafeMutablePointer<Scalar> {
  UnsafeMutablePointer(bitPattern: MemoryLayout<Scalar>.alignment).unsafelyUnwrapped
}

@inline(never)
private func negative(_ samples: Int64) -> NetJacError {
  NetJacError(.argument, "'samples' is \(samples); it must be 0 or more")
}

@inline(never)
private func tooMany(_ samples: Int, _ width: Int, _ name: StaticString) -> NetJacError {
  NetJacError(
    .argument,
    "'samples' is \(samples), and '\(name)' has \(width) values a sample: no memory can hold that "
      + "many; 'samples' must be at most \(Int.max / 8 / max(width, 1)) here")
}

@inline(never)
private func missing(_ samples: Int, _ width: Int, _ name: StaticString) -> NetJacError {
  NetJacError(
    .argument,
    "'\(name)' is NULL; it must point to \(samples) times \(width) values (samples times values a "
      + "sample)")
}

@inline(never)
private func misaligned(_ address: UInt, _ alignment: Int, _ name: StaticString) -> NetJacError {
  NetJacError(
    .argument,
    "'\(name)' is at address 0x\(String(address, radix: 16)); it must be at a multiple of "
      + "\(alignment), as every array of its type is")
}

@inline(never)
private func unknownOrder(_ order: netjac_order) -> NetJacError {
  NetJacError(
    .argument,
    "'order' is \(order); it must be NETJAC_ROW_MAJOR (\(NETJAC_ROW_MAJOR.rawValue)) or "
      + "NETJAC_COLUMN_MAJOR (\(NETJAC_COLUMN_MAJOR.rawValue))")
}
