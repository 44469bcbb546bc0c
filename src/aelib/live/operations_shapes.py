"""Operations that only move values, and sums over some axes of them."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from aelib.live.builder import RANDOM, Answer, Builder, NotShownError, strides_of

Shape = tuple[int, ...]


def axis_of(x: Answer, dim: int) -> int:
    """Return the axis that torch's ``dim`` means."""
    return dim % len(x.shape)


def to_end(b: Builder, x: Answer, dims: list[int]) -> tuple[Answer, list[int]]:
    """Put axes behind all others; return also the order that undoes it."""
    axes = sorted(axis_of(x, dim) for dim in dims)
    order = [i for i in range(len(x.shape)) if i not in axes] + axes
    return b.permute(x, order), [order.index(i) for i in range(len(order))]


def reduced(b: Builder, shape: Shape, x: Answer, dims: list[int] | None, kind: str) -> Answer:
    """Sum over axes, or take the largest value along them."""
    dims = [dims] if isinstance(dims, int) else list(dims or range(len(x.shape)))
    size = math.prod(x.shape[axis_of(x, dim)] for dim in dims)
    return b.step(kind, shape, to_end(b, x, dims)[0], size=size, shape=list(shape))


def _reshape(b: Builder, shape: Shape, x: Answer, *_, **__):
    return b.reshape(x, shape)


def _same(b: Builder, shape: Shape, x: Answer, *_, **__):
    return x


def _moved(b: Builder, shape: Shape, x: Answer, move: Callable[[Tensor], Tensor]) -> Answer:
    """Move values as ``move`` moves those of a tensor of the same shape."""
    size = math.prod(x.shape)
    index = move(torch.arange(size).view(x.shape)).flatten().tolist()
    return b.reshape(b.take(b.reshape(x, (size,)), 0, index), shape)


def _permute(b: Builder, shape: Shape, x: Answer, dims: list[int]):
    return b.permute(x, [axis_of(x, dim) for dim in dims])


def _transpose(b: Builder, shape: Shape, x: Answer, first: int, second: int):
    order = list(range(len(x.shape)))
    i, j = axis_of(x, first), axis_of(x, second)
    order[i], order[j] = order[j], order[i]
    return b.permute(x, order)


def _expand(b: Builder, shape: Shape, x: Answer, *_, **__):
    return b.expand(x, shape)


def _slice(b: Builder, shape: Shape, x: Answer, dim=0, start=None, end=None, step=1):
    axis = axis_of(x, dim)
    rows = range(x.shape[axis])[slice(start, end, step)]
    strides = list(strides_of(x.shape))
    offset = rows.start * strides[axis]
    strides[axis] *= step
    return b.pick(x, shape, tuple(strides), offset)


def _select(b: Builder, shape: Shape, x: Answer, dim: int, index: int):
    axis = axis_of(x, dim)
    strides = list(strides_of(x.shape))
    offset = index % x.shape[axis] * strides.pop(axis)
    return b.pick(x, shape, tuple(strides), offset)


def _flip(b: Builder, shape: Shape, x: Answer, dims: list[int]):
    for dim in dims:
        axis = axis_of(x, dim)
        x = b.take(x, axis, list(range(x.shape[axis]))[::-1])
    return x


def _split(b: Builder, shape: Shape, x: Answer, sizes: int | list[int], dim: int = 0):
    axis = axis_of(x, dim)
    whole = x.shape[axis]
    if isinstance(sizes, int):
        sizes = [min(sizes, whole - at) for at in range(0, whole, sizes)]
    parts, at = [], 0
    for size in sizes:
        part = (*x.shape[:axis], size, *x.shape[axis + 1 :])
        parts.append(_slice(b, part, x, dim, at, at + size))
        at += size
    return parts


def _unbind(b: Builder, shape: Shape, x: Answer, dim: int = 0):
    axis = axis_of(x, dim)
    rest = (*x.shape[:axis], *x.shape[axis + 1 :])
    return [_select(b, rest, x, dim, i) for i in range(x.shape[axis])]


def _repeat(b: Builder, shape: Shape, x: Answer, times: list[int]):
    x = b.reshape(x, (*[1] * (len(times) - len(x.shape)), *x.shape))
    for axis, count in enumerate(times):
        x = b.take(x, axis, list(range(x.shape[axis])) * count)
    return x


def _index(b: Builder, shape: Shape, x: Answer, indices: list[Tensor | None]):
    given = [(dim, index) for dim, index in enumerate(indices) if index is not None]
    if len(given) == 1 and given[0][1].ndim == 1:
        return _index_select(b, shape, x, *given[0])
    return _moved(b, shape, x, lambda places: places[_as_index(indices)])


def _as_index(indices: list) -> tuple:
    return tuple(slice(None) if index is None else index for index in indices)


def _index_select(b: Builder, shape: Shape, x: Answer, dim: int, index: Tensor):
    axis = axis_of(x, dim)
    return b.take(x, axis, (index % x.shape[axis]).tolist())


def _index_put(
    b: Builder, shape: Shape, x: Answer | Tensor, indices: list, value, accumulate=False
):
    if any(isinstance(index, Answer) for index in indices):
        mask = indices[0]
        if len(indices) != 1 or mask.shape != shape or accumulate:
            raise NotShownError("writes to places that the picture decides; use torch.where")
        return b.together("where", shape, mask, value, x)
    places = torch.arange(math.prod(shape)).view(shape)[_as_index(indices)]
    value = value if isinstance(value, Answer) else b.constant(value)
    return written(b, shape, x, places, b.expand(value, tuple(places.shape)), accumulate)


def written(
    b: Builder,
    shape: Shape,
    x: Answer | Tensor,
    places: Tensor,
    value: Answer,
    accumulate: bool,
) -> Answer:
    """Put values in given places of an array, or add them there; places count from its first."""
    size = math.prod(shape)
    value = b.reshape(value, (places.numel(),))
    brought = [[] for _ in range(size)]
    for row, place in enumerate(places.flatten().tolist()):
        brought[place].append(row)
    if not accumulate:
        flat = b.reshape(x, (size,)) if isinstance(x, Answer) else x.flatten()
        index = [places.numel() + i if not rows else rows[-1] for i, rows in enumerate(brought)]
        both = _cat(b, (places.numel() + size,), [value, flat])
        return b.reshape(b.take(both, 0, index), shape)
    layers = max(map(len, brought))  # so many values come to one place
    index = [rows[i] if i < len(rows) else -1 for i in range(layers) for rows in brought]
    parts = b.reshape(b.take(value, 0, index), (layers, size))
    return b.together("add", shape, b.reshape(reduced(b, (size,), parts, 0, "sum"), shape), x)


def _pad(b: Builder, shape: Shape, x: Answer, pad: list[int], mode="constant", value=None):
    for i in range(len(pad) // 2):
        axis = axis_of(x, -1 - i)
        size = x.shape[axis]
        places = range(-pad[2 * i], size + pad[2 * i + 1])
        x = b.take(x, axis, [PADDED[mode](place, size) for place in places], float(value or 0))
    return x


PADDED: dict[str, Callable[[int, int], int]] = {
    "constant": lambda place, size: place if 0 <= place < size else -1,
    "reflect": lambda place, size: size - 1 - abs(size - 1 - abs(place)),
    "replicate": lambda place, size: min(max(place, 0), size - 1),
    "circular": lambda place, size: place % size,
}
"""Which of ``size`` pixels stands at a place beyond the first or the last; -1: the value given."""


def _scatter(b: Builder, shape: Shape, x: Answer, part, dim=0, start=None, end=None, step=1):
    """Put ``part`` in the place of some rows: what a change in place of a slice amounts to."""
    axis = dim % len(shape)
    size = shape[axis]
    index = list(range(size))
    rows = range(size)[slice(start, end, step)]
    for place, row in enumerate(rows):
        index[row] = size + place
    both = (*shape[:axis], size + len(rows), *shape[axis + 1 :])
    return b.take(_cat(b, both, [x, part], dim), axis, index)


def _select_scatter(b: Builder, shape: Shape, x, part, dim: int, index: int):
    axis = dim % len(shape)
    size = (*shape[:axis], 1, *shape[axis + 1 :])
    part = b.reshape(part, size) if isinstance(part, Answer) else part.reshape(size)
    start = index % shape[axis]
    return _scatter(b, shape, x, part, axis, start, start + 1)


def _cat(b: Builder, shape: Shape, parts: list[Answer | Tensor], dim: int = 0):
    answers = [part if isinstance(part, Answer) else b.constant(part) for part in parts]
    answers = [part for part in answers if math.prod(part.shape)]
    return b.step("cat", shape, *answers, axis=dim % len(shape), shape=list(shape))


def _filled(value: float | None) -> Callable:
    """Make a constant of an answer's shape."""

    def make(b: Builder, shape: Shape, _x: Answer, fill=None, *_, **__):
        return torch.full(shape, float(fill if value is None else value))

    return make


def _converted(b: Builder, shape: Shape, x: Answer, *rest, dtype=None, **_):
    dtype = next((value for value in rest if isinstance(value, torch.dtype)), dtype)
    if dtype is None or dtype.is_floating_point:
        return x
    if dtype == torch.bool:
        zero = b.together("equal", shape, x, torch.tensor(0.0))
        return b.step("scale", shape, zero, factor=-1.0, offset=1.0)
    return b.step("math", x.shape, x, name="trunc")


def _dropout(b: Builder, shape: Shape, x: Answer, p=0.5, train=False, *_):
    if train and p:
        raise NotShownError(RANDOM)
    return x


SHAPES: dict[str, Callable] = {
    "moved": _moved,
    "unfold": lambda b, shape, x, dim, size, step: _moved(
        b, shape, x, lambda places: places.unfold(dim, size, step)
    ),
    "diagonal": lambda b, shape, x, *rest: _moved(
        b, shape, x, lambda places: places.diagonal(*rest)
    ),
    **dict.fromkeys(("view", "_unsafe_view", "reshape", "flatten", "unflatten"), _reshape),
    **dict.fromkeys(("squeeze", "unsqueeze"), _reshape),
    **dict.fromkeys(("clone", "alias", "contiguous", "detach", "lift_fresh_copy"), _same),
    **dict.fromkeys(("dropout", "feature_dropout", "alpha_dropout"), _dropout),
    "_to_copy": _converted,
    "to": _converted,
    "permute": _permute,
    "transpose": _transpose,
    "t": lambda b, shape, x: _permute(b, shape, x, [*range(len(shape))][::-1]),
    "expand": _expand,
    "slice": _slice,
    "select": _select,
    "flip": _flip,
    "split": _split,
    "split_with_sizes": _split,
    "unbind": _unbind,
    "repeat": _repeat,
    "index": _index,
    "index_select": _index_select,
    "index_put": _index_put,
    "pad": _pad,
    "constant_pad_nd": lambda b, shape, x, pad, value=0: _pad(b, shape, x, pad, value=value),
    "slice_scatter": _scatter,
    "select_scatter": _select_scatter,
    "copy": lambda b, shape, x, y, *_: (
        b.expand(y, shape) if isinstance(y, Answer) else y.expand(shape)
    ),
    "cat": _cat,
    "full_like": _filled(None),
    **dict.fromkeys(("zeros_like", "new_zeros"), _filled(0)),
    **dict.fromkeys(("ones_like", "new_ones"), _filled(1)),
}
