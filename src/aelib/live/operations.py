"""What each operation of a traced network becomes in the browser; here those of whole layers.

``OPERATIONS`` has a function for each name of an ``aten`` operation. It is given the builder, the
shape of the answer, and the operation's own arguments: an ``Answer`` where a value depends on the
input, a tensor where it does not. Operations that are not here are first taken apart by torch.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aelib.live.builder import RANDOM, Answer, Builder, NotShownError
from aelib.live.operations_images import IMAGES
from aelib.live.operations_places import PLACES
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
    if len(x.shape) == 1:
        return b.reshape(_matmul(b, (*shape[:-1], 1, *shape[-1:]), _row(b, x), y), shape)
    if len(y.shape) == 1:
        return b.reshape(_matmul(b, (*shape, 1), x, _column(b, y)), shape)
    x, y = _one(x), _one(y)
    if isinstance(x, Answer) and isinstance(y, Tensor) and y.ndim == 2:
        return b.reshape(_linear(b, (*x.shape[:-1], y.shape[1]), x, y.t()), shape)
    turn = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
    if isinstance(x, Tensor) and x.ndim == 2:
        turned = b.permute(b.reshape(y, (*shape[:-2], *y.shape[-2:])), turn)
        answer = _linear(b, tuple(shape[i] for i in turn), turned, x)
        return b.permute(answer, turn)
    x, y = (v if isinstance(v, Answer) else b.constant(v) for v in (x, y))
    x, y = (b.expand(v, (*shape[:-2], *v.shape[-2:])) for v in (x, y))
    return b.step("matmul", shape, x, y, shape=list(shape))


def _one(x: Answer | Tensor) -> Answer | Tensor:
    """Take one of several equal matrices."""
    while isinstance(x, Tensor) and x.ndim > 2 and (x == x[:1]).all():
        x = x[0]
    return x


def _bilinear(b: Builder, shape: Shape, x, y, weight: Tensor, bias: Tensor | None = None):
    x, y = (v if isinstance(v, Answer) else b.constant(v) for v in (x, y))
    products = (*shape[:-1], *weight.shape[1:])
    x, y = b.reshape(x, (*x.shape, 1)), b.reshape(y, (*y.shape[:-1], 1, y.shape[-1]))
    xy = b.reshape(b.together("multiply", products, x, y), (*shape[:-1], weight[0].numel()))
    return _linear(b, shape, xy, weight.flatten(1), bias)


def _row(b: Builder, x: Answer | Tensor) -> Answer | Tensor:
    return x.view(1, -1) if isinstance(x, Tensor) else b.reshape(x, (1, *x.shape))


def _column(b: Builder, x: Answer | Tensor) -> Answer | Tensor:
    return x.view(-1, 1) if isinstance(x, Tensor) else b.reshape(x, (*x.shape, 1))


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
    return b.step("batch norm", shape, x, vectors=(factor, offset), channels=x.shape[1])


def _batch_norm_inference(b: Builder, shape: Shape, x, weight, bias, mean, variance, _m, eps):
    return _batch_norm(b, shape, x, weight, bias, mean, variance, eps=eps)


def _normalised(b: Builder, x: Answer, size: int, eps: float) -> Answer:
    return b.step("normalise", x.shape, x, size=size, eps=eps, shape=list(x.shape))


def _layer_norm(b: Builder, shape: Shape, x, sizes, weight=None, bias=None, eps=1e-5, *_):
    y = _normalised(b, x, math.prod(sizes), eps)
    y = y if weight is None else b.together("multiply", y.shape, y, weight)
    return y if bias is None else b.together("add", y.shape, y, bias)


def _group_norm(b: Builder, shape: Shape, x, groups, weight=None, bias=None, eps=1e-5, *_):
    y = _normalised(b, x, math.prod(x.shape[1:]) // groups, eps)
    if weight is None:
        return y
    bias = torch.zeros_like(weight) if bias is None else bias
    return b.step("batch norm", shape, y, vectors=(weight, bias), channels=x.shape[1])


def _instance_norm(b: Builder, shape: Shape, x, weight, bias, mean, variance, own, _m, eps, *_):
    if not own:
        return _batch_norm(b, shape, x, weight, bias, mean, variance, eps=eps)
    return _group_norm(b, shape, x, x.shape[1], weight, bias, eps)


OPERATIONS: dict[str, Callable] = {
    **SHAPES,
    **IMAGES,
    **VALUES,
    **PLACES,
    "linear": _linear,
    **dict.fromkeys(("addmm", "baddbmm", "addmv"), _addmm),
    **dict.fromkeys(("mm", "bmm", "mv", "matmul"), _matmul),
    "bilinear": _bilinear,
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
