"""One of ONNX's tests of operators: its model with inputs bound, and the outputs that must come."""
import itertools
import json
import os
import re

import numpy
import onnx
from onnx import numpy_helper

from netjac import Network, Refusal

# The reference numbers are those of a float32 transform, and its rounding shows where exact values are zero.
NOISY = {"test_dft_inverse": 1e-6, "test_dft_inverse_opset19": 1e-6}
# Next to a divisor of zero there are jumps everywhere.
STAYS_AT_ZERO = {"test_mod_float_edge_cases_fmod_0_float32", "test_mod_float_edge_cases_fmod_0_float64"}


def is_real(array):
    return array.dtype.kind == "f"


def numbers(array):
    """As option `input.NAME` takes them."""
    return ",".join(repr(float(value)) if is_real(array) else str(int(value)) for value in array.ravel())


class NodeTest:
    def __init__(self, line):
        self.kind, self.tier, self.name, self.folder, concern = line.rstrip("\n").split("\t")
        self.is_real = concern == "real"

    def read(self):
        self.path = os.path.join(self.folder, "model.onnx")
        self.model = onnx.load(self.path)
        self.inputs, self.outputs = self.tensors("input"), self.tensors("output")
        with open(os.path.join(self.folder, "tolerance.json")) as file:
            self.tolerance = json.load(file)
        initialisers = {tensor.name for tensor in self.model.graph.initializer}
        # Models of an old format list initialisers as inputs, behind those that the data are for.
        ports = self.model.graph.input
        self.ports = [port for port in ports if port.name not in initialisers or len(self.inputs) == len(ports)]
        if len(self.ports) < len(self.inputs):
            raise ValueError(f"{len(self.inputs)} tensors for {len(self.ports)} inputs")
        self.ports = self.ports[:len(self.inputs)]
        self.defaults = initialisers

    def tensors(self, prefix):
        folder = os.path.join(self.folder, "test_data_set_0")
        names = [name for name in os.listdir(folder) if name.startswith(prefix)]
        arrays = []
        for name in sorted(names, key=lambda name: int(re.search(r"\d+", name)[0])):
            tensor = onnx.TensorProto()
            with open(os.path.join(folder, name), "rb") as file:
                tensor.ParseFromString(file.read())
            arrays.append(numpy_helper.to_array(tensor))
        return arrays

    def operators(self):
        """The operators of the model; `Constant` only where there is nothing else."""
        names = {node.op_type for node in self.model.graph.node}
        return sorted(names - {"Constant"} or names)

    def load(self, is_bound, precision="float64"):
        """The network with the inputs bound that `is_bound` chooses, and x, the numbers of the others."""
        options = {"precision": precision}
        open_inputs = []
        for place, (port, array) in enumerate(zip(self.ports, self.inputs)):
            for axis, dimension in enumerate(port.type.tensor_type.shape.dim):
                if dimension.HasField("dim_param") and dimension.dim_param:
                    options[f"dim.{dimension.dim_param}"] = str(array.shape[axis])
                elif not dimension.HasField("dim_value"):
                    options[f"dim.{port.name}.{axis}"] = str(array.shape[axis])
            if is_bound(place, array) or port.name in self.defaults:
                options[f"input.{port.name}"] = numbers(array)
            else:
                open_inputs.append(array)
        network = Network(self.path, options)
        return network, open_inputs

    def load_bound(self, precision="float64"):
        """With everything bound that is not real, and as few others as decide on shapes, like scales."""
        real = [place for place, array in enumerate(self.inputs) if is_real(array)]
        choices = [chosen for count in (0, 1, 2, len(real)) for chosen in itertools.combinations(real, count)]
        for chosen in choices:
            try:
                return self.load(lambda place, array: not is_real(array) or place in chosen, precision)
            except Refusal as refusal:
                if "must be known" not in str(refusal) or chosen is choices[-1]:
                    raise

    def load_open(self):
        """With nothing bound; None where shapes hang on inputs or where doubles do not hold the whole numbers."""
        if all(is_real(array) for array in self.inputs):
            return None
        if any(not is_real(array) and (numpy.abs(array.astype(float)) > 2**53).any() for array in self.inputs):
            return None
        try:
            return self.load(lambda place, array: False)
        except Refusal as refusal:
            if "must be known" in str(refusal):
                return None
            raise

    def compare(self, network, y, loosely=False):
        """What is wrong with the outputs, or None."""
        ports = network.ports("output")
        if len(ports) != len(self.outputs):
            return f"{len(ports)} outputs; {len(self.outputs)} are wanted"
        absolute, relative = NOISY.get(self.name, self.tolerance["atol"]), self.tolerance["rtol"]
        if loosely:
            absolute = max(absolute, 1e-5)
        start = 0
        for (name, dims), wanted in zip(ports, self.outputs):
            # A batch axis of length one is no part of a sample.
            if dims != list(wanted.shape) and [1, *dims] != list(wanted.shape):
                return f"output {name} has shape {dims}; {list(wanted.shape)} is wanted"
            found = y[start:start + wanted.size]
            start += wanted.size
            wanted = wanted.ravel().astype(numpy.float64)
            if not numpy.allclose(found, wanted, rtol=relative, atol=absolute, equal_nan=True):
                worst = numpy.nanargmax(numpy.where(found == wanted, 0, numpy.abs(found - wanted)))
                return f"output {name} holds {found[worst]!r}; {wanted[worst]!r} is wanted"
        return None
