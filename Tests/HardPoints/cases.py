"""Small networks at hard points, written out, with the right values: see Tests/Corpus/bugs/README.md for the keys.

`graph` is a graph in ONNX's text form, `opset` its operator set (18 unless it says so).
"""

NAN = float("nan")
HALF = [0.5, 0.5]

CASES = [
    # ---- Strong zeros
    {"model": "quotient, masked", "graph": """g (double[3] x) => (double[3] y) <double[3] a = {2, 3, 5}, double z = {0}> {
        m = Equal(x, z)
        q = Div(a, x)
        y = Where(m, z, q) }""",
     "x": [0, 2, -1], "y": [0, 1.5, -5], "J": [[0, 0, 0], [0, -0.75, 0], [0, 0, -5]],
     "H": [[1, 1, 1], [[0, 0, 0], [0, 0.75, 0], [0, 0, -10]]]},
    {"model": "power along its base at a negative one", "graph": """g (double[2] x) => (double[1] y)
        <int64[2] parts = {1, 1}> {
        a, b = Split(x, parts)
        whole = Floor(b)
        y = Pow(a, whole) }""", "x": [-2, 3.5], "y": [-8], "J": [[12, 0]], "H": [[1], [[-12, 0], [0, 0]]]},
    {"model": "power of two inputs, along the base", "graph": """g (double[2] x) => (double[1] y)
        <int64[2] parts = {1, 1}> {
        a, b = Split(x, parts)
        y = Pow(a, b) }""", "x": [-2, 3], "jvp": [[1, 0], [12]]},
    {"model": "exp, cut off where it overflows", "graph": """g (double[2] x) => (double[2] y) <double one = {1}> {
        e = Exp(x)
        y = Min(e, one) }""", "x": [800, -1], "y": [1, 0.36787944117144233],
     "J": [[0, 0], [0, 0.36787944117144233]], "H": [[1, 1], [[0, 0], [0, 0.36787944117144233]]]},
    {"model": "a norm, bounded from below, at 0", "graph": """g (double[2] x) => (double y)
        <int64[1] axes = {0}, double e = {0.001}> {
        s = Mul(x, x)
        t = ReduceSum<keepdims = 0>(s, axes)
        n = Sqrt(t)
        y = Max(n, e) }""", "x": [0, 0], "y": [0.001], "J": [[0, 0]], "H": [[1], [[0, 0], [0, 0]]]},
    {"model": "a norm, bounded from below, as divisor", "graph": """g (double[2] x) => (double[2] y)
        <double e = {0.5}> {
        n = ReduceL2<axes = [0]>(x)
        m = Clip(n, e)
        y = Div(x, m) }""", "opset": 17, "x": [0, 0], "y": [0, 0], "J": [[2, 0], [0, 2]]},
    {"model": "logarithm behind a relu and a layer", "graph": """g (double[2] x) => (double[2] y)
        <double[2,2] v = {1, 2, -1, 0.5}, double[2,2] w = {1, 0, 3, 0.25}, double z = {0}> {
        h = MatMul(v, x)
        r = Relu(h)
        p = Greater(r, z)
        l = Log(r)
        s = Where(p, l, z)
        y = MatMul(w, s) }""", "x": [1, 1], "y": [1.0986122886681098, 3.2958368660043291],
     "J": [[0.33333333333333331, 0.66666666666666663], [1, 2]]},
    {"model": "roots of elements that a mask leaves out", "graph": """g (double[3] x) => (double[1] y)
        <double[3] m = {1, 0, 1}, int64[1] axes = {0}> {
        k = Mul(x, m)
        r = Sqrt(k)
        s = Mul(r, m)
        y = ReduceSum(s, axes) }""", "x": [4, 9, 1], "y": [3], "J": [[0.25, 0, 0.5]],
     "H": [[1], [[-0.03125, 0, 0], [0, 0, 0], [0, 0, -0.25]]]},
    {"model": "roots of some elements, which others do not depend on", "graph": """g (double[3] x) => (double[3] y)
        <double[3,3] w = {1, 0, 0, 0, 2, 0, 0, 1, 1}> {
        r = Sqrt(x)
        y = MatMul(w, r) }""", "x": [4, 1, 0.25], "y": [2, 2, 1.5], "J": [[0.25, 0, 0], [0, 1, 0], [0, 0.5, 1]]},
    {"model": "roots that are steep at 0, and a convolution", "graph": """g (double[1,1,6] x) => (double[1,1,6] y)
        <double[1,1,2] k = {1, 2}> {
        r = Sqrt(x)
        y = Conv<pads = [0, 1]>(r, k) }""", "x": [4, 0, 1, 0.25, 0, 1],
     "J": [[0.25, "inf", 0, 0, 0, 0], [0, "inf", 1, 0, 0, 0], [0, 0, 0.5, 2, 0, 0], [0, 0, 0, 1, "inf", 0],
           [0, 0, 0, 0, "inf", 1], [0, 0, 0, 0, 0, 0.5]]},
    {"model": "data that is not a number stays where it is", "graph": """g (double[3] x) => (double[3] y) {
        y = Tanh(x) }""", "x": [0, "nan", 0], "y": [0, "nan", 0], "J": [[1, 0, 0], [0, "nan", 0], [0, 0, 1]]},
    {"model": "data that is not a number, and a convolution", "graph": """g (double[1,1,5] x) => (double[1,1,5] y)
        <double[1,1,2] k = {1, 2}> {
        c = Conv<pads = [0, 1]>(x, k)
        y = Tanh(c) }""", "x": [0, 0, 0, 0, "nan"], "y": [0, 0, 0, "nan", "nan"],
     "J": [[1, 2, 0, 0, 0], [0, 1, 2, 0, 0], [0, 0, 1, 2, 0], [0, 0, 0, "nan", "nan"], [0, 0, 0, 0, "nan"]]},
    {"model": "linear resizing and infinity", "graph": """g (double[1,1,3] x) => (double[1,1,6] y)
        <double[0] roi = {}, double[3] scales = {1, 1, 2}> {
        y = Resize<mode = "linear">(x, roi, scales) }""", "opset": 19, "x": [1, "inf", 3],
     "y": [1, "inf", "inf", "inf", "inf", 3]},
    {"model": "arccosine just beyond its domain, clipped", "graph": """g (double[2] x) => (double[2] y)
        <double l = {-1}, double h = {1}> {
        c = Clip(x, l, h)
        y = Acos(c) }""", "x": [1.0000000000000002, 0], "y": [0, 1.5707963267948966], "J": [[0, 0], [0, -1]],
     "H": [[1, 1], [[0, 0], [0, 0]]]},
    # ---- Kinks
    {"model": "clip at its bounds", "graph": """g (double[3] x) => (double[3] y) <double l = {0}, double h = {6}> {
        y = Clip(x, l, h) }""", "x": [0, 6, 7], "y": [0, 6, 6], "J": [[1, 0, 0], [0, 1, 0], [0, 0, 0]]},
    {"model": "hard sigmoid at its bounds", "graph": """g (double[2] x) => (double[2] y) {
        y = HardSigmoid<alpha = 0.5, beta = 0.5>(x) }""", "x": [-1, 1], "y": [0, 1], "J": [[0.25, 0], [0, 0.25]]},
    {"model": "minimum of four", "graph": """g (double[4] x) => (double[1] y) <int64[4] parts = {1, 1, 1, 1}> {
        a, b, c, d = Split(x, parts)
        y = Min(a, b, c, d) }""", "x": [1, 1, 2, 1], "y": [1],
     "J": [[0.33333333333333331, 0.33333333333333331, 0, 0.33333333333333331]]},
    {"model": "scattered maxima", "graph": """g (double[3] x) => (double[1] y)
        <int64[2] i = {0, 0}, int64[2] parts = {1, 2}> {
        a, u = Split(x, parts)
        y = ScatterElements<reduction = "max">(a, i, u) }""", "x": [2, 2, 2], "y": [2],
     "J": [[0.33333333333333331, 0.33333333333333331, 0.33333333333333331]]},
    {"model": "a norm times itself, reshaped", "graph": """g (double[1,3] x) => (double[1,1] y) <int64[1] axes = {1}> {
        n = ReduceL2(x, axes)
        y = Mul(n, n) }""", "x": [0, 0, 0], "y": [0], "J": [[0, 0, 0]], "H": [[1], [[2, 0, 0], [0, 2, 0], [0, 0, 2]]]},
    {"model": "the square of a norm", "graph": """g (double[2] x) => (double y)
        <int64[1] axes = {0}, double two = {2}> {
        n = ReduceL2<keepdims = 0>(x, axes)
        y = Pow(n, two) }""", "x": [0, 0], "y": [0], "J": [[0, 0]], "H": [[1], [[2, 0], [0, 2]]]},
    # ---- Determinants
    {"model": "determinant of rank 1 of 3", "graph": """g (double[3,3] x) => (double y) { y = Det(x) }""",
     "x": [1, 0, 0, 0, 0, 0, 0, 0, 0], "y": [0], "J": [[0] * 9],
     "H": [[1], [[{(4, 8): 1, (8, 4): 1, (5, 7): -1, (7, 5): -1}.get((i, k), 0) for k in range(9)] for i in range(9)]]},
    {"model": "determinant of rank 0 of 3", "graph": """g (double[3,3] x) => (double y) { y = Det(x) }""",
     "x": [0] * 9, "y": [0], "J": [[0] * 9], "H": [[1], [[0] * 9] * 9]},
    # ---- Large and small arguments
    {"model": "log-sum-exp, written out", "graph": """g (double[2] x) => (double y) <int64[1] axes = {0}> {
        e = Exp(x)
        s = ReduceSum<keepdims = 0>(e, axes)
        y = Log(s) }""", "x": [800, 800], "y": [800.69314718055994531], "J": [HALF],
     "H": [[1], [[0.25, -0.25], [-0.25, 0.25]]]},
    {"model": "log of a softmax", "graph": """g (double[2] x) => (double[2] y) {
        s = Softmax<axis = 0>(x)
        y = Log(s) }""", "x": [1000, 0], "y": [0, -1000], "J": [[0, 0], [-1, 1]], "H": [[1, 1], [[0, 0], [0, 0]]]},
    {"model": "log of a softmax of two rows", "graph": """g (double[2,2] x) => (double[2,2] y) {
        s = Softmax<axis = 1>(x)
        y = Log(s) }""", "x": [0, 0, -900, 0], "y": [-0.69314718055994531, -0.69314718055994531, -900, 0],
     "J": [[0.5, -0.5, 0, 0], [-0.5, 0.5, 0, 0], [0, 0, 1, -1], [0, 0, 0, 0]]},
    {"model": "log of a hyperbolic cosine", "graph": """g (double[3] x) => (double[3] y) {
        c = Cosh(x)
        y = Log(c) }""", "x": [-800, 0, 800], "y": [799.30685281944005469, 0, 799.30685281944005469],
     "J": [[-1, 0, 0], [0, 0, 0], [0, 0, 1]], "H": [[1, 1, 1], [[0, 0, 0], [0, 1, 0], [0, 0, 0]]]},
    {"model": "angle of a quotient whose divisor is 0", "graph": """g (double[2] x) => (double[1] y)
        <int64[2] parts = {1, 1}> {
        a, b = Split(x, parts)
        q = Div(b, a)
        y = Atan(q) }""", "x": [0, 2], "y": [1.5707963267948966], "J": [[-0.5, 0]], "H": [[1], [[0, 0.25], [0.25, 0]]]},
    {"model": "angle of a quotient of large numbers", "graph": """g (double[2] x) => (double[1] y)
        <int64[2] parts = {1, 1}> {
        a, b = Split(x, parts)
        q = Div(b, a)
        y = Atan(q) }""", "x": [-3e200, 4e200], "y": [-0.92729521800161223], "J": [[-1.6e-201, -1.2e-201]]},
    {"model": "angle of a reciprocal at 0", "graph": """g (double[1] x) => (double[1] y) {
        q = Reciprocal(x)
        y = Atan(q) }""", "x": [0], "y": [1.5707963267948966], "J": [[-1]], "H": [[1], [[0]]]},
    {"model": "log of a sigmoid", "graph": """g (double[2] x) => (double[2] y) {
        s = Sigmoid(x)
        y = Log(s) }""", "x": [-800, 0], "y": [-800, -0.69314718055994531], "J": [[1, 0], [0, 0.5]]},
    {"model": "a normalised line of large numbers", "graph": """g (double[1,2] x) => (double[1,2] y) {
        y = LpNormalization(x) }""", "x": [3e200, 4e200], "y": [0.6, 0.8],
     "J": [[1.28e-201, -9.6e-202], [-9.6e-202, 7.2e-202]]},
    # ---- Control flow
    {"model": "a branch that the data choose", "graph": """g (double[1] x) => (double[1] y) <double[1] z = {0}> {
        c = Less(z, x)
        y = If (c) <then_branch = t () => (double[1] a) { a = Log(x) },
                    else_branch = e () => (double[1] b) { b = Neg(x) }> }""",
     "x": [-2], "y": [2], "J": [[-1]], "H": [[1], [[0]]]},
    {"model": "a loop that the data end", "graph": """g (double[1] x) => (double[1] y)
        <int64 most = {10}, bool go = {1}, double[1] bound = {100}> {
        y = Loop (most, go, x) <body = b (int64 i, bool c, double[1] v) => (bool d, double[1] w) {
            w = Mul(v, v)
            l = Less(w, bound)
            d = Squeeze(l) }> }""", "x": [2], "y": [256], "J": [[1024]], "H": [[1], [[3584]]]},
    {"model": "a loop that the data end, without a limit", "graph": """g (double[1] x) => (double[1] y)
        <bool go = {1}, double[1] bound = {100}> {
        y = Loop ("", go, x) <body = b (int64 i, bool c, double[1] v) => (bool d, double[1] w) {
            w = Mul(v, v)
            l = Less(w, bound)
            d = Squeeze(l) }> }""", "refuse": True, "mentions": "loop_limit"},
    {"model": "the same within the option loop_limit", "graph": """g (double[1] x) => (double[1] y)
        <bool go = {1}, double[1] bound = {100}> {
        y = Loop ("", go, x) <body = b (int64 i, bool c, double[1] v) => (bool d, double[1] w) {
            w = Mul(v, v)
            l = Less(w, bound)
            d = Squeeze(l) }> }""", "options": {"loop_limit": "5"}, "x": [2], "y": [256], "J": [[1024]]},
    {"model": "the same beyond the option loop_limit", "graph": """g (double[1] x) => (double[1] y)
        <bool go = {1}, double[1] bound = {100}> {
        y = Loop ("", go, x) <body = b (int64 i, bool c, double[1] v) => (bool d, double[1] w) {
            w = Mul(v, v)
            l = Less(w, bound)
            d = Squeeze(l) }> }""", "options": {"loop_limit": "2"}, "x": [2], "y": ["nan"], "J": [["nan"]],
     "jvp": [[1], ["nan"]], "vjp": [[1], ["nan"]], "H": [[1], [["nan"]]]},
    {"model": "beyond the limit, zeros stay outside of what an output depends on", "graph": """g (double[2] x) => (double[2] y)
        <bool go = {1}, double bound = {100}, int64[1] axes = {0}> {
        y = Loop ("", go, x) <body = b (int64 i, bool c, double[2] v) => (bool d, double[2] w) {
            w = Mul(v, v)
            s = ReduceSum<keepdims = 0>(w, axes)
            d = Less(s, bound) }> }""", "options": {"loop_limit": "2"}, "x": [2, 1], "y": ["nan", "nan"],
     "J": [["nan", 0], [0, "nan"]], "jvp": [[1, 0], ["nan", 0]], "vjp": [[0, 1], [0, "nan"]],
     "H": [[1, 1], [["nan", 0], [0, "nan"]]]},
    {"model": "a trip count that is an input", "graph": """g (double[1] x, int64 n) => (double[1] y)
        <bool go = {1}> {
        y = Loop (n, go, x) <body = b (int64 i, bool c, double[1] v) => (bool d, double[1] w) {
            w = Mul(v, v)
            d = Identity(c) }> }""", "options": {"loop_limit": "4"}, "x": [2, 2], "y": [16], "J": [[32, 0]]},
    # ---- Norms at 0, layers behind singular functions, sums of exponentials
    {"model": "a radial basis function of a scaled norm, at its centre", "graph": """g (double[2] x) => (double[1] y)
        <double[2] c = {1, 2}, double l = {0.5}, double mh = {-0.5}> {
        d = Sub(x, c)
        r = ReduceL2(d)
        s = Div(r, l)
        q = Mul(s, s)
        t = Mul(q, mh)
        y = Exp(t) }""",
     "x": [1, 2], "y": [1], "J": [[0, 0]],
     "H": [[1], [[-4, 0], [0, -4]]]},
    {"model": "the same with the norm written out", "graph": """g (double[2] x) => (double[1] y)
        <double[2] c = {1, 2}, double l = {0.5}, double mh = {-0.5}, double two = {2}> {
        d = Sub(x, c)
        dd = Mul(d, d)
        s0 = ReduceSum(dd)
        r = Sqrt(s0)
        s = Div(r, l)
        q = Pow(s, two)
        t = Mul(q, mh)
        y = Exp(t) }""",
     "x": [1, 2], "y": [1], "J": [[0, 0]],
     "H": [[1], [[-4, 0], [0, -4]]]},
    {"model": "Huber's loss by a squared magnitude, at 0", "graph": """g (double[2] x) => (double[2] y)
        <double one = {1}, double half = {0.5}> {
        a = Abs(x)
        c = Less(a, one)
        aa = Mul(a, a)
        h = Mul(aa, half)
        m = Sub(a, half)
        y = Where(c, h, m) }""",
     "x": [0, 0.25], "y": [0, 0.03125], "J": [[0, 0], [0, 0.25]],
     "H": [[1, 1], [[1, 0], [0, 1]]]},
    {"model": "a magnitude times itself", "graph": """g (double[1] x) => (double[1] y) {
        a = Abs(x)
        y = Mul(a, a) }""",
     "x": [0], "y": [0], "J": [[0]],
     "H": [[1], [[2]]]},
    {"model": "a power with exponent 0 has mixed second derivatives", "graph": """g (double[1] a, double[1] b)
        => (double[1] y) { y = Pow(a, b) }""",
     "x": [4, 0], "y": [1], "J": [[0, 1.3862943611198906]],
     "H": [[1], [[0, 0.25], [0.25, 1.9218120556728056]]]},
    {"model": "layers of a root, not taken", "graph": """g (double[3] x) => (double[3] y)
        <double[3,3] W = {1, 2, -1, 2, 1, 3, 1, 4, 1}, double[3,3] V = {1, 0.5, -1, -0.3, 1, 0.2, 0.7, -0.4, 0.1},
        int64[1] ax = {0}, double z = {0}> {
        t = Sqrt(x)
        a = MatMul(W, t)
        b = Tanh(a)
        o = MatMul(V, b)
        m = ReduceMax<keepdims = 0>(x, ax)
        c = Less(m, z)
        q = Mul(x, x)
        y = Where(c, o, q) }""",
     "x": [2, 0, 0.5], "y": [4, 0, 0.25], "J": [[4, 0, 0], [0, 0, 0], [0, 0, 1]],
     "H": [[1, 1, 1], [[2, 0, 0], [0, 2, 0], [0, 0, 2]]]},
    {"model": "layers of a logarithm, cut off", "graph": """g (double[3] x) => (double[3] y)
        <double[3,3] W = {1, 2, -1, 2, 1, 3, 1, 4, 1}, double[3,3] V = {1, 0.5, -1, -0.3, 1, 0.2, 0.7, -0.4, 0.1},
        double big = {1000000}> {
        t = Log(x)
        a = MatMul(W, t)
        b = Tanh(a)
        o = MatMul(V, b)
        n = Sub(o, big)
        r = Relu(n)
        q = Mul(x, x)
        y = Add(r, q) }""",
     "x": [2, 0, 0.5], "y": [4, 0, 0.25], "J": [[4, 0, 0], [0, 0, 0], [0, 0, 1]],
     "H": [[1, 1, 1], [[2, 0, 0], [0, 2, 0], [0, 0, 2]]]},
    {"model": "attention of a logarithm, not taken by If", "graph": """g (double[3] x) => (double[3] y)
        <int64[1] ax = {0}, double z = {0}, int64[1] one = {1}> {
        m = ReduceMax<keepdims = 0>(x, ax)
        c = Less(m, z)
        y = If (c) <then_branch = t1 () => (double[3] o) {
        t = Log(x)
        p = Unsqueeze(t, one)
        q = Unsqueeze(t, ax)
        a = MatMul(p, q)
        b = Softmax(a)
        o = MatMul(b, t) }, else_branch = e1 () => (double[3] u) { u = Identity(x) }> }""",
     "x": [2, -1, 0.5], "y": [2, -1, 0.5], "J": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
     "H": [[1, 1, 1], [[0, 0, 0], [0, 0, 0], [0, 0, 0]]]},
    {"model": "a normalised root, not taken", "graph": """g (double[1,3] x) => (double[1,3] y)
        <double[3] s = {1, 1, 1}, double z = {0}> {
        t = Sqrt(x)
        o = LayerNormalization(t, s)
        m = ReduceMax(x)
        c = Less(m, z)
        y = Where(c, o, x) }""",
     "x": [2, 0, 0.5], "y": [2, 0, 0.5], "J": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
     "H": [[1, 1, 1], [[0, 0, 0], [0, 0, 0], [0, 0, 0]]]},
    {"model": "a norm by MatMul, at 0", "graph": """g (double[3] x) => (double y) {
        s = MatMul(x, x)
        y = Sqrt(s) }""",
     "x": [0, 0, 0], "y": [0], "J": [[0, 0, 0]]},
    {"model": "a norm by Einsum, at 0", "graph": """g (double[3] x) => (double y) {
        s = Einsum<equation = "i,i->">(x, x)
        y = Sqrt(s) }""",
     "x": [0, 0, 0], "y": [0], "J": [[0, 0, 0]]},
    {"model": "distances by Einsum, some of them 0", "graph": """g (double[2,2] x) => (double[2,2] y)
        <int64[3] p = {2, 1, 2}, int64[3] q = {1, 2, 2}> {
        a = Reshape(x, p)
        b = Reshape(x, q)
        d = Sub(a, b)
        s = Einsum<equation = "ijk,ijk->ij">(d, d)
        y = Sqrt(s) }""",
     "x": [1, 2, 4, 6], "y": [0, 5, 5, 0], "J": [[0, 0, 0, 0], [-0.6, -0.8, 0.6, 0.8], [-0.6, -0.8, 0.6, 0.8], [0, 0, 0, 0]],
     "H": [[1, 1, 1, 1], [[0.256, -0.192, -0.256, 0.192], [-0.192, 0.144, 0.192, -0.144],
      [-0.256, 0.192, 0.256, -0.192], [0.192, -0.144, -0.192, 0.144]]]},
    {"model": "log of a sum of exponentials written out", "graph": """g (double[1] a, double[1] b) => (double[1] y) {
        p = Exp(a)
        q = Exp(b)
        s = Add(p, q)
        y = Log(s) }""",
     "x": [-800, -801], "y": [-799.6867383124818], "J": [[0.7310585786300049, 0.2689414213699951]],
     "H": [[1], [[0.19661193324148185, -0.19661193324148185], [-0.19661193324148185, 0.19661193324148185]]]},
    {"model": "log of a mean of exponentials", "graph": """g (double[2] x) => (double[1] y) {
        p = Exp(x)
        q = ReduceMean(p)
        y = Log(q) }""",
     "x": [800, 800], "y": [800], "J": [[0.5, 0.5]],
     "H": [[1], [[0.25, -0.25], [-0.25, 0.25]]]},
    {"model": "log of the normal distribution function, far out", "graph": """g (double[1] x) => (double[1] y)
        <double r = {1.4142135623730951}, double one = {1}, double h = {0.5}> {
        q = Div(x, r)
        f = Erf(q)
        d = Add(one, f)
        p = Mul(d, h)
        y = Log(p) }""",
     "x": [-27], "y": [-368.7161424563684], "J": [[27.036936116444192]],
     "H": [[1], [[-0.9986394206911267]]]},
    {"model": "log of a product of small numbers", "graph": """g (double[3] x) => (double[1] y) {
        d = ReduceProd(x)
        y = Log(d) }""",
     "x": [1e-60, 1e-60, 1e-60],
     "J": [[1e+60, 1e+60, 1e+60]],
     "H": [[1], [[-1e+120, 0, 0], [0, -1e+120, 0], [0, 0, -1e+120]]]},
    {"model": "a root mean square at 0", "graph": """g (double[3] x) => (double[1] y) {
        q = Mul(x, x)
        m = ReduceMean(q)
        y = Sqrt(m) }""",
     "x": [0, 0, 0], "y": [0], "J": [[0, 0, 0]]},
    # ---- Indices that the data choose
    {"model": "indices outside their axis", "graph": """g (double[3] x, int64[4] i) => (double[4] y) {
        y = Gather(x, i) }""", "x": [1, 2, 3, 0, -1, 3, -4], "y": [1, 3, 0, 0]},
    # ---- Refusals and acceptances
    {"model": "a long name", "graph": "g (double[3] x) => (double[3] y) { y = %s(x) }" % ("Tanhs" * 2000), "refuse": True},
    {"model": "padding by 2^40", "graph": """g (double[3] x) => (double[N] y) <int64[2] p = {0, 1099511627776}> {
        y = Pad(x, p) }""", "refuse": True},
    {"model": "resizing to 1e30", "graph": """g (double[1,1,3] x) => (double[1,1,N] y)
        <double[0] roi = {}, double[3] scales = {1, 1, 1e30}> { y = Resize(x, roi, scales) }""", "refuse": True},
]
