"""Run what is missing of each study and write the tables: ``make studies``.

``python -m studies features`` runs one of them, and with ``--seeds 8`` only its first 8 seeds. A
table in the package that holds every run, of today's code, data and versions, is left as it is; one
that holds some of them is completed. The runs are kept in ``_build/studies``, one small file each:
a study that was stopped goes on where it stood, and the files of another machine may be copied
there.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

import joblib

import aelib
from aelib.sweep import kept
from studies import convolutional, denoising, explorer, features, stuck
from studies.study import Study
from studies.tables import ROOT, is_complete, take_up, write_table

STUDIES = {
    module.STUDY.name: module.STUDY
    for module in (features, denoising, stuck, convolutional, explorer)
}
RUNS = ROOT / "_build" / "studies"


def main(studies: list[Study], processes: int) -> None:
    """Say how long it will take, run, and write."""
    missing = {study.name: study.runs - held(study) for study in studies}
    hours = sum(missing[study.name] * study.seconds for study in studies) / 3600 / processes
    for study in studies:
        print(f"{study.name:14s} {study.runs:4d} runs, {missing[study.name]:4d} to go")
    print(f"about {hours:.1f} hours on {processes} processes")
    with joblib.parallel_config(n_jobs=processes):
        for study in studies:
            if is_complete(study):
                continue
            table = aelib.sweep(study.run, study.grid, folder=RUNS / study.name, seeds=study.seeds)
            path = write_table(study, table)
            print(f"{path.relative_to(ROOT)}: {len(table)} rows, {path.stat().st_size:,} bytes")


def held(study: Study) -> int:
    """How many runs of a study are there already: in its table, or one by one."""
    if is_complete(study):
        return study.runs
    take_up(study, RUNS / study.name)
    return kept(study.run, study.grid, folder=RUNS / study.name, seeds=study.seeds)


def chosen(names: list[str], seeds: int | None) -> list[Study]:
    """Return the studies of these names, all without any, with at most so many seeds each.

    Raises
    ------
    ValueError
        There is no such study, or less than one seed is asked for.
    """
    if unknown := {*names} - {*STUDIES}:
        raise ValueError(f"expected some of {', '.join(STUDIES)}; found {', '.join(unknown)}")
    if seeds is not None and seeds < 1:
        raise ValueError(f"expected at least 1 seed; found {seeds}")
    found = [STUDIES[name] for name in names or STUDIES]
    return [replace(study, seeds=study.seeds[:seeds]) for study in found]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m studies", description=__doc__)
    asked.add_argument("names", nargs="*", help=f"some of: {', '.join(STUDIES)}; all without any")
    asked.add_argument("--processes", type=int, default=os.cpu_count())
    asked.add_argument("--seeds", type=int, help="at most the first so many of each study")
    given = asked.parse_args()
    try:
        studies = chosen(given.names, given.seeds)
    except ValueError as error:
        asked.error(str(error))
    main(studies, given.processes)
