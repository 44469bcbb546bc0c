"""The numbers of the answer key, and how far a run may lie from what our own runs give.

The one place for tolerances. A run has a seed and a processor. What another seed changes is known
from the studies (``make studies``): a band holds 99 % of the runs with new seeds. Another
processor sums floats in another order, and ten epochs of training amplify the last digits: the
same code, seeded alike, ended apart on AVX2 and AVX-512 kernels, so each band is that much wider.
A fault in a network, in its noise or in its training moves these numbers by more; see
``tests/notebooks/test_mutants.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from IPython.display import HTML
from scipy import stats

from aelib.glue import glue
from aelib.studies import study

QUANTILE = 0.995
"""Of the runs with new seeds, so many lie below a band's upper end, and above its lower."""
LOSS_BY_PROCESSOR = 0.03
"""Share of a loss by which kernels of another processor moved it at the most."""
ACCURACY_BY_PROCESSOR = 0.004
"""By so much of all images they moved an accuracy at the most."""


@dataclass(frozen=True)
class Band:
    """A number of the answer key and the band that runs of ours must lie in.

    Attributes
    ----------
    name
        What was measured, as it is printed.
    answer
        The answer key's value.
    seeds
        Our values, one for each seed, from a study.
    by_processor
        How far another processor moves the number.
    """

    name: str
    answer: float
    seeds: tuple[float, ...]
    by_processor: float

    @property
    def low(self) -> float:
        """The smallest value accepted."""
        return float(np.mean(self.seeds)) - self.half

    @property
    def high(self) -> float:
        """The largest value accepted."""
        return float(np.mean(self.seeds)) + self.half

    @property
    def half(self) -> float:
        """Half of the band's width.

        The prediction interval of Student's t for one more value, ``t · s · √(1 + 1/n)`` (Hahn and
        Meeker, *Statistical Intervals*, 1991, section 4.8), and the processors' share on top.
        """
        n = len(self.seeds)
        spread = stats.t.ppf(QUANTILE, n - 1) * np.std(self.seeds, ddof=1) * np.sqrt(1 + 1 / n)
        return float(spread) + self.by_processor

    @property
    def surprise(self) -> float:
        """How many standard deviations of our seeds the answer key lies above their mean."""
        return float((self.answer - np.mean(self.seeds)) / np.std(self.seeds, ddof=1))

    @property
    def reason(self) -> str:
        """Why the band is as wide as it is."""
        return (
            f"99 % of new seeds, by {len(self.seeds)} of ours, "
            f"and {self.by_processor:.4f} for other processors"
        )


def _band(name: str, answer: float, table: str, row: str, column: str) -> Band:
    """Take a band's seeds from a column of a study."""
    rows = study(table)
    seeds = tuple(rows.loc[rows.iloc[:, 0] == row, column])
    moved = ACCURACY_BY_PROCESSOR if column == "accuracy" else LOSS_BY_PROCESSOR * np.mean(seeds)
    return Band(name, answer, seeds, float(moved))


BANDS = {
    "features_loss": _band(
        "exercise 2, half MSE of the last epoch", 0.0071, "features", "sigmoid", "loss_10"
    ),
    "features_accuracy": _band(
        "exercise 2, test accuracy of the classifier", 0.9639, "features", "sigmoid", "accuracy"
    ),
    "convolutional_loss": _band(
        "exercise 3, MSE of the last epoch", 0.0023, "convolutional", "transposed", "loss_10"
    ),
    "denoising_fresh_loss": _band(
        "exercise 4, variant 1, MSE of the last epoch", 0.0093, "denoising", "variant 1", "loss_10"
    ),
    "denoising_fixed_loss": _band(
        "exercise 4, variant 2, half MSE of the last epoch",
        0.0105,
        "denoising",
        "variant 2",
        "loss_10",
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
            f"{band.name}: expected {band.low:.4f} to {band.high:.4f} "
            f"(answer key {band.answer:.4f})"
        )
        if not inside:
            raise AssertionError(
                f"{text}; found {value:.4f}. The band's reason: {band.reason}. "
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
