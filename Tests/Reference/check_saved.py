#!/usr/bin/env python3
"""Saves networks with NetJac and opens the files elsewhere: check_saved.py LIBRARY MODEL...

Each model is loaded, saved, loaded again (the same numbers must come), checked by onnx, and run by ONNX Runtime, as is
the file of outputs and Jacobian; in double precision, then in single precision, in which convolutions and pools are
written as such. Ends with `N passed, N failed`. Needs onnx, onnxruntime and numpy.
"""
import ctypes
import os
import sys
import tempfile

import numpy
import onnx
import onnxruntime

onnxruntime.set_default_logger_severity(3)
library = ctypes.CDLL(os.path.abspath(sys.argv[1]))
library.netjac_last_error.restype = ctypes.c_char_p
library.netjac_options_create.restype = ctypes.c_void_p
for name in ("input", "output"):
    getattr(library, f"netjac_{name}_name").restype = ctypes.c_char_p
    getattr(library, f"netjac_{name}_dim").restype = ctypes.c_int64
    getattr(library, f"netjac_{name}_size").restype = ctypes.c_int64
counts = {"passed": 0, "failed": 0}


class Refusal(Exception):
    pass


def call(name, *arguments):
    if getattr(library, name)(*arguments) != 0:
        raise Refusal(f"{name}: {library.netjac_last_error().decode()}")


def check(holds, message):
    counts["passed" if holds else "failed"] += 1
    if not holds:
        print("FAILED:", message)


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


class Network:
    def __init__(self, path, precision="float64"):
        self.handle = ctypes.c_void_p()
        options = ctypes.c_void_p(library.netjac_options_create())
        try:
            call("netjac_options_set", options, b"precision", precision.encode())
            call("netjac_load", path.encode(), options, ctypes.byref(self.handle))
        finally:
            library.netjac_options_release(options)
        self.n = library.netjac_input_size(self.handle)
        self.m = library.netjac_output_size(self.handle)
        self.inputs, self.outputs = self.ports("input"), self.ports("output")

    def __del__(self):
        library.netjac_release(self.handle)

    def ports(self, kind):
        query = lambda what, *index: getattr(library, f"netjac_{kind}_{what}")(self.handle, *index)
        return [
            (query("name", k).decode(), [query("dim", k, a) for a in range(query("rank", k))])
            for k in range(query("count"))
        ]

    def forward(self, x):
        y = numpy.zeros((len(x), self.m))
        call("netjac_forward", self.handle, ctypes.c_int64(len(x)), pointer(x), pointer(y))
        return y

    def jacobian(self, x):
        j = numpy.zeros((len(x), self.m, self.n))
        call("netjac_jacobian", self.handle, ctypes.c_int64(len(x)), pointer(x), None, pointer(j), 0)
        return j

    def save(self, path, function="netjac_save"):
        call(function, self.handle, path.encode())


TYPES = {"tensor(double)": numpy.float64, "tensor(float)": numpy.float32, "tensor(int64)": numpy.int64,
         "tensor(bool)": numpy.bool_}


def run(path, network, x):
    """The outputs that ONNX Runtime computes, a row for each sample."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    declared = session.get_inputs()
    is_open = any(isinstance(length, str) for port in declared for length in port.shape)
    batches = [x] if is_open else [row[None] for row in x]
    results = []
    for rows in batches:
        feed, start = {}, 0
        for port, (name, dims) in zip(declared, network.inputs):
            size = int(numpy.prod(dims))
            shape = [length if isinstance(length, int) else len(rows) for length in port.shape]
            feed[name] = rows[:, start:start + size].astype(TYPES[port.type]).reshape(shape)
            start += size
        results.append([numpy.asarray(y, float).reshape(len(rows), -1) for y in session.run(None, feed)])
    return [numpy.concatenate(parts) for parts in zip(*results)], is_open


def close(a, b, tolerance):
    return a.shape == b.shape and numpy.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)


LAYERS = {"Conv", "ConvTranspose", "AveragePool"}


def operators(path):
    return {node.op_type for node in onnx.load(path).graph.node}


def check_model(model, folder, precision):
    network = Network(model, precision)
    case = os.path.join(os.path.dirname(model), "x.bin")
    if os.path.exists(case) and os.path.getsize(case) // 8 % network.n != 0:
        print(f"{model}: left out, since it needs options")
        return False
    if os.path.exists(case):
        x = numpy.fromfile(case).reshape(-1, network.n)[:3].copy()
    else:
        x = numpy.sin(numpy.arange(1.0, 3 * network.n + 1)).reshape(3, network.n)
    y, jacobian = network.forward(x), network.jacobian(x)
    saved, both = os.path.join(folder, "saved.onnx"), os.path.join(folder, "jacobian.onnx")
    network.save(saved)
    again = Network(saved, precision)
    is_single = precision == "float32"
    check(again.inputs == network.inputs and again.outputs == network.outputs, f"{model}: other inputs or outputs")
    check(close(again.forward(x), y, 1e-5 if is_single else 1e-13), f"{model}: a round trip changes numbers")
    if is_single:
        lost = (operators(model) & LAYERS) - operators(saved)
        check(not lost, f"{model}: {lost} is written in another way")
    network.save(both, "netjac_save_jacobian")
    # Functions that ONNX Runtime has in single precision only limit what can be compared.
    file = onnx.load(saved)
    nodes = [*file.graph.node, *(node for function in file.functions for node in function.node)]
    single = any(node.op_type == "Cast" and node.attribute[0].i == 1 for node in nodes)
    tolerance = 3e-4 if is_single else 2e-5 if single else 1e-9
    for path in (saved, both):
        onnx.checker.check_model(onnx.load(path), full_check=True)
    found, is_open = run(saved, network, x)
    check(close(numpy.concatenate(found, 1), y, tolerance), f"{model}: ONNX Runtime computes other outputs")
    found, _ = run(both, network, x)
    check(close(numpy.concatenate(found[:-1], 1), y, tolerance), f"{model}: other outputs beside the Jacobian")
    check(close(found[-1], jacobian.reshape(len(x), -1), tolerance), f"{model}: ONNX Runtime computes another Jacobian")
    return is_open


with tempfile.TemporaryDirectory() as folder:
    open_count = 0
    for model in sys.argv[2:]:
        for precision in ("float64", "float32"):
            try:
                is_open = check_model(model, folder, precision)
                open_count += is_open and precision == "float64"
            except Exception as error:
                check(False, f"{model}: {type(error).__name__}: {str(error)[:400]}")
print(f"{open_count} of {len(sys.argv) - 2} files take batches of any length")
print(f"{counts['passed']} passed, {counts['failed']} failed")
sys.exit(counts["failed"] > 0)
