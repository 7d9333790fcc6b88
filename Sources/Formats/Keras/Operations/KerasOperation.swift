import Containers
import Graph
import Operations
import Tensors

/// An operation of keras.ops that a model holds between its layers.
struct KerasOperation: Sendable {
  typealias Body = @Sendable (KerasCall, ProgramBuilder) throws -> [Value]

  let name: String
  let keys: [KerasKey]
  let body: Body

  init(several name: String, _ keys: [KerasKey] = [], _ body: @escaping Body) {
    self.name = name
    self.keys = keys
    self.body = body
  }

  init(
    _ name: String, _ keys: [KerasKey] = [],
    _ body: @escaping @Sendable (KerasCall, ProgramBuilder) throws -> Value
  ) {
    self.init(several: name, keys) { call, p in [try body(call, p)] }
  }

  /// A function of one number, which has a real result.
  static func unary(
    _ name: String, _ body: @escaping @Sendable (ProgramBuilder, Value) throws -> Value
  ) -> KerasOperation {
    KerasOperation(name) { call, p in try body(p, p.asReal(call.operand(0, "x"))) }
  }

  /// A function of two numbers.
  static func binary(
    _ name: String, _ body: @escaping @Sendable (ProgramBuilder, Value, Value) throws -> Value
  ) -> KerasOperation {
    KerasOperation(name) { call, p in
      let (a, b) = try call.pair()
      return try body(p, a, b)
    }
  }
}

/// Every operation that files may use; the only list of them.
enum KerasOperationRegistry {
  static let all: [KerasOperation] =
    KerasElementwiseOperations.all + KerasReductionOperations.all + KerasMovementOperations.all
    + KerasProductOperations.all

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  static func find(_ name: String) -> KerasOperation? { byName[name] }

  /// Whether a layer of Keras 2 stands for a function of TensorFlow.
  static func isLayerOfOperation(_ layer: KerasLayerStatement) -> Bool {
    ["TFOpLambda", "SlicingOpLambda"].contains(layer.className)
  }

  static func apply(_ call: KerasCall, _ p: ProgramBuilder) throws -> [KerasTensor] {
    if isLayerOfOperation(call.layer) {
      let (operation, translated) = try KerasTensorFlowFunctions.translated(call)
      return try operation.body(translated, p).map { KerasTensor($0) }
    }
    guard let operation = find(call.layer.className) else {
      throw NetJacError(.unsupported, "the operation is not supported")
    }
    return try operation.body(call, p).map { KerasTensor($0) }
  }
}
