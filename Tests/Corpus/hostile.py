#!/usr/bin/env python3
"""Writes small files that ask for much work or memory while they are loaded: hostile.py FOLDER [NAME...]

Each becomes FOLDER/NAME with its file and expect.json, as Tests/Corpus/malformed holds them; `make_index.m` lists them
afterwards. The files are written byte by byte, so that nothing but Python is needed.
"""
import io
import json
import os
import struct
import sys
import zipfile

# ---- Protocol Buffers ------------------------------------------------------------------------------------------------


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


# ---- ONNX ------------------------------------------------------------------------------------------------------------

FLOAT, INT64, BOOL = 1, 7, 9


def attribute(name, value):
    if isinstance(value, bytes):
        return block(1, name) + value
    if isinstance(value, str):
        return block(1, name) + block(4, value) + number(20, 3)
    if isinstance(value, int):
        return block(1, name) + number(3, value) + number(20, 2)
    if isinstance(value, float):
        return block(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    return block(1, name) + b"".join(number(8, v) for v in value) + number(20, 7)


def body(content):
    return block(6, content) + number(20, 5)


def node(operation, inputs, outputs, **attributes):
    return block(1, b"".join(block(1, i) for i in inputs) + b"".join(block(2, o) for o in outputs)
                 + block(4, operation) + b"".join(block(5, attribute(k, v)) for k, v in attributes.items()))


def integers(name, values, dims=None):
    dims = [len(values)] if dims is None else dims
    return block(5, b"".join(number(1, d) for d in dims) + number(2, INT64) + block(8, name)
                 + block(9, b"".join(struct.pack("<q", v) for v in values)))


def floats(name, values, dims=None):
    dims = [len(values)] if dims is None else dims
    return block(5, b"".join(number(1, d) for d in dims) + number(2, FLOAT) + block(8, name)
                 + block(9, b"".join(struct.pack("<f", v) for v in values)))


def port(name, kind=FLOAT, dims=None):
    if dims is None:
        return block(1, name)
    shape = b"".join(block(1, number(1, d)) for d in dims)
    return block(1, name) + block(2, block(1, number(1, kind) + block(2, shape)))


def onnx(parts, dims=(1,), outputs=("y",), opset=18, inputs=()):
    graph = b"".join(parts) + block(2, "g") + block(11, port("x", FLOAT, dims))
    graph += b"".join(block(11, i) for i in inputs) + b"".join(block(12, port(o)) for o in outputs)
    return {"model.onnx": number(1, 8) + block(8, number(2, opset)) + block(7, graph)}


def counting_loop(turns, inner=()):
    """A loop without a trip count, whose own condition ends it."""
    content = b"".join([
        block(11, port("i", INT64, [])), block(11, port("c", BOOL, [])), block(11, port("v")),
        integers("last", [turns], []), node("Less", ["i", "last"], ["d"]), *inner,
        node("Add", ["v", "v"], ["w"]) if not inner else b"", block(12, port("d")), block(12, port("w")),
    ])
    return node("Loop", ["", "", "x"], ["y"], body=body(content))


def crossed(count, side):
    dims = [side, side]
    parts = [integers("a0", [0], []), integers("a1", [1], [])]
    name = "x"
    for k in range(count):
        out = "y" if k == count - 1 else f"v{k}"
        parts.append(node("CumSum", [name, f"a{k % 2}"], [out]))
        name = out
    return onnx(parts, dims)


def folded(operation, *parts):
    """What ConstantOfShape fills is handed to an operator, of whose result one element is used."""
    return onnx([*parts, node("ReduceSum", [operation], ["s"], keepdims=0), node("Add", ["x", "s"], ["y"])])


def big(shape):
    return [integers("shape", shape), node("ConstantOfShape", ["shape"], ["big"])]


def doubling(count):
    """A vector that is joined to itself again and again."""
    parts, name = [node("Shape", ["x"], ["v0"])], "v0"
    for k in range(1, count):
        parts.append(node("Concat", [name, name], [f"v{k}"], axis=0))
        name = f"v{k}"
    return folded("f", *parts, node("Cast", [name], ["f"], to=1))


ONNX = {
    "loop_own_condition": (lambda: onnx([counting_loop(1 << 40)]), "error"),
    "loop_own_condition_quiet": (lambda: onnx([counting_loop(1 << 40, [node("Identity", ["v"], ["w"])])]), "error"),
    "range_of_the_limit": (lambda: folded("r", floats("a", [0.0], []), floats("b", [3.0e7], []), floats("c", [1.0], []),
                                          node("Range", ["a", "b", "c"], ["r"])), "error"),
    "ranges_together": (lambda: onnx(
        [integers("c", [1], [])] + [part for k in range(40) for part in (
            integers(f"a{k}", [k], []), integers(f"b{k}", [4000000 + k], []), node("Range", [f"a{k}", f"b{k}", "c"], [f"r{k}"]),
            node("Cast", [f"r{k}"], [f"f{k}"], to=1), node("ReduceSum", [f"f{k}"], [f"s{k}"], keepdims=0),
            node("Add", ["x" if k == 0 else f"y{k - 1}", f"s{k}"], ["y" if k == 39 else f"y{k}"]))]), "error"),
    "crossed_running_sums": (lambda: crossed(20, 300), "either"),
    "crossed_small_running_sums": (lambda: crossed(400, 64), "either"),
    "crossed_running_sums_in_a_loop": (lambda: onnx([integers("m", [4000], []), node("Loop", ["m", "", "x"], ["y"], body=body(
        b"".join([block(11, port("i", INT64, [])), block(11, port("c", BOOL, [])), block(11, port("v")), integers("a", [0], []),
                  integers("b", [1], []), node("Identity", ["c"], ["d"]), node("CumSum", ["v", "a"], ["u"]),
                  node("CumSum", ["u", "b"], ["w"]), block(12, port("d")), block(12, port("w"))])))], (64, 64)), "either"),
    "window_2e30": (lambda: folded("w", integers("n", [1 << 30], []), node("HannWindow", ["n"], ["w"])), "error"),
    "one_hot_2e40": (lambda: onnx([integers("i", [0]), integers("d", [1 << 40], []), floats("o", [0.0, 1.0]),
                                   node("OneHot", ["i", "d", "o"], ["h"]), node("ReduceSum", ["h"], ["s"], keepdims=0),
                                   node("Add", ["x", "s"], ["y"])]), "error"),
    "pad_2e31": (lambda: onnx([integers("p", [1 << 31, 1 << 31]), node("Pad", ["x", "p"], ["q"]),
                               node("ReduceSum", ["q"], ["y"], keepdims=1)]), "either"),
    "resize_huge": (lambda: onnx([integers("n", [1, 1, 1 << 20, 1 << 20]), node("Resize", ["x", "", "", "n"], ["z"], mode="cubic"),
                                  node("ReduceMean", ["z"], ["y"])], (1, 1, 4, 4)), "either"),
    "tile_huge": (lambda: folded("t", *big([1000]), integers("r", [1 << 20]), node("Tile", ["big", "r"], ["t"])), "either"),
    "expand_cumsum": (lambda: folded("t", *big([1]), integers("r", [1 << 26]), integers("a", [0], []),
                                     node("Expand", ["big", "r"], ["e"]), node("CumSum", ["e", "a"], ["t"])), "either"),
    "einsum_axes": (lambda: onnx([floats("w", [1.0] * 2, [2] + [1] * 25), node("Einsum", ["w"] * 8 + ["x"], ["y"], equation=",".join(
        ["abcdefghijklmnopqrstuvwxyz"] * 8) + ",A->A")]), "either"),
    "einsum_huge": (lambda: onnx([node("Einsum", ["x"] * 8, ["q"], equation="a,b,c,d,e,f,g,h->abcdefgh"),
                                  node("ReduceSum", ["q"], ["y"])], (100,)), "either"),
    "convolution_dilated": (lambda: onnx([floats("w", [1.0] * 3, [1, 1, 3]), node(
        "Conv", ["x", "w"], ["y"], dilations=[1 << 29], pads=[1 << 29, 1 << 29])], (1, 1, 8)), "either"),
    "top_k": (lambda: folded("v", *big([1 << 24]), integers("k", [1 << 24]), node("TopK", ["big", "k"], ["v", "i"])), "either"),
    "doubling": (lambda: doubling(40), "error"),
    "max_pool_huge": (lambda: onnx([node("MaxPool", ["x"], ["y"], kernel_shape=[1 << 28], pads=[1 << 27, 1 << 27])], (1, 1, 1 << 28)), "either"),
    "regions_of_many_samples": (lambda: onnx([floats("r", [0.0, 0.0, 50.0, 50.0], [1, 4]), integers("b", [0]), node(
        "RoiAlign", ["x", "r", "b"], ["y"], output_height=100, output_width=100, sampling_ratio=100)], (1, 1, 60, 60)), "error"),
    "regions_that_fit_a_limit": (lambda: onnx([floats("r", [0.0, 0.0, 50.0, 50.0], [1, 4]), integers("b", [0]), node(
        "RoiAlign", ["x", "r", "b"], ["y"], output_height=20, output_width=20, sampling_ratio=50)], (1, 1, 60, 60)), "either"),
    "affine_grid_huge": (lambda: onnx([integers("n", [1, 1, 2000, 2000]), node("AffineGrid", ["x", "n"], ["g"]), node(
        "ReduceSum", ["g"], ["y"])], (1, 2, 3), opset=20), "either"),
    "determinant_large": (lambda: onnx([node("Det", ["x"], ["y"])], (600, 600)), "either"),
}

# ---- TensorFlow ------------------------------------------------------------------------------------------------------


def entry(field, key, value):
    return block(field, block(1, key) + block(2, value))


def tf_tensor(value):
    return block(8, number(1, 9) + block(2, b"".join(block(2, number(1, d)) for d in ([len(value)] if isinstance(value, list) else [])))
                 + block(4, b"".join(struct.pack("<q", v) for v in (value if isinstance(value, list) else [value]))))


def tf_node(name, operation, inputs=(), **attributes):
    return (block(1, name) + block(2, operation) + b"".join(block(3, i) for i in inputs)
            + b"".join(entry(5, k, v) for k, v in attributes.items()))


def tf_const(name, value):
    return tf_node(name, "Const", dtype=number(6, 9), value=tf_tensor(value))


def tf_function(name, arguments, results, nodes):
    signature = block(1, name) + b"".join(block(2, block(1, a)) for a in arguments)
    signature += b"".join(block(3, block(1, f"result_{k}")) for k in range(len(results)))
    return block(1, block(1, signature) + b"".join(block(3, n) for n in nodes)
                 + b"".join(block(4, block(1, f"result_{k}") + block(2, r)) for k, r in enumerate(results)))


def tf_model(nodes, functions=()):
    graph = block(1, tf_node("x", "Placeholder", dtype=number(6, 2))) + b"".join(block(1, n) for n in nodes)
    graph += block(2, b"".join(functions))
    info = number(2, 2)
    signature = entry(1, "x", block(1, "x:0") + info + block(3, block(2, number(1, 2))))
    signature += entry(2, "y", block(1, "y:0") + info)
    meta = block(1, block(4, "serve")) + block(2, graph) + entry(5, "serving_default", signature)
    return {"savedmodel/saved_model.pb": number(1, 1) + block(2, meta)}


def tf_while(turns):
    goes_on = tf_function("goes_on", ["t", "v"], ["less:z:0"],
                          [tf_const("last", turns), tf_node("less", "Less", ["t", "last:output:0"])])
    turn = tf_function("turn", ["t", "v"], ["next:z:0", "moved:z:0"], [
        tf_const("one", 1), tf_node("next", "AddV2", ["t", "one:output:0"]), tf_node("moved", "AddV2", ["v", "v"])])
    function = lambda name: block(10, block(1, name))
    return tf_model([tf_const("zero", 0), tf_node("loop", "While", ["zero", "x"], cond=function("goes_on"), body=function("turn")),
                     tf_node("y", "Identity", ["loop:1"])], [goes_on, turn])


def tf_summed(*nodes):
    return tf_model([*nodes, tf_const("axis", [0]), tf_node("s", "Sum", ["big", "axis"]), tf_node("y", "AddV2", ["x", "s"])])


def tf_real(name, source):
    return tf_node(name, "Cast", [source], SrcT=number(6, 9), DstT=number(6, 2))


TENSORFLOW = {
    "tf_while_2e40": (lambda: tf_while(1 << 40), "error"),
    "tf_range_of_the_limit": (lambda: tf_summed(tf_const("a", 0), tf_const("b", 30000000), tf_const("c", 1),
                                                tf_node("r", "Range", ["a", "b", "c"]), tf_real("big", "r")), "error"),
    "tf_fill_2e39": (lambda: tf_summed(tf_const("n", [1 << 39]), tf_const("v", 1), tf_node("r", "Fill", ["n", "v"]), tf_real("big", "r")), "either"),
    "tf_tile_2e30": (lambda: tf_summed(tf_const("n", [1 << 30]), tf_const("v", [1, 2]), tf_node("r", "Tile", ["v", "n"]), tf_real("big", "r")), "error"),
    "tf_linspace_of_the_limit": (lambda: tf_summed(tf_const("a", 0), tf_const("b", 1), tf_const("n", 30000000), tf_real("ar", "a"),
                                                   tf_real("br", "b"), tf_node("big", "LinSpace", ["ar", "br", "n"])), "error"),
}

# ---- Keras -----------------------------------------------------------------------------------------------------------


def keras(shape, *layers, weights):
    made = [{"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, *shape], "dtype": "float32", "name": "input", "sparse": False}}]
    for k, (name, config) in enumerate(layers):
        made.append({"module": "keras.layers", "class_name": name, "registered_name": None,
                     "config": {"name": f"layer_{k}", "trainable": True, "dtype": "float32", **config}})
    document = {"module": "keras", "class_name": "Sequential", "registered_name": "Sequential",
                "config": {"name": "sequential", "trainable": True, "dtype": "float32", "layers": made}}
    bytes_ = io.BytesIO()
    with zipfile.ZipFile(bytes_, "w") as archive:
        for name, content in [("metadata.json", json.dumps({"keras_version": "3.8.0", "date_saved": "2025-01-01@00:00:00"})),
                              ("config.json", json.dumps(document)), ("model.weights.h5", weights)]:
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content)
    return {"model.keras": bytes_.getvalue()}


def some_weights():
    """An HDF5 file of some other model: the layers here have no weights, or ones that no file can hold."""
    here = os.path.dirname(os.path.abspath(__file__))
    with zipfile.ZipFile(f"{here}/cases/keras_dense/model.keras") as archive:
        return archive.read("model.weights.h5")


KERAS = {
    "keras_units_2e40": ([4], ("Dense", {"units": 1 << 40, "activation": "linear", "use_bias": True}), "error"),
    "keras_repeat_2e40": ([4], ("RepeatVector", {"n": 1 << 40}), "error"),
    "keras_padding_2e31": ([4, 1], ("ZeroPadding1D", {"padding": [1 << 31, 1 << 31], "data_format": "channels_last"}), "either"),
    "keras_upsampling_2e30": ([4, 1], ("UpSampling1D", {"size": 1 << 30}), "either"),
    "keras_resizing_2e20": ([4, 4, 1], ("Resizing", {"height": 1 << 20, "width": 1 << 20, "interpolation": "bilinear",
                                                     "crop_to_aspect_ratio": False, "data_format": "channels_last"}), "either"),
    "keras_million_steps": ([10000000, 1], ("LSTM", {"units": 1, "activation": "tanh", "recurrent_activation": "sigmoid",
                                                     "use_bias": True}), "error"),
    "keras_embedding_2e40": ([4], ("Embedding", {"input_dim": 1 << 40, "output_dim": 8}), "error"),
}


def main(target, names):
    cases = {**{k: ("onnx", *v) for k, v in ONNX.items()}, **{k: ("savedmodel", *v) for k, v in TENSORFLOW.items()},
             **{k: ("keras", lambda v=v: keras(v[0], v[1], weights=some_weights()), v[2]) for k, v in KERAS.items()}}
    for name, (kind, make, expectation) in cases.items():
        if names and name not in names:
            continue
        for path, content in make().items():
            path = f"{target}/{name}/{path}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        description = {
            "name": name, "file": {"onnx": "model.onnx", "savedmodel": "savedmodel", "keras": "model.keras"}[kind],
            "format": kind, "expect": expectation, "when": "load or run", "options": {"memory_limit": "268435456"},
            "message_mentions_any_of": [], "limits": {"seconds": 20, "memory_mb": 512},
            "note": "written by hostile.py",
        }
        with open(f"{target}/{name}/expect.json", "w") as file:
            file.write(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
