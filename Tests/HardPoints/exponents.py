#!/usr/bin/env python3
"""Elementwise operators at x = ±10^k, k = -300 … 300, against extended precision: exponents.py LIBRARY [TABLE]

Value, first and second derivative of each; prints the worst errors of each operator, and writes them to TABLE, a page of
documentation, if one is named. Ends with `N passed, N failed`. Source of the right values: mpmath.
"""
import os
import sys
import tempfile

import mpmath
import numpy
import onnx
from mpmath import mpf
from onnx import helper

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "NodeSuite"))
import netjac

# In units in the last place for values, relative for derivatives.
LIMITS = (4.0, 1e-13, 1e-11)
# What is written out rounds the argument of an exponential, which counts far out as many times as that is large.
WRITTEN_OUT, INEXACT_ROOT = "Gelu (tanh), written out", "Gelu, float32 √2"
VALUE_LIMITS = {WRITTEN_OUT: 64.0, INEXACT_ROOT: 64.0}
LEAST_NORMAL, LARGEST = mpf(2) ** -1022, mpf(2) ** 1024
m = mpmath.mp


def real_or_nan(value):
    return value if isinstance(value, mpf) else mpmath.nan


def far(x):
    """Whether exp(x) is far beyond all numbers in double precision, or below them."""
    return abs(x) > 2000


def exp(x):
    return m.exp(x) if not far(x) else mpf(0) if x < 0 else m.inf


def sigmoid(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def sech(x):
    return mpf(0) if far(x) else 2 / (exp(x) + exp(-x))


def hyperbolic(function):
    return lambda x: m.inf if far(x) else function(x)


sinh, cosh = hyperbolic(lambda x: m.sinh(x)), hyperbolic(lambda x: m.cosh(x))


def erf(x):
    return m.sign(x) if far(x) else m.erf(x)


def normal(x):
    if far(x):
        return mpf(1 if x > 0 else 0)
    return m.erfc(-x / m.sqrt(2)) / 2


def density(x):
    return exp(-x * x / 2) / m.sqrt(2 * m.pi)


def product(f, g):
    """The derivatives of a product from those of its factors."""
    return (f[0] * g[0], f[1] * g[0] + f[0] * g[1], f[2] * g[0] + 2 * f[1] * g[1] + f[0] * g[2])


def chain(f, u):
    """The derivatives of f at u, u being what f is applied to."""
    y = f(u[0])
    return (y[0], y[1] * u[1], y[2] * u[1] ** 2 + y[1] * u[2])


def tanh(x):
    t, s = m.sign(x) if far(x) else m.tanh(x), sech(x) ** 2
    return (t, s, -2 * t * s)


def logistic(x):
    s = sigmoid(x)
    return (s, s * sigmoid(-x), s * sigmoid(-x) * (sigmoid(-x) - s))


def softplus(x):
    s = sigmoid(x)
    return (m.log1p(exp(-abs(x))) + max(x, 0), s, s * sigmoid(-x))


def line(x):
    return (x, mpf(1), mpf(0))


def power(exponent):
    def values(x):
        a = mpf(exponent)
        if x < 0 and a != int(a):
            return (mpmath.nan,) * 3
        return (x ** a, a * x ** (a - 1), a * (a - 1) * x ** (a - 2))
    return values


def gelu_tanh(x):
    a, c = mpf(0.044715), 2 * m.sqrt(2 / m.pi)
    u = (c * (x + a * x ** 3), c * (1 + 3 * a * x ** 2), 6 * a * c * x)
    return product(line(x), chain(logistic, u))


def complementary(x):
    slope = -2 / m.sqrt(m.pi) * exp(-x * x)
    return (m.erfc(x) if not far(x) else mpf(0 if x > 0 else 2), slope, -2 * x * slope)


def reflected(function, factor=-1):
    """The derivatives of f(factor·x)."""
    def values(x):
        y = function(factor * x)
        return (y[0], factor * y[1], factor ** 2 * y[2])
    return values


def times(number, function):
    return lambda x: tuple(number * value for value in function(x))


def log_sum(x):
    """log(exp(x) + exp(-x)), which grows as |x|."""
    t, s, _ = tanh(x)
    return (abs(x) + m.log1p(exp(-2 * abs(x))), t, s)


def gelu_within(bound, function):
    """Where what is written out does not overflow on the way."""
    return lambda x: function(x) if abs(x) < bound else (mpmath.nan,) * 3


def exponential_unit(scale, width=1, gain=1):
    scale, width, gain = mpf(numpy.float32(scale).item()), mpf(width), mpf(numpy.float32(gain).item())
    def values(x):
        if x > 0:
            return (gain * x, gain, mpf(0))
        e = exp(x / width)
        return (gain * scale * (m.expm1(x / width) if not far(x / width) else mpf(-1)), gain * scale * e / width, gain * scale * e / width ** 2)
    return values


def piecewise(*parts):
    """Lines (bound, slope, offset): the first whose bound x is below."""
    def values(x):
        for bound, slope, offset in parts:
            if bound is None or x < bound:
                return (slope * x + offset, mpf(slope), mpf(0))
    return values


def hard_swish(x):
    if x <= -3:
        return (mpf(0),) * 3
    return (x, mpf(1), mpf(0)) if x >= 3 else (x * (x + 3) / 6, (2 * x + 3) / 6, mpf(1) / 3)


THIRD = mpf(1) / 3
LEAK = mpf(numpy.float32(0.01).item())
SELU = (1.67326319217681884765625, 1.05070102214813232421875)


def one(name, function, opset=18, **attributes):
    return (name, opset, [(name, ["x"], attributes)], function)


def outside_unit(x):
    return abs(x) >= 1


def nan_where(condition, function):
    return lambda x: (mpmath.nan,) * 3 if condition(x) else function(x)


ROOT = float(numpy.sqrt(2.0))
SINGLE_ROOT = float(numpy.float32(numpy.sqrt(2.0)))
GELU = lambda x: product(line(x), (normal(x), density(x), -x * density(x)))


def gelu_as_written(root):
    """With a divisor that is not quite √2."""
    return lambda x: product(line(x), times(mpf(0.5), reflected(complementary, -1 / mpf(root)))(x))


ONE_PLUS = [("Erf", ["x"], {}), ("Add", [1.0, "0"], {})]

OPERATORS = [
    one("Neg", lambda x: (-x, mpf(-1), mpf(0))),
    one("Abs", lambda x: (abs(x), m.sign(x), mpf(0))),
    one("Reciprocal", lambda x: (1 / x, -1 / x ** 2, 2 / x ** 3)),
    one("Sqrt", power(0.5)),
    one("Exp", lambda x: (exp(x),) * 3),
    one("Log", nan_where(lambda x: x < 0, lambda x: (m.log(x), 1 / x, -1 / x ** 2))),
    one("Erf", lambda x: (erf(x), 2 / m.sqrt(m.pi) * exp(-x * x), -4 * x / m.sqrt(m.pi) * exp(-x * x))),
    one("Sin", lambda x: (m.sin(x), m.cos(x), -m.sin(x))),
    one("Cos", lambda x: (m.cos(x), -m.sin(x), -m.cos(x))),
    one("Tan", lambda x: (m.tan(x), 1 + m.tan(x) ** 2, 2 * m.tan(x) * (1 + m.tan(x) ** 2))),
    one("Asin", nan_where(outside_unit, lambda x: (m.asin(x), 1 / m.sqrt(1 - x * x), x / m.sqrt(1 - x * x) ** 3))),
    one("Acos", nan_where(outside_unit, lambda x: (m.acos(x), -1 / m.sqrt(1 - x * x), -x / m.sqrt(1 - x * x) ** 3))),
    one("Atan", lambda x: (m.atan(x), 1 / (1 + x * x), -2 * x / (1 + x * x) ** 2)),
    one("Sinh", lambda x: (sinh(x), cosh(x), sinh(x))),
    one("Cosh", lambda x: (cosh(x), sinh(x), cosh(x))),
    one("Asinh", lambda x: (m.asinh(x), 1 / m.sqrt(1 + x * x), -x / m.sqrt(1 + x * x) ** 3)),
    one("Acosh", nan_where(lambda x: x <= 1,
                           lambda x: (m.acosh(x), 1 / m.sqrt(x * x - 1), -x / m.sqrt(x * x - 1) ** 3))),
    one("Atanh", nan_where(outside_unit, lambda x: (m.atanh(x), 1 / (1 - x * x), 2 * x / (1 - x * x) ** 2))),
    one("Tanh", tanh),
    one("Sigmoid", logistic),
    one("Softplus", softplus),
    one("Softsign", lambda x: (x / (1 + abs(x)), 1 / (1 + abs(x)) ** 2, -2 * m.sign(x) / (1 + abs(x)) ** 3)),
    one("Gelu", GELU, 20),
    ("Gelu, x/2·(1 + Erf)", 18, [("Div", ["x", ROOT], {}), ("Erf", ["0"], {}), ("Add", ["1", 1.0], {}), ("Mul", ["x", "2"], {}),
                               ("Mul", ["3", 0.5], {})], GELU),
    ("Gelu, (Erf + 1)·x/2", 18, [("Mul", ["x", 1 / ROOT], {}), ("Erf", ["0"], {}), ("Add", [1.0, "1"], {}), ("Mul", ["x", 0.5], {}),
                               ("Mul", ["2", "3"], {})], GELU),
    (INEXACT_ROOT, 18, [("Div", ["x", SINGLE_ROOT], {}), ("Erf", ["0"], {}), ("Add", ["1", 1.0], {}), ("Mul", ["x", "2"], {}),
                             ("Mul", ["3", 0.5], {})], gelu_as_written(SINGLE_ROOT)),
    ("1 + Erf", 18, ONE_PLUS, reflected(complementary)),
    ("1 - Erf", 18, [("Erf", ["x"], {}), ("Sub", [1.0, "0"], {})], complementary),
    ("1 + Tanh", 18, [("Tanh", ["x"], {}), ("Add", [1.0, "0"], {})], times(2, reflected(logistic, 2))),
    ("1 - Tanh", 18, [("Tanh", ["x"], {}), ("Sub", [1.0, "0"], {})], times(2, reflected(logistic, -2))),
    (WRITTEN_OUT, 18, [("Mul", ["x", "x"], {}), ("Mul", ["x", "0"], {}), ("Mul", ["1", 0.044715], {}), ("Add", ["x", "2"], {}),
                       ("Mul", ["3", float(numpy.sqrt(2 / numpy.pi))], {}), ("Tanh", ["4"], {}), ("Add", ["5", 1.0], {}),
                       ("Mul", ["x", 0.5], {}), ("Mul", ["7", "6"], {})],
     gelu_within(1e100, lambda x: gelu_tanh(x))),
    ("Gelu (tanh)", 20, [("Gelu", ["x"], {"approximate": "tanh"})], gelu_tanh),
    one("Mish", lambda x: product(line(x), chain(tanh, softplus(x)))),
    ("Swish", 18, [("Sigmoid", ["x"], {}), ("Mul", ["x", "0"], {})], lambda x: product(line(x), logistic(x))),
    one("Elu", exponential_unit(1.0)),
    one("Selu", exponential_unit(SELU[0], 1, SELU[1])),
    one("Celu", exponential_unit(2.0, 2), alpha=2.0),
    one("Relu", piecewise((0, 0, 0), (None, 1, 0))),
    one("LeakyRelu", piecewise((0, LEAK, 0), (None, 1, 0))),
    one("HardSigmoid", piecewise((-2, 0, 0), (2, mpf(0.25), mpf(0.5)), (None, 0, 1)), alpha=0.25, beta=0.5),
    one("HardSwish", hard_swish),
    one("ThresholdedRelu", piecewise((mpf(1.5), 0, 0), (None, 1, 0)), alpha=1.5),
    one("Shrink", piecewise((-0.5, 1, 0), (0.5, 0, 0), (None, 1, 0))),
    ("Pow 2", 18, [("Pow", ["x", 2.0], {})], power(2)),
    ("Pow 3", 18, [("Pow", ["x", 3.0], {})], power(3)),
    ("Pow -1.5", 18, [("Pow", ["x", -1.5], {})], power(-1.5)),
    ("Pow 0.25", 18, [("Pow", ["x", 0.25], {})], power(0.25)),
    ("Log of Sigmoid", 18, [("Sigmoid", ["x"], {}), ("Log", ["0"], {})],
     lambda x: (-softplus(-x)[0], sigmoid(-x), -sigmoid(x) * sigmoid(-x))),
    ("Log of 1 - Sigmoid", 18, [("Sigmoid", ["x"], {}), ("Sub", [1.0, "0"], {}), ("Log", ["1"], {})], times(-1, softplus)),
    ("Log of Exp + Exp", 18, [("Neg", ["x"], {}), ("Concat", ["x", "0"], {"axis": 1}), ("Exp", ["1"], {}),
                              ("ReduceSum", ["2", [1]], {}), ("Log", ["3"], {})], log_sum),
    ("Log of 1 + Exp", 18, [("Exp", ["x"], {}), ("Add", ["0", 1.0], {}), ("Log", ["1"], {})], softplus),
]

# Slopes that are made of the value lose digits where that comes near 1: errors of the first and second derivative
# relative to 1 there.
FROM_THE_VALUE = {"Tanh", "Sigmoid", "Softplus", "Swish", "Mish", "Log of Sigmoid", "Log of 1 + Exp", "Gelu (tanh)", WRITTEN_OUT,
                  "1 + Tanh", "1 - Tanh", "Log of 1 - Sigmoid", "Log of Exp + Exp"}


def write_model(path, opset, steps):
    nodes, constants = [], []
    for place, (operation, inputs, attributes) in enumerate(steps):
        names = []
        for name in inputs:
            if isinstance(name, list):
                constants.append(helper.make_tensor(f"c{len(constants)}", onnx.TensorProto.INT64, [len(name)], name))
                name = constants[-1].name
            if isinstance(name, float):
                constants.append(helper.make_tensor(f"c{len(constants)}", onnx.TensorProto.DOUBLE, [], [name]))
                name = constants[-1].name
            names.append(name)
        output = "y" if place == len(steps) - 1 else str(place)
        nodes.append(helper.make_node(operation, names, [output], **attributes))
    port = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, ["N", 1])
    graph = helper.make_graph(nodes, "g", [port("x")], [port("y")], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    onnx.save(model, path)


def error(found, right, is_value):
    """How far off a number is, or None where the right one is none or out of range."""
    if mpmath.isnan(right) or abs(right) >= LARGEST:
        return None
    if not numpy.isfinite(found):
        return float("inf")
    if abs(right) < LEAST_NORMAL:
        return 0.0 if abs(mpf(float(found)) - right) <= 4 * LEAST_NORMAL else float("inf")
    size = abs(mpf(float(found)) - right)
    if is_value:
        return float(size / mpf(float(numpy.spacing(abs(float(right))))))
    return float(size / abs(right))


def arguments():
    powers = [float(f"1e{k}") for k in range(-300, 301)]
    return [sign * x for sign in (1, -1) for x in powers]


def main():
    netjac.open_library(os.path.abspath(sys.argv[1]))
    xs, passed, failed, rows = arguments(), 0, 0, []
    samples = numpy.array(xs).reshape(-1, 1)
    ones = numpy.ones_like(samples)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        for name, opset, steps, function in OPERATORS:
            write_model(path, opset, steps)
            with netjac.Network(path, {}) as network:
                found = (network.forward(samples), network.jvp(samples, ones), network.hvp(samples, ones, ones))
            worst, where = [0.0] * 3, [0.0] * 3
            for place, x in enumerate(xs):
                # As many digits as may cancel: those of 1 + x or of 1 - x.
                mpmath.mp.dps = 50 + int(abs(numpy.log10(abs(x))))
                right = [real_or_nan(value) for value in function(mpf(x))]
                for order in range(3):
                    off = error(found[order][place, 0], right[order], order == 0)
                    if off is None:
                        continue
                    if order > 0 and name in FROM_THE_VALUE and off > LIMITS[order]:
                        off = float(abs(mpf(float(found[order][place, 0])) - right[order]))
                    if off > worst[order]:
                        worst[order], where[order] = off, x
            limits = (VALUE_LIMITS.get(name, LIMITS[0]), *LIMITS[1:])
            holds = all(off <= limit for off, limit in zip(worst, limits))
            passed, failed = passed + holds, failed + (not holds)
            rows.append((name, worst))
            if not holds:
                print(f"FAILED: {name}: errors {worst[0]:.2g} ulp, {worst[1]:.1e}, {worst[2]:.1e} at {where}")
    for name, worst in rows:
        print(f"{name:24} {worst[0]:5.2f} ulp   {worst[1]:.1e}   {worst[2]:.1e}")
    if len(sys.argv) > 2:
        write_table(sys.argv[2], rows)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def write_table(path, rows):
    with open(path, "w") as file:
        file.write("""# Large and small arguments

The worst errors of elementwise operators of ONNX at x = ±10^k, k = -300 … 300, in double precision: of the value in units in the
last place, of the first and second derivative relative to the right one, wherever that is a normal number. Made by
`Tests/HardPoints/exponents.py` against extended precision. Derivatives of operators with a star are made of a value that comes near
1 far out; where the relative error is larger than that of the others, the one that counts is relative to 1. What is written out with
an argument that the network itself rounds has that rounding in its value, as many times as the argument is large.

| operator | value (ulp) | first derivative | second derivative |
|---|---|---|---|
""")
        for name, worst in rows:
            star = "*" if name in FROM_THE_VALUE else ""
            file.write(f"| {name}{star} | {worst[0]:.2f} | {worst[1]:.1e} | {worst[2]:.1e} |\n")


main()
