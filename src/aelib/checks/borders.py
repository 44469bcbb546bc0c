"""Convolutions without a border, to see what a network makes of an even picture."""

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
            return functional.pad(*args, mode="replicate")
        if name not in ("conv2d", "conv_transpose2d"):
            return func(*args, **kwargs)
        picture, weight, *rest = args if len(args) > 1 else (args[0], kwargs.pop("weight"))
        names = ("bias", "stride", "padding", "dilation", "groups")
        if name == "conv_transpose2d":
            names = ("bias", "stride", "padding", "output_padding", "groups", "dilation")
        given = dict(zip(names, rest, strict=False)) | kwargs
        kernel, dilation = weight.shape[2:], _two(given.get("dilation", 1))
        reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        if name == "conv2d":
            around = _around(given.get("padding", 0), reach)
            given["padding"] = 0
        else:  # a margin on all sides, which the padding then cuts off again
            around = [r for r in reversed(reach) for _ in range(2)]
            stride, padding = _two(given.get("stride", 1)), _two(given.get("padding", 0))
            given["padding"] = tuple(
                p + r * s for p, r, s in zip(padding, reach, stride, strict=True)
            )
        picture = functional.pad(picture, around, mode="replicate")
        return func(picture, weight, **given)


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
