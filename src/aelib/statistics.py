"""How sure a number is: means over seeds with their intervals, and differences of pairs.

Student, *The probable error of a mean*, Biometrika 6 (1908) 1-25. The runs of one seed share the
split of the data and, where the networks allow it, their start: their differences vary less than
the numbers themselves, and are judged as pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

Values = Sequence[float] | np.ndarray | pd.Series


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % confidence interval.

    Attributes
    ----------
    mean, low, high
        In the unit of the values.
    n
        How many values, or pairs, it is made of.
    """

    mean: float
    low: float
    high: float
    n: int

    def holds(self, value: float) -> bool:
        """Whether the interval holds a value: a difference that holds 0 is not told from none."""
        return self.low <= value <= self.high

    def __format__(self, spec: str) -> str:
        """Write mean and bounds, each by the same rule: ``f"{interval:.4f}"``."""
        return f"{self.mean:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"


def interval(values: Values) -> Interval:
    """Mean and 95 % t-interval of independent values, such as one number from each seed.

    Parameters
    ----------
    values
        ``(n,)`` finite numbers, n at least 2.

    Returns
    -------
    Interval
        mean ± t₀.₉₇₅(n − 1) · s / √n, with s the standard deviation of the sample.

    Raises
    ------
    ValueError
        There are fewer than two values, or one is not finite.
    """
    found = np.asarray(values, dtype=float)
    if found.ndim != 1 or len(found) < 2:
        raise ValueError(
            "An interval is expected to have two values or more, in one row; found an array of "
            f"shape {found.shape}. Run more seeds."
        )
    if not np.isfinite(found).all():
        place = int(np.argmin(np.isfinite(found)))
        raise ValueError(
            f"Finite values are expected; found {found[place]} at place {place}. Look at that run "
            "before you average it away."
        )
    mean = float(found.mean())
    half = float(stats.t.ppf(0.975, len(found) - 1) * stats.sem(found))
    return Interval(mean, mean - half, mean + half, len(found))


def prediction(values: Values, share: float = 0.99) -> Interval:
    """Interval that holds one more value from the same source, such as a run with a new seed.

    Parameters
    ----------
    values
        ``(n,)`` finite numbers, n at least 2, from something close to a normal distribution.
    share
        How often the interval holds the next value, between 0 and 1.

    Returns
    -------
    Interval
        mean ± t(n − 1) · s · √(1 + 1/n) (Hahn and Meeker, *Statistical Intervals*, 1991).

    Raises
    ------
    ValueError
        As :func:`interval`.
    """
    mean = interval(values)
    spread = np.std(values, ddof=1) * np.sqrt(1 + 1 / mean.n)
    half = float(stats.t.ppf((1 + share) / 2, mean.n - 1) * spread)
    return Interval(mean.mean, mean.mean - half, mean.mean + half, mean.n)


def paired(a: Values, b: Values) -> Interval:
    """Mean difference ``a − b`` of pairs, such as two methods with the same seeds: its interval.

    Parameters
    ----------
    a, b
        ``(n,)`` finite numbers in the same order. Two pandas columns are paired by their index,
        which must hold the same labels: ``table.set_index("seed")["mse"]``.

    Returns
    -------
    Interval
        Of the differences: :func:`interval`.

    Raises
    ------
    ValueError
        The values cannot be paired.
    """
    if isinstance(a, pd.Series) and isinstance(b, pd.Series):
        if not (a.index.is_unique and b.index.is_unique and set(a.index) == set(b.index)):
            raise ValueError(
                "Two columns are paired by their index, each label once in both; found "
                f"{list(a.index)[:5]} … and {list(b.index)[:5]} …. Try .set_index('seed') on both."
            )
        b = b.loc[a.index]
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"Pairs are expected; found {a.shape} and {b.shape} values.")
    return interval(a - b)
