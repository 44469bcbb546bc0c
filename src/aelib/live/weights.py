"""From torch modules to text: a list of layers and their weights, for ``network.js`` to run.

Every weight matrix is rounded to a few bits with one scale for each output row,

    w  ≈  scale[row] · q,      q an integer, |q| < 2**(bits - 1),

and ``pack`` takes the fewest bits with which the rounded network still draws the same picture as
the original: it runs both and compares every output value. Trained MNIST autoencoders come out at
11 to 13 bits a weight (float16, at 16, would be no better to the eye and a third larger).

Layout of the text (base64, little endian, in the order in which the layers are listed):
a matrix is ``rows`` float32 scales, then ``rows · columns`` values ``q + 2**(bits - 1)`` of
``bits`` bits each, lowest bit first, filled up to a whole byte, then ``rows`` float32 biases; a
batch norm is ``channels`` float32 factors and as many float32 offsets.
"""

import base64
import copy
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from aelib.live.parallel import Parallel

TOLERANCE = 1 / 255
"""How far rounding may move a pixel: half of what the page promises (2/255)."""

BITS = range(8, 17)
"""The encodings tried, from the smallest text to the largest."""


@dataclass(frozen=True)
class Packed:
    """Networks as text.

    Attributes
    ----------
    layers : dict
        For each name given to ``pack`` its list of layers, plain JSON.
    text : str
        All weights, base64.
    bits : int
        Bits for each weight.
    difference : float
        Largest difference of the rounded networks' output from the original's, on the given inputs.
    outputs : dict
        What the original networks answer, one batch for each name.
    """

    layers: dict[str, list[dict]]
    text: str
    bits: int
    difference: float
    outputs: dict[str, Tensor]


def pack(chain: Mapping[str, nn.Module], inputs: Tensor, *, tolerance: float = TOLERANCE) -> Packed:
    """Write a chain of networks, each fed by the one before, as layers and text.

    Parameters
    ----------
    chain : mapping of str to torch.nn.Module
        The names stand in error messages: ``{"encoder": encoder, "decoder": decoder}``. Dropout and
        batch norm are taken as in evaluation, whatever mode the modules are in; the modules
        themselves stay as they are.
    inputs : torch.Tensor
        float32 ``(n, values)``: what the first network takes, used for shapes and for comparing.
    tolerance : float
        Largest difference allowed in any output value.

    Raises
    ------
    TypeError
        For a layer that is not understood.
    ValueError
        For weights that are not finite, or a layer that cannot take what it is given.
    """
    exact = {name: evaluated(module, name) for name, module in chain.items()}
    layers, outputs, x = {}, {}, inputs
    with torch.no_grad():
        for name, module in exact.items():
            layers[name], x = _read(module, name, x)
            outputs[name] = x
        for bits in BITS:
            rounded = inputs
            for module in exact.values():
                rounded = _rounded(module, bits)(rounded)
            difference = float((rounded - x).abs().max())
            if difference <= tolerance:
                break
        else:
            warnings.warn(
                f"The {' and '.join(chain)} drawn in the browser differ from torch's by up to "
                f"{difference:.3g} (wanted: {tolerance:.3g}): their weights are too unequal in "
                "size for 16 bits. Batch normalisation or weight decay while training helps.",
                stacklevel=2,
            )
        data = b"".join(_bytes(module, bits) for top in exact.values() for module in _leaves(top))
    return Packed(layers, base64.b64encode(data).decode("ascii"), bits, difference, outputs)


def evaluated(module: nn.Module, name: str) -> nn.Module:
    """Return a float32 copy on the CPU in evaluation mode.

    Raises
    ------
    TypeError
        If it is no torch module.
    """
    if not isinstance(module, nn.Module):
        raise TypeError(
            f"{name} is a {type(module).__name__}; expected a torch module, for example "
            "nn.Sequential(nn.Linear(784, 64), nn.ReLU())."
        )
    module = copy.deepcopy(module).cpu().float().eval()
    for layer in module.modules():
        if hasattr(layer, "inplace"):
            layer.inplace = False  # what goes in is looked at again
    return module


# ------------------------------------------------------------------ reading the layers


def _read(module: nn.Module, place: str, x: Tensor) -> tuple[list[dict], Tensor]:
    """List the layers below a module by running it on ``x``; return also what it answers."""
    if type(module).forward is nn.Sequential.forward:
        layers = []
        for name, child in module._modules.items():  # named_children() skips a repeated layer
            below, x = _read(child, _inside(place, name), x)
            layers += below
        return layers, x
    if type(module) is Parallel:
        branches = [
            _read(branch, f"{place}.branches[{index}]", x)
            for index, branch in enumerate(module.branches)
        ]
        if len({y.shape for _, y in branches}) != 1:
            shapes = ", ".join(_shape(y) for _, y in branches)
            raise ValueError(
                f"The branches of {place} return different shapes, {shapes}; they are added, so "
                "make them equal."
            )
        return [{"kind": "sum", "branches": [b for b, _ in branches]}], module(x)

    if type(module) not in _DESCRIBE:
        raise TypeError(
            f"{place} is a {type(module).__name__}, which the explorer cannot run in the browser. "
            f"It understands {', '.join(kind.__name__ for kind in _DESCRIBE)}, Parallel and nested "
            "Sequential. A module of your own: give its parts as an nn.Sequential of these."
        )
    _check_finite(module, place)
    _check_rank(module, place, x)
    try:
        y = module(x)
    except RuntimeError as error:
        raise ValueError(
            f"{place}, {module}, cannot take what it is given, {_shape(x)} for each image: {error}"
        ) from error
    layer = _DESCRIBE[type(module)](module, place, x, y)
    return ([layer] if layer else []), y


def _inside(place: str, name: str) -> str:
    return f"{place}[{name}]" if name.isdigit() else f"{place}.{name}"


def _shape(x: Tensor) -> str:
    return "(" + ", ".join(map(str, x.shape[1:])) + (",)" if x.ndim == 2 else ")")


def _check_finite(module: nn.Module, place: str) -> None:
    for name, values in [*module.named_parameters(), *module.named_buffers()]:
        bad = int((~torch.isfinite(values)).sum())
        if bad:
            raise ValueError(
                f"{place}.{name} holds {bad} values that are not finite, of {values.numel()}; "
                "the training has diverged. Train again with a smaller learning rate."
            )


def _check_rank(module: nn.Module, place: str, x: Tensor) -> None:
    """Refuse what torch would take for an image without its batch, or for a batch of rows."""
    if type(module) in _SPATIAL and x.ndim != 4:
        raise ValueError(
            f"{place}, {module}, needs an image of (channels, height, width) and is given "
            f"{_shape(x)}. Put nn.Unflatten(1, (1, 28, 28)) before it."
        )
    if type(module) is nn.Linear:
        if x.ndim != 2:
            raise ValueError(
                f"{place}, {module}, needs one row of values for each image and is given "
                f"{_shape(x)}. Put nn.Flatten() before it."
            )
        if x.shape[1] != module.in_features:
            raise ValueError(
                f"{place} expects {module.in_features} values and is given {x.shape[1]}. Make the "
                "layer's in_features what the layer before it returns (an image has 784 pixels)."
            )


def _pair(value: int | tuple[int, int]) -> list[int]:
    return list(value) if isinstance(value, tuple) else [value, value]


def _refuse(module: nn.Module, place: str, **plain: object) -> None:
    """Refuse an option that the browser's code does not have."""
    for option, expected in plain.items():
        found = getattr(module, option)
        if found != expected:
            raise TypeError(
                f"{place} is a {type(module).__name__} with {option}={found!r}; the explorer "
                f"understands it with {option}={expected!r} only."
            )


def _linear(module: nn.Linear, _place: str, _x: Tensor, _y: Tensor) -> dict:
    return {"kind": "linear", "rows": module.out_features, "columns": module.in_features}


def _convolution(module: nn.Conv2d, place: str, _x: Tensor, y: Tensor) -> dict:
    _refuse(module, place, dilation=(1, 1), groups=1, padding_mode="zeros")
    if isinstance(module.padding, str):
        raise TypeError(
            f'{place} is a Conv2d with padding="{module.padding}"; give the padding as numbers.'
        )
    transposed = isinstance(module, nn.ConvTranspose2d)
    return {
        "kind": "transposed convolution" if transposed else "convolution",
        "rows": module.out_channels,
        "columns": module.in_channels * math.prod(module.kernel_size),
        "kernel": list(module.kernel_size),
        "stride": list(module.stride),
        "padding": list(module.padding),
        "shape": list(y.shape[1:]),
    }


def _max_pool(module: nn.MaxPool2d, place: str, _x: Tensor, y: Tensor) -> dict:
    _refuse(module, place, dilation=1, return_indices=False)
    return {"kind": "max pool", **_window(module, y)}


def _average_pool(module: nn.AvgPool2d, place: str, _x: Tensor, y: Tensor) -> dict:
    _refuse(module, place, divisor_override=None, ceil_mode=False)
    return {
        "kind": "average pool",
        "count padding": module.count_include_pad,
        **_window(module, y),
    }


def _window(module: nn.MaxPool2d | nn.AvgPool2d, y: Tensor) -> dict:
    return {
        "kernel": _pair(module.kernel_size),
        "stride": _pair(module.stride),
        "padding": _pair(module.padding),
        "shape": list(y.shape[1:]),
    }


def _upsample(module: nn.Upsample, place: str, x: Tensor, y: Tensor) -> dict:
    if module.mode not in ("nearest", "bilinear"):
        raise TypeError(
            f'{place} is an Upsample with mode="{module.mode}"; the explorer understands "nearest" '
            'and "bilinear".'
        )
    sizes = list(zip(x.shape[2:], y.shape[2:], strict=True))
    if module.align_corners:
        step = [(before - 1) / max(after - 1, 1) for before, after in sizes]
    elif module.scale_factor is None or module.recompute_scale_factor:
        step = [before / after for before, after in sizes]
    else:
        factor = module.scale_factor
        step = [1 / f for f in (factor if isinstance(factor, tuple) else (factor, factor))]
    return {
        "kind": f"{module.mode} upsample",
        "step": step,  # how far one output pixel moves in the input
        "corners": bool(module.align_corners),
        "shape": list(y.shape[1:]),
    }


def _batch_norm(module: nn.BatchNorm2d, place: str, _x: Tensor, _y: Tensor) -> dict:
    _refuse(module, place, track_running_stats=True)
    return {"kind": "batch norm", "channels": module.num_features}


def _reshape(_module: nn.Module, _place: str, _x: Tensor, y: Tensor) -> dict:
    return {"kind": "reshape", "shape": list(y.shape[1:])}


def _leaky_relu(module: nn.LeakyReLU, _place: str, _x: Tensor, _y: Tensor) -> dict:
    return {"kind": "leaky relu", "slope": module.negative_slope}


def _plain(kind: str | None):
    """Describe a layer without parameters; None: in evaluation it does nothing."""
    return lambda _module, _place, _x, _y: {"kind": kind} if kind else None


_DESCRIBE = {
    nn.Linear: _linear,
    nn.Conv2d: _convolution,
    nn.ConvTranspose2d: _convolution,
    nn.MaxPool2d: _max_pool,
    nn.AvgPool2d: _average_pool,
    nn.Upsample: _upsample,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.Dropout: _plain(None),
    nn.Dropout2d: _plain(None),
    nn.Flatten: _reshape,
    nn.Unflatten: _reshape,
    nn.ReLU: _plain("relu"),
    nn.LeakyReLU: _leaky_relu,
    nn.Sigmoid: _plain("sigmoid"),
    nn.Tanh: _plain("tanh"),
    nn.Identity: _plain(None),
}

_SPATIAL = (nn.Conv2d, nn.ConvTranspose2d, nn.MaxPool2d, nn.AvgPool2d, nn.Upsample, nn.BatchNorm2d)


# ------------------------------------------------------------------ rounding and writing


def _leaves(module: nn.Module) -> Iterator[nn.Module]:
    """Yield the modules without children, in the order in which they are read."""
    for child in module._modules.values():  # children() skips a repeated layer
        yield from _leaves(child)
    if not module._modules:
        yield module


def _matrix(module: nn.Module) -> Tensor | None:
    """View a layer's weights as ``(rows, columns)``, a row for each output; None: it has none."""
    if isinstance(module, nn.ConvTranspose2d):
        return module.weight.transpose(0, 1).flatten(1)
    if isinstance(module, nn.Linear | nn.Conv2d):
        return module.weight.flatten(1)
    return None


def _quantise(matrix: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """Round a matrix; return the integers ``(rows, columns)`` and the scales ``(rows, 1)``."""
    scale = matrix.abs().amax(dim=1, keepdim=True) / (2 ** (bits - 1) - 1)
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))  # a row of zeros stays zero
    return torch.round(matrix / scale), scale


def _rounded(module: nn.Module, bits: int) -> nn.Module:
    """Return a copy with the weights that the browser will have."""
    module = copy.deepcopy(module)
    for leaf in _leaves(module):
        matrix = _matrix(leaf)
        if matrix is not None:
            q, scale = _quantise(matrix, bits)
            values = q * scale
            if isinstance(leaf, nn.ConvTranspose2d):
                values = values.view_as(leaf.weight.transpose(0, 1)).transpose(0, 1)
            leaf.weight.copy_(values.reshape(leaf.weight.shape))
    return module


def _bytes(module: nn.Module, bits: int) -> bytes:
    """Write the weights of one layer; a layer without weights writes nothing."""
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
        variance, mean = module.running_var.double(), module.running_mean.double()
        factor = (variance + module.eps).rsqrt()
        offset = -mean * factor
        if module.affine:
            factor, offset = factor * module.weight, offset * module.weight + module.bias
        return _floats(factor) + _floats(offset)
    matrix = _matrix(module)
    if matrix is None:
        return b""
    q, scale = _quantise(matrix, bits)
    bias = torch.zeros(len(matrix)) if module.bias is None else module.bias
    values = (q.numpy().astype(np.int64).ravel() + 2 ** (bits - 1))[:, None]
    packed = np.packbits((values >> np.arange(bits)) & 1, bitorder="little")
    return _floats(scale) + packed.tobytes() + _floats(bias)


def _floats(values: Tensor) -> bytes:
    return values.detach().numpy().astype("<f4").tobytes()
