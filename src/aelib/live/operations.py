"""What each operation of a traced network becomes in the browser: layers and arithmetic.

``OPERATIONS`` has a function for each name of an ``aten`` operation. It is given the builder, the
shape of the answer, and the operation's own arguments: an ``Answer`` where a value depends on the
input, a tensor where it does not. Operations that are not here are first taken apart by torch.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aelib.live.builder import MIXES, RANDOM, Answer, Builder, NotShownError, scalar, tensor
from aelib.live.operations_images import IMAGES
from aelib.live.operations_shapes import SHAPES, axis_of, reduced, to_end

Shape = tuple[int, ...]


# ------------------------------------------------------------------ layers with weights


def _linear(b: Builder, shape: Shape, x: Answer, weight: Tensor, bias: Tensor | None = None):
    if isinstance(weight, Answer) or not isinstance(x, Answer):
        raise NotShownError("multiplies by weights that depend on the picture")
    rows, columns = weight.shape
    bias = torch.zeros(rows) if bias is None else bias
    return b.step("linear", shape, x, matrix=weight, vectors=(bias,), rows=rows, columns=columns)


def _addmm(b: Builder, shape: Shape, bias, x, weight, *, beta=1, alpha=1):
    y = _matmul(b, shape, x, weight)
    y = _scaled(b, y, alpha)
    return _add(b, shape, y, bias, alpha=beta)


def _matmul(b: Builder, shape: Shape, x: Answer | Tensor, y: Answer | Tensor):
    if isinstance(y, Tensor) and y.ndim > 2 and (y == y[:1]).all():
        y = y[0]  # the same for every image
    if isinstance(x, Tensor) and x.ndim > 2 and (x == x[:1]).all():
        x = x[0]
    if isinstance(x, Answer) and isinstance(y, Tensor) and y.ndim == 2:
        return _linear(b, shape, x, y.t())
    if isinstance(y, Answer) and isinstance(x, Tensor) and x.ndim == 2 and len(y.shape) == 2:
        turned = _linear(b, shape[::-1], b.permute(y, [1, 0]), x)
        return b.permute(turned, [1, 0])
    answers = isinstance(x, Answer) and isinstance(y, Answer)
    if not answers or len(x.shape) < 2 or x.shape[:-2] != y.shape[:-2]:
        raise NotShownError("multiplies matrices of different images, or of unequal shapes")
    return b.step("matmul", shape, x, y, shape=list(shape))


def _attention(
    b: Builder, shape: Shape, q, k, v, mask=None, dropout_p=0.0, is_causal=False, *, scale=None, **_
):
    order = [*range(len(k.shape) - 2), len(k.shape) - 1, len(k.shape) - 2]
    scores = (*q.shape[:-1], k.shape[-2])
    s = _matmul(b, scores, q, b.permute(k, order))
    if dropout_p:
        raise NotShownError(RANDOM)
    s = _scaled(b, s, 1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    if is_causal:
        mask = torch.ones(scores[-2:], dtype=torch.bool).tril()
    if isinstance(mask, Tensor) and mask.dtype == torch.bool:
        mask = torch.zeros(mask.shape).masked_fill(~mask, -1e9)
    if mask is not None:
        s = b.together("add", scores, s, mask)
    s = b.step("softmax", scores, s, size=scores[-1], shape=list(scores))
    return _matmul(b, shape, s, v)


# ------------------------------------------------------------------ norms


def _batch_norm(
    b: Builder, shape: Shape, x, weight, bias, mean, variance, training=False, _m=0, eps=1e-5, *_
):
    if training or mean is None:
        raise NotShownError(
            "is a batch norm without running statistics: what it makes of one image depends on "
            "the others. Make it with track_running_stats=True"
        )
    factor = (variance.double() + eps).rsqrt()
    offset = -mean.double() * factor
    if weight is not None:
        factor, offset = factor * weight, offset * weight
    if bias is not None:
        offset = offset + bias
    return b.step("batch norm", shape, x, vectors=(factor, offset), channels=x.shape[0])


def _batch_norm_inference(b: Builder, shape: Shape, x, weight, bias, mean, variance, _m, eps):
    return _batch_norm(b, shape, x, weight, bias, mean, variance, eps=eps)


def _normalised(b: Builder, x: Answer, size: int, eps: float) -> Answer:
    return b.step("normalise", x.shape, x, size=size, eps=eps, shape=list(x.shape))


def _layer_norm(b: Builder, shape: Shape, x, sizes, weight=None, bias=None, eps=1e-5, *_):
    if len(sizes) > len(x.shape):
        raise NotShownError(MIXES)
    y = _normalised(b, x, math.prod(sizes), eps)
    y = y if weight is None else b.together("multiply", y.shape, y, weight)
    return y if bias is None else b.together("add", y.shape, y, bias)


def _group_norm(b: Builder, shape: Shape, x, groups, weight=None, bias=None, eps=1e-5, *_):
    y = _normalised(b, x, math.prod(x.shape) // groups, eps)
    if weight is None:
        return y
    bias = torch.zeros_like(weight) if bias is None else bias
    return b.step("batch norm", shape, y, vectors=(weight, bias), channels=x.shape[0])


def _instance_norm(b: Builder, shape: Shape, x, weight, bias, mean, variance, own, _m, eps, *_):
    if not own:
        return _batch_norm(b, shape, x, weight, bias, mean, variance, eps=eps)
    return _group_norm(b, shape, x, x.shape[0], weight, bias, eps)


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
    weight = weight.view(-1, *[1] * (len(shape) - 1))
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
    limits = {name: float(value) for name, value in limits.items() if value is not None}
    return b.step("clamp", shape, x, **limits) if limits else x


def _power(b: Builder, shape: Shape, x, exponent):
    number = scalar(exponent)
    if number is None or not isinstance(x, Answer):
        raise NotShownError("raises to a power that is no number")
    return b.step("power", shape, x, exponent=number)


# ------------------------------------------------------------------ arithmetic


def _scaled(b: Builder, x: Answer, factor: float, offset: float = 0.0) -> Answer:
    if factor == 1 and offset == 0:
        return x
    return b.step("scale", x.shape, x, factor=float(factor), offset=float(offset))


def _times(b: Builder, value: Answer | Tensor | float, factor: float) -> Answer | Tensor | float:
    return _scaled(b, value, factor) if isinstance(value, Answer) else value * factor


def _add(b: Builder, shape: Shape, x, y, *, alpha=1):
    y = _times(b, y, alpha)
    if isinstance(x, Answer) and scalar(y) is not None:
        return _scaled(b, x, 1, scalar(y))
    if isinstance(y, Answer) and scalar(x) is not None:
        return _scaled(b, y, 1, scalar(x))
    return b.together("add", shape, x, y)


def _subtract(b: Builder, shape: Shape, x, y, *, alpha=1):
    y = _times(b, y, alpha)
    if isinstance(x, Answer) and scalar(y) is not None:
        return _scaled(b, x, 1, -scalar(y))
    if scalar(x) is not None:
        return _scaled(b, y, -1, scalar(x))
    return b.together("subtract", shape, x, y)


def _reversed_subtract(b: Builder, shape: Shape, x, y, *, alpha=1):
    return _subtract(b, shape, y, _times(b, x, alpha))


def _multiply(b: Builder, shape: Shape, x, y):
    if isinstance(x, Answer) and scalar(y) is not None:
        return _scaled(b, x, scalar(y))
    if isinstance(y, Answer) and scalar(x) is not None:
        return _scaled(b, y, scalar(x))
    return b.together("multiply", shape, x, y)


def _divide(b: Builder, shape: Shape, x, y, *, rounding_mode=None):
    if rounding_mode:
        raise NotShownError("divides and rounds")
    if isinstance(x, Answer) and scalar(y) is not None:
        return _scaled(b, x, 1 / scalar(y))
    return b.together("divide", shape, tensor(x), y)


def _two(kind: str, *, swap: bool = False, opposite: bool = False) -> Callable:
    """Compare or combine two values; ``opposite`` answers 1 where ``kind`` answers 0."""

    def make(b: Builder, shape: Shape, x, y):
        parts = (tensor(y), tensor(x)) if swap else (tensor(x), tensor(y))
        answer = b.together(kind, shape, *parts)
        return _scaled(b, answer, -1, 1) if opposite else answer

    return make


def _where(b: Builder, shape: Shape, condition, x, y):
    return b.together("where", shape, tensor(condition), tensor(x), tensor(y))


def _mean(b: Builder, shape: Shape, x, dims=None, keepdim=False, **_):
    total = reduced(b, shape, x, dims, "sum")
    return _scaled(b, total, math.prod(shape) / math.prod(x.shape))


def _norm(b: Builder, shape: Shape, x, order=2, dims=None, keepdim=False, **_):
    if order != 2:
        raise NotShownError(f"takes a norm of order {order}")
    squares = b.step("power", x.shape, x, exponent=2)
    return b.step("power", shape, reduced(b, shape, squares, dims, "sum"), exponent=0.5)


def _variance(b: Builder, shape: Shape, x, dims=None, *, correction=1, keepdim=False):
    reached = [axis_of(x, dim) for dim in (dims if isinstance(dims, list) else [dims or 0])]
    kept = tuple(1 if axis in reached else size for axis, size in enumerate(x.shape))
    mean = _mean(b, kept, x, dims)
    squares = b.step("power", x.shape, b.together("subtract", x.shape, x, mean), exponent=2)
    size = math.prod(x.shape) // math.prod(kept)
    return _scaled(b, reduced(b, shape, squares, dims, "sum"), 1 / (size - correction))


def _largest(b: Builder, shape: Shape, x, other=None, keepdim=False):
    if isinstance(other, Answer | Tensor):
        return b.together("larger", shape, x, other)
    return [reduced(b, shape, x, other, "max"), None]  # and where it stands, which is not known


def _smallest(b: Builder, shape: Shape, x, dims=None, keepdim=False):
    return _scaled(b, reduced(b, shape, _scaled(b, x, -1), dims, "max"), -1)


MATH = ("exp", "expm1", "log", "log1p", "abs", "sin", "cos", "sign", "floor", "ceil", "trunc")
"""Functions of the same name in JavaScript and in torch."""

OPERATIONS: dict[str, Callable] = {
    **SHAPES,
    **IMAGES,
    "linear": _linear,
    "addmm": _addmm,
    "mm": _matmul,
    "bmm": _matmul,
    "matmul": _matmul,
    "scaled_dot_product_attention": _attention,
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit": lambda b, shape, x, *rest: _batch_norm(
        b, shape, x, None, None, None, None
    ),
    "_native_batch_norm_legit_no_training": _batch_norm_inference,
    "layer_norm": _layer_norm,
    "native_layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "instance_norm": _instance_norm,
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
    "round": lambda b, shape, x, **_: b.step("math", shape, _scaled(b, x, 1, 0.5), name="floor"),
    "neg": lambda b, shape, x: _scaled(b, x, -1),
    **dict.fromkeys(("logical_not", "bitwise_not"), lambda b, shape, x: _scaled(b, x, -1, 1)),
    "add": _add,
    "sub": _subtract,
    "rsub": _reversed_subtract,
    "mul": _multiply,
    "div": _divide,
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
    "max": _largest,
    "var": _variance,
    "linalg_vector_norm": _norm,
}
