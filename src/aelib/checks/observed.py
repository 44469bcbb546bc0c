"""One watched training of a pair of networks, and which images its rows were."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from aelib.checks.probes import EPOCHS, nearest
from aelib.checks.progress import judge_weights
from aelib.checks.result import Fault
from aelib.checks.route import Route, evaluating
from aelib.checks.said import Said
from aelib.checks.tasks import attempt
from aelib.checks.watch import Watch, steps_of, watch
from aelib.mnist import Split


@dataclass
class Training:
    """One watched training, and what its rows were.

    Attributes
    ----------
    seen
        The watch.
    given, untouched
        What was handed in, after the training and before it.
    rows
        What met the first weights, ``(rows, 784)``, of the batches whose gradient came back.
    originals
        The same for the images handed in.
    places, distances
        The nearest original of each row.
    before, after
        Mean squared error over the images, untrained and trained.
    """

    seen: Watch
    given: Split
    untouched: Split
    rows: torch.Tensor
    originals: torch.Tensor
    places: torch.Tensor
    distances: torch.Tensor
    before: float
    after: float


def train_under_watch(train: Callable, pair: tuple, data: Split, *more: object) -> Training:
    """Run a learner's training under the watch."""
    untouched = Split(data.images.clone(), data.labels.clone())
    route = Route.of(*pair, untouched.images[:16])
    originals = route.entrances_of(untouched.images)
    before = _error(pair, untouched.images)
    told = Said(
        "the networks, {count} images and {epochs} epochs", count=len(data.images), epochs=EPOCHS
    )
    with watch(route) as seen:
        try:
            attempt(train, *pair, data, *more, EPOCHS, told=told)
        except Fault:
            if any(one.value.dtype != torch.float32 for one in seen.everything()):
                judge_weights(seen)
            raise
    rows = [one.entry.rows for one in seen.used] or [originals[:0]]
    places, distances = nearest(torch.cat(rows), originals)
    after = _error(pair, untouched.images)
    return Training(
        seen, data, untouched, torch.cat(rows), originals, places, distances, before, after
    )


def once_a_step(one: Training) -> list[int]:
    """Return the rows, without those of images that the same step has seen before.

    A loss of several parts, or a search along a line, may run a batch more than once.
    """
    first: dict[tuple[int, int], int] = {}
    known = torch.stack([one.places, steps_of(one.seen.used)], 1)
    for row, (place, step) in enumerate(known.tolist()):
        first.setdefault((place, step), row)
    return list(first.values())


def _error(pair: tuple, images: torch.Tensor) -> float:
    encoder, decoder = pair
    with evaluating(encoder, decoder), torch.no_grad():
        kind = next((p.dtype for part in pair for p in part.parameters()), torch.float32)
        rebuilt = decoder(encoder(images.to(kind)))
    return float((rebuilt - images).square().mean())
