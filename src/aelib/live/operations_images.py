"""Operations that look at an image through windows, or draw it in another size."""

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from aelib.live.builder import Answer, Builder, NotShownError
from aelib.live.operations_shapes import SHAPES, reduced

Shape = tuple[int, ...]

LEAST = -3e38
"""Stands beyond the edge where the largest value is wanted: no page can carry -infinity."""


def _pair(values: int | list[int]) -> list[int]:
    """Bring an option to [rows, columns]."""
    return _each_axis(values, 2)


def _as_image(convert: Callable, axes: int = 4) -> Callable:
    """Bring what is given to (n, channels, rows, columns), or (n, channels, values) with 3 axes."""

    def run(b: Builder, shape: Shape, x: Answer, *rest, **named):
        if len(x.shape) == axes:
            return convert(b, shape, x, *rest, **named)
        if len(x.shape) > axes:
            raise NotShownError(f"is given {len(x.shape)} axes; the explorer draws {axes}")
        one = convert(b, (1, *shape), b.reshape(x, (1, *x.shape)), *rest, **named)
        return b.reshape(one, shape)

    return run


def _convolution(
    b: Builder, shape: Shape, x, weight, bias, stride, padding, dilation, transposed, _out, groups
):
    if not isinstance(weight, Tensor):
        raise NotShownError("has a kernel that depends on the picture")
    if weight.ndim > 4:
        raise NotShownError("is a convolution in three dimensions")
    if len(x.shape) < weight.ndim:
        x, one = b.reshape(x, (1, *x.shape)), (1, *shape)
        more = (weight, bias, stride, padding, dilation, transposed, _out, groups)
        return b.reshape(_convolution(b, one, x, *more), shape)
    if weight.ndim == 3:  # a signal: an image of one row
        x = b.reshape(x, (*x.shape[:2], 1, x.shape[2]))
        row = (*shape[:2], 1, shape[2])
        weight, stride, dilation = weight.unsqueeze(2), [1, *stride], [1, *dilation]
        padding = [0, *padding]
        more = (weight, bias, stride, padding, dilation, transposed, _out, groups)
        return b.reshape(_convolution(b, row, x, *more), shape)
    if transposed:  # (inputs, filters / groups, …) to a row for each filter
        weight = weight.unflatten(0, (groups, -1)).transpose(1, 2).flatten(0, 1)
    rows = len(weight)
    layer = {
        "rows": rows,
        "columns": math.prod(weight.shape[1:]),
        "kernel": list(weight.shape[2:]),
        "stride": _pair(stride),
        "padding": _pair(padding),
        "shape": list(shape),
    }
    if _pair(dilation) != [1, 1]:
        layer["dilation"] = _pair(dilation)
    if groups != 1:
        layer["groups"] = groups
    bias = torch.zeros(rows) if bias is None else bias
    kind = "transposed convolution" if transposed else "convolution"
    return b.step(kind, shape, x, matrix=weight.flatten(1), vectors=(bias,), **layer)


def _conv(
    b: Builder, shape: Shape, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
):
    n = weight.ndim - 2
    stride, dilation = _each_axis(stride, n), _each_axis(dilation, n)
    if padding == "same":
        reach = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:], strict=True)]
        before = [r // 2 for r in reach]
        uneven = [(r - 2 * p) for r, p in zip(reach, before, strict=True)]
        x = SHAPES["pad"](b, shape, x, [side for extra in uneven[::-1] for side in (0, extra)])
        padding = before
    padding = _each_axis(0 if padding == "valid" else padding, n)
    return _convolution(b, shape, x, weight, bias, stride, padding, dilation, False, None, groups)


def _conv_transpose(
    b: Builder,
    shape: Shape,
    x,
    weight,
    bias=None,
    stride=1,
    padding=0,
    _out=0,
    groups=1,
    dilation=1,
):
    n = weight.ndim - 2
    options = (_each_axis(option, n) for option in (stride, padding, dilation))
    return _convolution(b, shape, x, weight, bias, *options, True, None, groups)


def _each_axis(option: int | list[int], n: int) -> list[int]:
    option = [option] if isinstance(option, int) else list(option)
    return option * n if len(option) == 1 else option


def _max_pool(b: Builder, shape: Shape, x, kernel, stride=(), padding=0, dilation=1, ceil=False):
    if _pair(dilation) == [1, 1]:
        return b.step("max pool", shape, x, **_window(shape, kernel, stride, padding))
    window = _window(shape, kernel, stride, padding)
    return _dilated_pool(b, x, _pair(dilation), **window)


def _dilated_pool(b: Builder, x: Answer, dilation, *, shape, kernel, stride, padding):
    reach = [(size - 1) * step + 1 for size, step in zip(shape[2:], stride, strict=True)]
    after = [dilation[i] * (kernel[i] - 1) + reach[i] - padding[i] - x.shape[2 + i] for i in (1, 0)]
    sides = [padding[1], after[0], padding[0], after[1]]
    x, best = SHAPES["pad"](b, shape, x, sides, value=LEAST), None
    for places in itertools.product(*map(range, kernel)):
        part = x
        for i in (0, 1):
            start = places[i] * dilation[i]
            part = _cut(b, part, 2 + i, start, start + reach[i], stride[i])
        best = part if best is None else b.together("larger", part.shape, best, part)
    return best


def _cut(b: Builder, x: Answer, axis: int, start: int, end: int, step: int = 1) -> Answer:
    size = len(range(start, end, step))
    shape = (*x.shape[:axis], size, *x.shape[axis + 1 :])
    return SHAPES["slice"](b, shape, x, axis, start, end, step)


def _average_pool(
    b: Builder,
    shape: Shape,
    x,
    kernel,
    stride=(),
    padding=0,
    ceil=False,
    counted=True,
    divisor=None,
):
    window = _window(shape, kernel, stride, padding)
    if divisor or (ceil and counted and any(window["padding"])):  # of each axis by itself
        for axis in (3, 2):
            k, s, p = (window[name][axis - 2] for name in ("kernel", "stride", "padding"))
            lines = torch.eye(x.shape[axis])[None]
            sums = 1 if divisor else None
            pooled = functional.avg_pool2d(lines, (1, k), (1, s), (0, p), ceil, counted, sums)
            x = _along(b, x, axis, pooled[0].t())
        return b.step("scale", x.shape, x, factor=1 / (divisor or 1), offset=0.0)
    return b.step("average pool", shape, x, **{"count padding": counted and not ceil}, **window)


def _window(shape: Shape, kernel, stride, padding) -> dict:
    kernel = _pair(kernel)
    return {
        "kernel": kernel,
        "stride": _pair(stride) if isinstance(stride, int) or len(stride) else kernel,
        "padding": _pair(padding),
        "shape": list(shape),
    }


def _adaptive_average(b: Builder, shape: Shape, x: Answer, _size):
    kernel = _whole_windows(x.shape, shape)
    if kernel:
        return _average_pool(b, shape, x, kernel)
    for axis in (3, 2):  # windows of unequal size
        lines = functional.adaptive_avg_pool1d(torch.eye(x.shape[axis]), shape[axis])
        x = _along(b, x, axis, lines.t())
    return x


def _along(b: Builder, x: Answer, axis: int, matrix: Tensor) -> Answer:
    """Multiply the rows or the columns of an image by a matrix."""
    rows, columns = matrix.shape
    order = [0, 1, 2, 3] if axis == 3 else [0, 1, 3, 2]
    x = b.permute(x, order)
    layer = {"rows": rows, "columns": columns}
    bias = torch.zeros(rows)
    y = b.step("linear", (*x.shape[:3], rows), x, matrix=matrix, vectors=(bias,), **layer)
    return b.permute(y, order)


def _adaptive_max(b: Builder, shape: Shape, x: Answer, _size):
    kernel = _whole_windows(x.shape, shape)
    if kernel:
        return _max_pool(b, shape, x, kernel)
    for axis in (3, 2):  # windows of unequal size
        size, parts = x.shape[axis], []
        cut = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        for i in range(shape[axis]):
            part = _cut(b, x, axis, i * size // shape[axis], -((i + 1) * size // -shape[axis]))
            parts.append(reduced(b, cut, part, axis, "max"))
        joined = (*x.shape[:axis], shape[axis], *x.shape[axis + 1 :])
        x = SHAPES["cat"](b, joined, parts, axis)
    return x


def _average_over_channels(
    b: Builder, shape: Shape, x: Answer, kernel, stride=(), padding=0, *rest
):
    """Average over neighbouring channels, as a local response norm does."""
    kernel, stride, padding = (_each_axis(v, 3) for v in (kernel, stride or kernel, padding))
    if kernel[1:] != [1, 1] or stride[1:] != [1, 1] or any(padding[1:]):
        raise NotShownError("is an average pool in three dimensions")
    flat, wanted = ((1, math.prod(s[:-3]), s[-3], s[-2] * s[-1]) for s in (x.shape, shape))
    options = ([kernel[0], 1], [stride[0], 1], [padding[0], 0], *rest)
    return b.reshape(_average_pool(b, wanted, b.reshape(x, flat), *options), shape)


def _whole_windows(given: Shape, wanted: Shape) -> list[int] | None:
    sizes = list(zip(given[2:], wanted[2:], strict=True))
    return None if any(n % m for n, m in sizes) else [n // m for n, m in sizes]


def _upsample(kind: str, *, signal: bool = False) -> Callable:
    """Describe how far one output pixel moves in the input, as torch reckons it."""

    def make(b: Builder, shape: Shape, x: Answer, size, *rest, **named):
        corners = False
        if kind == "bilinear":
            corners, *rest = rest
        factors = rest[0] if rest and isinstance(rest[0], list | tuple) else rest
        factors = list(factors or [])
        factors = factors if len(factors) == len(shape) - 2 and None not in factors else None
        if signal:
            x = b.reshape(x, (*x.shape[:2], 1, x.shape[2]))
            factors = factors and [1.0, *factors]
        wanted = (*shape[:2], 1, shape[2]) if signal else shape
        sizes = list(zip(x.shape[2:], wanted[2:], strict=True))
        if corners:
            step = [(before - 1) / max(after - 1, 1) for before, after in sizes]
        elif factors:
            step = [1 / factor for factor in factors]
        else:
            step = [before / after for before, after in sizes]
        layer = {"step": step, "corners": corners, "shape": list(wanted)}
        return b.reshape(b.step(f"{kind} upsample", wanted, x, **layer), shape)

    return make


def _nearest_exact(b: Builder, shape: Shape, x: Answer, *_, **__):
    for axis in (2, 3):
        step, size = x.shape[axis] / shape[axis], x.shape[axis]
        index = [min(int((i + 0.5) * step), size - 1) for i in range(shape[axis])]
        x = b.take(x, axis, index)
    return x


def _redrawn(mode: str, *, antialias: bool = False) -> Callable:
    """Draw each axis by itself, with torch's own weights for it."""

    def make(b: Builder, shape: Shape, x: Answer, _size, corners: bool, *_, **__):
        for axis in (3, 2):
            lines = torch.eye(x.shape[axis])[None, None]
            drawn = functional.interpolate(
                lines,
                (len(lines[0, 0]), shape[axis]),
                mode=mode,
                align_corners=corners,
                antialias=antialias,
            )
            x = _along(b, x, axis, drawn[0, 0].t())
        return x

    return make


IMAGES: dict[str, Callable] = {
    "convolution": _convolution,
    **dict.fromkeys(("conv1d", "conv2d"), _conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d"), _conv_transpose),
    "max_pool2d": _as_image(_max_pool),
    "max_pool2d_with_indices": _as_image(_max_pool),
    "avg_pool2d": _as_image(_average_pool),
    "adaptive_avg_pool2d": _as_image(_adaptive_average),
    "_adaptive_avg_pool2d": _as_image(_adaptive_average),
    "adaptive_max_pool2d": _as_image(_adaptive_max),
    "upsample_nearest2d": _as_image(_upsample("nearest")),
    "upsample_bilinear2d": _as_image(_upsample("bilinear")),
    "avg_pool3d": _average_over_channels,
    "upsample_nearest1d": _as_image(_upsample("nearest", signal=True), axes=3),
    "upsample_linear1d": _as_image(_upsample("bilinear", signal=True), axes=3),
    "upsample_bicubic2d": _as_image(_redrawn("bicubic")),
    "_upsample_bilinear2d_aa": _as_image(_redrawn("bilinear", antialias=True)),
    "_upsample_bicubic2d_aa": _as_image(_redrawn("bicubic", antialias=True)),
    "_upsample_nearest_exact2d": _as_image(_nearest_exact),
}
