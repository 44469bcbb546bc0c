"""From torch modules to text: a list of steps and their weights, for ``network.js`` to run.

What is packed are the operations that a network runs (``tracing.py``), whoever wrote its
``forward``, with hooks, shared weights and all.

Every weight matrix is rounded to a few bits with one scale for each output row,

    w  ≈  scale[row] · q,      q an integer, |q| < 2**(bits - 1),

and ``pack`` takes the fewest bits with which the rounded network still draws the same picture as
the original: it runs both and compares every output value. ``steps.py`` runs the rounded one, as
the browser will; the original is the learner's own. Trained MNIST autoencoders come out at
11 to 13 bits a weight (float16, at 16, would be no better to the eye and a third larger).

Layout of the text (base64, little endian, in the order in which the steps are listed):
a matrix is ``rows`` float32 scales, then ``rows · columns`` values ``q + 2**(bits - 1)`` of
``bits`` bits each, lowest bit first, filled up to a whole byte, then ``rows`` float32 biases; a
batch norm is ``channels`` float32 factors and as many float32 offsets; a constant is its ``size``
values in float32. A step with ``as: k`` has the weights of step k.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aelib.live.steps import Step, answer, quantise
from aelib.live.tracing import trace

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
        For each name given to ``pack`` its list of steps, plain JSON.
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


def pack(chain: Mapping[str, object], inputs: Tensor, *, tolerance: float = TOLERANCE) -> Packed:
    """Write a chain of networks, each fed by the one before, as steps and text.

    Parameters
    ----------
    chain : mapping of str to torch.nn.Module, or to a method of one
        The names stand in error messages: ``{"encoder": encoder, "decoder": decoder}``. Dropout and
        batch norm are taken as in evaluation, whatever mode the modules are in; the modules
        themselves stay as they are.
    inputs : torch.Tensor
        float32 ``(n, values)``: what the first network takes, used for shapes and for comparing.
    tolerance : float
        Largest difference wanted in any output value; more than twice as much is refused.

    Raises
    ------
    TypeError
        For an operation that is not understood.
    ValueError
        For weights that are not finite, a network that cannot take what it is given, or one whose
        answers in the browser would differ from torch's.
    """
    steps: dict[str, list[Step]] = {}
    outputs, x = {}, inputs
    for name, module in chain.items():
        traced = trace(module, name, x)
        outputs[name] = traced.answer(x)
        again = traced.answer(x[:1]) - outputs[name][:1]
        _check({name: module}, float(again.abs().max()), tolerance, _UNLIKE)
        steps[name], x = traced.steps, outputs[name]
    every = list(steps.values())
    _check(chain, _difference(every, inputs, x, None), tolerance, _UNLIKE)
    for bits in BITS:
        difference = _difference(every, inputs, x, bits)
        if difference <= tolerance:
            break
    _check(chain, difference, tolerance, _UNEQUAL)
    data = b"".join(part for network in every for step in network for part in _bytes(step, bits))
    layers = {name: [step.layer for step in network] for name, network in steps.items()}
    return Packed(layers, base64.b64encode(data).decode("ascii"), bits, difference, outputs)


_UNLIKE = "Its answer to an image depends on the others of the batch, or on how often it is called"
_UNEQUAL = (
    "Its weights are too unequal in size for 16 bits. Batch normalisation or weight decay while "
    "training helps"
)


def _difference(
    networks: list[list[Step]], inputs: Tensor, wanted: Tensor, bits: int | None
) -> float:
    """Return the largest difference of packed networks from what torch answers."""
    x = inputs
    with torch.no_grad():
        for steps in networks:
            x = answer(steps, x, bits)
    return float((x - wanted).abs().max())


def _check(chain: Mapping[str, object], difference: float, tolerance: float, cause: str) -> None:
    """Refuse networks that the browser would not show as they are; a NaN is refused too."""
    if not difference <= 2 * tolerance:
        raise ValueError(
            f"The {' and '.join(chain)} drawn in the browser would differ from torch's by up to "
            f"{difference:.3g}; the explorer promises at most {2 * tolerance:.3g}. {cause}."
        )


def _bytes(step: Step, bits: int) -> Iterator[bytes]:
    """Write the weights of one step, of a layer that is used several times once."""
    if "as" in step.layer:
        return
    if step.matrix is not None:
        q, scale = quantise(step.matrix, bits)
        values = (q.numpy().astype(np.int64).ravel() + 2 ** (bits - 1))[:, None]
        packed = np.packbits((values >> np.arange(bits)) & 1, bitorder="little")
        yield from (_floats(scale), packed.tobytes())
    yield from map(_floats, step.vectors)


def _floats(values: Tensor) -> bytes:
    return values.detach().numpy().astype("<f4").tobytes()
