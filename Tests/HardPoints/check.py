#!/usr/bin/env python3
"""Networks at hard points against the right values: check.py LIBRARY bugs.json...

Every case of the files and of cases.py runs in each mode that its values tell of: outputs; the Jacobian in both orders, sparse, and by products
from both sides; the Hessian and its products; refusals; saving. Tests/Corpus/bugs/README.md has the keys of a case.
Ends with `N passed, N failed`.
"""
import json
import os
import sys
import tempfile

import numpy
import onnx
import onnx.parser
import onnxruntime

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "NodeSuite"))
import netjac
from cases import CASES

TOLERANCE = 1e-9
MESSAGE_LIMIT = 1000
counts = {"passed": 0, "failed": 0}
onnxruntime.set_default_logger_severity(3)


def check(holds, message):
    counts["passed" if holds else "failed"] += 1
    if not holds:
        print("FAILED:", message)


def numbers(values):
    return numpy.array(values, dtype=float)


def close(found, right):
    """Relative to each element; what is 0, NaN or infinite must be so exactly."""
    found, right = numpy.asarray(found, float), numpy.asarray(right, float)
    return found.shape == right.shape and numpy.allclose(found, right, rtol=TOLERANCE, atol=0, equal_nan=True)


def text(values):
    return " ".join(numpy.array2string(values, threshold=40, max_line_width=1000).split())


def compare(name, mode, right, function):
    try:
        found = function()
    except netjac.Refusal as refusal:
        check(False, f"{name}: {mode}: {refusal}")
        return
    check(close(found, right), f"{name}: {mode} is {text(found)}; right is {text(right)}")


def in_columns(network, x):
    """The Jacobian in column-major order, as rows."""
    result = numpy.full((network.n, network.m), numpy.nan)
    netjac.call("jacobian", network.handle, netjac.ctypes.c_int64(1), netjac.pointer(x), None, netjac.pointer(result), 1)
    return result.T


def check_jacobian(name, network, x, right):
    compare(name, "jacobian", right, lambda: network.jacobian(x))
    compare(name, "jacobian in columns", right, lambda: in_columns(network, x))
    compare(name, "jacobian_sparse", right, lambda: network.sparse_jacobian(x))
    if numpy.isnan(right).any():
        # A product adds up whole rows or columns.
        return
    columns = lambda: numpy.stack([network.jvp(x, seed) for seed in numpy.eye(network.n)], 1)
    compare(name, "jvp", right, columns)
    rows = lambda: numpy.stack([network.vjp(x, seed) for seed in numpy.eye(network.m)], 0)
    compare(name, "vjp", right, rows)
    # The sample's place in a batch and its neighbours change nothing.
    others, seeds = numpy.tile(x, (19, 1)), numpy.tile(numpy.eye(network.n)[0], (19, 1))
    compare(name, "jvp in a batch", right[:, 0], lambda: network.jvp(others, seeds)[17])


def check_hessian(name, network, x, weights, right):
    compare(name, "hessian", right, lambda: network.hessian(x, weights))
    columns = lambda: numpy.stack([network.hvp(x, weights, seed) for seed in numpy.eye(network.n)], 1)
    compare(name, "hvp", right, columns)


def check_values(name, network, case):
    x = numbers(case["x"])
    if "y" in case:
        compare(name, "forward", numbers(case["y"]), lambda: network.forward(x))
    if "J" in case:
        check_jacobian(name, network, x, numbers(case["J"]))
    for mode in ("jvp", "vjp"):
        if mode in case:
            vector, product = map(numbers, case[mode])
            compare(name, mode, product, lambda: getattr(network, mode)(x, vector))
    if "H" in case:
        check_hessian(name, network, x, *map(numbers, case["H"]))


TYPES = {"tensor(double)": numpy.float64, "tensor(float)": numpy.float32, "tensor(int64)": numpy.int64,
         "tensor(int32)": numpy.int32, "tensor(int8)": numpy.int8, "tensor(uint8)": numpy.uint8,
         "tensor(bool)": numpy.bool_}


def run_elsewhere(path, network, x):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feed, start = {}, 0
    for port, (_, dims) in zip(session.get_inputs(), network.ports("input")):
        size = int(numpy.prod(dims))
        shape = [length if isinstance(length, int) else 1 for length in port.shape]
        feed[port.name] = x[start:start + size].astype(TYPES[port.type]).reshape(shape)
        start += size
    return numpy.concatenate([numpy.asarray(y, float).reshape(-1) for y in session.run(None, feed)])


def check_saving(name, network, folder):
    path = os.path.join(folder, "saved.onnx")
    x = numpy.arange(1.0, network.n + 1)
    y = network.forward(x)
    netjac.call("save", network.handle, path.encode())
    with netjac.Network(path, {}) as again:
        check(again.ports("input") == network.ports("input"), f"{name}: saved with other inputs")
        check(again.ports("output") == network.ports("output"), f"{name}: saved with other outputs")
        check(close(again.forward(x), y), f"{name}: a round trip changes numbers")
    onnx.checker.check_model(onnx.load(path), full_check=True)
    check(close(run_elsewhere(path, network, x), y), f"{name}: ONNX Runtime computes other outputs")


def check_case(folder, case, scratch):
    name = case.get("note", "") or case["model"]
    try:
        network = netjac.Network(os.path.join(folder, case["model"]), case.get("options", {}))
    except netjac.Refusal as refusal:
        check("refuse" in case, f"{name}: {refusal}")
        check(case.get("mentions", "") in str(refusal), f"{name}: the message is {refusal}")
        check(10 < len(str(refusal)) <= MESSAGE_LIMIT, f"{name}: a message of {len(str(refusal))} characters")
        return
    with network:
        check("refuse" not in case, f"{name}: loads; it must be refused")
        if "x" in case:
            check_values(name, network, case)
        if "save" in case:
            check_saving(name, network, scratch)


def write(case, folder):
    """A case that is written out, as a file; returns the case with its name."""
    model = onnx.parser.parse_model('<ir_version: 8, opset_import: ["": %d]>\n%s' % (case.get("opset", 18), case["graph"]))
    path = os.path.join(folder, "written.onnx")
    onnx.save(model, path)
    return {**case, "model": path, "note": case["model"]}


netjac.open_library(os.path.abspath(sys.argv[1]))
with tempfile.TemporaryDirectory() as scratch:
    for path in sys.argv[2:]:
        with open(path) as file:
            cases = json.load(file)
        for case in cases:
            try:
                check_case(os.path.dirname(path), case, scratch)
            except Exception as error:
                check(False, f"{case['model']}: {type(error).__name__}: {str(error)[:400]}")
    for case in CASES:
        try:
            check_case("", write(case, scratch), scratch)
        except Exception as error:
            check(False, f"{case['model']}: {type(error).__name__}: {str(error)[:400]}")
print(f"{counts['passed']} passed, {counts['failed']} failed")
sys.exit(counts["failed"] > 0)
