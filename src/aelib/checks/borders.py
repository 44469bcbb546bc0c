"""Convolutions without a border, to see what a network makes of an even picture."""

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class EvenBorders(TorchFunctionMode):
    """Let convolutions continue a picture beyond its border with the pixels at the border.

    An even picture stays even then, up to its edge, whatever the size of the kernel.
    """

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "pad" and kwargs["mode"] == "constant":  # torch itself hands the mode on by name
            return func(*_continued(*args), **kwargs)
        if name not in ("conv2d", "conv_transpose2d"):
            return func(*args, **kwargs)
        picture, weight, *rest = args if len(args) > 1 else (args[0], kwargs.pop("weight"))
        names = ("bias", "stride", "padding", "dilation", "groups")
        if name == "conv_transpose2d":
            names = ("bias", "stride", "padding", "output_padding", "groups", "dilation")
        given = dict(zip(names, rest, strict=False)) | kwargs
        kernel, dilation = weight.shape[2:], _two(given.get("dilation", 1))
        reach = [dilation[axis] * (kernel[axis] - 1) for axis in (0, 1)]
        if name == "conv2d":
            around = _around(given.get("padding", 0), reach)
            given["padding"] = 0
        else:  # a margin on all sides, which the padding then cuts off again
            around = [r for r in reversed(reach) for _ in range(2)]
            stride, padding = _two(given.get("stride", 1)), _two(given.get("padding", 0))
            given["padding"] = tuple(padding[axis] + reach[axis] * stride[axis] for axis in (0, 1))
        picture = functional.pad(picture, around, mode="replicate")
        return func(picture, weight, **given)


def _continued(picture: torch.Tensor, margins: list[int]) -> tuple[torch.Tensor, list[int]]:
    """Continue columns and rows by their margins; return also the margins that are then left.

    Those are of other axes, or as wide as the picture: such a one puts zeros between its pixels.
    """
    left = list(margins)
    for n in range(min(2, len(left) // 2)):
        (before, after), size = left[2 * n : 2 * n + 2], picture.shape[-1 - n]
        if max(before, after) < size:
            places = torch.arange(-before, size + after, device=picture.device)
            picture = picture.index_select(-1 - n, places.clamp(0, size - 1))
            left[2 * n : 2 * n + 2] = 0, 0
    return picture, left


def _two(value: int | tuple[int, ...]) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else (value * 2)[:2]
    return rows, columns


def _around(padding: int | str | tuple, reach: list[int]) -> list[int]:
    """Pixels left, right, above and below, as :func:`torch.nn.functional.pad` wants them."""
    if isinstance(padding, str):
        margins = [(r // 2, r - r // 2) if padding == "same" else (0, 0) for r in reach]
    else:
        margins = [(p, p) for p in _two(padding)]
    return [part for margin in reversed(margins) for part in margin]
