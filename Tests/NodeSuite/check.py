#!/usr/bin/env python3
"""Runs ONNX's own tests of operators through the C interface: check.py LIBRARY LIST [TEST...]

Outputs are compared with inputs bound to constants (all but the real ones), with none bound where that is possible,
in a batch, and at float32. Where reals go in and come out, derivatives of first and second order are held against
differences and against each other. Prints the worst errors per operator, the counts by tier and `N passed, N failed`.
"""
import collections
import concurrent.futures
import multiprocessing
import os
import sys
import time
import traceback
import zlib

import numpy

import netjac
from derivatives import BOUNDS, DerivativeTest
from node_test import STAYS_AT_ZERO, NodeTest, is_real

# How many tests there are to pass, so that none gets lost.
EXPECTED = {
    "node core": 1067, "node integer": 93, "node extended": 210, "simple core": 7, "pytorch-converted core": 82,
    "pytorch-operator core": 34, "pytorch-operator integer": 1,
}
# Reals go in, but only such that decide on shapes or whole numbers; or none at all, with real weights in the file.
NOTHING_TO_DIFFERENTIATE = {
    "test_melweightmatrix", "test_range_float_type_positive_delta", "test_range_float_type_positive_delta_expanded",
    "test_unique_sorted_without_axis", "test_unique_not_sorted_without_axis", "test_unique_sorted_with_axis",
    "test_unique_sorted_with_axis_3d", "test_unique_sorted_with_negative_axis", "test_Embedding",
    "test_Embedding_sparse",
}
PIECEWISE_CONSTANT = {
    "Floor", "Ceil", "Round", "Sign", "Hardmax", "Binarizer", "TreeEnsemble", "ArgMax", "ArgMin", "Equal", "Less",
    "LessOrEqual", "Greater", "GreaterOrEqual", "IsNaN", "IsInf",
}
# More samples than a tile has, and no round number; those of them that are compared with samples alone.
BATCH = 77
SAMPLES = (0, 1, 63, 64, 76)
# Longer samples would take too much memory together.
LARGEST_SAMPLE = 20000

Result = collections.namedtuple("Result", "test operators failures errors")


def numbers(arrays):
    return numpy.concatenate([numpy.zeros(0), *(array.ravel().astype(numpy.float64) for array in arrays)])


def check_batch(network, x, with_derivatives):
    """A batch runs by other plans than a sample, with the same results."""
    if network.n + network.m > LARGEST_SAMPLE:
        return []
    random = numpy.random.default_rng(1)
    xs = numpy.tile(x, (BATCH, 1))
    tangents = random.standard_normal(xs.shape) * numpy.isfinite(x)
    cotangents = random.standard_normal((BATCH, network.m))
    tasks = [(network.forward, (xs,))]
    if with_derivatives:
        tasks += [(network.jvp, (xs, tangents)), (network.vjp, (xs, cotangents)),
                  (network.hvp, (xs, cotangents, tangents))]
    failures = []
    for task, arguments in tasks:
        batch = task(*arguments)
        for sample in SAMPLES:
            alone = task(*(argument[sample] for argument in arguments))
            size = numpy.abs(alone[numpy.isfinite(alone)]).max(initial=0)
            if not numpy.allclose(batch[sample], alone, rtol=1e-10, atol=1e-10 * size, equal_nan=True):
                failures.append(f"{task.__name__} gives other numbers in a batch than for a sample")
                break
    return failures


def check_outputs(test, network, inputs, suffix, loosely=False):
    x = numbers(inputs)
    if len(x) != network.n:
        return [f"{network.n} numbers go in {suffix}; {len(x)} are given"]
    wrong = test.compare(network, network.forward(x), loosely)
    return [f"{wrong} {suffix}"] if wrong else []


def run(line):
    test = NodeTest(line)
    failures, errors, operators = [], {}, []
    try:
        test.read()
        operators = test.operators()
        network, inputs = test.load_bound()
        with network:
            failures += check_outputs(test, network, inputs, "with inputs bound")
            if not failures:
                failures += check_batch(network, numbers(inputs), test.is_real)
            if test.is_real and any(is_real(array) for array in inputs):
                derivatives = DerivativeTest(
                    network, inputs, seed=zlib.crc32(test.name.encode()),
                    is_constant=len(operators) == 1 and operators[0] in PIECEWISE_CONSTANT,
                    moves_zeros=test.name not in STAYS_AT_ZERO)
                derivatives.run()
                failures += derivatives.failures
                errors = derivatives.errors
            elif test.is_real and test.name not in NOTHING_TO_DIFFERENTIATE:
                failures.append("no real input is left to differentiate by")
        opened = test.load_open()
        if opened:
            with opened[0]:
                failures += check_outputs(test, *opened, "with all inputs open")
        # Numbers beyond the range of float32 have no place in it.
        if all(array.dtype != numpy.float64 for array in test.inputs + test.outputs):
            network, inputs = test.load_bound("float32")
            with network:
                failures += check_outputs(test, network, inputs, "at float32", loosely=True)
    except Exception as error:
        place = "" if isinstance(error, netjac.Refusal) else f" ({traceback.format_exc().splitlines()[-2].strip()})"
        failures.append(f"{type(error).__name__}: {error}{place}")
    return Result(test, operators, failures, errors)


def run_all(library, lines):
    """Results in order, from as many processes as there are cores; a crash ends them with a message."""
    workers = len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
            workers, context, initializer=netjac.open_library, initargs=(library,)) as pool:
        results = []
        try:
            for result in pool.map(run, lines, chunksize=4):
                results.append(result)
        except concurrent.futures.process.BrokenProcessPool:
            around = ", ".join(line.split("\t")[2] for line in lines[len(results):][:4 * workers])
            print(f"FAILED: the library ended the process in one of {around}")
        return results


def tested_operators(results):
    """What each test is about: its operator; for a function's body that of the function's test; else all it has."""
    operators = {result.test.name: result.operators for result in results}
    return {name: operators.get(name.split("_expanded")[0], own) if "_expanded" in name else own
            for name, own in operators.items()}


def print_table(results):
    """The worst errors per operator."""
    kinds = ("jvp", "vjp", "second")
    worst = collections.defaultdict(lambda: dict.fromkeys(kinds, 0.0))
    counts = collections.Counter()
    about = tested_operators(results)
    for result in results:
        if not result.errors:
            continue
        for operator in about[result.test.name]:
            counts[operator] += 1
            for kind in kinds:
                worst[operator][kind] = max(worst[operator][kind], result.errors[kind])
    print(f"{'operator':32} {'tests':>5} {'JVP':>9} {'VJP':>9} {'2nd order':>9}")
    for operator in sorted(worst):
        print(f"{operator:32} {counts[operator]:5} " + " ".join(f"{worst[operator][kind]:9.1e}" for kind in kinds))
    return len(worst)


def print_summary(results, operator_count, started):
    """The counts by tier and the worst errors; gives how many tests are missing."""
    passed = collections.Counter(f"{r.test.kind} {r.test.tier}" for r in results if not r.failures)
    for tier, count in EXPECTED.items():
        print(f"{tier}: {passed[tier]} of {count}")
    differentiated = [result for result in results if result.errors]
    labels = {"jvp": "J·v against differences", "vjp": "w·J against J·v", "second": "H·v against differences",
              "symmetry": "u·H·v against v·H·u", "matrix": "matrices against products",
              "sparse": "sparse against dense"}
    for kind, bound in BOUNDS.items():
        errors = [(result.errors[kind], result.test.name) for result in differentiated]
        error, name = max(errors, default=(0.0, "-"))
        print(f"{labels[kind]}: at most {error:.1e} ({name}); {bound:.0e} is allowed")
    print(f"derivatives in {len(differentiated)} tests of {operator_count} operators; "
          f"{time.monotonic() - started:.0f} s")
    return sum(max(count - passed[tier], 0) for tier, count in EXPECTED.items())


def main(library, path, *names):
    started = time.monotonic()
    with open(path) as file:
        lines = [line for line in file if not names or line.split("\t")[2] in names]
    results = run_all(os.path.abspath(library), lines)
    operator_count = print_table(results)
    for result in results:
        if result.failures:
            print(f"FAILED: {result.test.kind} {result.test.name}: {'; '.join(dict.fromkeys(result.failures))}")
    missing = print_summary(results, operator_count, started)
    passed = sum(not result.failures for result in results)
    failed = len(lines) - passed if names else max(missing, len(lines) - passed)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
