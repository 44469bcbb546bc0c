"""What each operation of a traced network becomes in the browser; here those of whole layers.

``OPERATIONS`` has a function for each name of an ``aten`` operation. It is given the builder, the
shape of the answer, and the operation's own arguments: an ``Answer`` where a value depends on the
input, a tensor where it does not. Operations that are not here are first taken apart by torch.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aelib.live.builder import MIXES, RANDOM, Answer, Builder, NotShownError
from aelib.live.operations_images import IMAGES
from aelib.live.operations_shapes import SHAPES
from aelib.live.operations_values import VALUES, add, scaled

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
    y = scaled(b, y, alpha)
    return add(b, shape, y, bias, alpha=beta)


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
    s = scaled(b, s, 1 / math.sqrt(q.shape[-1]) if scale is None else scale)
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


OPERATIONS: dict[str, Callable] = {
    **SHAPES,
    **IMAGES,
    **VALUES,
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
}
