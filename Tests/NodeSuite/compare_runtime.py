#!/usr/bin/env python3
"""Random uses of operators in NetJac and in ONNX Runtime: compare_runtime.py LIBRARY [ROUNDS [GENERATOR...]]

What the runtime refuses is left out and counted. Prints the counts per operator and `N passed, N failed`.
"""
import collections
import os
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import netjac
from corner_cases import GENERATORS
from derivatives import DerivativeTest

onnxruntime.set_default_logger_severity(4)


def model_of(operator, version, operands, attributes, output_count):
    names = [f"x{k}" if operand is not None else "" for k, operand in enumerate(operands)]
    inputs, constants = [], []
    for name, operand in zip(names, operands):
        if operand is None:
            continue
        # Scales decide on shapes, and regions of interest on how many points are taken.
        if operand.dtype.kind == "f" and operator not in ("Resize", "RoiAlign") or name == "x0":
            inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, operand.shape))
        else:
            constants.append(numpy_helper.from_array(operand, name))
    while names and not names[-1]:
        names.pop()
    outputs = [f"y{k}" for k in range(output_count)]
    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph([node], "corner", inputs, [onnx.ValueInfoProto(name=name) for name in outputs], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=10)


def runtime_outputs(model, operands):
    """What ONNX Runtime computes, or None if it refuses."""
    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(None, {port.name: operands[int(port.name[1:])] for port in model.graph.input})
    except Exception:
        return None


def reference_outputs(model, operands):
    """What ONNX's reference evaluator computes, or None if it refuses."""
    try:
        session = ReferenceEvaluator(model)
        with numpy.errstate(all="ignore"):
            outputs = session.run(None, {port.name: operands[int(port.name[1:])] for port in model.graph.input})
        return [numpy.asarray(output) for output in outputs]
    except Exception:
        return None


def compare(model, operands, wanted, with_derivatives=True):
    """What is wrong, or None."""
    x = numpy.concatenate([operands[int(port.name[1:])].ravel() for port in model.graph.input]).astype(numpy.float64)
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(model.SerializeToString())
        file.flush()
        try:
            network = netjac.Network(file.name, {})
        except netjac.Refusal as refusal:
            return str(refusal)
    with network:
        y = network.forward(x)
        if len(y) != sum(array.size for array in wanted):
            return f"{network.ports('output')}; shapes {[array.shape for array in wanted]} are wanted"
        start = 0
        for number, array in enumerate(wanted):
            found = y[start:start + array.size]
            start += array.size
            if not numpy.allclose(found, array.ravel(), rtol=2e-4, atol=2e-5, equal_nan=True):
                return f"output {number} is {found[:8]}; {array.ravel()[:8]} is wanted"
        if not with_derivatives:
            return None
        inputs = [operands[int(port.name[1:])] for port in model.graph.input]
        derivatives = DerivativeTest(network, inputs, seed=1)
        derivatives.run()
    return "; ".join(dict.fromkeys(derivatives.failures)) or None


def main(library, rounds=30, *names):
    netjac.open_library(os.path.abspath(library))
    counts = collections.defaultdict(collections.Counter)
    for generator in GENERATORS:
        if names and generator.__name__ not in names:
            continue
        for seed in range(int(rounds)):
            case = generator(numpy.random.default_rng(seed))
            operator, _, operands, attributes, _ = case
            model = model_of(*case)
            wanted = runtime_outputs(model, operands)
            if wanted is None:
                counts[operator]["refused"] += 1
                continue
            wrong = compare(model, operands, wanted)
            if wrong:
                other = reference_outputs(model, operands)
                if other is not None and compare(model, operands, other) is None:
                    counts[operator]["disputed"] += 1
                    continue
                wrong += f"; the reference has {[a.shape for a in other]} {other[0].ravel()[:8]}" if other else ""
            counts[operator]["failed" if wrong else "passed"] += 1
            if wrong:
                shapes = [None if operand is None else operand.shape for operand in operands]
                print(f"FAILED: {generator.__name__} {seed}: {operator} {attributes} {shapes}: {wrong}")
    for operator in sorted(counts):
        count = counts[operator]
        print(f"{operator:28} {count['passed']:4} passed, {count['failed']:3} failed, "
              f"{count['refused']:3} left out, {count['disputed']:3} disputed")
    passed, failed = (sum(count[what] for count in counts.values()) for what in ("passed", "failed"))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
