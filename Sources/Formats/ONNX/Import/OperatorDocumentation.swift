/// `docs/operators.md`: the operators of the registry as a table.
package enum OperatorDocumentation {
  /// An operator with all its versions.
  struct Operator {
    let domain: String
    let name: String
    /// The versions in which its meaning begins, the oldest first.
    let entries: [ONNXOperator]

    var versions: [Int64] { entries.map(\.since) }
    /// What differentiation meets; the first entry says it.
    var derivative: Derivative { entries[0].derivative }
    var limits: String { entries[0].limits }

    /// The kinds of the operands in order: those of the entry that takes most.
    var kinds: [OperandKind] {
      entries.map { ($0.operands ?? [:]).map(\.value) }.max { $0.count < $1.count } ?? []
    }

    /// Whether there is anything to differentiate by. Bodies see the values outside.
    var hasReal: Bool {
      if case .ofBodies = derivative { return true }
      return kinds.contains { $0.includes(.real) }
    }
  }

  static let operators: [Operator] = ONNXOperatorRegistry.entries.map { key, entries in
    Operator(domain: key.domain, name: key.name, entries: entries)
  }.sorted { ($0.domain, $0.name) < ($1.domain, $1.name) }

  /// The content of `docs/operators.md`.
  package static var text: String {
    var lines = [
      "# Operators of ONNX",
      "",
      "<!-- Written by scripts/generate-operators from the registry in Sources/Formats; do not edit. -->",
      "",
      """
      The \(operators.count) operators that files may use. Operator sets 7 and newer are read. "From" \
      lists the versions of the operator's set in which a meaning begins that NetJac keeps apart; each \
      holds until the next.
      """,
      "",
      """
      "Types" are those of the operands in order, with `?` behind those that may be left out and `…` \
      behind one that may stand any number of times: real (float16, bfloat16, float, double: computed \
      in the network's precision), whole (integers, computed as int64), boolean; number is real or \
      whole, any is number or boolean, mask is real or boolean. "Orders" tells which derivatives exist \
      with respect to real operands; "all" means of any order, and as products. Where there are kinks \
      or jumps, the convention stands behind; `netjac_kinks` (MATLAB: `kinks(net, x)`) tells how near \
      an argument is.
      """,
      "",
      ComputedIndices.text,
      "",
      """
      What a file declares of its values besides the inputs (value_info, outputs and inputs of bodies in ONNX, \
      `_output_shapes` and the outputs of signatures in TensorFlow) must be what is computed, or it is refused. A \
      length that is left open contradicts nothing, nor does another number of samples where the inputs leave \
      that open, nor another shape of what a Loop hands from turn to turn. What Keras notes of shapes \
      (build_config) is not read: layers have weights, whose own shapes must fit.
      """,
      "",
      """
      A node that says what its operator does not know is refused, also in functions and in bodies that do not \
      run: an attribute of another name or kind, a surplus operand, an overload, reals where whole numbers are \
      needed. So are two statements that contradict each other, such as `pads` beside an `auto_pad` that means \
      others. An empty name is no operand, zeros in `pads` contradict nothing, and a flag may be any integer.
      """,
    ]
    for domain in Set(operators.map(\.domain)).sorted() {
      lines += ["", "## Domain `\(domain.isEmpty ? "ai.onnx" : domain)`", ""]
      lines += [
        "| operator | from | types | orders | smoothness | limits |",
        "| --- | --- | --- | --- | --- | --- |",
      ]
      for entry in operators where entry.domain == domain {
        let versions = entry.versions.map(String.init).joined(separator: ", ")
        lines.append(
          "| \(entry.name) | \(versions) | \(types(entry.kinds)) | \(orders(entry)) | "
            + "\(smoothness(entry.derivative)) | \(entry.limits) |")
      }
    }
    return [lines.joined(separator: "\n") + "\n", KerasDocumentation.text, TFDocumentation.text]
      .joined(separator: "\n")
  }

  private static func types(_ kinds: [OperandKind]) -> String {
    guard !kinds.isEmpty else { return "–" }
    return kinds.map { kind in
      switch kind {
      case .optional: "\(kind.word)?"
      case .several: "\(kind.word)…"
      default: kind.word
      }
    }.joined(separator: ", ")
  }

  private static func orders(_ entry: Operator) -> String {
    guard entry.hasReal else { return "none" }
    switch entry.derivative {
    case .smooth, .kinked, .ofBodies: return "all"
    case .zero: return "all, zero"
    case .none: return "none"
    }
  }

  private static func smoothness(_ derivative: Derivative) -> String {
    switch derivative {
    case .smooth: "smooth"
    case .kinked(let convention): "kinks: \(convention)"
    case .zero: "piecewise constant: derivative 0"
    case .none: "whole numbers, booleans or shapes: no derivative"
    case .ofBodies: "that of its bodies"
    }
  }
}
