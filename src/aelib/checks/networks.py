"""Whether a pair of networks has the shape of an autoencoder, untrained as it comes."""

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from aelib.checks.probes import quietly
from aelib.checks.result import Fault, Result
from aelib.checks.tasks import attempt, start

IMAGES = 16
MIDDLE = slice(12, 16)  # four pixels, far enough from the padding at the border


def shapes(build_autoencoder: Callable, code: tuple[int | None, ...] | None = None) -> Result:
    """Check what the networks return: shapes, and pixels in [0, 1].

    Parameters
    ----------
    build_autoencoder
        Returns a new encoder, from flat images ``(n, 784)`` to codes, and a new decoder back.
    code
        Shape that a code must have, None for any number: ``(100,)``, ``(None, 7, 7)``.
    """
    result = start("shapes", build_autoencoder)
    inspect_shapes(result, build_autoencoder, code)
    return result.record()


def mirrored(build_autoencoder: Callable) -> Result:
    """Check that the decoder has the encoder's layers in reverse."""
    result = start("mirrored", build_autoencoder)
    inspect_mirror(result, build_autoencoder)
    return result.record()


def upsampled(build_autoencoder: Callable) -> Result:
    """Check that the decoder enlarges by upsampling, and not by weights of its own."""
    result = start("upsampled", build_autoencoder)
    inspect_upsampling(result, build_autoencoder)
    return result.record()


def inspect_shapes(
    result: Result, build_autoencoder: Callable, code: tuple[int | None, ...] | None
) -> None:
    """Add the steps about shapes and range to a result."""
    with quietly(), torch.no_grad():
        with result.step("the encoder turns flat images into codes of the right shape"):
            encoder, decoder = build(build_autoencoder)
            codes = _encode(encoder)
            _judge_code(codes, code)
        if not result.steps[-1].passed:
            return
        with result.step("the decoder restores flat images of 28 x 28 pixels"):
            images = _decode(decoder, codes)
            _judge_images(images)
        if not result.steps[-1].passed:
            return
        with result.step("the decoder's pixels lie in [0, 1]"):
            many = torch.cat([_decode(decoder, scale * codes) for scale in (1, -30, 30)])
            low, high = float(many.min()), float(many.max())
            if not (low >= 0 and high <= 1):
                raise Fault(
                    f"The decoder returns values from {low:.2g} to {high:.2g}, but pixels lie in "
                    "[0, 1]. What follows its last layer with weights?"
                )


def inspect_mirror(result: Result, build_autoencoder: Callable) -> None:
    """Add the step about the mirrored layers to a result."""
    with (
        quietly(),
        torch.no_grad(),
        result.step("encoder and decoder are mirrored, layer by layer"),
    ):
        encoder, decoder = build(build_autoencoder)
        with _Layers() as down:
            codes = _encode(encoder)
        with _Layers() as up:
            _decode(decoder, codes)
        if up.widths != [(after, before) for before, after in reversed(down.widths)]:
            raise Fault(
                f"The encoder's layers go {down}; the decoder's go {up}, which is not the way "
                "back. Write both lists side by side and read one of them backwards."
            )


def inspect_upsampling(result: Result, build_autoencoder: Callable) -> None:
    """Add the step about upsampling to a result.

    A code that is the same at every place has no structure to show. Copied or interpolated and
    then convolved it stays even, whatever the weights; a layer that enlarges with weights of its
    own, one for each place in a block, prints its pattern.
    """
    with (
        quietly(),
        torch.no_grad(),
        result.step("pooling is replaced by upsampling, which has no weights"),
    ):
        encoder, decoder = build(build_autoencoder)
        codes = _encode(encoder)
        if codes.ndim != 4:
            raise Fault(
                f"A code has the shape {tuple(codes.shape[1:])}; channels, rows and columns are "
                "expected, so that there is something to enlarge."
            )
        even = torch.randn(*codes.shape[:2], 1, 1).expand_as(codes).contiguous()
        images = _decode(decoder, even)
        _judge_images(images)
        middle = images.unflatten(1, (28, 28))[:, MIDDLE, MIDDLE].flatten(1)
        if float((middle.amax(1) - middle.amin(1)).max()) > 1e-4:
            raise Fault(
                "A code that is the same everywhere comes back with a pattern: the decoder "
                "enlarges with weights of its own, as transposed or fully connected layers do. "
                "Pooling has no weights; neither should what undoes it."
            )


def build(build_autoencoder: Callable) -> tuple[nn.Module, nn.Module]:
    """Build an encoder and a decoder, in evaluation mode, or say what came instead."""
    pair = attempt(build_autoencoder)
    if not (
        isinstance(pair, tuple | list)
        and len(pair) == 2
        and all(isinstance(part, nn.Module) for part in pair)
    ):
        raise Fault(
            f"Two networks are expected, `return encoder, decoder`; found {type(pair).__name__}. "
            "Both must be torch modules, such as nn.Sequential."
        )
    encoder, decoder = pair
    return encoder.eval(), decoder.eval()


def _encode(encoder: nn.Module) -> torch.Tensor:
    images = torch.rand(IMAGES, 784)
    return _call("encoder", encoder, images, f"flat images {tuple(images.shape)}")


def _decode(decoder: nn.Module, codes: torch.Tensor) -> torch.Tensor:
    return _call("decoder", decoder, codes, f"codes {tuple(codes.shape)}")


def _call(name: str, network: nn.Module, inputs: torch.Tensor, told: str) -> torch.Tensor:
    def forward(batch):
        return network(batch)

    forward.__name__ = name
    outputs = attempt(forward, inputs, told=told)
    if not isinstance(outputs, torch.Tensor):
        raise Fault(f"The {name} must return a tensor; found {type(outputs).__name__}.")
    return outputs


def _judge_code(codes: torch.Tensor, code: tuple[int | None, ...] | None) -> None:
    found = tuple(codes.shape[1:])
    fits = code is None or (
        len(found) == len(code)
        and all(size in (None, n) for size, n in zip(code, found, strict=True))
    )
    if len(codes) != IMAGES or not fits:
        wanted = "any shape" if code is None else ", ".join(str(n or "any") for n in code)
        raise Fault(
            f"{IMAGES} images gave codes of shape {tuple(codes.shape)}; expected {IMAGES}, then "
            f"{wanted}. Follow the shape through the encoder, layer by layer."
        )


def _judge_images(images: torch.Tensor) -> None:
    if images.shape == (IMAGES, 784):
        return
    shape = tuple(images.shape)
    if images.numel() == IMAGES * 784:
        raise Fault(
            f"The images come out as {shape}: the right pixels, but not flat. Every network of "
            f"this book returns (n, 784), here ({IMAGES}, 784); one more layer does it."
        )
    side = math.isqrt(shape[-1])
    if len(shape) == 2 and side * side == shape[-1]:
        size = f"{side} x {side}"
    else:
        size = " x ".join(map(str, shape[-2:] if len(shape) > 2 else shape[1:]))
    raise Fault(
        f"The decoder does not restore 28 x 28 pixels: its images are {size} (shape {shape}). "
        "Write down the size after each of its layers; where does it leave the encoder's?"
    )


class _Layers(TorchDispatchMode):
    """Watch torch multiply and convolve, however the network is written."""

    def __init__(self):
        super().__init__()
        self.widths: list[tuple[int, int]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        outputs = func(*args, **(kwargs or {}))
        operation, aten = func.overloadpacket, torch.ops.aten
        if operation is aten.convolution:
            self.widths.append((args[0].shape[1], outputs.shape[1]))
        elif operation in (aten.mm, aten.bmm):
            self.widths.append((args[0].shape[-1], outputs.shape[-1]))
        elif operation is aten.addmm:
            self.widths.append((args[1].shape[-1], outputs.shape[-1]))
        return outputs

    def __str__(self) -> str:
        return ", ".join(f"{before} to {after}" for before, after in self.widths) or "nowhere"
