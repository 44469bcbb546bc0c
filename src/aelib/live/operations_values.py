"""Operations on single values, arithmetic, and sums: activations, comparisons, means, norms."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aelib.live.builder import RANDOM, Answer, Builder, NotShownError, scalar, tensor
from aelib.live.operations_shapes import axis_of, reduced, to_end

Shape = tuple[int, ...]


# ------------------------------------------------------------------ single values


def _each(kind: str, **fixed) -> Callable:
    return lambda b, shape, x, *_, **__: b.step(kind, x.shape, x, **fixed)


def _math(name: str) -> Callable:
    return _each("math", name=name)


def _elu(b: Builder, shape: Shape, x, alpha=1.0, scale=1.0, rate=1.0):
    return b.step("elu", shape, x, below=alpha * scale, above=scale, rate=rate)


def _selu(b: Builder, shape: Shape, x):
    return _elu(b, shape, x, 1.6732632423543772, 1.0507009873554805)


def _celu(b: Builder, shape: Shape, x, alpha=1.0):
    return _elu(b, shape, x, alpha, 1.0, 1 / alpha)


def _gelu(b: Builder, shape: Shape, x, *, approximate="none"):
    return b.step("gelu tanh" if approximate == "tanh" else "gelu", shape, x)


def _leaky_relu(b: Builder, shape: Shape, x, slope=0.01):
    return b.step("leaky relu", shape, x, slope=slope)


def _rrelu(b: Builder, shape: Shape, x, lower=1 / 8, upper=1 / 3, training=False, *_, **__):
    if training:
        raise NotShownError(RANDOM)
    return _leaky_relu(b, shape, x, (lower + upper) / 2)


def _prelu(b: Builder, shape: Shape, x, weight):
    if weight.numel() == 1:
        return _leaky_relu(b, shape, x, float(weight.detach()))
    above, below = b.step("relu", shape, x), b.step("clamp", shape, x, high=0.0)
    weight = weight.view(-1, *[1] * (len(shape) - 2))
    return b.together("add", shape, above, b.together("multiply", shape, below, weight))


def _softplus(b: Builder, shape: Shape, x, beta=1.0, threshold=20.0):
    return b.step("softplus", shape, x, beta=beta, threshold=threshold)


def _clamp(b: Builder, shape: Shape, x, low=None, high=None, **named):
    low, high = named.get("min", low), named.get("max", high)
    if isinstance(low, Answer | Tensor):
        x, low = b.together("larger", shape, x, low), None
    if isinstance(high, Answer | Tensor):
        x, high = b.together("smaller", shape, x, high), None
    limits = {"low": low, "high": high}
    limits = {
        name: float(value)
        for name, value in limits.items()
        if value is not None and math.isfinite(value)
    }
    return b.step("clamp", shape, x, **limits) if limits else x


def _power(b: Builder, shape: Shape, x, exponent):
    if isinstance(x, Answer) and scalar(exponent) is not None:
        return b.step("power", shape, x, exponent=scalar(exponent))
    if scalar(x) is not None and scalar(x) > 0:
        power = scaled(b, exponent, math.log(scalar(x)))
        return b.step("math", shape, power, name="exp")
    raise NotShownError("raises to a power that is no number")


# ------------------------------------------------------------------ arithmetic


def scaled(b: Builder, x: Answer, factor: float, offset: float = 0.0) -> Answer:
    """Multiply by a number and add another."""
    if factor == 1 and offset == 0:
        return x
    return b.step("scale", x.shape, x, factor=float(factor), offset=float(offset))


def _times(b: Builder, value: Answer | Tensor | float, factor: float) -> Answer | Tensor | float:
    return scaled(b, value, factor) if isinstance(value, Answer) else value * factor


def add(b: Builder, shape: Shape, x, y, *, alpha=1):
    """Add ``alpha`` times ``y``."""
    y = _times(b, y, alpha)
    if isinstance(x, Answer) and scalar(y) is not None:
        return scaled(b, x, 1, scalar(y))
    if isinstance(y, Answer) and scalar(x) is not None:
        return scaled(b, y, 1, scalar(x))
    return b.together("add", shape, x, y)


def _subtract(b: Builder, shape: Shape, x, y, *, alpha=1):
    y = _times(b, y, alpha)
    if isinstance(x, Answer) and scalar(y) is not None:
        return scaled(b, x, 1, -scalar(y))
    if scalar(x) is not None:
        return scaled(b, y, -1, scalar(x))
    return b.together("subtract", shape, x, y)


def _reversed_subtract(b: Builder, shape: Shape, x, y, *, alpha=1):
    return _subtract(b, shape, y, _times(b, x, alpha))


def _multiply(b: Builder, shape: Shape, x, y):
    if isinstance(x, Answer) and scalar(y) is not None:
        return scaled(b, x, scalar(y))
    if isinstance(y, Answer) and scalar(x) is not None:
        return scaled(b, y, scalar(x))
    return b.together("multiply", shape, x, y)


def _divide(b: Builder, shape: Shape, x, y, *, rounding_mode=None):
    if isinstance(x, Answer) and scalar(y) is not None:
        answer = scaled(b, x, 1 / scalar(y))
    else:
        answer = b.together("divide", shape, tensor(x), tensor(y))
    return b.step("math", shape, answer, name=rounding_mode) if rounding_mode else answer


def _remainder(b: Builder, shape: Shape, x, y):
    whole = _divide(b, shape, x, y, rounding_mode="floor")
    return _subtract(b, shape, x, _multiply(b, shape, whole, y))


def _two(kind: str, *, swap: bool = False, opposite: bool = False) -> Callable:
    """Compare or combine two values; ``opposite`` answers 1 where ``kind`` answers 0."""

    def make(b: Builder, shape: Shape, x, y):
        parts = (tensor(y), tensor(x)) if swap else (tensor(x), tensor(y))
        answer = b.together(kind, shape, *parts)
        return scaled(b, answer, -1, 1) if opposite else answer

    return make


def _where(b: Builder, shape: Shape, condition, x, y):
    return b.together("where", shape, tensor(condition), tensor(x), tensor(y))


# ------------------------------------------------------------------ sums along axes


def _softmax(b: Builder, shape: Shape, x: Answer, dim: int, *_, **__):
    turned, back = to_end(b, x, [dim])
    size = turned.shape[-1]
    y = b.step("softmax", turned.shape, turned, size=size, shape=list(turned.shape))
    return b.permute(y, back)


def _log_softmax(b: Builder, shape: Shape, x: Answer, dim: int, *_, **__):
    row = list(x.shape)
    row[axis_of(x, dim)] = 1
    x = b.together("subtract", shape, x, reduced(b, tuple(row), x, dim, "max"))
    total = reduced(b, tuple(row), b.step("math", shape, x, name="exp"), dim, "sum")
    return b.together("subtract", shape, x, b.step("math", tuple(row), total, name="log"))


def _mean(b: Builder, shape: Shape, x, dims=None, keepdim=False, **_):
    total = reduced(b, shape, x, dims, "sum")
    return scaled(b, total, math.prod(shape) / math.prod(x.shape))


def _norm(b: Builder, shape: Shape, x, order=2, dims=None, keepdim=False, **_):
    if order in (1, math.inf):
        sizes = b.step("math", x.shape, x, name="abs")
        return reduced(b, shape, sizes, dims, "sum" if order == 1 else "max")
    if order != 2:
        raise NotShownError(f"takes a norm of order {order}")
    squares = b.step("power", x.shape, x, exponent=2)
    return b.step("power", shape, reduced(b, shape, squares, dims, "sum"), exponent=0.5)


def _variance(b: Builder, shape: Shape, x, dims=None, *, correction=1, keepdim=False):
    dims = [dims] if isinstance(dims, int) else list(dims or range(len(x.shape)))
    reached = [axis_of(x, dim) for dim in dims]
    kept = tuple(1 if axis in reached else size for axis, size in enumerate(x.shape))
    mean = _mean(b, kept, x, dims)
    squares = b.step("power", x.shape, b.together("subtract", x.shape, x, mean), exponent=2)
    size = math.prod(x.shape) // math.prod(kept)
    return scaled(b, reduced(b, shape, squares, dims, "sum"), 1 / (size - correction))


def _number(b: Builder, shape: Shape, x):
    raise NotShownError(
        "makes a number of Python of a value that the picture decides. Compute it with tensors "
        "alone, a choice with torch.where"
    )


def _hypotenuse(b: Builder, shape: Shape, x, y):
    x, y = (_multiply(b, v.shape, v, v) if isinstance(v, Answer) else v * v for v in (x, y))
    return b.step("power", shape, add(b, shape, x, y), exponent=0.5)


def _running_sum(b: Builder, shape: Shape, x, dim: int, **_):
    turned, back = to_end(b, x, [dim])
    size = turned.shape[-1]
    matrix, bias = torch.ones(size, size).tril(), torch.zeros(size)
    layer = {"matrix": matrix, "vectors": (bias,), "rows": size, "columns": size}
    return b.permute(b.step("linear", turned.shape, turned, **layer), back)


def _distance(b: Builder, shape: Shape, x, y, p=2.0, *_):
    """Answer how far each row of ``x`` is from each of ``y``."""
    rows, columns = shape[-2:]
    size = x.shape[-1]
    x, y = (v if isinstance(v, Answer) else b.constant(v) for v in (x, y))
    x = b.reshape(x, (*x.shape[:-2], rows, 1, size))
    y = b.reshape(y, (*y.shape[:-2], 1, columns, size))
    return _norm(b, shape, b.together("subtract", (*shape, size), x, y), p, [-1])


def _smallest(b: Builder, shape: Shape, x, dims=None, keepdim=False):
    return scaled(b, reduced(b, shape, scaled(b, x, -1), dims, "max"), -1)


MATH = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "abs", "sign", "floor", "ceil", "trunc"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh"),
)
"""Functions of the same name in JavaScript and in torch."""

VALUES: dict[str, Callable] = {
    "softmax": _softmax,
    "_softmax": _softmax,
    "_log_softmax": _log_softmax,
    "relu": _each("relu"),
    "leaky_relu": _leaky_relu,
    "rrelu": _rrelu,
    "prelu": _prelu,
    "_prelu_kernel": _prelu,
    "sigmoid": _each("sigmoid"),
    "tanh": _each("tanh"),
    "gelu": _gelu,
    "elu": _elu,
    "selu": _selu,
    "celu": _celu,
    "silu": _each("silu"),
    "mish": _each("mish"),
    "softplus": _softplus,
    "relu6": _each("clamp", low=0.0, high=6.0),
    "hardtanh": lambda b, shape, x, low=-1.0, high=1.0: _clamp(b, shape, x, low, high),
    "clamp": _clamp,
    "clamp_min": _clamp,
    "clamp_max": lambda b, shape, x, high: _clamp(b, shape, x, None, high),
    "pow": _power,
    "square": _each("power", exponent=2),
    "sqrt": _math("sqrt"),
    "rsqrt": _each("power", exponent=-0.5),
    "reciprocal": _each("power", exponent=-1),
    "erf": _each("erf"),
    **{name: _math(name) for name in MATH},
    "round": lambda b, shape, x, **_: b.step("math", shape, scaled(b, x, 1, 0.5), name="floor"),
    "neg": lambda b, shape, x: scaled(b, x, -1),
    **dict.fromkeys(("logical_not", "bitwise_not"), lambda b, shape, x: scaled(b, x, -1, 1)),
    "add": add,
    "sub": _subtract,
    "rsub": _reversed_subtract,
    "mul": _multiply,
    "div": _divide,
    "floor_divide": lambda b, shape, x, y: _divide(b, shape, x, y, rounding_mode="floor"),
    "remainder": _remainder,
    "maximum": _two("larger"),
    "minimum": _two("smaller"),
    "gt": _two("above"),
    "lt": _two("above", swap=True),
    "le": _two("above", opposite=True),
    "ge": _two("above", swap=True, opposite=True),
    "eq": _two("equal"),
    "ne": _two("equal", opposite=True),
    **dict.fromkeys(("logical_and", "bitwise_and"), _two("multiply")),
    **dict.fromkeys(("logical_or", "bitwise_or"), _two("larger")),
    "where": _where,
    "mean": _mean,
    "sum": lambda b, shape, x, dims=None, *_, **__: reduced(b, shape, x, dims, "sum"),
    "amax": lambda b, shape, x, dims=None, *_: reduced(b, shape, x, dims, "max"),
    "amin": _smallest,
    "isnan": lambda b, shape, x: scaled(b, b.together("equal", shape, x, x), -1, 1),
    "_local_scalar_dense": _number,
    "item": _number,
    "hypot": _hypotenuse,
    "any": lambda b, shape, x, dims=None, *_: reduced(b, shape, x, dims, "max"),
    "all": _smallest,
    "cumsum": _running_sum,
    **dict.fromkeys(("cdist", "_cdist_forward"), _distance),
    "var": _variance,
    "linalg_vector_norm": _norm,
}
