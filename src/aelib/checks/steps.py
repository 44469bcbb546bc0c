"""The steps of a training: what they change, and whether what was learnt before is kept."""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from aelib.checks.functorch import plain
from aelib.checks.weights import Parameter

MANY = 1000  # numbers: the correlation of so many has the standard deviation 0.03 by chance
SOME = 10_000  # numbers of a weight that are enough to compare it
RELATED = 0.5  # correlation of weights that one became from the other


class _Left(NamedTuple):
    """A weight and a copy of its numbers; where no optimizer moves it, also its gradients."""

    value: torch.Tensor
    numbers: torch.Tensor
    by_hand: Parameter | None

    def is_anew(self) -> bool:
        """Whether the numbers now are unlike those, by more than a step by hand can explain."""
        now, known = plain(self.value), [self.numbers]
        if torch.equal(now, self.numbers):
            return False
        if self.by_hand is not None:
            if self.by_hand.latest is None:
                return False  # not trained: weights of a trained copy may come in
            known += [self.by_hand.latest, self.by_hand.latest.sign()]
        return likeness(now, known) < RELATED


def some_of(tensor: torch.Tensor) -> torch.Tensor:
    """Take some numbers of a weight, enough to compare it."""
    return tensor.flatten()[:: max(1, tensor.numel() // SOME)].clone()


def likeness(now: torch.Tensor, known: list[torch.Tensor]) -> float:
    """Multiple correlation of some numbers with others."""
    parts = torch.stack([some_of(one) for one in (now, *known)], 1).double()
    parts = parts - parts.mean(0)
    basis, _ = torch.linalg.qr(parts[:, 1:])
    return float((basis.T @ parts[:, 0]).norm() / parts[:, 0].norm().clamp_min(1e-12))


@dataclass
class Steps:
    """Follow every optimizer's steps, and the weights between them.

    Weights that get numbers unlike those that the last step has left there begin another life: they
    were initialised anew, or are those of another try. Smaller changes, such as a bound on their
    size, an average or earlier weights of the same training, leave them alike.

    Attributes
    ----------
    count
        Steps of optimizers.
    idle, still
        Those of them that found no gradient but zeros, and those that changed no weight.
    moved, owned
        The ids of all weights that they changed, and of all that the optimizers have.
    ends
        For each life but the last, what its weights were at its end.
    kept
        Number of the life whose weights are there after the training; None where none's are.
    """

    count: int = 0
    idle: int = 0
    still: int = 0
    moved: set[int] = field(default_factory=set)
    owned: set[int] = field(default_factory=set)
    ends: list[dict[int, _Left]] = field(default_factory=list)
    kept: int | None = 0
    _left: dict[int, _Left] = field(default_factory=dict)
    _before: dict[int, torch.Tensor] = field(default_factory=dict)
    _moves: int = 0
    _last: list[torch.Tensor] | None = None

    @property
    def life(self) -> int:
        """Number of the weights' life."""
        return len(self.ends)

    def hooks(self) -> list:
        """Follow every optimizer until the handles are removed."""
        return [
            register_optimizer_step_pre_hook(self._before_step),
            register_optimizer_step_post_hook(self._after_step),
        ]

    def _before_step(self, optimizer: Optimizer, _args: object, _kwargs: object) -> None:
        self.count += 1
        values = _values_of(optimizer)
        gradients = [value.grad for value in values if value.grad is not None]
        self.idle += bool(gradients) and not any(bool(one.any()) for one in gradients)
        for value in values:
            self._before[id(value)] = plain(value)
            self.owned.add(id(value))
            self._left.pop(id(value), None)

    def _after_step(self, optimizer: Optimizer, _args: object, _kwargs: object) -> None:
        values = _values_of(optimizer)
        after = {id(value): plain(value) for value in values}
        moved = {key for key, new in after.items() if not torch.equal(self._before[key], new)}
        self.moved |= moved
        self.still += not moved and any(value.grad is not None for value in values)
        for value in values:
            if value.numel() >= MANY:
                self._left[id(value)] = _Left(value, after[id(value)], None)

    def moment(self, followed: list[Parameter], *others: torch.Tensor) -> tuple[int, int]:
        """Look at the weights when a batch has passed them.

        Returns
        -------
        tuple of int
            How many steps were made before, and how often the weights had changed.
        """
        weights = [*(plain(one.value) for one in followed), *others]
        if self._last is not None:
            same = len(weights) == len(self._last) and all(map(torch.equal, weights, self._last))
            self._moves += not same
        self._last = weights
        self._look(followed)
        return self.count, self._moves

    def finish(self, followed: list[Parameter]) -> None:
        """Find out, after the training, which life's weights are there."""
        anew = self._look(followed)
        if not self.ends:
            return
        lives = self.ends if anew else [*self.ends, self._left]
        alike = [_all_alike(life) for life in lives]
        best = max(range(len(lives)), key=alike.__getitem__)
        self.kept = best if alike[best] >= RELATED else None

    def _look(self, followed: list[Parameter]) -> bool:
        """Compare the weights with what was left there; return whether another life begins."""
        anew = any(left.is_anew() for left in self._left.values())
        if anew:
            self.ends.append(self._left)
        here = {key: left._replace(numbers=plain(left.value)) for key, left in self._left.items()}
        by_hand = [one for one in followed if id(one.value) not in self.owned]
        here |= {
            id(one.value): _Left(one.value, plain(one.value), one)
            for one in by_hand
            if one.value.numel() >= MANY
        }
        self._left = here
        return anew


def _values_of(optimizer: Optimizer) -> list[torch.Tensor]:
    return [value for group in optimizer.param_groups for value in group["params"]]


def _all_alike(life: dict[int, _Left]) -> float:
    return min(likeness(plain(left.value), [left.numbers]) for left in life.values())
