"""Writes small models of Keras with reference values: every layer, activation and operation at least once.

    python Tests/Keras/make.py FOLDER [PREFIX]

runs under any version of Keras from 2.15 (in TensorFlow) on and writes into FOLDER, for each case, the model and one
line of cases.txt:

    case FILE n m              the numbers in x and y of one sample
    fixed INPUT NUMBERS        an input that is not differentiated
    end

and, appended to values.bin in the same order, x [n], y [m] and dy/dx [m, n] as float64, computed by Keras in float64
(dy/dx by central differences of fourth order; NaN
where a step would change a mask). Archives are compressed afterwards, which is legal and keeps them small.
"""

import os
import pathlib
import sys
import zipfile
import zlib

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np

try:
    import keras
except ImportError:
    from tensorflow import keras

if int(keras.__version__.split(".")[0]) >= 3:
    # Other backends than TensorFlow compute float64 as float32 unless this table is empty.
    import importlib

    importlib.import_module("keras.src.backend.common.dtypes").BIT64_TO_BIT32_DTYPE.clear()

layers, Input, Model, Sequential = keras.layers, keras.Input, keras.Model, keras.Sequential
modern = int(keras.__version__.split(".")[0]) >= 3
ops = keras.ops if modern else None
keras.backend.set_floatx("float64")

cases = {}


def case(function):
    cases[function.__name__] = function
    return function


def sequence(name, *entries, shape):
    """A case that is a chain of layers."""

    def build():
        x = Input(shape, name="x")
        y = x
        for make in entries:
            y = make()(y)
        return Model(x, y)

    cases[name] = build


def layer(name, make, shape):
    sequence(name, make, shape=shape)


# MARK: Core and activations

layer("dense", lambda: layers.Dense(3, activation="tanh"), (4,))
layer("dense_rank3", lambda: layers.Dense(3, use_bias=False), (2, 4))
layer("einsum_dense", lambda: layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", activation="relu"), (3, 4))
layer("einsum_dense_partial", lambda: layers.EinsumDense("ab...,bc->ac...", (3, None), bias_axes="c"), (4, 2))
layer("identity", lambda: layers.Identity(), (3,))
layer("flatten", lambda: layers.Flatten(), (2, 3, 2))
layer("flatten_first", lambda: layers.Flatten(data_format="channels_first"), (2, 3, 2))
layer("reshape", lambda: layers.Reshape((3, -1)), (2, 6))
layer("permute", lambda: layers.Permute((3, 1, 2)), (2, 3, 4))
layer("repeat_vector", lambda: layers.RepeatVector(3), (4,))
for name in """linear relu relu6 leaky_relu elu selu celu gelu silu swish mish sigmoid tanh softmax log_softmax softplus
    softsign exponential log_sigmoid tanh_shrink hard_sigmoid hard_silu hard_swish hard_tanh hard_shrink soft_shrink
    squareplus sparse_plus sparse_sigmoid glu sparsemax""".split():
    if hasattr(keras.activations, name):
        layer(f"activation_{name}", lambda name=name: layers.Activation(name), (6,))
layer("relu", lambda: layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2), (8,))
layer("leaky_relu", lambda: layers.LeakyReLU(), (6,))
layer("prelu", lambda: layers.PReLU(alpha_initializer="glorot_uniform", shared_axes=[1]), (3, 2))
layer("elu", lambda: layers.ELU(alpha=0.7), (6,))
layer("softmax", lambda: layers.Softmax(axis=1), (3, 2))
layer("softmax_joint", lambda: layers.Softmax(axis=(1, 2)), (3, 2))
layer("dense_leaky", lambda: layers.Dense(4, activation=layers.LeakyReLU(0.15) if modern else "relu"), (3,))
if not modern:
    layer("thresholded_relu", lambda: layers.ThresholdedReLU(0.3), (6,))


@case
def embedding():
    ids, x = Input((3,), dtype="int32", name="ids"), Input((3, 2), name="x")
    return Model([ids, x], layers.Multiply()([layers.Embedding(5, 2)(ids), x])), {"ids": [1, 4, 0]}


# MARK: Convolutions and pools

for rank, size in [(1, (9,)), (2, (6, 5)), (3, (4, 5, 3))]:
    shape = size + (2,)
    conv = getattr(layers, f"Conv{rank}D")
    transpose = getattr(layers, f"Conv{rank}DTranspose")
    layer(f"conv{rank}d", lambda conv=conv: conv(3, 3, padding="same", strides=2, activation="tanh"), shape)
    layer(f"conv{rank}d_valid", lambda conv=conv, rank=rank: conv(2, (3, 2, 2)[:rank], use_bias=False), shape)
    layer(f"conv{rank}d_transpose", lambda transpose=transpose: transpose(2, 3, strides=2, padding="same"), shape)
    for kind in ["MaxPooling", "AveragePooling"]:
        pool = getattr(layers, f"{kind}{rank}D")
        layer(f"{kind.lower()}{rank}d", lambda pool=pool: pool(2), shape)
        layer(f"{kind.lower()}{rank}d_same", lambda pool=pool: pool(3, strides=2, padding="same"), shape)
    for kind in ["GlobalMaxPooling", "GlobalAveragePooling"]:
        layer(f"{kind.lower()}{rank}d", lambda kind=kind, rank=rank: getattr(layers, f"{kind}{rank}D")(), shape)
    for kind in ["AdaptiveMaxPooling", "AdaptiveAveragePooling"]:
        if hasattr(layers, f"{kind}{rank}D"):
            layer(f"{kind.lower()}{rank}d", lambda kind=kind, rank=rank: getattr(layers, f"{kind}{rank}D")(2), shape)
    margins = [(1, 2), ((1, 0), (2, 1)), ((1, 0), (1, 2), (1, 1))][rank - 1]
    layer(f"cropping{rank}d", lambda rank=rank, margins=margins: getattr(layers, f"Cropping{rank}D")(margins), shape)
    layer(f"zero_padding{rank}d", lambda rank=rank, margins=margins: getattr(layers, f"ZeroPadding{rank}D")(margins), shape)
    layer(f"up_sampling{rank}d", lambda rank=rank: getattr(layers, f"UpSampling{rank}D")(2), shape)
layer("conv1d_causal", lambda: layers.Conv1D(2, 3, padding="causal", dilation_rate=2), (7, 2))
layer("conv2d_dilated", lambda: layers.Conv2D(2, 2, dilation_rate=2, padding="same"), (6, 5, 2))
layer("conv2d_groups", lambda: layers.Conv2D(4, 2, groups=2), (4, 3, 4))
layer("conv2d_transpose_valid", lambda: layers.Conv2DTranspose(2, 3, strides=2), (3, 2, 2))
layer("conv2d_transpose_short", lambda: layers.Conv2DTranspose(2, 2, strides=3), (3, 2, 2))
layer("conv2d_transpose_extra", lambda: layers.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), (3, 2, 2))
layer("conv2d_transpose_valid_extra", lambda: layers.Conv2DTranspose(2, 3, strides=2, output_padding=1), (3, 2, 2))
layer("depthwise_conv1d", lambda: layers.DepthwiseConv1D(3, depth_multiplier=2), (6, 2))
layer("depthwise_conv2d", lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="tanh"), (4, 3, 2))
layer("separable_conv1d", lambda: layers.SeparableConv1D(3, 2, depth_multiplier=2), (5, 2))
layer("separable_conv2d", lambda: layers.SeparableConv2D(3, 2, strides=2, padding="same"), (4, 5, 2))
layer("up_sampling2d_bilinear", lambda: layers.UpSampling2D((2, 3), interpolation="bilinear"), (3, 2, 2))
if modern:
    layer("up_sampling2d_bicubic", lambda: layers.UpSampling2D(2, interpolation="bicubic"), (3, 4, 1))
    layer("resizing", lambda: layers.Resizing(5, 3), (3, 4, 2))
    layer("resizing_nearest", lambda: layers.Resizing(5, 3, interpolation="nearest"), (3, 4, 2))
    layer("center_crop", lambda: layers.CenterCrop(2, 3), (5, 4, 2))

# MARK: Merges

for name in ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]:

    def merge(name=name):
        a, b = Input((3, 2), name="a"), Input((3, 2), name="b")
        return Model([a, b], getattr(layers, name)()([a, b]))

    cases[f"merge_{name.lower()}"] = merge


@case
def merge_broadcast():
    a, b = Input((3, 2), name="a"), Input((1, 2), name="b")
    return Model([a, b], layers.Add()([a, b]))


@case
def dot():
    a, b = Input((3, 2), name="a"), Input((4, 2), name="b")
    return Model([a, b], layers.Dot(axes=2)([a, b]))


@case
def dot_normalized():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    return Model([a, b], layers.Dot(axes=(1, 1), normalize=True)([a, b]))


# MARK: Normalisation


layer("batch_normalization", lambda: layers.BatchNormalization(), (3, 4))
layer("batch_normalization_plain", lambda: layers.BatchNormalization(axis=1, scale=False, center=False, epsilon=0.1), (3, 4))
layer("layer_normalization", lambda: layers.LayerNormalization(), (3, 4))
layer("layer_normalization_joint", lambda: layers.LayerNormalization(axis=[1, 2], epsilon=0.01), (3, 4))
layer("unit_normalization", lambda: layers.UnitNormalization(), (3, 4))
layer("normalization", lambda: layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[0.5, 1.0, 4.0]), (2, 3))
layer("rescaling", lambda: layers.Rescaling(0.25, offset=-1.0), (4,))
if hasattr(layers, "GroupNormalization"):
    layer("group_normalization", lambda: layers.GroupNormalization(groups=2), (3, 4))
    layer("group_normalization_each", lambda: layers.GroupNormalization(groups=-1), (3, 4))
if modern:
    layer("spectral_normalization", lambda: layers.SpectralNormalization(layers.Dense(3)), (4,))
if hasattr(layers, "RMSNormalization"):
    layer("rms_normalization", lambda: layers.RMSNormalization(), (3, 4))


@case
def normalization_adapted():
    norm = layers.Normalization(axis=-1)
    norm.adapt(np.random.default_rng(1).normal(2, 3, (20, 3)))
    x = Input((3,), name="x")
    return Model(x, layers.Dense(2)(norm(x)))


# MARK: Recurrent layers

for name in ["LSTM", "GRU", "SimpleRNN"]:
    make = getattr(layers, name)
    layer(name.lower(), lambda make=make: make(3), (4, 2))
    layer(f"{name.lower()}_sequences", lambda make=make: make(3, return_sequences=True, go_backwards=True, use_bias=False), (4, 2))
    for mode in ["concat", "sum", "mul", "ave"]:
        layer(f"bidirectional_{name.lower()}_{mode}", lambda make=make, mode=mode: layers.Bidirectional(make(2, return_sequences=mode != "sum"), merge_mode=mode), (4, 2))
layer("gru_reset_before", lambda: layers.GRU(3, reset_after=False), (4, 2))
layer("lstm_activations", lambda: layers.LSTM(3, activation="softsign", recurrent_activation="hard_sigmoid"), (4, 2))
layer("rnn_cell", lambda: layers.RNN(layers.LSTMCell(3), return_sequences=True), (3, 2))
layer("stacked_cells", lambda: layers.RNN([layers.LSTMCell(3), layers.GRUCell(2), layers.SimpleRNNCell(2)]), (3, 2))
layer("time_distributed", lambda: layers.TimeDistributed(layers.Dense(2, activation="tanh")), (3, 4))
layer("time_distributed_conv", lambda: layers.TimeDistributed(layers.Conv1D(2, 2)), (2, 4, 2))
layer("conv_lstm1d", lambda: layers.ConvLSTM1D(2, 2, return_sequences=True), (2, 5, 2))
layer("conv_lstm2d", lambda: layers.ConvLSTM2D(2, 2, padding="same", strides=2), (2, 4, 3, 1))
layer("conv_lstm3d", lambda: layers.ConvLSTM3D(1, 2), (2, 3, 3, 2, 1))


@case
def states():
    x = Input((3, 2), name="x")
    y, h, c = layers.LSTM(3, return_state=True)(x)
    z = layers.LSTM(3, return_sequences=True)(x, initial_state=[h, c])
    return Model(x, [z, y])


@case
def bidirectional_states():
    x = Input((3, 2), name="x")
    outputs = layers.Bidirectional(layers.LSTM(2, return_state=True))(x)
    return Model(x, layers.Concatenate()(list(outputs)))


@case
def masked():
    x = Input((5, 2), name="x")
    m = layers.Masking(mask_value=0.25)(x)
    h = layers.LSTM(3, return_sequences=True)(m)
    b = layers.Bidirectional(layers.GRU(2, return_sequences=True))(h)
    return Model(x, [layers.LSTM(2)(b), layers.GlobalAveragePooling1D()(h)])


@case
def masked_embedding():
    ids, x = Input((4,), dtype="int32", name="ids"), Input((3,), name="x")
    e = layers.Embedding(6, 3, mask_zero=True)(ids)
    h = layers.GRU(3)(e)
    return Model([ids, x], layers.Add()([h, x])), {"ids": [2, 5, 0, 0]}


@case
def masked_merges():
    x = Input((4, 2), name="x")
    m = layers.Masking(mask_value=0.25)(x)
    d = layers.Dense(2)(x)
    return Model(x, [layers.LSTM(2)(layers.Add()([m, d])), layers.LSTM(2)(layers.Concatenate()([m, m]))])


# MARK: Attention
# Without dropout and scores, Keras itself computes several heads in float32.


def attend(make, **call):
    def build():
        q, v = Input((3, 4), name="q"), Input((2, 4), name="v")
        return Model([q, v], make()([q, v], **call))

    return build


cases["attention"] = attend(lambda: layers.Attention(use_scale=True))
cases["attention_concat"] = attend(lambda: layers.Attention(score_mode="concat"))
cases["additive_attention"] = attend(lambda: layers.AdditiveAttention())


@case
def attention_scores():
    q, v, k = Input((3, 4), name="q"), Input((2, 3), name="v"), Input((2, 4), name="k")
    y, s = layers.Attention()([q, v, k], return_attention_scores=True, use_causal_mask=True)
    return Model([q, v, k], [y, s])


@case
def multi_head():
    q, v = Input((3, 4), name="q"), Input((2, 5), name="v")
    return Model([q, v], layers.MultiHeadAttention(2, 3, value_dim=2, dropout=0.1)(q, v))


@case
def multi_head_causal():
    x = Input((3, 4), name="x")
    y, s = layers.MultiHeadAttention(2, 2, output_shape=3)(x, x, use_causal_mask=True, return_attention_scores=True)
    return Model(x, [y, s])


@case
def multi_head_axes():
    x = Input((2, 3, 4), name="x")
    return Model(x, layers.MultiHeadAttention(2, 2, attention_axes=(1,))(x, x))


@case
def multi_head_masked():
    x = Input((4, 3), name="x")
    m = layers.Masking(mask_value=0.25)(x)
    return Model(x, layers.MultiHeadAttention(2, 2, dropout=0.1)(m, m))


@case
def attention_masked():
    x = Input((4, 3), name="x")
    m = layers.Masking(mask_value=0.25)(x)
    return Model(x, layers.Attention()([m, m]))


if hasattr(layers, "GroupQueryAttention"):

    @case
    def grouped_query():
        x = Input((3, 4), name="x")
        return Model(x, layers.GroupQueryAttention(2, 4, 2, dropout=0.1)(x, x))


# MARK: In training only


@case
def regularisation():
    x = Input((4, 3), name="x")
    y = layers.SpatialDropout1D(0.3)(layers.Dropout(0.5)(x))
    y = layers.GaussianNoise(0.3)(layers.GaussianDropout(0.4)(y))
    return Model(x, layers.ActivityRegularization(l2=0.1)(layers.AlphaDropout(0.1)(y)))


@case
def augmentation():
    x = Input((4, 4, 2), name="x")
    y = layers.SpatialDropout2D(0.3)(layers.RandomFlip()(x))
    return Model(x, layers.RandomZoom(0.1)(layers.RandomRotation(0.1)(y)))


# MARK: Models


@case
def sequential():
    return Sequential([Input((3,), name="x"), layers.Dense(4, activation="relu"), layers.Dense(4, activation="tanh"), layers.Dense(2)])


@case
def nested():
    inner = Sequential([Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(3)], name="inner")
    a = Input((3,), name="a")
    block = Model(a, layers.BatchNormalization()(inner(layers.Dense(4, activation="tanh")(a))), name="block")
    x = Input((3,), name="x")
    return Model(x, [layers.Dense(2)(block(block(x))), block(x)])


@case
def frozen():
    bn = layers.BatchNormalization()
    inner = Sequential([Input((4,)), layers.Dense(3), bn, layers.Dense(3)], name="inner")
    bn.trainable = False
    x = Input((4,), name="x")
    y = Sequential([Input((3,)), layers.Dense(2), layers.BatchNormalization()], name="frozen")
    z = y(inner(x))
    y.trainable = False
    return Model(x, z)


@case
def shared():
    d = layers.Dense(3, activation="tanh")
    x = Input((3,), name="x")
    return Model(x, layers.Add()([d(d(x)), d(x)]))


@case
def names():
    b, a = Input((2,), name="b_input"), Input((3,), name="a_input")
    y = layers.Dense(2, name="dense_7")(layers.Concatenate(name="dense_2")([a, b]))
    return Model([b, a], [layers.Dense(1, name="z")(y), layers.Dense(2, name="dense")(y)])


if modern:

    @case
    def operators():
        x, z = Input((4, 3), name="x"), Input((4, 3), name="z")
        return Model([x, z], [
            x * 2 + 1, 2.0 - x, 1 / (x * x + 1), x[:, 1:, ::2], x[:, -1], x[..., 0], x[:, None], -x / 3, (x * x + 1) ** 1.5,
            x @ ops.transpose(z, (0, 2, 1)), ops.where(x > z, x, z), x[:, ::-1]])

    @case
    def operations():
        x, z = Input((4, 3), name="x"), Input((4, 3), name="z")
        return Model([x, z], [
            ops.tanh(x), ops.sum(x, axis=1), ops.mean(x * x, axis=(1, 2), keepdims=True), ops.max(x, axis=1), ops.min(z, axis=-1),
            ops.var(x, axis=1), ops.std(x, axis=1), ops.concatenate([x, z], axis=-1), ops.stack([x, z], axis=1),
            ops.split(x, 2, axis=1)[1], ops.einsum("bij,bkj->bik", x, z), ops.clip(x, -1, 1), ops.cast(x, "float64"),
            ops.repeat(x, 2, axis=1), ops.tile(x, [1, 2, 1]), ops.pad(x, [[0, 0], [1, 1], [0, 2]]), ops.softmax(x, axis=1),
            ops.expand_dims(x, 1), ops.reshape(x, (-1, 12)), ops.squeeze(x[:, :1], 1), ops.relu(x), ops.leaky_relu(x, 0.1),
            ops.logsumexp(x, axis=-1), ops.take(x, [0, 2], axis=1), ops.moveaxis(x, 1, 2), ops.swapaxes(x, 1, 2),
            ops.log1p(ops.exp(x)), ops.cumsum(x, axis=1), ops.flip(x, axis=1), ops.abs(x), ops.maximum(x, 0.3), ops.minimum(x, z),
            ops.gelu(x), ops.sqrt(x * x + 1), ops.rsqrt(x * x + 1), ops.log(x * x + 1), ops.sin(x), ops.cos(x), ops.square(x),
            ops.sigmoid(x), ops.softplus(x), ops.silu(x), ops.elu(x), ops.log_softmax(x), ops.matmul(x, ops.swapaxes(z, 1, 2)),
            ops.roll(x, 1, axis=2), ops.prod(x, axis=2), ops.arctan(x), ops.sinh(x), ops.erf(x), ops.tensordot(x, ops.ones((3, 2)), axes=1),
            ops.hard_sigmoid(x), ops.subtract(x, np.array([1.0, 2.0, 3.0]))])
    @case
    def more_operations():
        x, z = Input((4, 3), name="x"), Input((4, 3), name="z")
        u = ops.tanh(x) * 0.9
        flags = ops.logical_and(x > z, ops.logical_not(ops.less(x, 0.1)))
        chosen = [ops.where(c, x, z) for c in (
            flags, ops.logical_or(x < z, x >= 1), ops.equal(x, z), ops.not_equal(x, z), ops.less_equal(x, z))]
        return Model([x, z], chosen + [
            ops.amax(x, axis=1), ops.amin(x, axis=1), ops.arccos(u), ops.arcsin(u), ops.arctanh(u), ops.arcsinh(x),
            ops.arccosh(x * x + 1.5), ops.cosh(x), ops.tan(u), ops.expm1(x), ops.log2(x * x + 1), ops.log10(x * x + 1),
            ops.reciprocal(x * x + 1), ops.divide(x, z * z + 1), ops.relu6(x * 5), ops.selu(x), ops.celu(x, 0.7), ops.softsign(x),
            ops.hard_shrink(x, 0.3), ops.soft_shrink(x, 0.3), ops.hard_silu(x), ops.hard_tanh(x), ops.log_sigmoid(x),
            ops.tanh_shrink(x), ops.sparse_plus(x), ops.sparse_sigmoid(x), ops.squareplus(x, 3), ops.normalize(x, axis=1),
            ops.stop_gradient(x * 0 + 1) * x, ops.gelu(x, approximate=False), ops.average(x, axis=1), ops.dot(x, ops.ones((3, 2))), ops.unstack(x, axis=1)[1],
            ops.floor(x) * x, ops.ceil(x) * x, ops.sign(x) * x, ops.floor_divide(x, 0.4) * x, ops.mod(x, 0.4),
            ops.one_hot(ops.argmax(x, axis=-1), 3) * x, ops.one_hot(ops.argmin(x, axis=1), 4)[:, :1, :3] * x,
            ops.ones_like(x) * z, ops.zeros_like(x) + z,
            ops.where(ops.any(x > 0.1, axis=1, keepdims=True), x, z), ops.where(ops.all(x > 0.1, axis=1, keepdims=True), x, z)])

    @case
    def augmentations():
        x = Input((4, 4, 3), name="x")
        y = x
        arguments = {"RandomCrop": (4, 4), "RandomColorJitter": (), "RandomContrast": (0.1,), "RandomFlip": (),
                     "RandomElasticTransform": (), "RandomErasing": (), "RandomGaussianBlur": (), "RandomZoom": (0.1,), "RandomPosterization": (4,)}
        for name in sorted(dir(layers)):
            if name.startswith("Random") and name != "RandomCrop":
                pairs = {"RandomTranslation": (0.1, 0.1), "RandomShear": (0.1, 0.1)}
                y = getattr(layers, name)(*pairs.get(name, arguments.get(name, (0.1,))))(y)
        return Model(x, layers.Reshape((4, 4, 3))(layers.SpatialDropout3D(0.2)(layers.Reshape((4, 2, 2, 3))(y))))

else:

    @case
    def more_operations():
        import tensorflow as tf

        x, z = Input((4, 3), name="x"), Input((4, 3), name="z")
        u = tf.tanh(x) * 0.9
        flags = tf.logical_and(x > z, tf.logical_not(tf.less(x, 0.1)))
        chosen = [tf.where(c, x, z) for c in (
            flags, tf.logical_or(x < z, x >= 1), tf.math.equal(x, z), tf.math.not_equal(x, z), x <= z, x == z, x != z)]
        return Model([x, z], chosen + [
            tf.acos(u), tf.asin(u), tf.atan(x), tf.cosh(x), tf.sinh(x), tf.tan(u), tf.math.expm1(x), tf.math.log(x * x + 1), tf.math.erf(x),
            tf.math.reciprocal(x * x + 1), tf.math.divide(x, z * z + 1), tf.nn.relu6(x * 5), tf.nn.selu(x), tf.nn.elu(x),
            tf.nn.softsign(x), tf.nn.softplus(x), tf.nn.sigmoid(x), tf.nn.tanh(x), tf.nn.log_softmax(x), tf.cos(x), tf.math.rsqrt(x * x + 1),
            tf.floor(x) * x, tf.math.ceil(x) * x, tf.sign(x) * x, tf.one_hot(tf.argmax(x, axis=-1), 3, dtype="float64") * x, x // 0.4 * x,
            tf.one_hot(tf.argmin(x, axis=1), 4, dtype="float64")[:, :1, :3] * x, tf.ones_like(x) * z, tf.zeros_like(x) + z, tf.minimum(x, z),
            tf.math.squared_difference(x, z), tf.reduce_max(x, 1), tf.reduce_min(x, 1), tf.reduce_prod(x, 1), tf.math.reduce_std(x, 1),
            tf.where(tf.reduce_any(x > 0.1, 1, keepdims=True), x, z), tf.where(tf.reduce_all(x > 0.1, 1, keepdims=True), x, z),
            tf.identity(x), tf.cast(x, "float64"), tf.unstack(x, axis=1)[1], tf.math.add(x, z), tf.split(x, [1, 3], axis=1)[1]])

    @case
    def operations():
        import tensorflow as tf

        x, z = Input((4, 3), name="x"), Input((4, 3), name="z")
        return Model([x, z], [
            x * 2 + 1, tf.tanh(x), x[:, 1:, ::2], x[:, -1], x[..., 0], x[:, None], tf.reduce_sum(x, axis=1),
            tf.reduce_mean(x, axis=[1, 2], keepdims=True), tf.concat([x, z], -1), tf.stack([x, z], 1), tf.split(x, 2, axis=1)[1],
            tf.where(x > z, x, z), tf.matmul(x, z, transpose_b=True), x @ tf.transpose(z, [0, 2, 1]), tf.clip_by_value(x, -1, 1),
            1 / (x * x + 1), x**2, tf.repeat(x, 2, axis=1), tf.tile(x, [1, 2, 1]), tf.pad(x, [[0, 0], [1, 1], [0, 0]]),
            tf.norm(x, axis=-1), tf.nn.softmax(x, axis=1), tf.expand_dims(x, 1), tf.reshape(x, [-1, 12]), tf.squeeze(x[:, :1], 1),
            2.0 - x, tf.nn.relu(x), tf.reduce_logsumexp(x, -1), x + tf.ones((3,), tf.float64),
            tf.gather(x, [0, 2], axis=1), -x, abs(x), tf.maximum(x, 0.3), tf.square(x), tf.exp(x),
            tf.math.log1p(tf.exp(x)), tf.cumsum(x, axis=1), tf.reverse(x, [1]), tf.math.l2_normalize(x, -1), tf.sigmoid(x),
            tf.math.softplus(x), tf.math.reduce_variance(x, 1), x - z, tf.nn.swish(x), tf.sqrt(x * x + 1), tf.sin(x)])


# MARK: Writing


def evaluate(model, fixed, rows):
    """Outputs of many samples, each a row of all inputs that are not fixed."""
    inputs, start = [], 0
    for port in model.inputs:
        shape = tuple(port.shape[1:])
        name = port.name.split(":")[0]
        if name in fixed:
            inputs.append(np.tile(np.array(fixed[name], "int32").reshape((1,) + shape), (len(rows),) + (1,) * len(shape)))
        else:
            size = int(np.prod(shape))
            inputs.append(rows[:, start : start + size].reshape((len(rows),) + shape))
            start += size
    result = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    result = result if isinstance(result, (list, tuple)) else [result]
    return np.concatenate([np.asarray(y, "float64").reshape(len(rows), -1) for y in result], axis=1)


def differences(model, fixed, x, step):
    steps = np.eye(len(x)) * step
    values = [evaluate(model, fixed, x + k * steps) for k in (-2, -1, 1, 2)]
    return ((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)).T


def compressed(path):
    """Packs the archive's entries, whose order stays."""
    with zipfile.ZipFile(path) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def randomised(model, random):
    """Weights that no initialiser hides anything of: zero biases and unit scales would."""
    for weight in model.weights:
        value = np.asarray(weight)
        if "float" in str(value.dtype):
            name = getattr(weight, "path", weight.name)
            shift = 1.2 if "variance" in name else 0
            weight.assign((np.abs if shift else np.array)(random.normal(0, 0.5, value.shape)) + shift)


def main(folder, prefix="", kinds=("keras", "h5"), only=()):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "cases.txt", "a") as index, open(folder / "values.bin", "ab") as values:
        for name, build in cases.items():
            if only and name not in only:
                continue
            keras.utils.set_random_seed(len(name))
            random = np.random.default_rng(zlib.crc32(name.encode()))
            try:
                built = build()
                model, fixed = built if isinstance(built, tuple) else (built, {})
                if name != "normalization_adapted":
                    randomised(model, random)
                n = sum(int(np.prod(port.shape[1:])) for port in model.inputs if port.name.split(":")[0] not in fixed)
                for _ in range(20):
                    x = random.uniform(-1.5, 1.5, n)
                    if "masked" in name and not fixed:
                        shape = tuple(model.inputs[0].shape[1:])
                        x.reshape(shape)[[0, -1]] = 0.25
                    J = differences(model, fixed, x, 1e-3) if "masked" not in name or fixed else None
                    if J is None:
                        # Steps of the masked elements would unmask them.
                        J = np.full((evaluate(model, fixed, x[None]).shape[1], n), np.nan)
                        moving = np.flatnonzero(x != 0.25)
                        for k in moving:
                            rows = np.array([x + s * 1e-3 * np.eye(n)[k] for s in (-2, -1, 1, 2)])
                            v = evaluate(model, fixed, rows)
                            J[:, k] = (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / 12e-3
                        break
                    if np.max(np.abs(J - differences(model, fixed, x, 5e-4))) < 1e-7:
                        break
                else:
                    raise RuntimeError("no place without kinks")
                y = evaluate(model, fixed, x[None])[0]
                written = []
                for kind in kinds:
                    file = folder / f"{prefix}{name}.{kind}"
                    try:
                        model.save(file) if modern or kind == "keras" else model.save(file, save_format="h5")
                        written.append((kind, file))
                    except Exception as error:
                        print(f"{prefix}{name}.{kind}: not saved: {str(error)[:100]}")
                        file.unlink(missing_ok=True)
            except Exception as error:
                print(f"{prefix}{name}: {type(error).__name__}: {str(error)[:200]}")
                continue
            for kind, file in written:
                if kind == "keras":
                    compressed(file)
                print(f"case {file.name} {len(x)} {len(y)}", file=index)
                for port, numbers in fixed.items():
                    print(f"fixed {port}", ",".join(map(str, numbers)), file=index)
                print("end", file=index)
                values.write(np.concatenate([x, y, J.ravel()]).astype("<f8").tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:3], *(arg.split(",") for arg in sys.argv[3:]))
