"""Environments, each holding what one place where the book is opened holds.

Each is made once, from the pins of ``requirements.txt``, so that a release elsewhere does not turn
the tests red, and kept in ``_build/environments`` for as long as what it is made of stays the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chromium import chromium
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
ENVIRONMENTS = ROOT / "_build" / "environments"
REPORT = ROOT / "_build" / "reports" / "launch.jsonl"
EVERY_NOTEBOOK = bool(os.environ.get("AELIB_EVERY_NOTEBOOK"))
TWINS = sorted((ROOT / "chapters").glob("*.ipynb"))
SHORTEST = "quiz"  # of those that train


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``twin`` for the shortest notebook, or for each."""
    if "twin" in metafunc.fixturenames:
        twins = TWINS if EVERY_NOTEBOOK else [ROOT / "chapters" / f"{SHORTEST}.ipynb"]
        metafunc.parametrize("twin", twins, ids=lambda twin: twin.stem)


def pytest_sessionstart() -> None:
    """Begin a report of this session alone, to which all its processes write."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        REPORT.unlink(missing_ok=True)


def report(**figures: object) -> None:
    """Add a line to the report: where, which notebook, seconds, peak memory."""
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    with REPORT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(figures) + "\n")


def pytest_terminal_summary(terminalreporter) -> None:
    """Show the report below the results."""
    if REPORT.exists():
        terminalreporter.write_line(REPORT.read_text(encoding="utf-8").rstrip())


@dataclass
class Environment:
    """A virtual environment of its own."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def pip(self, *arguments: str | Path) -> str:
        """Run pip in the environment; its own words are the message of a failure."""
        command = [self.python, "-m", "pip", "--disable-pip-version-check", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def versions(self) -> dict[str, str]:
        """Return the version of each installed package."""
        packages = json.loads(self.pip("list", "--format", "json"))
        return {package["name"].lower(): package["version"] for package in packages}

    def megabytes(self) -> int:
        """Return the space the environment takes on disk."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return sum(file.lstat().st_size for file in files) // 1_000_000


def kept_environment(name: str, *arguments: str | Path) -> Environment:
    """Return a virtual environment with what pip installs from these arguments.

    It is made anew when the arguments, a file that they name, or this Python have changed, and
    when it was left half made.
    """
    inputs = [sys.version, sys.executable, *map(str, arguments)]
    inputs += [file.read_text("utf-8") for file in arguments if isinstance(file, Path)]
    key = hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:12]
    environment = Environment(ENVIRONMENTS / f"{name}-{key}")
    complete = environment.folder / "complete"
    if not complete.exists():
        for old in ENVIRONMENTS.glob(f"{name}-*"):
            shutil.rmtree(old)
        subprocess.run([sys.executable, "-m", "venv", environment.folder], check=True)
        environment.pip("install", "--quiet", *arguments)
        complete.touch()
    return environment


@pytest.fixture(scope="session")
def colab() -> Environment:
    """Only what Colab has of what the notebooks need."""
    return kept_environment(
        "colab",
        *("--constraint", ROOT / "requirements.txt"),
        *("torch", "numpy", "pandas", "matplotlib", "ipywidgets", "ipykernel"),
    )


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where pip can install the committed package from: ``git+file://...@commit``."""
    folder = tmp_path_factory.mktemp("clone") / "book"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    command = ["git", "-C", folder, "rev-parse", "HEAD"]
    commit = subprocess.run(
        command, capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout.strip()
    return f"git+{folder.as_uri()}@{commit}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with chromium() as browser:
        yield browser
