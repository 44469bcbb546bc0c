"""A twin in JupyterLab, from an environment that ``binder/`` describes."""

from __future__ import annotations

import re
import shutil
import time

import psutil
import pytest
from conftest import ROOT, Environment, kept_environment, report
from jupyterlab_server import run_all, serve

from book.execution.memory import LIMIT, peak_memory

BINDER = ROOT / "binder"
PATIENCE = 900_000  # milliseconds a notebook may take, three times what the longest takes here
SIZE = 1600  # megabytes on disk: 1,534 measured, half of it torch, a fifth compiled Python files


def requirements(file) -> dict[str, str]:
    """Return the pinned packages of a requirements file."""
    return dict(re.findall(r"^([\w-]+)==(\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def environment() -> Environment:
    """What ``binder/`` asks for, torch from where this machine's pip finds it."""
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line and not line.startswith("#")]
    here = [line for line in asked if not line.startswith("--extra-index-url")]
    assert len(here) == len(asked) - 1
    environment = kept_environment("binder", *here)
    command = (BINDER / "postBuild").read_text(encoding="utf-8").splitlines()[-1]
    assert command == "python -m pip install --no-cache-dir --no-deps ."
    environment.pip("install", "--quiet", "--no-cache-dir", "--no-deps", ROOT)
    return environment


def test_binder_s_pins_are_those_of_the_book():
    book = requirements(ROOT / "requirements.txt")
    binder = requirements(BINDER / "requirements.txt")
    assert binder == {name: book[name] for name in binder}
    assert {"torch", "jupyterlab", "jupytext", "ipykernel"} <= set(binder)


def test_binder_s_environment_is_complete_and_small(environment):
    environment.pip("check")
    megabytes = environment.megabytes()
    report(place="Binder", environment_megabytes=megabytes)
    assert megabytes <= SIZE


def test_a_twin_runs_in_the_jupyterlab_of_binder_within_its_memory(
    twin, environment, browser, tmp_path
):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    file = notebooks / twin.name
    shutil.copyfile(twin, file)
    with (
        serve(environment.python, file, tmp_path) as (url, server),
        browser.new_context(viewport={"width": 1280, "height": 900}) as context,
    ):
        start = time.monotonic()
        run_all(context.new_page(), url, PATIENCE)
        seconds = time.monotonic() - start
        peak = max(peak_memory(child.pid) for child in psutil.Process(server.pid).children())
    assert 0 < peak <= LIMIT
    report(place="Binder", notebook=twin.stem, seconds=round(seconds), peak_megabytes=peak)
