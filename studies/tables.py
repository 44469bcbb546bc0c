"""The table of a study: a CSV file that says where its numbers come from."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from aelib.provenance import machine, versions
from book.execution.caches import write_whole

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "src" / "aelib" / "data" / "studies"
PACKAGES = ("torch", "numpy", "scikit-learn")


def write_table(name: str, table: pd.DataFrame) -> Path:
    """Write a study's rows, 6 significant digits each, below lines that say their origin.

    Nothing is written where the numbers are those of the file: its date stays true.
    """
    text = io.StringIO()
    table.drop(columns="seconds").to_csv(
        text, index=False, float_format="%.6g", lineterminator="\n"
    )
    path = FOLDER / f"{name}.csv"
    if path.exists() and numbers(path.read_text(encoding="utf-8")) == text.getvalue():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join(f"# {line}\n" for line in origin()) + text.getvalue())
    return path


def numbers(text: str) -> str:
    """Return a table's text without the lines that say its origin."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


def origin() -> list[str]:
    """Say commit, versions, machine and date."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    ).stdout.strip()  # fmt: skip
    here = machine()
    found = ", ".join(f"{name} {version}" for name, version in versions(PACKAGES).items())
    return [
        f"commit: {commit}",
        f"date: {datetime.now(UTC):%Y-%m-%d}",
        f"machine: {here['processor']}, Python {here['python']}, one thread a run",
        f"versions: {found}",
    ]
