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
