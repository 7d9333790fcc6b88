"""Writes the SavedModels of this folder and their reference values.

    python -m venv venv && venv/bin/pip install tensorflow tf_keras && venv/bin/python make.py

Each signature of `operators` is a function of float64 tensors made of one family of operators; values and
Jacobians are TensorFlow's own in float64, and the Jacobians are checked here against central differences.
Second derivatives, where they are written, are central differences of gradients: TensorFlow's tapes are wrong
behind tf.stop_gradient. The other models show what a file may look like: names, orders, loops, variables.
"""

import json
import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
F = tf.float64
random = np.random.default_rng(11)


def constant(*shape, low=-1.0, high=1.0):
    return tf.constant(random.uniform(low, high, shape), F)


def spec(*shape, dtype=F, name="x"):
    return tf.TensorSpec(shape, dtype, name=name)


# name: (function, input shape, range of the inputs)
FAMILIES = {}


def family(*shape, low=-1.0, high=1.0, hessian=False):
    def register(function):
        FAMILIES[function.__name__] = (function, shape, low, high, hessian)
        return function

    return register


# Elementwise


@family(6, low=0.2, high=0.8)
def functions_of_a_fraction(x):
    m = tf.math
    return [m.asin(x) + m.acos(x) * 2, m.atanh(x), tf.sqrt(x), m.rsqrt(x), m.log(x), m.log1p(x), m.expm1(x), m.erfc(x),
            m.reciprocal(x), m.xlogy(x, x + 1)]


@family(6, low=-1.5, high=1.5)
def functions_of_a_number(x):
    m = tf.math
    return [m.sin(x) * m.cos(x), m.tan(x * 0.5), m.atan(x), m.asinh(x), m.sinh(x) - m.cosh(x), m.erf(x), m.exp(-x),
            m.square(x), m.abs(x), m.tanh(x), m.sigmoid(x), m.acosh(x + 3.0)]


@family(7, low=-3.0, high=3.0)
def activations(x):
    n = tf.nn
    return [n.relu(x), n.relu6(x * 4), n.elu(x), n.selu(x), n.leaky_relu(x, 0.15), n.softplus(x), n.softsign(x),
            n.silu(x), n.gelu(x), n.gelu(x, approximate=True), n.softmax(x), n.log_softmax(x)]


@family(2, 4)
def arithmetic(x):
    a, b = x[0], x[1] + 2.5
    m = tf.math
    return [a + b, a - b, a * b, a / b, m.pow(b, a), m.maximum(a, b * 0.1), m.minimum(a, 0.2), m.squared_difference(a, b),
            m.atan2(a, b - 2.5), m.divide_no_nan(a, b), m.floordiv(a * 5, b), m.floormod(a * 5, b),
            m.multiply_no_nan(a, b), m.xdivy(a, b), m.xlog1py(a, b), tf.add_n([a, b, a])]


@family(3, 4)
def quadrants(x):
    return [tf.math.atan2(x[0], x[1]), tf.math.atan2(x[1] * 3, x[2]), tf.math.atan2(x[2], x[0] * 4)]


@family(6, low=-2.7, high=2.7)
def steps(x):
    y = tf.floor(x) + tf.math.ceil(x) * 2 + tf.round(x) * 3 + tf.sign(x) + tf.math.rint(x)
    return [y * x, tf.clip_by_value(x, -0.77, 1.3), tf.truncatediv(x * 3, 0.7) * x,
            tf.raw_ops.TruncateMod(x=x * 3, y=tf.constant(0.7, F)), tf.cast(tf.cast(x, tf.int32), F) * x]


@family(6)
def choices(x):
    big = x > 0.1
    y = tf.where(big & (x < 0.6), x * x, tf.sin(x))
    z = tf.where(tf.math.logical_or(x >= 0.5, tf.math.logical_not(x <= -0.2)), x, 2 * x)
    w = tf.where(tf.math.is_finite(x) & tf.not_equal(x, 0.0), x * 3, tf.zeros_like(x))
    v = tf.raw_ops.Select(condition=tf.constant([True, False]), x=tf.reshape(x, [2, 3]), y=tf.ones([2, 3], F) * x[0])
    return [y, z, w, v, tf.cast(tf.equal(x, x), F) * x + tf.ones_like(x)]


# Reductions


@family(2, 3, 2)
def reductions(x):
    r = tf
    return [r.reduce_sum(x, [0, 2]), r.reduce_mean(x, 1, keepdims=True), r.reduce_prod(x + 2, -1), r.reduce_max(x, [1]),
            r.reduce_min(x), tf.norm(x + 3, axis=1), tf.math.reduce_euclidean_norm(x + 2, 2), tf.reduce_logsumexp(x, 1),
            tf.math.reduce_std(x, [0, 1]), tf.nn.l2_loss(x),
            tf.cast(tf.reduce_all(x > -2, 1), F) * x[:, 0] + tf.cast(tf.reduce_any(x > 5), F)]


@family(3, 4)
def running(x):
    best = tf.one_hot(tf.argmax(x, 1), 4, dtype=F)
    least = tf.one_hot(tf.argmin(x, 0), 3, dtype=F, axis=0)
    values, places = tf.math.top_k(x, 2)
    return [tf.cumsum(x, 1), tf.cumsum(x, 0, exclusive=True, reverse=True), tf.math.cumprod(x + 2, 1),
            tf.math.cumprod(x + 2, 0, reverse=True, exclusive=True), best * x, least * x, values,
            tf.cast(places, F) * values, tf.sort(x, 1), tf.reverse(x, [0])]


# Products and systems


@family(3, 4, hessian=True)
def products(x):
    a, b = constant(4, 2), constant(2, 4, 3)
    left = tf.matmul(x, a)
    return [tf.tanh(left), tf.matmul(x, x, transpose_b=True), tf.matmul(a, x, transpose_a=True, transpose_b=True),
            tf.einsum("ij,kjl->kil", x, b), tf.einsum("...ij->...ji", x), tf.tensordot(x, x, [[0], [0]]),
            tf.matmul(b, x[:, :3][None] * 2), tf.linalg.matvec(x, tf.sin(x[0]))]


@family(2, 3)
def cross_products(x):
    return [tf.linalg.cross(x[0], x[1]), tf.linalg.cross(x, x[::-1] + 1)]


@family(2, 3, 3, hessian=True)
def systems(x):
    spd = tf.matmul(x, x, transpose_b=True) + 2 * tf.eye(3, dtype=F)
    factor = tf.linalg.cholesky(spd)
    right = x[:, :, :2]
    return [factor, tf.linalg.triangular_solve(factor, right), tf.linalg.triangular_solve(factor, right, adjoint=True),
            tf.linalg.solve(spd, right), tf.linalg.solve(x + 3 * tf.eye(3, dtype=F), right, adjoint=True), tf.linalg.inv(spd),
            tf.linalg.det(x), tf.linalg.logdet(spd), tf.linalg.slogdet(spd)[1], tf.linalg.cholesky_solve(factor, right),
            tf.linalg.triangular_solve(tf.linalg.matrix_transpose(factor), right, lower=False)]


@family(3, 3)
def diagonals(x):
    l = tf.linalg
    return [l.band_part(x, 1, 0), l.diag(x[0]), l.diag_part(x), l.diag(x[1][:2], k=1), l.diag_part(x, k=-1),
            l.set_diag(x, x[0] * 2), l.trace(x), l.tensor_diag(x[1]), l.tensor_diag_part(x), l.diag(x, padding_value=0.5),
            l.set_diag(x, x[0, :2] * 2, k=1)]


# Shapes and movement


@family(2, 3, 2)
def shapes(x):
    flat = tf.reshape(x, [-1])
    a, b, c = tf.split(x, 3, axis=1)
    d, e = tf.split(flat, [5, -1])
    return [tf.transpose(x, [2, 0, 1]), tf.expand_dims(x[0], -2), tf.squeeze(a, [1]), tf.stack([a, c], 2), tf.concat([x, x], -1),
            tf.tile(x[0], [2, 1]), tf.broadcast_to(x[:, :1], [2, 3, 2]), d, e * 2, tf.unstack(x, axis=2)[1],
            tf.reshape(x, tf.concat([tf.shape(x)[1:], [-1]], 0)), tf.fill([2], x[0, 0, 0]),
            x * tf.cast(tf.size(x) + tf.rank(x), F), tf.meshgrid(x[0, :, 0], x[1, :, 1])[0], tf.repeat(x, 2, axis=1),
            tf.linspace(x[0, 0, 0], x[1, 1, 1], 4), tf.range(0.0, 3.0, 0.5, dtype=F) * x[0, 0, 1], b]


@family(3, 4)
def slices(x):
    return [x[1], x[:, 1:3], x[::-1, ::2], x[..., -1], x[None, :, 2:3, None][0], x[-2:, :-1], tf.slice(x, [1, 0], [2, -1]),
            x[2:0:-1, 3:0:-2], tf.roll(x, [1, -6], [0, 1]), x[:1, ...]]


@family(2, 3)
def paddings(x):
    return [tf.pad(x, [[1, 0], [0, 2]]), tf.pad(x, [[0, 1], [2, 0]], constant_values=0.5), tf.pad(x, [[1, 1], [2, 1]], "REFLECT"),
            tf.pad(x, [[2, 1], [1, 3]], "SYMMETRIC")]


@family(2, 4, 4, 2)
def blocks(x):
    s = tf.space_to_batch(x, [2, 2], [[0, 0], [2, 0]])
    return [tf.nn.space_to_depth(x, 2), tf.nn.depth_to_space(tf.concat([x, x * 2], 3), 2), s,
            tf.batch_to_space(s, [2, 2], [[0, 1], [2, 0]])]


# Indexing


@family(3, 4)
def picks(x):
    table = tf.constant([[0, 2], [1, 1]])
    order = tf.argsort(x[0])
    return [tf.gather(x, [2, 0], axis=0), tf.gather(x, table, axis=1), tf.gather(x, [[0, 1], [3, 3], [2, 0]], batch_dims=1),
            tf.gather(tf.stack([x, x * x], 1), tf.constant([[0, 3], [1, 1], [2, 0]]), axis=2, batch_dims=1),
            tf.gather_nd(x, [[0, 1], [2, 3]]), tf.gather(x[1], order), tf.boolean_mask(x, [True, False, True]),
            tf.one_hot([1, 5, 0], 3, on_value=x[0, 0], off_value=x[1, 1]),
            tf.gather(x, tf.math.invert_permutation([2, 0, 1])), tf.gather(x[0], tf.unique([3, 1, 3, 0])[0]),
            tf.gather(tf.cumsum(x[0]), tf.cast(tf.raw_ops.Bucketize(input=x[1], boundaries=[-0.4, 0.3]), tf.int32)),
            x[:, 0] * tf.cast(tf.math.bincount(tf.constant([0, 2, 2])), F)]


@family(3, 2)
def scatters(x):
    base = tf.reshape(tf.concat([x, x * x], 0), [6, 2])
    i = tf.constant([[1], [4], [1]])
    return [tf.scatter_nd(i, x, [5, 2]), tf.tensor_scatter_nd_add(base, i, x), tf.tensor_scatter_nd_sub(base, i, x),
            tf.tensor_scatter_nd_update(base, [[0], [5], [2]], x), tf.tensor_scatter_nd_max(base, i, x),
            tf.tensor_scatter_nd_min(base, i, x), tf.math.segment_sum(x, [0, 0, 2]), tf.math.segment_mean(x, [0, 1, 1]),
            tf.math.unsorted_segment_sum(x, [2, -1, 0], 3)]


# Images


@family(1, 5, 6, 2)
def convolutions(x):
    n = tf.nn
    return [n.conv2d(x, constant(3, 2, 2, 3), [1, 2, 1, 1], "SAME"),
            n.conv2d(x, constant(3, 3, 2, 1), 1, [[0, 0], [1, 0], [0, 2], [0, 0]]), n.conv2d(x, constant(2, 2, 1, 4), 1, "SAME"),
            n.depthwise_conv2d(x, constant(2, 3, 2, 2), [1, 1, 1, 1], "SAME"),
            n.conv2d_transpose(x, constant(3, 2, 3, 2), [1, 10, 12, 3], 2, "SAME"),
            n.conv2d_transpose(x, constant(1, 2, 1, 2), [1, 10, 12, 1], 2, "VALID"),
            n.atrous_conv2d(x, constant(2, 2, 2, 1), 2, "SAME"), n.bias_add(x, [0.5, -1.0])]


@family(1, 5, 6, 2)
def dilated_convolutions(x):
    return [tf.nn.conv2d(x, constant(2, 3, 2, 2), 1, "VALID", dilations=[1, 2, 1, 1])]


@family(1, 3, 4, 3, 2)
def volumes(x):
    n = tf.nn
    return [n.conv3d(x, constant(2, 2, 2, 2, 2), [1, 1, 2, 1, 1], "SAME"),
            n.conv3d_transpose(x, constant(2, 2, 1, 1, 2), [1, 6, 4, 3, 1], [1, 2, 1, 1, 1], "SAME")]


@family(1, 5, 4, 2)
def pools(x):
    n = tf.nn
    return [n.max_pool2d(x, 2, 2, "VALID"), n.max_pool2d(x, [3, 2], [2, 1], "SAME"), n.avg_pool2d(x, 3, 2, "SAME"),
            n.avg_pool2d(x, 2, 1, "VALID")]


@family(1, 4, 3, 2)
def resizes(x):
    r = tf.raw_ops
    double = lambda y: tf.cast(y, F)
    return [double(r.ResizeNearestNeighbor(images=x, size=[7, 5], half_pixel_centers=True)),
            double(r.ResizeNearestNeighbor(images=x, size=[3, 5])),
            double(r.ResizeNearestNeighbor(images=x, size=[7, 5], align_corners=True))]


@family(2, 3, hessian=True)
def normalisation(x):
    mean, variance = tf.nn.moments(x, [1], keepdims=True)
    return [tf.tanh((x - mean) * tf.math.rsqrt(variance + 1e-3)),
            tf.nn.batch_normalization(x, constant(3), constant(3, low=0.5), constant(3), constant(3), 1e-3),
            tf.nn.l2_normalize(x + 2, 1)]


@family(8)
def spectra(x):
    f = tf.signal.rfft(x)
    return [tf.math.real(f), tf.math.imag(f), tf.abs(f), tf.math.real(tf.signal.rfft(x, [5])), tf.math.real(tf.math.conj(f))]


# Control flow


@family(3)
def loops(x):
    i = tf.constant(0)
    _, y = tf.while_loop(lambda i, y: i < 4, lambda i, y: (i + 1, tf.sin(y) + x * tf.cast(i, F)), (i, x))
    total = tf.foldl(lambda a, b: a * 0.5 + tf.tanh(b), tf.reshape(tf.concat([x, x * 2], 0), [2, 3]))
    mapped = tf.map_fn(lambda v: v * v + x[0], x)
    scanned = tf.scan(lambda a, b: a * b + 1, x)
    array = tf.TensorArray(F, 0, dynamic_size=True)
    for k in range(3):
        array = array.write(k, x * float(k + 1))
    return [y, total, mapped, scanned, array.stack(), array.gather([2, 0]), array.concat(),
            tf.vectorized_map(lambda v: tf.exp(v) * x, x)]


@family(3)
def branches(x):
    first = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.sqrt(tf.reduce_sum(x * x)) * x, lambda: tf.exp(x))
    second = tf.cond(tf.constant(3) > 2, lambda: x * 2, lambda: x * 3)
    index = tf.cast(tf.floor(x[1] * 2 + 1), tf.int32)
    third = tf.switch_case(index, [lambda: x, lambda: x * x, lambda: tf.sin(x)])
    fourth = tf.switch_case(tf.constant(1), [lambda: x, lambda: tf.cos(x)])
    return [first, second, third, fourth]


@family(4, hessian=True)
def plumbing(x):
    y = tf.identity(x)
    y = tf.ensure_shape(y, [4])
    y, z = tf.identity_n([y, y * 2])
    y = tf.debugging.check_numerics(y, "not finite")
    tf.debugging.assert_less(y, tf.constant(1e9, F))
    return [y * y, tf.grad_pass_through(tf.identity)(z), tf.cast(tf.cast(tf.cast(y * 100, tf.int32), tf.uint8), F) * y]


# Single precision only


def single_families():
    r = tf.raw_ops
    f = tf.float32

    def bicubic(x):
        return [r.ResizeBicubic(images=x, size=[6, 5], half_pixel_centers=True), r.ResizeBicubic(images=x, size=[3, 5]),
                r.ResizeBicubic(images=x, size=[6, 5], align_corners=True)]

    def bilinear(x):
        return [r.ResizeBilinear(images=x, size=[6, 5], half_pixel_centers=True), r.ResizeBilinear(images=x, size=[3, 5]),
                r.ResizeBilinear(images=x, size=[6, 5], align_corners=True)]

    def area(x):
        return [r.ResizeArea(images=x, size=[2, 2]), r.ResizeArea(images=x, size=[5, 7])]

    def scaled(x):
        return [tf.image.resize(x, [6, 7], m, antialias=a) for m, a in
                [("lanczos3", False), ("lanczos5", True), ("gaussian", True), ("mitchellcubic", False), ("bicubic", True),
                 ("bilinear", True)]] + [tf.image.resize(x, [2, 2], "lanczos3", antialias=True)]

    def batch_norm(x):
        c = lambda: tf.cast(constant(2), f)
        return [r.FusedBatchNormV3(x=x, scale=c(), offset=c(), mean=c(), variance=c() + 2, is_training=False, epsilon=0.01).y,
                r.FusedBatchNormV3(x=x, scale=c(), offset=c(), mean=[], variance=[]).y]

    def volume_pools(x):
        return [tf.nn.max_pool3d(tf.reshape(x, [1, 2, 2, 3, 2]), 2, 1, "SAME"), tf.nn.avg_pool3d(tf.reshape(x, [1, 2, 2, 3, 2]), 2, 2, "SAME")]

    return [volume_pools, bicubic, bilinear, area, scaled, batch_norm]


def flat(outputs):
    return tf.concat([tf.reshape(y, [-1]) for y in outputs], 0)


def differences(function, x, step=1e-6):
    rows = []
    for k in range(x.size):
        moved = [x.copy(), x.copy()]
        moved[0].flat[k] += step
        moved[1].flat[k] -= step
        rows.append((function(moved[0]) - function(moved[1])) / (2 * step))
    return np.stack(rows, -1)


def reference(name, function, shape, low, high, hessian, dtype):
    x = random.uniform(low, high, shape).astype(np.float32).astype(np.float64)
    call = lambda v: flat(function(tf.constant(v, dtype)))
    with tf.GradientTape(persistent=True) as tape:
        v = tf.constant(x, dtype)
        tape.watch(v)
        y = flat(function(v))
    entry = {"shape": list(shape), "x": x.ravel().tolist(), "y": y.numpy().astype(float).tolist(), "single": dtype == tf.float32}
    if dtype == F:
        J = differences(lambda u: call(u).numpy(), x)
        try:
            exact = tape.jacobian(y, v, experimental_use_pfor=False).numpy().reshape(y.shape[0], -1)
        except (LookupError, tf.errors.InvalidArgumentError):  # TensorFlow cannot differentiate some operators
            exact = np.full(J.shape, np.nan)
        error = np.nan_to_num(np.abs(J - exact).max() / max(np.abs(exact).max(), 1), nan=np.inf)
        if error > 1e-7:
            print(name, "tape and differences disagree:", error)
            exact = J
        entry["J"] = exact.ravel().tolist()
        entry["tolerance"] = 1e-11 if error <= 1e-7 else 1e-7
    if hessian:
        weights = random.uniform(-1, 1, y.shape[0])

        def gradient(u):
            with tf.GradientTape() as tape:
                v = tf.constant(u, dtype)
                tape.watch(v)
                s = tf.reduce_sum(flat(function(v)) * weights)
            return tape.gradient(s, v).numpy().ravel()

        entry["weights"] = weights.tolist()
        entry["H"] = differences(gradient, x).ravel().tolist()
    return entry


def operators(folder):
    module = tf.Module()
    signatures, references = {}, {}
    families = [(n, *f, F) for n, f in FAMILIES.items()]
    families += [(f.__name__, f, (1, 4, 3, 2), -1.0, 1.0, False, tf.float32) for f in single_families()]
    for name, function, shape, low, high, hessian, dtype in families:
        # Constants are drawn once, so that the traced function and the references share them.
        memory = []

        def fixed(x, function=function, memory=memory):
            global constant
            calls = iter(list(memory)) if memory else None
            original = constant

            def remembered(*s, **k):
                if calls is not None:
                    return tf.constant(next(calls), F)
                value = original(*s, **k)
                memory.append(value.numpy())
                return value

            constant = remembered
            try:
                return [tf.identity(y) for y in function(x)]
            finally:
                constant = original

        fixed(tf.constant(random.uniform(low, high, shape), dtype))
        references[name] = reference(name, fixed, shape, low, high, hessian, dtype)
        traced = tf.function(lambda x, fixed=fixed: {f"output_{i}": y for i, y in enumerate(fixed(x))}, input_signature=[spec(*shape, dtype=dtype)])
        signatures[name] = traced.get_concrete_function()
    tf.saved_model.save(module, folder, signatures=signatures)
    return references


class Ports(tf.Module):
    """Inputs that are not in the order of the alphabet, a dictionary of twelve outputs, variables."""

    def __init__(self):
        self.scale = tf.Variable([2.0, -1.0], name="scale")
        self.table = tf.Variable(np.arange(12, dtype=np.float32).reshape(4, 3) / 7, name="table")
        self.count = tf.Variable(3, trainable=False, name="count")

    @tf.function(input_signature=[spec(None, 2, dtype=tf.float32, name="state"), spec(None, 2, dtype=tf.float32, name="control")])
    def step(self, state, control):
        return {f"value_{11 - k}": state * self.scale + control * float(k) for k in range(12)}

    @tf.function(input_signature=[spec(None, 2, dtype=tf.float32, name="z"), spec(None, 2, dtype=tf.float32, name="a")])
    def numbered(self, z, a):
        return [z * float(k) + a for k in range(12)]

    @tf.function(input_signature=[spec(3, dtype=tf.float32, name="x")])
    def lookup(self, x):
        return tf.nn.embedding_lookup(self.table, [1, 3, 0]) * x + tf.cast(self.count, tf.float32)


def main():
    for name in ["operators", "ports", "lstm", "counter", "flow"]:
        shutil.rmtree(os.path.join(HERE, name), ignore_errors=True)
    references = operators(os.path.join(HERE, "operators"))
    ports = Ports()
    tf.saved_model.save(ports, os.path.join(HERE, "ports"), signatures={"step": ports.step, "numbered": ports.numbered, "lookup": ports.lookup})

    class Counter(tf.Module):
        def __init__(self):
            self.calls = tf.Variable(0.0)

        @tf.function(input_signature=[spec(2, dtype=tf.float32)])
        def __call__(self, x):
            self.calls.assign_add(1.0)
            return x * 2

    tf.saved_model.save(Counter(), os.path.join(HERE, "counter"))

    try:
        import tf_keras as keras
        x = random.uniform(-1, 1, (1, 4, 3))
        inputs = keras.Input((4, 3), name="sequence")
        y = keras.layers.LSTM(3, return_sequences=True)(inputs)
        y = keras.layers.Bidirectional(keras.layers.GRU(2))(y)
        y = keras.layers.LayerNormalization()(y)
        model = keras.Model(inputs, keras.layers.Dense(2, activation="gelu")(y))
        model.save(os.path.join(HERE, "lstm"), save_format="tf")
        shutil.rmtree(os.path.join(HERE, "lstm", "assets"), ignore_errors=True)
        for extra in ["keras_metadata.pb", "fingerprint.pb"]:
            path = os.path.join(HERE, "lstm", extra)
            if os.path.exists(path):
                os.remove(path)
        references["lstm"] = {"x": x.ravel().tolist(), "y": model(x.astype(np.float32)).numpy().ravel().tolist()}
    except ImportError:
        print("tf_keras is missing: no model of Keras 2", file=sys.stderr)
    with open(os.path.join(HERE, "references.json"), "w") as file:
        json.dump(references, file)


main()
