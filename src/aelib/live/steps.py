"""The steps of a packed network, and what each answers: ``network.js`` once more, in torch.

What a page promises is measured with these functions, against the learner's own network.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Step:
    """One step of a network.

    Attributes
    ----------
    layer : dict
        What it does, plain JSON; shapes are those of a batch of one image.
    inputs : tuple of int
        Whose answers it takes: 0 is the network's input, k the answer of step k.
    matrix : torch.Tensor, optional
        Weights ``(rows, columns)``, a row for each output; they are rounded.
    vectors : tuple of torch.Tensor
        Other values, which are not: a bias, factors and offsets, a constant.
    """

    layer: dict
    inputs: tuple[int, ...]
    matrix: Tensor | None = None
    vectors: tuple[Tensor, ...] = ()


def quantise(matrix: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """Round a matrix; return the integers ``(rows, columns)`` and the scales ``(rows, 1)``."""
    scale = matrix.abs().amax(dim=1, keepdim=True) / (2 ** (bits - 1) - 1)
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))  # a row of zeros stays zero
    return torch.round(matrix / scale), scale


def answer(steps: Iterable[Step], x: Tensor, bits: int | None = None) -> Tensor:
    """Run a batch through steps; with ``bits``, their matrices are rounded as in the browser."""
    done = [x.unsqueeze(1)]  # as many batches of one
    for step in steps:
        matrix = step.matrix
        if matrix is not None and bits:
            q, scale = quantise(matrix, bits)
            matrix = q * scale
        weights = [values for values in (matrix, *step.vectors) if values is not None]
        batches = [done[index] for index in step.inputs]
        done.append(ANSWERS[step.layer["kind"]](step.layer, weights, *batches))
    return done[-1].flatten(0, 1)


def _linear(_layer: dict, weights: Sequence[Tensor], x: Tensor) -> Tensor:
    return functional.linear(x, *weights)


def _images(f: Callable[[dict, Sequence[Tensor], Tensor], Tensor]) -> Callable:
    """Let a step that takes images look at all that a batch holds."""
    return lambda layer, weights, x: f(layer, weights, x.flatten(0, -4)).reshape(
        len(x), *layer["shape"]
    )


def _convolution(layer: dict, weights: Sequence[Tensor], x: Tensor) -> Tensor:
    matrix, bias = weights
    kernel = matrix.view(layer["rows"], -1, *layer["kernel"])
    more = layer.get("dilation", [1, 1]), layer.get("groups", 1)
    return functional.conv2d(x, kernel, bias, layer["stride"], layer["padding"], *more)


def _transposed_convolution(layer: dict, weights: Sequence[Tensor], x: Tensor) -> Tensor:
    matrix, bias = weights
    groups, dilation = layer.get("groups", 1), layer.get("dilation", [1, 1])
    kernel = matrix.view(groups, layer["rows"] // groups, -1, *layer["kernel"])
    kernel = kernel.transpose(1, 2).flatten(0, 1)  # (inputs, rows / groups, height, width)
    sizes = zip(layer["shape"][-2:], x.shape[2:], range(2), strict=True)
    missing = [  # torch's output padding: how far the answer is larger than it must be
        wanted - (size - 1) * layer["stride"][i]
        + 2 * layer["padding"][i] - dilation[i] * (layer["kernel"][i] - 1) - 1
        for wanted, size, i in sizes
    ]  # fmt: skip
    return functional.conv_transpose2d(
        x, kernel, bias, layer["stride"], layer["padding"], missing, groups, dilation
    )


def _max_pool(layer: dict, _: Sequence[Tensor], x: Tensor) -> Tensor:
    window = layer["kernel"], layer["stride"], layer["padding"]
    y = functional.max_pool2d(x, *window)
    wanted = tuple(layer["shape"][-2:])
    return y if y.shape[2:] == wanted else functional.max_pool2d(x, *window, ceil_mode=True)


def _average_pool(layer: dict, _: Sequence[Tensor], x: Tensor) -> Tensor:
    window = layer["kernel"], layer["stride"], layer["padding"]
    counted = layer["count padding"]
    y = functional.avg_pool2d(x, *window, False, counted)
    wanted = tuple(layer["shape"][-2:])
    return y if y.shape[2:] == wanted else functional.avg_pool2d(x, *window, True, counted)


def _nearest(layer: dict, _: Sequence[Tensor], x: Tensor) -> Tensor:
    for axis, wanted, step in zip((2, 3), layer["shape"][-2:], layer["step"], strict=True):
        place = torch.arange(wanted, dtype=torch.float32) * torch.tensor(step)
        x = x.index_select(axis, place.long().clamp(max=x.shape[axis] - 1))
    return x


def _bilinear(layer: dict, _: Sequence[Tensor], x: Tensor) -> Tensor:
    for axis, wanted, step in zip((2, 3), layer["shape"][-2:], layer["step"], strict=True):
        place = torch.arange(wanted, dtype=torch.float64)
        at = place * step if layer["corners"] else ((place + 0.5) * step - 0.5).clamp(min=0)
        last = x.shape[axis] - 1
        low = at.long().clamp(max=last)
        shape = (-1, 1) if axis == 2 else (-1,)
        part = (at - low).float().view(shape)
        high = (low + 1).clamp(max=last)
        x = (1 - part) * x.index_select(axis, low) + part * x.index_select(axis, high)
    return x


def _constant(layer: dict, weights: Sequence[Tensor], x: Tensor) -> Tensor:
    return weights[0].view(layer["shape"]).expand(len(x), *layer["shape"])


def _pick(layer: dict, _: Sequence[Tensor], x: Tensor) -> Tensor:
    at = torch.tensor([layer["offset"]])
    for size, stride in zip(layer["shape"], layer["strides"], strict=True):
        at = (at[:, None] + torch.arange(size) * stride).flatten()
    return x.flatten(1)[:, at].view(-1, *layer["shape"])


def _take(layer: dict, _: Sequence[Tensor], x: Tensor) -> Tensor:
    axis, index = layer["axis"] + 1, torch.tensor(layer["index"])
    outside = (index < 0).view(-1, *[1] * (x.ndim - axis - 1))
    return x.index_select(axis, index.clamp(min=0)).masked_fill(outside, layer["value"])


def _batch_norm(_layer: dict, weights: Sequence[Tensor], x: Tensor) -> Tensor:
    factor, offset = (values.view(-1, *[1] * (x.ndim - 3)) for values in weights)
    return x * factor + offset


def _rows(f: Callable[[Tensor, dict], Tensor]) -> Callable:
    """Answer by a function of rows of ``size`` values."""
    return lambda layer, _, x: f(x.reshape(len(x), -1, layer["size"]), layer).reshape(
        len(x), *layer["shape"]
    )


def _each(f: Callable[[Tensor, dict], Tensor]) -> Callable:
    return lambda layer, _, x: f(x, layer)


def _together(f: Callable[..., Tensor]) -> Callable:
    def run(_layer: dict, _: Sequence[Tensor], *batches: Tensor) -> Tensor:
        rank = max(batch.ndim for batch in batches)
        aligned = [b.view(len(b), *[1] * (rank - b.ndim), *b.shape[1:]) for b in batches]
        return f(*aligned)

    return run


ANSWERS: dict[str, Callable[..., Tensor]] = {
    "linear": _linear,
    "convolution": _images(_convolution),
    "transposed convolution": _images(_transposed_convolution),
    "matmul": lambda _layer, _, a, b: a @ b,
    "max pool": _images(_max_pool),
    "average pool": _images(_average_pool),
    "nearest upsample": _images(_nearest),
    "bilinear upsample": _images(_bilinear),
    "reshape": lambda layer, _, x: x.reshape(len(x), *layer["shape"]),
    "constant": _constant,
    "pick": _pick,
    "take": _take,
    "cat": lambda layer, _, *batches: torch.cat(batches, layer["axis"] + 1),
    "batch norm": _batch_norm,
    "relu": _each(lambda x, _: x.relu()),
    "leaky relu": _each(lambda x, layer: torch.where(x > 0, x, layer["slope"] * x)),
    "sigmoid": _each(lambda x, _: x.sigmoid()),
    "tanh": _each(lambda x, _: x.tanh()),
    "gelu": _each(lambda x, _: functional.gelu(x)),
    "gelu tanh": _each(lambda x, _: functional.gelu(x, approximate="tanh")),
    "elu": _each(
        lambda x, p: torch.where(x > 0, p["above"] * x, p["below"] * torch.expm1(p["rate"] * x))
    ),
    "silu": _each(lambda x, _: functional.silu(x)),
    "softplus": _each(lambda x, layer: functional.softplus(x, layer["beta"], layer["threshold"])),
    "mish": _each(lambda x, _: functional.mish(x)),
    "erf": _each(lambda x, _: torch.erf(x)),
    "clamp": _each(lambda x, layer: x.clamp(layer.get("low"), layer.get("high"))),
    "scale": _each(lambda x, layer: layer["factor"] * x + layer["offset"]),
    "power": _each(lambda x, layer: x ** layer["exponent"]),
    "math": _each(lambda x, layer: getattr(torch, layer["name"])(x)),
    "add": _together(torch.add),
    "subtract": _together(torch.sub),
    "multiply": _together(torch.mul),
    "divide": _together(torch.div),
    "larger": _together(torch.maximum),
    "smaller": _together(torch.minimum),
    "above": _together(lambda a, b: (a > b).float()),
    "equal": _together(lambda a, b: (a == b).float()),
    "where": _together(lambda c, a, b: torch.where(c != 0, a, b)),
    "softmax": _rows(lambda x, _: x.softmax(2)),
    "normalise": _rows(lambda x, layer: functional.layer_norm(x, x.shape[2:], eps=layer["eps"])),
    "sum": _rows(lambda x, _: x.sum(2)),
    "max": _rows(lambda x, _: x.amax(2)),
    "sorted": _rows(lambda x, _: x.sort(2, descending=True).values),
}
"""What each kind of step answers: to its description, its weights, and batches."""
