"""The numbers of the answer key, and how far a run may lie from them.

The one place for tolerances. A run on another processor sums floats in another order, and ten
epochs of training amplify the last digits: the same code, seeded alike, ends a few per cent apart.
A fault in a network, in its noise or in its training moves these numbers by much more; see
``tests/notebooks/test_mutants.py``. Another seed can move them as far as a fault does (exercise
2's network has a plateau to leave), so each page says which seed it uses and how it was chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from IPython.display import HTML

from aelib.glue import glue


@dataclass(frozen=True)
class Band:
    """A number of the answer key and the band around it.

    Attributes
    ----------
    name
        What was measured, as it is printed.
    answer
        The answer key's value.
    low, high
        The smallest and largest value accepted from a run.
    digits
        Decimals to print.
    reason
        Why the band is as wide as it is.
    """

    name: str
    answer: float
    low: float
    high: float
    digits: int
    reason: str


SPREAD = (
    "10 %: AVX2 instead of AVX-512 kernels move it by up to 3 %, half of the epochs by 20 % or more"
)


def _loss(name: str, answer: float, centre: float) -> Band:
    """Band of ±10 % around the centre that the exercise's loss is expected at."""
    return Band(name, answer, 0.9 * centre, 1.1 * centre, 4, SPREAD)


BANDS = {
    "features_loss": _loss("exercise 2, half MSE of the last epoch", answer=0.0071, centre=0.0071),
    "features_accuracy": Band(
        "exercise 2, test accuracy of the classifier",
        0.9639,
        0.96,
        1.0,
        4,
        "at least 96.0 %: the answer key has 96.39 %, and other kernels move it by 0.4 points",
    ),
    "convolutional_loss": _loss("exercise 3, MSE of the last epoch", answer=0.0023, centre=0.0024),
    "denoising_fresh_loss": _loss(
        "exercise 4, variant 1, MSE of the last epoch", answer=0.0093, centre=0.0093
    ),
    "denoising_fixed_loss": _loss(
        "exercise 4, variant 2, half MSE of the last epoch", answer=0.0105, centre=0.0108
    ),
}


def check(**measured: float) -> None:
    """Compare numbers of a run with the answer key's, and glue both for the page of results.

    For each key of ``BANDS`` given, glues the value (under the key itself), the answer key's value
    (``<key>_answer``) and the relative difference (``<key>_difference``, e.g. ``"+1.4 %"``).

    Raises
    ------
    AssertionError
        A value lies outside its band; the message names the band and its reason.
    KeyError
        There is no band of that name.
    """
    for key, value in measured.items():
        band = BANDS[key]
        difference = 100 * (value / band.answer - 1)
        glue(
            **{
                key: value,
                f"{key}_answer": band.answer,
                f"{key}_difference": f"{difference:+.1f} %",
            }
        )
        inside = band.low <= value <= band.high
        text = (
            f"{band.name}: expected {band.low:.{band.digits}f} to {band.high:.{band.digits}f} "
            f"(answer key {band.answer:.{band.digits}f})"
        )
        if not inside:
            raise AssertionError(
                f"{text}; found {value:.{band.digits}f}. The band's reason: {band.reason}. "
                "Look for a change in the network, the noise, the data or the recipe."
            )
        print(f"{text}: inside")


EPOCHS = {
    "features_losses": {1: 0.0308, 3: 0.0173, 5: 0.0115, 7: 0.0093, 9: 0.0078, 10: 0.0071},
    "features_classifier_losses": dict(
        enumerate(
            (0.5439, 0.2170, 0.1789, 0.1565, 0.1419, 0.1306, 0.1216, 0.1147, 0.1102, 0.1082), 1
        )
    ),
    "features_classifier_accuracies": dict(
        enumerate(
            (0.8512, 0.9345, 0.9456, 0.9522, 0.9567, 0.9597, 0.9629, 0.9645, 0.9657, 0.9660), 1
        )
    ),
    "convolutional_losses": dict(
        enumerate(
            (0.0188, 0.0041, 0.0035, 0.0031, 0.0029, 0.0027, 0.0026, 0.0025, 0.0024, 0.0023), 1
        )
    ),
    "denoising_fresh_losses": dict(
        enumerate(
            (0.0404, 0.0194, 0.0151, 0.0132, 0.0120, 0.0111, 0.0104, 0.0099, 0.0096, 0.0093), 1
        )
    ),
    "denoising_fixed_losses": {1: 0.0323, 3: 0.0210, 5: 0.0147, 7: 0.0124, 9: 0.0110, 10: 0.0105},
}
"""What the answer key printed after which epoch, counted from 1."""


def compare_epochs(**series: Sequence[float]) -> None:
    """Glue a table of the answer key's numbers beside ours for each key of ``EPOCHS`` given.

    The table is glued as ``<key>_table``.

    Parameters
    ----------
    series
        Our value after each epoch, from the first.
    """
    for key, ours in series.items():
        rows = [
            {
                "epoch": epoch,
                "answer key": f"{answer:.4f}",
                "this run": f"{ours[epoch - 1]:.4f}",
                "difference": f"{100 * (ours[epoch - 1] / answer - 1):+.1f} %",
            }
            for epoch, answer in EPOCHS[key].items()
        ]
        table = HTML(pd.DataFrame(rows).to_html(index=False, border=0, classes="table"))
        glue(**{f"{key}_table": table})
