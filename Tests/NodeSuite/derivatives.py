"""Derivatives of a network held against differences of its own values, mode against mode, and order against order.

A difference over five points is believed where three steps agree on it: not next to a kink, where the point is moved
instead. Every element that is finite has to be confirmed at some point, at each of which all believed ones count.
"""
import numpy

POINTS = 12
ENOUGH = 2
STEPS = (2e-3, 1e-3, 5e-4, 2.5e-4, 1.25e-4)
WEIGHTS = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
# Matrices up to this many elements are formed, to compare them with products.
MATRIX = 20000

# Steps agree if they differ by no more than this, relatively: in first and in second order.
BELIEVED = (1e-7, 1e-6)
# Derivatives below this part of the value itself are rounding.
NOISE = 1e-3
# What an error may be relatively, to the sizes of what is compared.
BOUNDS = {"jvp": 1e-6, "vjp": 1e-10, "second": 1e-5, "symmetry": 1e-8, "matrix": 1e-9, "sparse": 1e-15}


def difference(function, x, direction, step):
    """The derivative of a vector function along a direction, by central differences over five points."""
    with numpy.errstate(invalid="ignore", over="ignore"):
        return sum(weight / step * function(x + count * step * direction) for count, weight in WEIGHTS)


def believed_differences(function, x, direction, value, tolerance):
    """Differences, their scales, and where three steps agree on them."""
    estimates = [difference(function, x, direction, step) for step in STEPS]
    best, least = estimates[0], numpy.full(value.shape, numpy.inf)
    with numpy.errstate(invalid="ignore"):
        for coarse, middle, fine in zip(estimates, estimates[1:], estimates[2:]):
            gap = numpy.maximum(numpy.abs(fine - middle), numpy.abs(middle - coarse))
            best, least = numpy.where(gap < least, middle, best), numpy.fmin(gap, least)
    finite = numpy.isfinite(best) & numpy.isfinite(value)
    largest = numpy.max(numpy.abs(best[finite]), initial=0)
    scale = numpy.maximum(numpy.maximum(numpy.abs(best), 1e-2 * largest), NOISE * numpy.abs(value))
    with numpy.errstate(invalid="ignore"):
        believed = finite & (least <= tolerance * scale)
    return best, scale, believed


def relative(apart, scale):
    """The largest ratio; nothing apart from nothing is no error, and anything that is not a number is."""
    if apart.size == 0:
        return 0.0
    with numpy.errstate(divide="ignore", invalid="ignore"):
        ratio = numpy.where(apart == 0, 0, apart / scale)
    return float(numpy.max(numpy.where(numpy.isnan(ratio), numpy.inf, ratio)))


def unequal_sums(left, right, floor):
    """How far two sums are apart relative to their terms, or to what is left of terms that cancel."""
    size = max(numpy.abs(left).sum(), numpy.abs(right).sum(), floor)
    return relative(numpy.abs(left.sum() - right.sum()).reshape(1), numpy.array([size]))


class DerivativeTest:
    """Runs over one network at points around x; `errors` holds the worst of each kind, `failures` what is wrong."""

    def __init__(self, network, inputs, seed, is_constant=False, moves_zeros=True):
        self.network = network
        self.random = numpy.random.default_rng(seed)
        self.x = numpy.concatenate([array.ravel().astype(numpy.float64) for array in inputs])
        real = numpy.concatenate([numpy.full(array.size, array.dtype.kind == "f") for array in inputs])
        # How far each number is moved; whole numbers and infinities stay.
        self.reach = numpy.where(real & numpy.isfinite(self.x), numpy.abs(self.x) + 0.1, 0)
        self.reach[~numpy.isfinite(self.reach)] = 0
        if not moves_zeros:
            self.reach[self.x == 0] = 0
        self.is_constant = is_constant
        self.spans = []
        start = 0
        for array in inputs:
            if array.dtype.kind == "f" and array.size > 0:
                self.spans.append(slice(start, start + array.size))
            start += array.size
        self.errors = dict.fromkeys(BOUNDS, 0.0)
        self.failures = []

    def worse(self, kind, error):
        self.errors[kind] = max(self.errors[kind], error)
        if error > BOUNDS[kind]:
            self.failures.append(f"{kind} is off by {error:.1e}")

    def direction(self, span):
        direction = numpy.zeros_like(self.x)
        direction[span] = self.reach[span] * self.random.standard_normal(span.stop - span.start)
        return direction

    def run(self):
        for span in self.spans:
            # The modes agree at kinks too.
            direction = self.direction(span)
            self.inner_product(self.x, direction, self.network.jvp(self.x, direction))
            self.first_order(span)
            self.second_order(span)
        self.matrices()

    def points(self):
        """Points around that of the test, which often is at a kink, farther and farther away."""
        for number in range(1, POINTS + 1):
            step = self.random.uniform(-1, 1, self.x.size) * self.reach
            with numpy.errstate(invalid="ignore"):
                yield numpy.where(self.reach > 0, self.x + min(0.02 * number, 0.1) * step, self.x)

    def first_order(self, span):
        network = self.network
        open_elements = numpy.ones(network.m, bool)
        defined = numpy.zeros(network.m, bool)
        for number, x in enumerate(self.points()):
            direction = self.direction(span)
            y = network.forward(x)
            tangent = network.jvp(x, direction)
            best, scale, believed = believed_differences(network.forward, x, direction, y, BELIEVED[0])
            self.worse("jvp", relative(numpy.abs(tangent - best)[believed], scale[believed]))
            self.inner_product(x, direction, tangent)
            if self.is_constant and tangent.any():
                self.failures.append("a piecewise constant operator has a derivative other than zero")
            open_elements &= ~believed
            defined |= numpy.isfinite(y) & numpy.isfinite(best)
            if number + 1 >= ENOUGH and not (open_elements & defined).any():
                break
        left = int((open_elements & defined).sum())
        if left:
            self.failures.append(f"differences confirm all but {left} of {network.m} tangents")

    def inner_product(self, x, direction, tangent):
        y = self.network.forward(x)
        cotangent = self.random.standard_normal(self.network.m)
        cotangent[~numpy.isfinite(tangent)] = 0
        # What the direction leaves out takes no part, however steep the function is there.
        products = numpy.where(direction == 0, 0, self.network.vjp(x, cotangent) * direction)
        terms = cotangent * numpy.where(numpy.isfinite(tangent), tangent, 0)
        if not numpy.isfinite(tangent).all() and not numpy.isfinite(products).all():
            return
        floor = NOISE * numpy.abs(cotangent * y)[numpy.isfinite(y)].sum()
        self.worse("vjp", unequal_sums(terms, products, floor))

    def second_order(self, span):
        network = self.network
        confirmed = numpy.zeros(network.n, bool)
        defined = numpy.zeros(network.n, bool)
        for number, x in enumerate(self.points()):
            weights = self.random.standard_normal(network.m)
            weights[~numpy.isfinite(network.forward(x))] = 0
            direction = self.direction(span)
            gradient = network.vjp(x, weights)
            product = network.hvp(x, weights, direction)
            best, scale, believed = believed_differences(
                lambda point: network.vjp(point, weights), x, direction, gradient, BELIEVED[1])
            self.worse("second", relative(numpy.abs(product - best)[believed], scale[believed]))
            other = numpy.where(self.reach > 0, self.random.standard_normal(network.n) * self.reach, 0)
            left, right = other * product, direction * network.hvp(x, weights, other)
            if numpy.isfinite(left).all() and numpy.isfinite(right).all():
                self.worse("symmetry", unequal_sums(left, right, NOISE * numpy.abs(gradient * direction).sum()))
            confirmed |= believed
            defined |= numpy.isfinite(gradient) & numpy.isfinite(best)
            if number + 1 >= ENOUGH and not (defined & ~confirmed).any():
                break
        left = int((defined & ~confirmed).sum())
        if left:
            self.failures.append(f"differences confirm all but {left} of {network.n} products of second order")

    def matrices(self):
        """The dense Jacobian and Hessian against products, and the sparse ones against the dense."""
        network = self.network
        if not 0 < network.n * max(network.n, network.m) <= MATRIX:
            return
        x = next(self.points())
        jacobian = network.jacobian(x)
        direction = self.direction(slice(0, network.n))
        if numpy.isfinite(jacobian).all():
            self.compare_product(jacobian, direction, network.jvp(x, direction), network.forward(x))
        sparse = network.sparse_jacobian(x)
        same = (sparse == jacobian) | numpy.isnan(sparse) & numpy.isnan(jacobian)
        scale = numpy.full(jacobian.shape, numpy.abs(jacobian[numpy.isfinite(jacobian)]).max(initial=0))
        self.worse("sparse", relative(numpy.where(same, 0, numpy.abs(sparse - jacobian)), scale))
        weights = self.random.standard_normal(network.m)
        hessian = network.hessian(x, weights)
        if numpy.isfinite(hessian).all():
            self.compare_product(hessian, direction, network.hvp(x, weights, direction), network.vjp(x, weights))
            rows, columns = network.structure("hessian")
            outside = numpy.ones_like(hessian, bool)
            outside[rows, columns] = False
            if (hessian[outside] != 0).any():
                self.failures.append("the Hessian has elements outside its structure")
        distances = network.kink_distances(x)
        if not (distances >= 0).all() and numpy.isfinite(x).all():
            self.failures.append(f"distances to kinks are {distances}")

    def compare_product(self, matrix, direction, product, value):
        scale = numpy.abs(matrix) @ numpy.abs(direction)
        value = numpy.where(numpy.isfinite(value), numpy.abs(value), 0)
        scale = numpy.maximum(scale, NOISE * numpy.maximum(scale.max(initial=0), value))
        self.worse("matrix", relative(numpy.abs(matrix @ direction - product), scale))
