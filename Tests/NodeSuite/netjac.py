"""The C interface for the tests of operators: networks as objects, failures as exceptions."""
import ctypes

import numpy

ROW_MAJOR = 0
library = None


class Refusal(Exception):
    pass


def open_library(path):
    global library
    library = ctypes.CDLL(path)
    library.netjac_last_error.restype = ctypes.c_char_p
    for name in ("input_size", "output_size", "input_dim", "output_dim"):
        getattr(library, f"netjac_{name}").restype = ctypes.c_int64
    for name in ("input_name", "output_name", "kink_node", "kink_operator"):
        getattr(library, f"netjac_{name}").restype = ctypes.c_char_p
    library.netjac_options_create.restype = ctypes.c_void_p


def call(name, *arguments):
    if getattr(library, f"netjac_{name}")(*arguments) != 0:
        raise Refusal(f"netjac_{name}: {library.netjac_last_error().decode()}")


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


class Network:
    """A loaded network with the numeric calls as methods on float64 arrays; one sample unless x has two axes."""

    def __init__(self, path, options):
        handle = ctypes.c_void_p(library.netjac_options_create())
        self.handle = ctypes.c_void_p()
        try:
            for key, value in options.items():
                call("options_set", handle, key.encode(), value.encode())
            call("load", path.encode(), handle, ctypes.byref(self.handle))
        finally:
            library.netjac_options_release(handle)
        self.n = library.netjac_input_size(self.handle)
        self.m = library.netjac_output_size(self.handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        library.netjac_release(self.handle)
        self.handle = None

    def dims(self, side, index):
        rank = getattr(library, f"netjac_{side}_rank")(self.handle, index)
        return [getattr(library, f"netjac_{side}_dim")(self.handle, index, axis) for axis in range(rank)]

    def ports(self, side):
        """Names and shapes of the inputs or outputs of one sample."""
        count = getattr(library, f"netjac_{side}_count")(self.handle)
        name = getattr(library, f"netjac_{side}_name")
        return [(name(self.handle, k).decode(), self.dims(side, k)) for k in range(count)]

    def run(self, task, x, *directions, width, with_y=True):
        x = numpy.ascontiguousarray(x, numpy.float64)
        samples = x.shape[0] if x.ndim == 2 else 1
        directions = [numpy.ascontiguousarray(direction, numpy.float64) for direction in directions]
        # What is not written must not look right.
        result = numpy.full((samples, width), numpy.nan)
        arguments = [pointer(array) for array in [x, *directions]]
        if with_y:
            arguments.append(None)
        call(task, self.handle, ctypes.c_int64(samples), *arguments, pointer(result))
        return result if x.ndim == 2 else result[0]

    def forward(self, x):
        return self.run("forward", x, width=self.m, with_y=False)

    def jvp(self, x, tangent):
        return self.run("jvp", x, tangent, width=self.m)

    def vjp(self, x, cotangent):
        return self.run("vjp", x, cotangent, width=self.n)

    def hvp(self, x, weights, tangent):
        return self.run("hvp", x, weights, tangent, width=self.n, with_y=False)

    def hessian(self, x, weights):
        return self.run("hessian", x, weights, width=self.n * self.n, with_y=False).reshape(self.n, self.n)

    def jacobian(self, x):
        x = numpy.ascontiguousarray(x, numpy.float64)
        result = numpy.full((self.m, self.n), numpy.nan)
        call("jacobian", self.handle, ctypes.c_int64(1), pointer(x), None, pointer(result), ROW_MAJOR)
        return result

    def structure(self, matrix="jacobian"):
        """Rows and columns of the elements that can be other than zero, in the sequence of the sparse values."""
        nonzeros = ctypes.c_int64()
        call(f"{matrix}_sparsity", self.handle, ctypes.byref(nonzeros), None, None)
        columns = numpy.zeros(self.n + 1, numpy.int64)
        rows = numpy.zeros(nonzeros.value, numpy.int64)
        call(f"{matrix}_sparsity", self.handle, None, pointer(columns), pointer(rows))
        return rows, numpy.repeat(numpy.arange(self.n), numpy.diff(columns))

    def sparse_jacobian(self, x):
        rows, columns = self.structure()
        result = numpy.zeros((self.m, self.n))
        result[rows, columns] = self.run("jacobian_sparse", x, width=len(rows))
        return result

    def kink_distances(self, x):
        count = library.netjac_kink_count(self.handle)
        if count < 0:
            raise Refusal(f"netjac_kink_count: {library.netjac_last_error().decode()}")
        return self.run("kinks", x, width=count, with_y=False)
