"""The tables of the studies: what the pages' own code gives over many seeds."""

from __future__ import annotations

from importlib import resources

import pandas as pd

FOLDER = resources.files("aelib") / "data" / "studies"


def study(name: str) -> pd.DataFrame:
    """Read the table of a study, such as ``"features"``.

    Parameters
    ----------
    name
        Of a file in ``aelib/data/studies``, written by ``make studies``.

    Returns
    -------
    pandas.DataFrame
        One row a run: parameters, ``seed``, results. ``attrs["origin"]`` holds commit, date,
        machine, versions, and a digest of what decides the numbers.

    Raises
    ------
    ValueError
        There is no such study; the message names those there are.
    """
    known = sorted(
        file.name.removesuffix(".csv") for file in FOLDER.iterdir() if ".csv" in file.name
    )
    if name not in known:
        raise ValueError(
            f"The name of a study is expected, one of {', '.join(known)}; found {name!r}."
        )
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
        lines = file.readlines()
    said = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    table = pd.read_csv(FOLDER / f"{name}.csv", comment="#")
    table.attrs["origin"] = dict(line.split(": ", 1) for line in said)
    return table


def is_stuck(runs: pd.DataFrame, share: float = 1.0) -> pd.Series:
    """Say which runs are stuck, by the book's rule for seeds.

    Parameters
    ----------
    runs
        Rows of a study with ``loss_1`` and ``loss_2``, the losses of the first two epochs.
    share
        What the loss is of the MSE: 1, or 0.5 for half of it.

    Returns
    -------
    pandas.Series
        True where neither loss is below that of always answering the mean training image.
    """
    mean_error = study("stuck")["mean_error"].iloc[0]
    return runs[["loss_1", "loss_2"]].min(axis=1) / share >= mean_error
