import Containers
import Tensors

/// The value of a node's attribute.
enum TFAttribute {
  case text(String)
  case integer(Int64)
  case real(Float)
  case flag(Bool)
  case type(Int64)
  case shape(TFShape)
  case tensor(Bytes)
  case function(String)
  case list(TFAttributeList)

  /// AttrValue: 1 list, 2 s, 3 i, 4 f, 5 b, 6 type, 7 shape, 8 tensor, 9 placeholder, 10 func.
  init?(_ bytes: Bytes) throws {
    var value: TFAttribute?
    try bytes.forEachField { field in
      switch field.number {
      case 1: value = .list(try TFAttributeList(field.bytes()))
      // Text attributes may hold any bytes, such as a serialised configuration.
      case 2: value = .text(String(decoding: try field.bytes().array, as: UTF8.self))
      case 3: value = .integer(try field.integer())
      case 4: value = .real(try field.real())
      case 5: value = .flag(try field.flag())
      case 6: value = .type(try field.integer())
      case 7: value = .shape(try TFShape(field.bytes()))
      case 8: value = .tensor(try field.bytes())
      case 10: value = .function(try Self.functionName(field.bytes()))
      default: break
      }
    }
    guard let value else { return nil }
    self = value
  }

  /// NameAttrList: 1 name.
  fileprivate static func functionName(_ bytes: Bytes) throws -> String {
    var name = ""
    try bytes.forEachField { if $0.number == 1 { name = try $0.text() } }
    return name
  }

  var kindName: String {
    switch self {
    case .text: "a text"
    case .integer: "an integer"
    case .real: "a float"
    case .flag: "a boolean"
    case .type: "a type"
    case .shape: "a shape"
    case .tensor: "a tensor"
    case .function: "a function"
    case .list: "a list"
    }
  }
}

/// A list of values of one kind.
struct TFAttributeList {
  private(set) var texts: [String] = []
  private(set) var integers: [Int64] = []
  private(set) var reals: [Float] = []
  private(set) var types: [Int64] = []
  private(set) var shapes: [TFShape] = []
  private(set) var functions: [String] = []

  /// ListValue: 2 s, 3 i, 4 f, 5 b, 6 type, 7 shape, 8 tensor, 9 func.
  fileprivate init(_ bytes: Bytes) throws {
    var list = (texts: [String](), integers: [Int64](), reals: [Float](), types: [Int64]())
    var shapes: [TFShape] = []
    var functions: [String] = []
    try bytes.forEachField { field in
      switch field.number {
      case 2: list.texts.append(String(decoding: try field.bytes().array, as: UTF8.self))
      case 3: list.integers += try field.integers()
      case 4: list.reals += try field.reals()
      case 6: list.types += try field.integers()
      case 7: shapes.append(try TFShape(field.bytes()))
      case 9: functions.append(try TFAttribute.functionName(field.bytes()))
      default: break
      }
    }
    (texts, integers, reals, types) = list
    self.shapes = shapes
    self.functions = functions
  }
}
