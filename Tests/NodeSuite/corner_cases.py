"""Random uses of operators whose attributes have more corners than ONNX's own tests reach.

Each generator gives (operator, operator set, operands, attributes, number of outputs). Operands are arrays, None for
one that is left out; real ones become inputs of the model, others are stored in it.
"""
import numpy

R = numpy.float32


def reals(random, *dims):
    return random.standard_normal(dims).astype(R)


def whole(values):
    return numpy.array(values, numpy.int64)


def pick(random, *choices):
    return choices[random.integers(len(choices))]


def chance(random, part=0.5):
    return random.random() < part


def spatial(random, low=5, high=9):
    """Lengths of the axes behind channels, for windows that span up to five of them."""
    rank = int(random.integers(1, 4))
    return [int(n) for n in random.integers(low, high if rank < 3 else low + 2, rank)]


def window(random, rank, size):
    """Kernel, strides, dilations and either pads or auto_pad."""
    kernel = [int(k) for k in random.integers(1, 4, rank)]
    attributes = {"kernel_shape": kernel}
    if chance(random):
        attributes["strides"] = [int(s) for s in random.integers(1, 4, rank)]
    if chance(random):
        attributes["dilations"] = [int(d) for d in random.integers(1, 3, rank)]
    # ONNX Runtime pads dilated pools otherwise than the standard says.
    if chance(random) and "dilations" not in attributes:
        attributes["auto_pad"] = pick(random, "SAME_UPPER", "SAME_LOWER", "VALID")
    elif chance(random):
        attributes["pads"] = [int(random.integers(0, k)) for k in kernel * 2]
    return attributes


def pooling(random):
    size = spatial(random)
    operator = pick(random, "MaxPool", "AveragePool", "LpPool")
    attributes = window(random, len(size), size)
    if chance(random):
        attributes["ceil_mode"] = 1
    if operator == "AveragePool" and chance(random):
        attributes["count_include_pad"] = 1
    if operator == "LpPool":
        attributes["p"] = pick(random, 1, 2, 3)
    if operator == "MaxPool" and chance(random, 0.3):
        attributes["storage_order"] = 1
    outputs = 2 if operator == "MaxPool" and chance(random, 0.3) else 1
    return operator, pick(random, 19, 22), [reals(random, 2, 3, *size)], attributes, outputs


def convolution(random):
    size = spatial(random)
    attributes = window(random, len(size), size)
    group = pick(random, 1, 1, 2)
    x = reals(random, 2, 2 * group, *size)
    w = reals(random, 3 * group, 2, *attributes["kernel_shape"])
    attributes["group"] = group
    return "Conv", 11, [x, w, reals(random, 3 * group) if chance(random) else None], attributes, 1


def transposed_convolution(random):
    size = spatial(random, 3, 6)
    attributes = window(random, len(size), size)
    group = pick(random, 1, 1, 2)
    attributes["group"] = group
    strides = attributes.get("strides", [1] * len(size))
    if attributes.get("auto_pad", "").startswith("SAME"):
        # Kernels that are shorter than a stride are padded differently everywhere.
        strides = attributes["strides"] = [min(s, k) for s, k in zip(strides, attributes["kernel_shape"])]
    dilations = attributes.get("dilations", [1] * len(size))
    if chance(random):
        attributes["output_padding"] = [int(random.integers(0, max(s, d))) for s, d in zip(strides, dilations)]
    elif chance(random) and "pads" not in attributes:
        attributes["output_shape"] = [n * s + int(random.integers(0, 2)) for n, s in zip(size, strides)]
    x = reals(random, 2, 2 * group, *size)
    w = reals(random, 2 * group, 3, *attributes["kernel_shape"])
    return "ConvTranspose", 11, [x, w, reals(random, 3 * group) if chance(random) else None], attributes, 1


def resize(random):
    size = [int(n) for n in random.integers(2, 7, 2)]
    mode = pick(random, "nearest", "linear", "cubic")
    attributes = {
        "mode": mode,
        "coordinate_transformation_mode": pick(
            random, "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"),
    }
    if mode == "nearest":
        attributes["nearest_mode"] = pick(random, "round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    if mode == "cubic":
        attributes["cubic_coeff_a"] = pick(random, -0.75, -0.5)
        attributes["exclude_outside"] = int(chance(random))
    if mode != "nearest" and chance(random, 0.3):
        attributes["antialias"] = 1
    operands = [reals(random, 1, 2, *size), None, None, None]
    if chance(random):
        operands[2] = numpy.array([1, 1, *random.uniform(0.4, 2.6, 2)], R)
        operands = operands[:3]
    else:
        operands[3] = whole([1, 2, *random.integers(1, 10, 2)])
        if chance(random, 0.3):
            attributes["keep_aspect_ratio_policy"] = pick(random, "not_larger", "not_smaller")
            attributes["axes"] = [2, 3]
            operands[3] = operands[3][2:]
    return "Resize", 19, operands, attributes, 1


def padding(random):
    dims = [int(n) for n in random.integers(3, 6, random.integers(1, 4))]
    mode = pick(random, "constant", "reflect", "edge", "wrap")
    low = 0 if mode == "wrap" else -1
    operands = [reals(random, *dims), whole(random.integers(low, 3, 2 * len(dims)))]
    if mode == "constant" and chance(random):
        operands.append(numpy.array(0.5, R))
    return "Pad", 19, operands, {"mode": mode}, 1


def reduction(random):
    dims = [int(n) for n in random.integers(1, 5, random.integers(1, 4))]
    operator = pick(random, "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                    "ReduceSumSquare", "ReduceLogSumExp", "ReduceLogSum")
    x = reals(random, *dims)
    if operator == "ReduceLogSum":
        x = numpy.abs(x)
    attributes = {"keepdims": int(chance(random))}
    if chance(random):
        attributes["noop_with_empty_axes"] = int(chance(random))
    axes = None
    if chance(random):
        count = int(random.integers(0, len(dims) + 1))
        axes = random.permutation(len(dims))[:count]
        axes = whole([axis - len(dims) * int(chance(random)) for axis in axes])
    return operator, 18, [x, axes], attributes, 1


def cumulative(random):
    dims = [int(n) for n in random.integers(1, 5, 3)]
    attributes = {"exclusive": int(chance(random)), "reverse": int(chance(random))}
    return "CumSum", 14, [reals(random, *dims), whole(random.integers(-3, 3))], attributes, 1


def top(random):
    dims = [int(n) for n in random.integers(2, 6, 2)]
    axis = int(random.integers(-2, 2))
    x = random.integers(0, 3, dims).astype(R) if chance(random) else reals(random, *dims)
    attributes = {"axis": axis, "largest": int(chance(random))}
    return "TopK", 11, [x, whole([random.integers(1, dims[axis] + 1)])], attributes, 2


def extreme_place(random):
    dims = [int(n) for n in random.integers(2, 6, 2)]
    attributes = {
        "axis": int(random.integers(-2, 2)), "keepdims": int(chance(random)), "select_last_index": int(chance(random))}
    return pick(random, "ArgMax", "ArgMin"), 13, [random.integers(0, 3, dims).astype(R)], attributes, 1


def grid_sample(random):
    size = [int(n) for n in random.integers(2, 6, pick(random, 2, 2, 3))]
    out = [int(n) for n in random.integers(1, 4, len(size))]
    modes = ("linear", "nearest", "cubic") if len(size) == 2 else ("linear", "nearest")
    attributes = {"mode": pick(random, *modes), "padding_mode": pick(random, "zeros", "border", "reflection"),
                  "align_corners": int(chance(random))}
    grid = random.uniform(-1.6, 1.6, (2, *out, len(size))).astype(R)
    return "GridSample", 20, [reals(random, 2, 2, *size), grid], attributes, 1


EQUATIONS = [
    ("ij,jk->ik", [(2, 3), (3, 4)]), ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]), ("ii->i", [(3, 3)]), ("ii", [(3, 3)]),
    ("ij->", [(2, 3)]), ("ij->ji", [(2, 3)]), ("i,j->ij", [(2,), (3,)]),
    ("...ij,...jk->...ik", [(2, 1, 3, 4), (5, 4, 2)]),
    ("b...,b...->b", [(2, 3, 4), (2, 3, 4)]), ("ij,jk,kl", [(2, 3), (3, 4), (4, 2)]), ("i...->...", [(3, 2)]),
    ("iji->j", [(3, 2, 3)]), ("i,i->", [(4,), (4,)]), ("ab,cd->dcba", [(2, 3), (4, 5)]),
    (" i j , j -> i ", [(2, 3), (3,)]),
    ("ba,ac", [(2, 3), (3, 4)]), ("...i->...", [(2, 3)]), ("ij,ij->ij", [(2, 3), (2, 3)]),
    ("ij,ij->ij", [(2, 1), (1, 3)]),
]


def einsum(random):
    equation, shapes = pick(random, *EQUATIONS)
    return "Einsum", 12, [reals(random, *shape) for shape in shapes], {"equation": equation}, 1


def normalisation(random):
    operator = pick(random, "LayerNormalization", "GroupNormalization", "InstanceNormalization", "LpNormalization",
                    "LRN", "MeanVarianceNormalization", "BatchNormalization")
    size = spatial(random, 2, 5)
    x = reals(random, 2, 4, *size)
    channels = lambda: reals(random, 4)
    epsilon = {"epsilon": pick(random, 1e-5, 1e-2)} if chance(random) else {}
    if operator == "LayerNormalization":
        axis = int(random.integers(-x.ndim, x.ndim))
        shape = x.shape[axis:]
        operands = [x, reals(random, *shape)] + ([reals(random, *shape)] if chance(random) else [])
        return operator, 17, operands, {"axis": axis, **epsilon}, pick(random, 1, 3)
    if operator == "GroupNormalization":
        return operator, 21, [x, channels(), channels()], {"num_groups": pick(random, 1, 2, 4), **epsilon}, 1
    if operator == "InstanceNormalization":
        return operator, 22, [x, channels(), channels()], epsilon, 1
    if operator == "LpNormalization":
        return operator, 22, [x], {"axis": int(random.integers(-x.ndim, x.ndim)), "p": pick(random, 1, 2)}, 1
    if operator == "LRN":
        attributes = {"size": pick(random, 1, 2, 3, 4, 5), "alpha": 0.3, "bias": 1.5}
        return operator, 13, [reals(random, 2, 5, 3, 3)], attributes, 1
    if operator == "MeanVarianceNormalization":
        return operator, 13, [reals(random, 2, 3, 4, 2)], {"axes": pick(random, [0, 2, 3], [1], [2, 3])}, 1
    return operator, 15, [x, channels(), channels(), channels(), numpy.abs(channels())], epsilon, 1


ACTIVATIONS = ("Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu",
               "Softsign", "Softplus")


def recurrent(random):
    operator = pick(random, "RNN", "GRU", "LSTM")
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[operator]
    steps, batch, width, hidden = (int(n) for n in random.integers(1, 4, 4))
    direction = pick(random, "forward", "reverse", "bidirectional")
    count = 2 if direction == "bidirectional" else 1
    attributes = {"hidden_size": hidden, "direction": direction}
    operands = [reals(random, steps, batch, width), reals(random, count, gates * hidden, width),
                reals(random, count, gates * hidden, hidden)]
    operands.append(reals(random, count, 2 * gates * hidden) if chance(random) else None)
    operands.append(random.integers(1, steps + 1, batch).astype(numpy.int32) if chance(random) else None)
    operands.append(reals(random, count, batch, hidden) if chance(random) else None)
    if operator == "LSTM":
        operands.append(reals(random, count, batch, hidden) if chance(random) else None)
        operands.append(reals(random, count, 3 * hidden) if chance(random) else None)
        if chance(random, 0.3):
            attributes["input_forget"] = 1
    if operator == "GRU":
        attributes["linear_before_reset"] = int(chance(random))
    if chance(random, 0.3):
        attributes["clip"] = 0.6
    if chance(random):
        each = {"RNN": 1, "GRU": 2, "LSTM": 3}[operator]
        names = [pick(random, *ACTIVATIONS) for _ in range(each * count)]
        attributes["activations"] = names
        with_alpha = [name for name in names if name not in ("Relu", "Tanh", "Sigmoid", "Softsign", "Softplus")]
        with_beta = [name for name in names if name in ("Affine", "ScaledTanh", "HardSigmoid")]
        if with_alpha:
            attributes["activation_alpha"] = [0.3 + 0.1 * k for k in range(len(with_alpha))]
        if with_beta:
            attributes["activation_beta"] = [0.2 + 0.1 * k for k in range(len(with_beta))]
    return operator, 14, operands, attributes, 3 if operator == "LSTM" else 2


def attention(random):
    q_heads, share = pick(random, (2, 1), (4, 2), (2, 2))
    kv_heads = q_heads // share
    batch, queries, keys, width, v_width = (int(n) for n in random.integers(1, 5, 5))
    attributes = {}
    if chance(random):
        attributes["is_causal"] = 1
    if chance(random):
        attributes["scale"] = 0.7
    if chance(random):
        attributes["softcap"] = 1.5
    operands = [reals(random, batch, q_heads, queries, width), reals(random, batch, kv_heads, keys, width),
                reals(random, batch, kv_heads, keys, v_width)]
    if chance(random):
        mask = pick(random, (queries, keys), (batch, 1, queries, keys), (1, q_heads, queries, keys))
        operands.append(reals(random, *mask))
    return "Attention", 23, operands, attributes, 1


def softmax(random):
    dims = [int(n) for n in random.integers(1, 5, random.integers(1, 4))]
    operator = pick(random, "Softmax", "LogSoftmax", "Hardmax")
    axis = int(random.integers(-len(dims), len(dims)))
    return operator, pick(random, 11, 13), [reals(random, *dims)], {"axis": axis}, 1


def slicing(random):
    dims = [int(n) for n in random.integers(2, 6, 3)]
    count = int(random.integers(1, 4))
    axes = random.permutation(3)[:count]
    steps = [pick(random, -2, -1, 1, 2) for _ in axes]
    operands = [reals(random, *dims), whole(random.integers(-7, 7, count)), whole(random.integers(-9, 9, count)),
                whole([axis - 3 * int(chance(random)) for axis in axes]), whole(steps)]
    return "Slice", 13, operands, {}, 1


def scatter(random):
    dims = [int(n) for n in random.integers(2, 5, 2)]
    reduction = pick(random, "none", "add", "mul", "max", "min")
    x = reals(random, *dims)
    if chance(random):
        axis = int(random.integers(-2, 2))
        shape = [int(random.integers(1, n + 1)) for n in dims]
        length = dims[axis]
        if reduction == "none":
            line = random.permutation(length)[:shape[axis]]
            index = numpy.broadcast_to(line[:, None] if axis % 2 == 0 else line[None, :], shape)
        else:
            index = random.integers(-length, length, shape)
        operands = [x, whole(index), reals(random, *shape)]
        return "ScatterElements", 18, operands, {"axis": axis, "reduction": reduction}, 1
    count = 1 if reduction == "none" else 3
    index = numpy.stack([random.integers(-n, n, count) for n in dims], axis=1)
    return "ScatterND", 18, [x, whole(index), reals(random, count)], {"reduction": reduction}, 1


def remainder(random):
    # Next to a divisor of zero there are jumps everywhere.
    x, y = 10 * reals(random, 6), pick(random, -1, 1) * (2 + numpy.abs(reals(random, 6)))
    return "Mod", 13, [x, y.astype(R)], {"fmod": 1}, 1


def space_depth(random):
    if chance(random):
        return "DepthToSpace", 13, [reals(random, 2, 8, 2, 3)], {"blocksize": 2, "mode": pick(random, "DCR", "CRD")}, 1
    return "SpaceToDepth", 13, [reals(random, 2, 2, 4, 6)], {"blocksize": 2}, 1


def gathering(random):
    dims = [int(n) for n in random.integers(2, 5, 3)]
    axis = int(random.integers(-3, 3))
    operator = pick(random, "Gather", "GatherElements")
    if operator == "Gather":
        shape = [int(n) for n in random.integers(1, 3, random.integers(0, 3))]
    else:
        shape = list(dims)
        shape[axis] = int(random.integers(1, 6))
    index = whole(random.integers(-dims[axis], dims[axis], shape))
    return operator, 13, [reals(random, *dims), index], {"axis": axis}, 1


def fourier(random):
    length = int(random.integers(2, 9))
    x = reals(random, 2, length, 3, pick(random, 1, 2))
    is_one_sided = x.shape[-1] == 1 and chance(random)
    attributes = {"inverse": int(not is_one_sided and chance(random)), "onesided": int(is_one_sided)}
    size = whole(random.integers(2, 11)) if chance(random) else None
    return "DFT", 20, [x, size, whole(pick(random, 1, 2, -2, -3))], attributes, 1


def regions(random):
    rois = numpy.sort(random.uniform(0, 9, (3, 2, 2)), axis=1).reshape(3, 4).astype(R)
    attributes = {"mode": pick(random, "avg", "max"), "output_height": 2, "output_width": 3,
                  "sampling_ratio": pick(random, 0, 1, 2), "spatial_scale": pick(random, 0.5, 1.0),
                  "coordinate_transformation_mode": pick(random, "half_pixel", "output_half_pixel")}
    return "RoiAlign", 16, [reals(random, 2, 2, 7, 8), rois, whole([0, 1, 0])], attributes, 1


GENERATORS = [
    pooling, convolution, transposed_convolution, resize, padding, reduction, cumulative, top, extreme_place, grid_sample,
    einsum, normalisation, recurrent, attention, softmax, slicing, scatter, remainder, space_depth, gathering, fourier,
    regions,
]
