"""A question, and how it is asked: what runs, over which values, with how many seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aelib import History


@dataclass(frozen=True)
class Study:
    """What ``make studies`` runs for one question.

    Attributes
    ----------
    name
        Of the table: ``src/aelib/data/studies/<name>.csv``.
    run
        ``run(**parameters, seed=…)`` returns numbers by their names.
    grid
        Parameters to their values.
    seeds
        At least 20 where a run trains for 20 seconds or less, at least 10 elsewhere.
    seconds
        What a run takes on one core of an AMD EPYC of the first generation, for the estimate.
    """

    name: str
    run: Callable[..., Mapping[str, float]]
    grid: Mapping[str, Sequence[Any]]
    seeds: Sequence[int]
    seconds: float

    @property
    def runs(self) -> int:
        """How many runs the whole study has."""
        count = len(self.seeds)
        for values in self.grid.values():
            count *= len(values)
        return count


def losses(history: History) -> dict[str, float]:
    """Return the training loss of each epoch by its name: ``loss_1`` and so on."""
    return {f"loss_{epoch}": loss for epoch, loss in enumerate(history.losses, 1)}
