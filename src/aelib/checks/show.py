"""The pictures of an exercise: what the learner's own networks made while they were checked."""

from __future__ import annotations

from matplotlib.figure import Figure

from aelib.checks.result import latest
from aelib.figures import image_rows


def show(name: str) -> Figure | None:
    """Draw what the networks trained by an exercise's latest check make of ten test digits.

    Parameters
    ----------
    name
        Of the check: ``"features"``, ``"convolutional"`` or ``"denoising"``.

    Returns
    -------
    matplotlib.figure.Figure or None
        One row each of originals, noisy images, reconstructions, error maps: what the exercise
        has. None where the check has not come to its training yet; a line says so.
    """
    result = latest(name)
    if result is None or not result.pictures:
        print(
            f"No pictures yet: they are drawn from the networks that checks.{name}(...) trains, "
            "once the tasks before it pass."
        )
        return None
    return image_rows(result.pictures)
