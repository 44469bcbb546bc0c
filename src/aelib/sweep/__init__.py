"""Run an experiment for every combination of parameters and seeds, on one core or a cluster.

``sweep`` is a plain :class:`joblib.Parallel` loop: ``joblib.parallel_config`` around it decides
where the runs take place, and a sweep that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import inspect
import itertools
import json
import math
import numbers
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from aelib.provenance import machine
from aelib.sweep.decides import digest, what_decides
from aelib.sweep.files import read, ready, write
from aelib.training import is_watched

OWN = ("seed", "seconds", "error")
"""Columns of the table that are neither parameters nor results."""


class SweepError(RuntimeError):
    """Some runs failed; the message lists them.

    Attributes
    ----------
    table
        All rows as :func:`sweep` gives them; the column ``error`` says why a run failed.
    """

    def __init__(self, message: str, table: pd.DataFrame | None = None):
        super().__init__(message)
        self.table = table


def sweep(
    run: Callable[..., Mapping[str, float]],
    grid: Mapping[str, Sequence[Any]],
    *,
    folder: str | Path,
    seeds: Iterable[int],
) -> pd.DataFrame:
    """Run an experiment for every combination of the grid's values and the seeds.

    Every finished run is a small JSON file in ``folder``, named by what decides its numbers: the
    parameters, the seed, the meaning of ``run`` and of all that it calls, the versions of the
    packages. A sweep that was interrupted or killed, or lost a worker, goes on where it stopped; a
    changed ``run`` starts afresh; the files of another machine may be copied into the folder.

    By itself it runs one after another. ``with joblib.parallel_config(n_jobs=2):`` around it uses
    two processes, ``with joblib.parallel_config(backend="dask"):`` the workers of a Dask cluster.
    Each run computes with one thread, so that its numbers do not depend on how many run at a time.

    Parameters
    ----------
    run
        ``run(**parameters, seed=…)`` trains and measures, and returns numbers by their names. It
        loads its data itself: other processes get a copy of what it reads from outside.
    grid
        Names of parameters to the values each takes: numbers, texts, booleans or ``None``.
    folder
        Where finished runs are kept; made if it is not there.
    seeds
        Integers, each once, such as ``range(20)``.

    Returns
    -------
    pandas.DataFrame
        One row a run, in the order of the grid and then of the seeds: parameters, ``seed``,
        results, and ``seconds``, the time that the run took when it took place.

    Raises
    ------
    ValueError, TypeError
        Grid, seeds or the function's arguments do not fit, before anything is run; or a run returns
        something else than numbers by their names, or a name that is taken: at the first such run.
    OSError
        The folder cannot be written, before anything is run.
    SweepError
        Some runs failed. All others have run and are kept; ``error.table`` holds all rows.

    Examples
    --------
    >>> table = aelib.sweep(run, {"latent_size": [2, 32]}, folder="runs", seeds=range(10))
    >>> aelib.interval(table.query("latent_size == 32")["mse"])
    """
    jobs, files = planned(run, grid, folder, seeds)
    held = [read(file, job) for file, job in zip(files, jobs, strict=True)]
    missing = [place for place, found in enumerate(held) if found is None]
    for place, found in finished(run, jobs, files, missing):
        held[place] = found
    return table_of(jobs, held)


def kept(
    run: Callable[..., Mapping[str, float]],
    grid: Mapping[str, Sequence[Any]],
    *,
    folder: str | Path,
    seeds: Iterable[int],
) -> int:
    """Count the runs of a sweep that have finished and need not run again.

    Takes what :func:`sweep` takes, and raises what it raises before anything is run.
    """
    pairs = zip(*planned(run, grid, folder, seeds), strict=True)
    return sum(read(file, job) is not None for job, file in pairs)


def planned(run, grid, folder, seeds) -> tuple[list[dict[str, Any]], list[Path]]:
    """Return what decides each run of a sweep, and the file that keeps its numbers."""
    combinations, seeds = checked(run, grid, seeds)
    folder = Path(folder).expanduser()
    ready(folder)
    shared = what_decides(run)
    jobs = [
        shared | {"parameters": parameters, "seed": seed}
        for parameters, seed in itertools.product(combinations, seeds)
    ]
    return jobs, [folder / f"{digest(json.dumps(job, sort_keys=True))}.json" for job in jobs]


def checked(run, grid, seeds) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the combinations of a grid and the seeds, or refuse what cannot be run."""
    if not isinstance(grid, Mapping) or not grid:
        raise ValueError(
            "sweep expects a grid of at least one parameter and its values, such as "
            f'{{"latent_size": [2, 32]}}; found {grid!r}.'
        )
    values = {name: plain_values(name, several) for name, several in grid.items()}
    if isinstance(seeds, numbers.Integral):
        raise TypeError(f"seeds are expected one by one; found {seeds}. Try range({seeds}).")
    seeds = plain_values("seeds", seeds)
    if not all(isinstance(seed, int) and not isinstance(seed, bool) for seed in seeds):
        raise TypeError(f"seeds are expected to be integers; found {seeds!r}.")
    taken = sorted(values.keys() & set(OWN))
    if taken:
        raise ValueError(
            f"The names {', '.join(OWN)} have a meaning in the table of a sweep; found {taken[0]!r}"
            " in the grid too. Give that parameter another name."
        )
    combinations = [
        dict(zip(values, picked, strict=True)) for picked in itertools.product(*values.values())
    ]
    try:
        inspect.signature(run).bind(**combinations[0], seed=seeds[0])
    except TypeError as error:
        raise TypeError(
            f"run is called with {', '.join([*values, 'seed'])}; found that it does not take them "
            f"({error}). Let grid and function name the same parameters."
        ) from error
    return combinations, seeds


def plain_values(name: str, several: Iterable[Any]) -> list[Any]:
    """Return a parameter's values as plain Python, each once, or refuse them."""
    if isinstance(several, str) or not isinstance(several, Iterable):
        raise TypeError(f"{name} is expected to have a list of values; found {several!r}.")
    found = [value.item() if isinstance(value, np.generic) else value for value in several]
    if not found:
        raise ValueError(f"{name} is expected to have at least one value; found none.")
    for value in found:
        if not isinstance(value, str | int | float | None) or value != value:
            raise TypeError(
                f"Values of {name} are expected to be numbers, texts, booleans or None, which "
                f"tell runs apart in a file; found {value!r}. Pass its name and look it up in run."
            )
    twice = [value for place, value in enumerate(found) if value in found[:place]]
    if twice:
        raise ValueError(f"Each value of {name} is expected once; found {twice[0]!r} twice.")
    return found


def finished(run, jobs, files, missing) -> Iterable[tuple[int, dict[str, Any]]]:
    """Run what is missing, wherever joblib is told to, and yield each run as it ends."""
    bar = tqdm(
        desc="runs", total=len(jobs), initial=len(jobs) - len(missing), disable=not is_watched()
    )
    parallel = Parallel(return_as="generator_unordered")
    tasks = (delayed(once)(run, place, jobs[place], files[place]) for place in missing)
    try:
        with bar:
            for place, found in parallel(tasks):
                bar.update()
                yield place, found
    except TerminatedWorkerError as error:
        raise SweepError(
            f"A process that computed runs was ended from outside, perhaps for want of memory. "
            f"What had finished is kept in {files[0].parent}; call sweep again to go on."
        ) from error


def once(run, place: int, job: dict[str, Any], file: Path) -> tuple[int, dict[str, Any]]:
    """Run one combination on one thread and keep its numbers, or say why there are none."""
    threads = torch.get_num_threads()
    start = time.perf_counter()
    try:
        with threadpool_limits(1):
            torch.set_num_threads(1)
            results = run(**job["parameters"], seed=job["seed"])
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        return place, {"error": f"{type(error).__name__}: {error} ({at.name}, line {at.lineno})"}
    finally:
        torch.set_num_threads(threads)
    seconds = round(time.perf_counter() - start, 2)
    results = numbers_of(results, job["parameters"])
    bad = [f"{name} is {value}" for name, value in results.items() if not math.isfinite(value)]
    if bad:
        return place, {"error": f"The result is no finite number: {', '.join(bad)}"}
    held = job | {
        "results": results,
        "seconds": seconds,
        "machine": machine(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write(file, held)
    return place, held


def numbers_of(results: Any, parameters: Mapping[str, Any]) -> dict[str, float]:
    """Return what a run has returned as plain numbers.

    Raises
    ------
    TypeError, ValueError
        It is no mapping from names to numbers, or a name is one of the grid's or the table's.
    """
    if not isinstance(results, Mapping) or not results:
        raise TypeError(
            "run is expected to return a dictionary of numbers, such as {'mse': 0.01}; "
            f"found {results!r:.100}."
        )
    found = {}
    for name, value in results.items():
        if name in parameters or name in OWN:
            raise ValueError(
                f"Each name stands once in the table; found {name!r} among the results of run and "
                "among the parameters or the table's own columns. Rename the result."
            )
        if isinstance(value, np.generic | np.ndarray | torch.Tensor) and value.shape == ():
            value = value.item()
        if not isinstance(value, numbers.Real):
            raise TypeError(
                f"Each result of run is expected to be a number; found {name} = {value!r:.80}."
            )
        found[str(name)] = value if isinstance(value, int) else float(value)
    return found


def table_of(jobs: list[dict[str, Any]], held: list[dict[str, Any]]) -> pd.DataFrame:
    """Put the rows of a sweep together.

    Raises
    ------
    SweepError
        Some runs failed.
    """
    rows = [
        job["parameters"]
        | {"seed": job["seed"]}
        | found.get("results", {})
        | {name: found[name] for name in ("seconds", "error") if name in found}
        for job, found in zip(jobs, held, strict=True)
    ]
    table = pd.DataFrame(rows)
    last = [name for name in ("seconds", "error") if name in table]
    table = table[[*(name for name in table if name not in last), *last]]
    if "error" not in table:
        return table
    failed = [
        f"  {', '.join(f'{name}={value!r}' for name, value in job['parameters'].items())}, "
        f"seed={job['seed']}: {found['error']}"
        for job, found in zip(jobs, held, strict=True)
        if "error" in found
    ]
    raise SweepError(
        f"{len(failed)} of {len(jobs)} runs failed; the others are kept, and only these run when "
        "sweep is called again. All rows are in the error's .table.\n" + "\n".join(failed),
        table,
    )
