import Models
import Tensors

/// The inputs of a network that take whole numbers: integers and booleans.
///
/// Their numbers travel as reals, of which most are none of theirs: a fraction, NaN, or what their type
/// cannot hold would become some other number without a word.
package final class WholeNumberInputs: Sendable {
  /// Where the numbers of an input stand in a sample.
  private struct Part: Sendable {
    let places: Range<Int>
    let name: String
    let type: WholeNumberType
  }

  private let parts: [Part]
  private let inputSize: Int
  /// Whether the network computes in single precision, which holds whole numbers up to 2^24 only.
  private let isSingle: Bool

  /// Nil if there are none.
  init?(_ inputs: [Port], inputSize: Int, real: ElementType) {
    var start = 0
    var parts: [Part] = []
    for input in inputs {
      let end = start + input.sampleDims.reduce(1, *)
      if let type = input.wholeNumbers {
        parts.append(Part(places: start..<end, name: input.name, type: type))
      }
      start = end
    }
    guard !parts.isEmpty else { return nil }
    self.parts = parts
    self.inputSize = inputSize
    isSingle = real == .float32
  }

  /// The places of their numbers in a sample.
  package var places: [Range<Int>] { parts.map(\.places) }

  /// - Throws: `NetJacError` of kind `argument` for a number that an input cannot hold.
  package func check<Real: BinaryFloatingPoint>(samples: Int, _ x: UnsafePointer<Real>) throws {
    for sample in 0..<samples {
      let numbers = x + sample * inputSize
      for part in parts {
        for place in part.places {
          let number = Double(numbers[place])
          guard part.type.value(number) != nil else {
            throw refusal(part, place, sample, number, "it takes \(part.type.requirement)")
          }
          guard !isSingle || Double(Float(number)) == number else {
            throw refusal(
              part, place, sample, number,
              "the network computes in float32, which does not hold that number exactly; load it with "
                + "precision float64")
          }
        }
      }
    }
  }

  private func refusal(
    _ part: Part, _ place: Int, _ sample: Int, _ number: Double, _ reason: String
  ) -> NetJacError {
    NetJacError(
      .argument,
      "input \(part.name.quoted) cannot be \(number), as sample \(sample) has it in value \(place) "
        + "(both counted from 0); \(reason)")
  }
}
