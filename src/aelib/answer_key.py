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
from functools import cached_property

import pandas as pd
from IPython.display import HTML

from aelib.glue import glue
from aelib.statistics import prediction
from aelib.studies import is_stuck, study

SHARE = 0.99
"""Of the runs with new seeds, so many lie in a band before it is widened for processors."""
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
    table, row, column
        Where our values stand, one for each seed: a study, one of its methods, a result of it.
    share
        What the loss is of the MSE: 1, or 0.5 for half of it.
    """

    name: str
    answer: float
    table: str
    row: str
    column: str
    share: float = 1.0

    @cached_property
    def seeds(self) -> pd.Series:
        """Our values, by their seeds; those of stuck runs are left out, by the rule for seeds."""
        rows = study(self.table)
        rows = rows[rows.iloc[:, 0] == self.row].set_index("seed")
        return rows.loc[~is_stuck(rows, self.share), self.column]

    @property
    def by_processor(self) -> float:
        """How far another processor moves the number."""
        if self.column == "accuracy":
            return ACCURACY_BY_PROCESSOR
        return LOSS_BY_PROCESSOR * float(self.seeds.mean())

    @property
    def low(self) -> float:
        """The smallest value accepted."""
        return prediction(self.seeds, SHARE).low - self.by_processor

    @property
    def high(self) -> float:
        """The largest value accepted."""
        return prediction(self.seeds, SHARE).high + self.by_processor

    @property
    def surprise(self) -> float:
        """How many standard deviations of our seeds the answer key lies above their mean."""
        return float((self.answer - self.seeds.mean()) / self.seeds.std())

    @property
    def reason(self) -> str:
        """Why the band is as wide as it is."""
        return (
            f"{100 * SHARE:.0f}% of new seeds, judging by {len(self.seeds)} of ours, "
            f"and {self.by_processor:.4f} for other processors"
        )


BANDS = {
    "features_loss": Band(
        "exercise 2, half MSE of the last epoch", 0.0071, "features", "sigmoid", "loss_10", 0.5
    ),
    "features_accuracy": Band(
        "exercise 2, test accuracy of the classifier",
        0.9639,
        "features",
        "sigmoid",
        "accuracy",
        0.5,
    ),
    "convolutional_loss": Band(
        "exercise 3, MSE of the last epoch", 0.0023, "convolutional", "transposed", "loss_10"
    ),
    "denoising_fresh_loss": Band(
        "exercise 4, variant 1, MSE of the last epoch", 0.0093, "denoising", "variant 1", "loss_10"
    ),
    "denoising_fixed_loss": Band(
        "exercise 4, variant 2, half MSE of the last epoch",
        0.0105,
        "denoising",
        "variant 2",
        "loss_10",
        0.5,
    ),
}


def check(**measured: float) -> None:
    """Compare numbers of a run with the answer key's, and glue both for the page of results.

    For each key of ``BANDS`` given, glues the value, under the key itself, and the answer key's
    value, ``<key>_answer``.

    Raises
    ------
    AssertionError
        A value lies outside its band; the message names the band and its reason.
    KeyError
        There is no band of that name.
    """
    for key, value in measured.items():
        band = BANDS[key]
        glue(**{key: value, f"{key}_answer": band.answer})
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
                "difference": f"{100 * (ours[epoch - 1] / answer - 1):+.1f}%",
            }
            for epoch, answer in EPOCHS[key].items()
        ]
        table = HTML(pd.DataFrame(rows).to_html(index=False, border=0, classes="table"))
        glue(**{f"{key}_table": table})
