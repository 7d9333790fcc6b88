/// What holds for indices that a network computes, in all formats, as the documentation says it.
enum ComputedIndices {
  static let picking = "a computed index outside picks zero"
  static let writing = "a computed index outside writes nowhere"
  static let replacing =
    "\(writing); of updates that meet, the last counts, or with computed indices their sum"
  static let combining =
    """
    mul, max and min need indices that are known while loading; \(writing); of updates that meet, \
    without a reduction the last counts, or with computed indices their sum
    """

  static let text = """
    Indices that are known while a network loads must name elements, or it is refused. For indices that \
    it computes, which it cannot refuse, one rule holds in all formats. One that lies outside its axis \
    picks zero with derivative zero, and writes nowhere; of several that name an element together, one \
    outside is enough. A negative one counts from the end in ONNX (but for classes, positions and indices of \
    MaxUnpool) and in Keras 3, and lies outside in TensorFlow and Keras 2. A conversion (`Cast`) cuts \
    fractions off towards zero and makes of NaN, of infinity and of what does not fit the smallest whole \
    number of 64 or 32 bits, which lies outside every axis; where a format converts to fewer bits, the \
    last bits are kept. Derivatives with respect to indices are zero.
    """
}
