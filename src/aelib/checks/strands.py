"""Which batches met one set of weights, where copies of a network are trained side by side."""

from dataclasses import dataclass, field

import torch

from aelib.checks.functorch import is_wrapped, plain
from aelib.checks.steps import RELATED, likeness, some_of

FEW = 100  # numbers: of fewer, those of two networks may be alike by chance


@dataclass
class _Strand:
    tensors: list[torch.Tensor]  # kept, so that no other takes their place
    numbers: list[torch.Tensor] = field(default_factory=list)  # at every batch

    def goes_on_with(self, now: torch.Tensor) -> bool:
        """Whether weights that another tensor holds now came from these by steps.

        A copy of the first weights starts again.
        """
        first, latest = self.numbers[0], self.numbers[-1]
        if now.shape != latest.shape or now.numel() < FEW:
            return False
        if torch.equal(now, first) and not torch.equal(now, latest):
            return False
        return likeness(now, [latest]) >= RELATED


@dataclass
class Strands:
    """Tell the trainings of several copies apart by the weights that their batches meet.

    Batches that meet the same tensor belong to one strand. Weights that each step puts into a new
    tensor do, too: their numbers are like those of the step before.
    """

    _all: list[_Strand] = field(default_factory=list)

    def of(self, weight: torch.Tensor) -> int:
        """Return the number of the strand that a weight belongs to now."""
        base = weight if weight._base is None else weight._base
        now = some_of(plain(base))
        number = self._known(base)
        if number is None:
            fitting = [i for i, one in enumerate(self._all) if one.goes_on_with(now)]
            number = max(
                fitting, key=lambda i: likeness(now, [self._all[i].numbers[-1]]), default=None
            )
            if number is None:
                number = len(self._all)
                self._all.append(_Strand([]))
            if base.is_leaf and base.requires_grad and not is_wrapped(base):
                self._all[number].tensors.append(base)
        numbers = self._all[number].numbers
        if not numbers or not torch.equal(numbers[-1], now):
            numbers.append(now)
        return number

    def kept(self, weight: torch.Tensor) -> int | None:
        """Return the strand whose weights were, at some time, most like these; None: no one's."""
        base = weight if weight._base is None else weight._base
        now = some_of(plain(base))
        scores = [self._likeness(one, now) for one in self._all]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        return best if best is not None and scores[best] >= RELATED else None

    def _known(self, base: torch.Tensor) -> int | None:
        for number, one in enumerate(self._all):
            if any(tensor is base for tensor in one.tensors):
                return number
        return None

    @staticmethod
    def _likeness(one: _Strand, now: torch.Tensor) -> float:
        known = [*one.numbers, *(some_of(plain(tensor)) for tensor in one.tensors)]
        return max(likeness(now, [old]) if old.shape == now.shape else 0.0 for old in known)
