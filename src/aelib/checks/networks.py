"""Whether a pair of networks has the shape of an autoencoder, untrained as it comes."""

import itertools
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

from aelib.checks.borders import EvenBorders
from aelib.checks.house import check
from aelib.checks.multiplications import Multiplication, Multiplications
from aelib.checks.result import Fault, Result
from aelib.checks.said import DECODER, ENCODER, Said
from aelib.checks.tasks import attempt

IMAGES = 16
SIDE = 28
STRETCH = 30  # images this many times as bright drive every activation out of its straight middle
STRAIGHT = 1e-4  # part that a straight line may leave over and still be one


@check("shapes")
def shapes(
    result: Result, build_autoencoder: Callable, code: tuple[int | None, ...] | None = None
) -> None:
    """Check what the networks return: shapes, and pixels in [0, 1].

    Parameters
    ----------
    build_autoencoder
        Returns a new encoder, from flat images ``(n, 784)`` to codes, and a new decoder back.
    code
        Shape that a code must have, None for any number: ``(100,)``, ``(None, 7, 7)``.
    """
    with torch.no_grad():
        with result.need("the encoder turns flat images into codes of the right shape"):
            encoder, decoder = build(build_autoencoder)
            codes = _encode(encoder)
            _judge_code(codes, code)
            _judge_activations(ENCODER, encoder, torch.rand(IMAGES, SIDE**2), codes)
        with result.need("the decoder restores flat images of 28 x 28 pixels"):
            images = _decode(decoder, codes)
            _judge_images(images)
            _judge_activations(DECODER, decoder, torch.rand_like(codes), codes)
        with result.step("the decoder's pixels lie in [0, 1]"):
            many = torch.cat([_decode(decoder, scale * codes) for scale in (1, -30, 30)])
            _judge_range(many)


@check("mirrored")
def mirrored(result: Result, build_autoencoder: Callable) -> None:
    """Check that the decoder has the encoder's layers in reverse."""
    with torch.no_grad(), result.step("encoder and decoder are mirrored, layer by layer"):
        encoder, decoder = build(build_autoencoder)
        with Multiplications() as down:
            codes = _encode(encoder)
        with Multiplications() as up:
            _judge_images(_decode(decoder, codes))
        way, back = _widths(down.seen), _widths(up.seen)
        if back != [(after, before) for before, after in reversed(way)]:
            raise Fault(
                "The encoder's layers go {way}; the decoder's go {back}, which is not the way "
                "back. Write both lists side by side and read one of them backwards.",
                way=_told(way),
                back=_told(back),
            )
        sizes = [one.inputs.shape[2:] for one in down.seen if one.inputs.ndim == 4]
        found = [one.outputs.shape[2:] for one in up.seen if one.outputs.ndim == 4]
        if codes.ndim == 4 and found != sizes[::-1]:
            raise Fault(
                "The encoder's convolutions start from pictures of {sizes} pixels a side, the "
                "decoder's give pictures of {found}: the widths are mirrored, the order of the "
                "steps in between is not. Read the encoder's steps backwards.",
                sizes=_sides(sizes),
                found=_sides(found),
            )
        _judge_activations(ENCODER, encoder, torch.rand(IMAGES, SIDE**2), codes)
        _judge_activations(DECODER, decoder, torch.rand_like(codes), codes)


@check("upsampled")
def upsampled(result: Result, build_autoencoder: Callable) -> None:
    """Check that the decoder enlarges by upsampling, and not by weights of its own.

    A code that is the same at every place has no structure to show. Copied or interpolated and
    then convolved it stays even, whatever the weights; a layer that enlarges with weights of its
    own, one for each place in a block, prints its pattern. The zeros around a picture would print
    theirs, too, so convolutions continue the picture beyond its border for this one look.
    """
    with torch.no_grad(), result.step("pooling is replaced by upsampling, which has no weights"):
        encoder, decoder = build(build_autoencoder)
        codes = _encode(encoder)
        if codes.ndim != 4:
            raise Fault(
                "A code has the shape {shape}; channels, rows and columns are expected, so that "
                "there is something to enlarge.",
                shape=tuple(codes.shape[1:]),
            )
        with Multiplications() as up:
            _judge_images(_decode(decoder, codes))
        even = torch.randn(*codes.shape[:2], 1, 1).expand_as(codes).contiguous()
        with EvenBorders():
            images = _decode(decoder, even)
        if float((images.amax(1) - images.amin(1)).max()) > 1e-4:
            raise Fault(
                "A code that is the same everywhere is decoded into an image with a pattern: what "
                "enlarges it treats neighbouring pixels differently, with weights of its own as in "
                "transposed or fully connected layers, or with zeros in between. Upsampling has no "
                "weights, and every new pixel gets its value from those around it."
            )
        if up.seen and up.seen[-1].outputs.ndim == 4:
            last = tuple(up.seen[-1].outputs.shape[2:])
            if min(last) < SIDE:
                raise Fault(
                    "The last layer with weights works on {rows} x {columns} pixels, and its "
                    "picture is enlarged afterwards, so that no weights smooth it. In the encoder "
                    "each pooling comes after its layer; which order is that backwards?",
                    rows=last[0],
                    columns=last[1],
                )


def build(build_autoencoder: Callable) -> tuple[nn.Module, nn.Module]:
    """Build an encoder and a decoder, in evaluation mode, or say what came instead.

    Both are run once, so that layers that wait for their first input have weights.
    """
    pair = attempt(build_autoencoder)
    if not (
        isinstance(pair, tuple | list)
        and len(pair) == 2
        and all(isinstance(part, nn.Module) for part in pair)
    ):
        raise Fault(
            "Two networks are expected, `return encoder, decoder`; found {found}. Both must be "
            "torch modules, such as nn.Sequential.",
            found=_kinds_of(pair),
        )
    encoder, decoder = pair
    encoder.eval(), decoder.eval()
    with torch.no_grad():
        _judge_order(encoder, decoder)
    for name, network in ((ENCODER, encoder), (DECODER, decoder)):
        kinds = {p.dtype for p in network.parameters()} - {torch.float32}
        if kinds:
            raise Fault(
                "The {name}'s weights are {kind}; images are float32, and so should weights be. "
                "Is there an unnecessary conversion?",
                name=name,
                kind=kinds.pop(),
            )
    return encoder, decoder


def _kinds_of(pair: object) -> list[str] | str:
    if isinstance(pair, tuple | list):
        return [type(part).__name__ for part in pair]
    return type(pair).__name__


def _judge_order(encoder: nn.Module, decoder: nn.Module) -> None:
    """Run both; where only the other way round leads from images to images, say so."""
    if _runs(encoder, decoder) or not _runs(decoder, encoder):
        return
    raise Fault(
        "The first network that is returned cannot take flat images (n, 784). The second can, and "
        "the first makes (n, 784) of what comes out: they seem to be exchanged. Which of them "
        "should encode, and which place do they have in `return encoder, decoder`?"
    )


def _runs(first: nn.Module, second: nn.Module) -> bool:
    images = torch.full((IMAGES, SIDE**2), 0.5)
    try:
        return second(first(images)).shape == images.shape
    except Exception:  # whatever a learner's network raises is told where it is called in earnest
        return False


def _encode(encoder: nn.Module) -> torch.Tensor:
    images = torch.rand(IMAGES, SIDE**2)
    told = Said("flat images {shape}", shape=tuple(images.shape))
    return _call(ENCODER, encoder, images, told)


def _decode(decoder: nn.Module, codes: torch.Tensor) -> torch.Tensor:
    return _call(DECODER, decoder, codes, Said("codes {shape}", shape=tuple(codes.shape)))


def _call(name: Said, network: nn.Module, inputs: torch.Tensor, told: Said) -> torch.Tensor:
    def forward(batch):
        return network(batch)

    forward.__name__ = name
    outputs = attempt(forward, inputs, told=told)
    if not isinstance(outputs, torch.Tensor):
        raise Fault(
            "The {name} must return a tensor; found {found}.",
            name=name,
            found=type(outputs).__name__,
        )
    return outputs


def _judge_code(codes: torch.Tensor, code: tuple[int | None, ...] | None) -> None:
    found = tuple(codes.shape[1:])
    fits = code is None or (
        len(found) == len(code)
        and all(size in (None, n) for size, n in zip(code, found, strict=True))
    )
    if codes.ndim < 2 or len(codes) != IMAGES or not fits:
        raise Fault(
            "{count} images gave codes of shape {shape}; expected {count}, then {wanted}. Follow "
            "the shape through the encoder, layer by layer.",
            count=IMAGES,
            shape=tuple(codes.shape),
            wanted=Said("any shape") if code is None else [n or Said("any") for n in code],
        )


def _judge_images(images: torch.Tensor) -> None:
    if images.shape == (IMAGES, SIDE**2):
        return
    shape = tuple(images.shape)
    if images.numel() == IMAGES * SIDE**2:
        raise Fault(
            "The images come out as {shape}: the right pixels, but not flat. Every network of "
            "this book returns (n, 784), here ({count}, 784); one more layer does it.",
            shape=shape,
            count=IMAGES,
        )
    sides = shape[1:][-2:]
    if len(shape) == 2 and math.isqrt(shape[1]) ** 2 == shape[1]:
        sides = [math.isqrt(shape[1])] * 2
    found = Said("its output has the shape {shape}", shape=shape)
    if len(sides) == 2:
        size = " x ".join(map(str, sides))
        found = Said("its images are {size} (shape {shape})", size=size, shape=shape)
    raise Fault(
        "The decoder does not restore 28 x 28 pixels: {found}. Write down the size after each of "
        "its layers; where does it depart from the encoder's?",
        found=found,
    )


def _judge_range(images: torch.Tensor) -> None:
    low, high = float(images.min()), float(images.max())
    if not (low >= 0 and high <= 1):
        raise Fault(
            "The decoder returns values from {low:.2g} to {high:.2g}, but pixels lie in [0, 1]. "
            "What follows its last layer with weights?",
            low=low,
            high=high,
        )
    sums = images.double().sum(1)
    if float((sums - sums.mean()).abs().max()) < 1e-3:
        raise Fault(
            "The pixels of every image add up to {sum:.3g}: one can only become brighter where "
            "others become darker. Which activation treats each pixel by itself?",
            sum=float(sums.mean()),
        )


def _judge_activations(
    name: Said, network: nn.Module, inputs: torch.Tensor, codes: torch.Tensor
) -> None:
    """Refuse layers with weights that follow one another with nothing but straight lines between.

    Fully connected layers are looked at pair by pair, from what one returns to what the next one
    gets, both for inputs that reach far. Convolutions have pooling or upsampling in between, so
    there the encoder as a whole must not be straight, nor the decoder up to its last weights.
    """
    if codes.ndim != 2:
        if name == ENCODER and _is_straight(network, inputs):
            raise Fault(
                "The encoder is a linear map: the sum of two images gives the sum of their codes. "
                "Several layers then do no more than one. What should there be between two "
                "convolutions?"
            )
        if name == DECODER and _is_straight(network, inputs, up_to_the_last=True):
            raise Fault(
                "Up to what follows its last layer, the decoder is a linear map: its layers then "
                "do no more than one. What should there be between two convolutions?"
            )
        return
    with Multiplications() as seen:
        _call(name, network, STRETCH * (2 * inputs - 1), Said("inputs of many sizes"))
    for one, following in itertools.pairwise(seen.seen):
        if one.outputs.shape == following.inputs.shape and _are_on_lines(
            one.outputs, following.inputs
        ):
            raise Fault(
                "In the {name} the layer to {units} units is followed by the next layer with "
                "nothing in between: two layers in a row are one linear map. Compare with the "
                "task: what comes after every layer?",
                name=name,
                units=one.outputs.shape[1],
            )


def _is_straight(network: nn.Module, inputs: torch.Tensor, up_to_the_last: bool = False) -> bool:
    """Whether a network is a linear map; or its layers, two or more, up to the last weights."""

    def run(batch: torch.Tensor) -> torch.Tensor:
        with Multiplications() as layers:
            returned = network(batch)
        return layers.seen[-1].outputs if up_to_the_last else returned

    with Multiplications() as layers:
        network(inputs)
    if up_to_the_last and len(layers.seen) < 2:
        return False
    one, other = (STRETCH * (2 * part - 1) for part in (inputs, inputs.flip(0)))
    whole, parts = run(one + other) + run(torch.zeros_like(one)), run(one) + run(other)
    return float((whole - parts).abs().max()) <= STRAIGHT * float(parts.abs().max())


def _are_on_lines(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Whether each column after is a straight line of the same column before, (n, units) each."""
    x, y = (part.double() - part.double().mean(0) for part in (before, after))
    slope = (x * y).sum(0) / (x * x).sum(0).clamp_min(1e-30)
    left_over = (y - slope * x).square().sum(0)
    return bool((left_over <= STRAIGHT * y.square().sum(0) + 1e-12).all())


class _Step(NamedTuple):
    before: int
    after: int


def _widths(seen: list[Multiplication]) -> list[_Step]:
    """Channels or units before and after each layer with weights."""

    def width(part: torch.Tensor, weight: torch.Tensor) -> int:
        if part.ndim == 4:
            return part.shape[1]
        return next((size for size in reversed(part.shape) if size in weight.shape), 0)

    return [_Step(width(one.inputs, one.weight), width(one.outputs, one.weight)) for one in seen]


def _told(widths: list[_Step]) -> list | Said:
    way = [Said("{before} to {after}", before=one.before, after=one.after) for one in widths]
    return way or Said("nowhere")


def _sides(sizes: list[torch.Size]) -> list | Said:
    return [size[0] for size in sizes] or Said("no")
