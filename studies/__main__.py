"""Run what is missing of each study and write the tables: ``make studies``.

``python -m studies features`` runs one of them. A table in the package that holds every run, of
today's code, data and versions, is left as it is. The runs are kept in ``_build/studies``, one
small file each: a study that was stopped goes on where it stood, and the files of another machine
may be copied there.
"""

from __future__ import annotations

import argparse
import os

import joblib

import aelib
from aelib.sweep import kept
from studies import convolutional, denoising, explorer, features, stuck
from studies.study import Study
from studies.tables import ROOT, is_complete, write_table

STUDIES = {
    module.STUDY.name: module.STUDY
    for module in (features, denoising, stuck, convolutional, explorer)
}
RUNS = ROOT / "_build" / "studies"


def main(names: list[str], processes: int) -> None:
    """Say how long it will take, run, and write."""
    chosen = [STUDIES[name] for name in names]
    missing = {study.name: study.runs - held(study) for study in chosen}
    hours = sum(missing[study.name] * study.seconds for study in chosen) / 3600 / processes
    for study in chosen:
        print(f"{study.name:14s} {study.runs:4d} runs, {missing[study.name]:4d} to go")
    print(f"about {hours:.1f} hours on {processes} processes")
    with joblib.parallel_config(n_jobs=processes):
        for study in chosen:
            if is_complete(study):
                continue
            table = aelib.sweep(study.run, study.grid, folder=RUNS / study.name, seeds=study.seeds)
            path = write_table(study, table)
            print(f"{path.relative_to(ROOT)}: {len(table)} rows, {path.stat().st_size:,} bytes")


def held(study: Study) -> int:
    """How many runs of a study are there already: in its table, or one by one."""
    if is_complete(study):
        return study.runs
    return kept(study.run, study.grid, folder=RUNS / study.name, seeds=study.seeds)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m studies", description=__doc__)
    asked.add_argument("names", nargs="*", help=f"some of: {', '.join(STUDIES)}; all without any")
    asked.add_argument("--processes", type=int, default=os.cpu_count())
    given = asked.parse_args()
    if unknown := {*given.names} - {*STUDIES}:
        known = ", ".join(STUDIES)
        asked.error(f"expected some of {known}; found {', '.join(sorted(unknown))}")
    main(given.names or [*STUDIES], given.processes)
