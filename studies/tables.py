"""The table of a study: a CSV file that says where its numbers come from."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from aelib.provenance import machine, versions
from aelib.sweep import planned
from aelib.sweep.decides import digest, what_decides
from aelib.sweep.files import write
from book.execution.caches import write_whole
from studies.study import Study

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "src" / "aelib" / "data" / "studies"
PACKAGES = ("torch", "numpy", "scikit-learn")


def write_table(study: Study, table: pd.DataFrame) -> Path:
    """Write a study's rows, 6 significant digits each, below lines that say their origin.

    Nothing is written where the file holds these numbers, decided by the same code, data and
    versions: its date stays true.
    """
    text = io.StringIO()
    table.drop(columns="seconds", errors="ignore").to_csv(
        text, index=False, float_format="%.6g", lineterminator="\n"
    )
    path = table_file(study)
    if is_complete(study) and numbers(path.read_text(encoding="utf-8")) == text.getvalue():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join(f"# {line}\n" for line in origin(study)) + text.getvalue())
    return path


def table_file(study: Study) -> Path:
    """Where a study's table lies."""
    return FOLDER / f"{study.name}.csv"


def is_complete(study: Study) -> bool:
    """Whether a table holds every run of its study, decided by today's code, data and versions."""
    values = itertools.product(*study.grid.values(), study.seeds)
    return {*values} <= rows(study).keys()


def rows(study: Study) -> dict[tuple, dict[str, float]]:
    """Return a table's results by the runs' parameters and seeds.

    There are none where other code, data or versions decided them.
    """
    path = table_file(study)
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    if f"# decided by: {decided_by(study)}" not in text.splitlines():
        return {}
    table = pd.read_csv(io.StringIO(numbers(text))).set_index([*study.grid, "seed"])
    return table.to_dict("index")


def take_up(study: Study, folder: Path) -> None:
    """Keep a table's rows as finished runs in ``folder``, so that only what it lacks is run.

    A fresh clone has the tables and none of the runs. The numbers have the table's 6 digits, so
    that the table, written again, says the same.
    """
    found = rows(study)
    jobs, files = planned(study.run, study.grid, folder, study.seeds)
    for job, file in zip(jobs, files, strict=True):
        row = found.get((*job["parameters"].values(), job["seed"]))
        if row is not None and not file.exists():
            results = {name: value for name, value in row.items() if pd.notna(value)}
            write(file, job | {"results": results, "taken from": table_file(study).name})


def decided_by(study: Study) -> str:
    """Digest what decides a study's numbers apart from parameters and seeds."""
    return digest(json.dumps(what_decides(study.run), sort_keys=True))


def earlier_processors(study: Study) -> list[str]:
    """Return the processors that the rows of today's table were computed on."""
    if not rows(study):
        return []
    lines = table_file(study).read_text(encoding="utf-8").splitlines()
    said = next(line for line in lines if line.startswith("# machine: "))
    return said.removeprefix("# machine: ").split(", Python")[0].split(" and ")


def numbers(text: str) -> str:
    """Return a table's text without the lines that say its origin."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


def origin(study: Study) -> list[str]:
    """Say commit, versions, machine, date, and what decides the numbers."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    ).stdout.strip()  # fmt: skip
    here = machine()
    processors = dict.fromkeys([*earlier_processors(study), here["processor"]])
    found = ", ".join(f"{name} {version}" for name, version in versions(PACKAGES).items())
    return [
        f"commit: {commit}",
        f"date: {datetime.now(UTC):%Y-%m-%d}",
        f"machine: {' and '.join(processors)}, Python {here['python']}, one thread a run",
        f"versions: {found}",
        f"decided by: {decided_by(study)}",
    ]
