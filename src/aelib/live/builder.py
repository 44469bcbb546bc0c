"""What the operations of a traced network are turned into: a growing list of steps."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from aelib.live.steps import Step

BATCH = 2
"""Images in the batch that is traced; the first axis of all that depends on the input."""


MIXES = (
    "works across the images of a batch, or moves their axis from the front. Keep the first axis "
    "for the images, and compute each image's answer from that image"
)
RANDOM = (
    "draws random numbers at evaluation; the browser cannot draw the same. Return what is not "
    "random: of a VAE the mean, and let dropout stop with training=self.training"
)


class NotShownError(Exception):
    """Something that the browser cannot do; the message says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """What a step returns for each image."""

    index: int
    shape: tuple[int, ...]


@dataclass
class Builder:
    """Collects the steps of one network."""

    steps: list[Step] = field(default_factory=list)

    def step(
        self,
        kind: str,
        shape: tuple[int, ...],
        /,
        *inputs: Answer,
        matrix: Tensor | None = None,
        vectors: tuple[Tensor, ...] = (),
        **layer: object,
    ) -> Answer:
        """Add a step; ``shape`` is that of its answer, ``layer`` what it needs to know."""
        if any(isinstance(value, float) and not math.isfinite(value) for value in layer.values()):
            raise NotShownError("uses a number that is not finite, which no page can carry")
        indices = tuple(answer.index for answer in inputs)
        description = {"kind": kind, **layer}
        if indices != (len(self.steps),):
            description["from"] = list(indices)
        matrix = None if matrix is None else matrix.detach().float().contiguous()
        vectors = tuple(values.detach().float().flatten() for values in vectors)
        self.steps.append(Step(description, indices, matrix, vectors))
        return Answer(len(self.steps), tuple(shape))

    def constant(self, values: Tensor, rank: int) -> Answer:
        """Add values that are the same for every image, as part of answers of ``rank`` axes."""
        if values.ndim > rank:
            if len(values) > 1 and not (values == values[:1]).all():
                raise NotShownError("has other values for each image of a batch")
            values = values[0]
        size, shape = values.numel(), list(values.shape)
        first = Answer(0, ())
        return self.step("constant", values.shape, first, vectors=(values,), size=size, shape=shape)

    def reshape(self, x: Answer, shape: tuple[int, ...]) -> Answer:
        """Give the same values another shape."""
        if tuple(shape) == x.shape:
            return x
        return self.step("reshape", shape, x, shape=list(shape))

    def pick(
        self, x: Answer, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0
    ) -> Answer:
        """Walk through the values with other strides."""
        if tuple(shape) == x.shape and tuple(strides) == strides_of(shape) and not offset:
            return x
        layer = {"shape": list(shape), "strides": list(strides), "offset": offset}
        return self.step("pick", shape, x, **layer)

    def permute(self, x: Answer, order: list[int]) -> Answer:
        """Put the axes of an image into another order."""
        strides = strides_of(x.shape)
        return self.pick(x, tuple(x.shape[i] for i in order), tuple(strides[i] for i in order))

    def take(self, x: Answer, axis: int, index: list[int], value: float = 0.0) -> Answer:
        """Take rows of one axis; -1 is a row of ``value``."""
        if index == list(range(x.shape[axis])):
            return x
        shape = (*x.shape[:axis], len(index), *x.shape[axis + 1 :])
        return self.step("take", shape, x, axis=axis, index=index, value=value)

    def together(self, kind: str, shape: tuple[int, ...], *parts: Answer | Tensor) -> Answer:
        """Compute from the values that stand at the same place, smaller parts repeated."""
        answers = [
            part if isinstance(part, Answer) else self.constant(part, len(shape)) for part in parts
        ]
        if any(isinstance(p, Answer) and len(p.shape) != len(shape) for p in parts):
            raise NotShownError(MIXES)
        strides = [walked(answer.shape, shape) for answer in answers]
        return self.step(kind, shape, *answers, shape=list(shape), strides=strides)


def strides_of(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return how far apart neighbours along each axis lie."""
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))


def walked(shape: tuple[int, ...], wanted: tuple[int, ...]) -> list[int] | None:
    """Return the strides that repeat an array to ``wanted``; None: it has that shape."""
    if tuple(shape) == tuple(wanted):
        return None
    full = (1,) * (len(wanted) - len(shape)) + tuple(shape)
    return [0 if n == 1 else s for n, s in zip(full, strides_of(full), strict=True)]


def scalar(value: object) -> float | None:
    """Return a number, or a tensor that holds one, as float; None: it is neither."""
    if isinstance(value, Tensor) and value.numel() == 1 and value.ndim < 2:
        return float(value.detach())
    return float(value) if isinstance(value, int | float | bool) else None


def tensor(value: object) -> Answer | Tensor:
    """Return an operand of arithmetic as answer or tensor."""
    return value if isinstance(value, Answer | Tensor) else torch.tensor(float(value))
