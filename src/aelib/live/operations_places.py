"""Operations on where values stand: the largest and its place, sorted ones, looking up by place.

A place that the picture decides is compared with all there are; what stands there is then a sum in
which one term is not 0.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from aelib.live.builder import Answer, Builder, NotShownError, tensor
from aelib.live.operations_shapes import SHAPES, axis_of, reduced, to_end, written
from aelib.live.operations_values import scaled

Shape = tuple[int, ...]


def _marks(b: Builder, index: Answer, size: int) -> Answer:
    """Answer, for each place, 1 in its own column of ``size`` and 0 in the others."""
    column = b.reshape(index, (*index.shape, 1))
    return b.together("equal", (*index.shape, size), column, torch.arange(size))


def _lookup(b: Builder, shape: Shape, table: Tensor | Answer, index: Answer, *_, **__):
    if isinstance(table, Answer):
        raise NotShownError("looks up, in what it has computed, places that the picture decides")
    matrix = table.flatten(1).t()
    rows, columns = matrix.shape
    found = b.step(
        "linear", (*index.shape, rows), _marks(b, index, columns), matrix=matrix,
        vectors=(torch.zeros(rows),), rows=rows, columns=columns,
    )  # fmt: skip
    return b.reshape(found, shape)


def _index(b: Builder, shape: Shape, x: Answer | Tensor, indices: list):
    places = [index for index in indices if index is not None]
    if isinstance(places[0], Answer) and len(indices) == 1:
        return _lookup(b, shape, x, places[0])
    if any(isinstance(index, Answer) for index in places):
        raise NotShownError("looks up values at places that the picture decides")
    return SHAPES["index"](b, shape, x, indices)


def _embedding(b: Builder, shape: Shape, table: Tensor | Answer, index: Answer | Tensor, *_, **__):
    if isinstance(index, Tensor):
        return SHAPES["index"](b, shape, table, [index])
    return _lookup(b, shape, table, index)


def _first_of(b: Builder, shape: Shape, marked: Answer, dim: int) -> Answer:
    """Answer where the first 1 of each row stands."""
    axis = axis_of(marked, dim)
    size = marked.shape[axis]
    ranks = torch.arange(size, 0, -1).view(-1, *[1] * (len(marked.shape) - axis - 1))
    ranked = b.together("multiply", marked.shape, marked, ranks)
    return scaled(b, reduced(b, shape, ranked, dim, "max"), -1, size)


def _argmax(b: Builder, shape: Shape, x: Answer, dim=None, keepdim=False):
    if dim is None:
        x, dim = SHAPES["flatten"](b, (torch.Size(x.shape).numel(),), x), 0
    row = list(x.shape)
    row[axis_of(x, dim)] = 1
    top = reduced(b, tuple(row), x, dim, "max")
    return _first_of(b, shape, b.together("equal", x.shape, x, top), dim)


def _extreme(sign: int) -> Callable:
    """Answer the largest or the smallest along an axis and its place, or of two values."""

    def make(b: Builder, shape: Shape, x: Answer | Tensor, other=None, keepdim=False):
        if isinstance(other, Answer | Tensor):
            return b.together("larger" if sign > 0 else "smaller", shape, tensor(x), other)
        turned = scaled(b, x, sign)
        top = scaled(b, reduced(b, shape, turned, other, "max"), sign)
        return top if other is None else [top, _argmax(b, shape, turned, other)]

    return make


def _in_order(b: Builder, x: Answer, dim: int, rows: slice, sign: int) -> list[Answer]:
    """Sort an axis, the largest first (sign 1) or last; keep some, answer also their places."""
    turned, back = to_end(b, scaled(b, x, sign), [dim])
    size = turned.shape[-1]
    ordered = b.step("sorted", turned.shape, turned, size=size, shape=list(turned.shape))
    kept = range(size)[rows]
    shape = (*turned.shape[:-1], len(kept))
    ordered = b.take(ordered, len(shape) - 1, list(kept))
    column, row = (*shape, 1), (*shape[:-1], 1, size)
    equal = b.together("equal", (*shape, size), b.reshape(ordered, column), b.reshape(turned, row))
    places = _first_of(b, shape, equal, -1)
    return [b.permute(scaled(b, ordered, sign), back), b.permute(places, back)]


def _topk(b: Builder, shape: Shape, x: Answer, k: int, dim=-1, largest=True, sorted=True):
    return _in_order(b, x, dim, slice(k), 1 if largest else -1)


def _sort(b: Builder, shape: Shape, x: Answer, dim=-1, descending=False, **_):
    return _in_order(b, x, dim, slice(None), 1 if descending else -1)


def _kth_value(b: Builder, shape: Shape, x: Answer, k: int, dim=-1, keepdim=False):
    return [b.reshape(part, shape) for part in _in_order(b, x, dim, slice(k - 1, k), -1)]


def _gather(b: Builder, shape: Shape, x: Answer | Tensor, dim: int, index: Answer | Tensor, **_):
    if isinstance(index, Tensor):
        return SHAPES["moved"](b, shape, x, lambda places: places.gather(dim, index))
    x = x if isinstance(x, Answer) else b.constant(x)
    (x, _back), (index, back) = to_end(b, x, [dim]), to_end(b, index, [dim])
    marks = _marks(b, index, x.shape[-1])
    row = b.reshape(x, (*x.shape[:-1], 1, x.shape[-1]))
    if x.shape[:-1] != index.shape[:-1]:
        raise NotShownError("gathers from a part of the rows")
    found = b.together("multiply", marks.shape, marks, row)
    return b.permute(reduced(b, index.shape, found, -1, "sum"), back)


def _scatter(b: Builder, shape: Shape, x: Answer | Tensor, dim: int, index, value, **named):
    if named:
        raise NotShownError("scatters values and reduces them. Use scatter_add or a product")
    if isinstance(index, Tensor):
        return _fixed_scatter(b, shape, x, dim, index, value)
    x = x if isinstance(x, Answer) else b.constant(x)
    (x, back), (index, _back) = to_end(b, x, [dim]), to_end(b, index, [dim])
    if x.shape[:-1] != index.shape[:-1]:
        raise NotShownError("scatters to a part of the rows")
    marks = _marks(b, index, x.shape[-1])
    count = reduced(b, x.shape, marks, -2, "sum")
    if isinstance(value, Answer | Tensor):
        value = value if isinstance(value, Answer) else b.constant(value)
        column = b.reshape(to_end(b, value, [dim])[0], (*index.shape, 1))
        parts = b.together("multiply", marks.shape, marks, column)
        several = b.step("clamp", count.shape, count, low=1.0)  # equal values: each brought its own
        value = b.together("divide", x.shape, reduced(b, x.shape, parts, -2, "sum"), several)
    return b.permute(b.together("where", x.shape, count, tensor(value), x), back)


def _fixed_scatter(
    b: Builder, shape: Shape, x: Answer | Tensor, dim: int, index, value, accumulate=False
):
    value = tensor(value)
    value = value if isinstance(value, Answer) else b.constant(value)
    wanted = tuple(index.shape) if isinstance(index, Tensor) else None
    if value.shape not in (wanted, ()):
        raise NotShownError("scatters to places that the picture decides, or a part of the values")
    places = torch.arange(torch.Size(shape).numel()).view(shape).gather(dim, index)
    return written(b, shape, x, places, b.expand(value, wanted), accumulate)


def _scatter_add(b: Builder, shape: Shape, x: Answer | Tensor, dim: int, index, value):
    return _fixed_scatter(b, shape, x, dim, index, value, accumulate=True)


def _median(b: Builder, shape: Shape, x: Answer, dim=-1, keepdim=False):
    return _kth_value(b, shape, x, (x.shape[axis_of(x, dim)] + 1) // 2, dim)


PLACES: dict[str, Callable] = {
    "index": _index,
    "embedding": _embedding,
    "one_hot": lambda b, shape, x, *_: _marks(b, x, shape[-1]),
    "argmax": _argmax,
    "argmin": lambda b, shape, x, *rest, **named: _argmax(
        b, shape, scaled(b, x, -1), *rest, **named
    ),
    "max": _extreme(1),
    "min": _extreme(-1),
    "topk": _topk,
    "sort": _sort,
    "kthvalue": _kth_value,
    "median": _median,
    "gather": _gather,
    "scatter": _scatter,
    "scatter_add": _scatter_add,
}
