"""What the operations of a traced network are turned into: a growing list of steps."""

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from aelib.live.steps import Step

RANDOM = (
    "draws random numbers at evaluation; the browser cannot draw the same. Return what is not "
    "random: of a VAE the mean, and let dropout stop with training=self.training"
)


class NotShownError(Exception):
    """Something that the browser cannot do; the message says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """What a step returns to a batch of one image."""

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
        matrix = None if matrix is None else matrix.detach().float().contiguous()
        vectors = tuple(values.detach().float().flatten() for values in vectors)
        self.steps.append(Step(description, indices, matrix, vectors))
        return Answer(len(self.steps), tuple(shape))

    def leading_to(self, answer: Answer, shape: tuple[int, ...]) -> list[Step]:
        """Return the steps on which an answer depends, the last of which gives it."""
        wanted = {answer.index}
        for index in range(answer.index, 0, -1):
            if index in wanted:
                wanted.update(self.steps[index - 1].inputs)
        kept, number = [], {0: 0}
        for index in sorted(wanted - {0}):
            step = self.steps[index - 1]
            inputs = tuple(number[i] for i in step.inputs)
            number[index] = len(kept) + 1
            kept.append(_described(step, inputs, kept))
        if answer.shape != shape or not kept:
            layer = {"kind": "reshape", "shape": list(shape)}
            kept.append(_described(Step(layer, ()), (len(kept),), kept))
        return kept

    def constant(self, values: Tensor) -> Answer:
        """Add values that are the same for every image."""
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

    def expand(self, x: Answer, shape: tuple[int, ...]) -> Answer:
        """Repeat axes of 1, and add axes in front."""
        strides = walked(x.shape, shape)
        return x if strides is None else self.pick(x, shape, tuple(strides))

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
        answers = [part if isinstance(part, Answer) else self.constant(part) for part in parts]
        strides = [walked(answer.shape, shape) for answer in answers]
        return self.step(kind, shape, *answers, shape=list(shape), strides=strides)


def _described(step: Step, inputs: tuple[int, ...], before: list[Step]) -> Step:
    """Add to a step whose answers it takes, and whether an earlier one has the same weights."""
    layer = dict(step.layer)
    if inputs != (len(before),):
        layer["from"] = list(inputs)
    twin = next((i for i, other in enumerate(before, 1) if _alike(step, other)), None)
    if step.vectors and twin:
        layer["as"] = twin  # one layer, used again: its weights are packed once
    return replace(step, layer=layer, inputs=inputs)


def _alike(step: Step, other: Step) -> bool:
    """Whether a step has the weights of one that came before, the first that has them."""
    ours, theirs = ([s.matrix, *s.vectors] for s in (step, other))
    return (
        step.layer["kind"] == other.layer["kind"]
        and "as" not in other.layer
        and all(
            a is b or (a is not None and b is not None and torch.equal(a, b))
            for a, b in zip(ours, theirs, strict=True)
        )
    )


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
