import Graph
import Tensors

extension Compiler {
  mutating func lower(_ gather: Gather, _ index: Int) throws {
    let node = program.nodes[index]
    let x = try contiguous(node.operands[0])
    let form = try indices(node.operands[1], batch: gather.batch)
    let y = newPlacement(for: index)
    let (places, loops, picks) = form
    steps.append(
      Step(
        reads: [x.buffer, places.buffer], writes: [y.buffer],
        scratchBytes: IndexKernel.scratchBytes(loops, picks: picks)
      ) { addresses in
        GatherKernel(
          from: addresses.operand(x), at: addresses.operand(places), to: addresses.operand(y),
          loops: loops, picks: picks, length: x.dims[gather.batch],
          inner: x.dims.dropFirst(gather.batch + 1).reduce(1, *), element: x.element,
          scratch: addresses.scratch)
      })
  }

  mutating func lower(_ scatter: ScatterAdd, _ index: Int) throws {
    let node = program.nodes[index]
    let x = try contiguous(node.operands[0])
    let form = try indices(node.operands[1], batch: scatter.batch)
    let y = newPlacement(for: index)
    let (places, loops, picks) = form
    let inner = x.dims.dropFirst(places.dims.count).reduce(1, *)
    steps.append(
      Step(
        reads: [x.buffer, places.buffer], writes: [y.buffer],
        scratchBytes: IndexKernel.scratchBytes(loops, picks: picks)
      ) { addresses in
        ScatterAddKernel(
          from: addresses.operand(x), at: addresses.operand(places), to: addresses.operand(y),
          loops: loops, picks: picks, length: scatter.length, inner: inner, element: x.element,
          scratch: addresses.scratch)
      })
  }

  /// Indices where they are if they repeat along seeds, side by side in memory otherwise.
  private mutating func indices(
    _ value: Value, batch: Int
  ) throws -> (Placement, IndexLoops, picks: Int) {
    let source = try placement(value)
    let picked = Array(source.dims.dropFirst(batch))
    let picks = picked.reduce(1, *)
    let line = Placement(
      buffer: source.buffer, offset: 0, dims: picked,
      strides: Array(source.strides.dropFirst(batch)), element: source.element)
    if line.isContiguous,
      let loops = IndexLoops(
        dims: Array(source.dims.prefix(batch)), strides: Array(source.strides.prefix(batch)),
        picks: picks)
    {
      return (source, loops, picks)
    }
    let loops = IndexLoops(batches: source.dims.prefix(batch).reduce(1, *))
    return (try contiguous(value), loops, picks)
  }
}
