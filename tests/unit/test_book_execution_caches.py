import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_cache.base import CacheBundleIn

from book.execution import caches
from book.execution.caches import (
    DECISIVE,
    HELD,
    KEPT,
    SUCCEEDED,
    build_lock,
    close_cache,
    drop_damaged,
    open_cache,
    succeeded,
)
from book.execution.results import Results


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose results depend on one file."""
    monkeypatch.setattr(
        caches,
        "decisive",
        lambda root: {"files": {"fit": (root / "fit.py").read_text(encoding="utf-8")}},
    )
    (tmp_path / "fit.py").write_text("one", encoding="utf-8")
    (tmp_path / "_build").mkdir()
    return tmp_path


def build(project, code):
    """Open and close the cache of a state of the code; return its folder."""
    (project / "fit.py").write_text(code, encoding="utf-8")
    folder, _ = open_cache(project)
    close_cache(project, folder)
    return folder


def cached(folder: Path, source: str):
    """Put an executed notebook of one cell into a cache; return the notebook."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    Results(str(folder)).cache_notebook_bundle(
        CacheBundleIn(notebook, f"{source}.md"), check_validity=False
    )
    return notebook


def test_going_back_to_an_earlier_state_finds_its_results(project):
    first = build(project, "one")
    notebook = cached(first, "kept")
    build(project, "two")
    again, changed = open_cache(project) if build(project, "one") else None
    assert again == first
    assert changed == []
    assert Results(str(again)).match_cache_notebook(notebook)


def test_nothing_is_deleted_before_a_build_has_succeeded(project):
    folders = [build(project, f"state {i}") for i in range(KEPT)]
    (project / "fit.py").write_text("new", encoding="utf-8")
    opened, _ = open_cache(project)
    assert all(folder.exists() for folder in folders)
    close_cache(project, opened)
    assert not folders[0].exists()
    assert all(folder.exists() for folder in [*folders[1:], opened])


def test_the_present_cache_is_never_deleted(project):
    folder = build(project, "one")
    for i in range(KEPT + 2):
        build(project, f"state {i}")
    folder = build(project, "one")
    assert folder.exists()
    assert succeeded(project)[0] == folder
    assert len(succeeded(project)) == KEPT


def test_a_cache_used_again_counts_as_the_latest(project):
    first = build(project, "one")
    for i in range(KEPT - 1):
        build(project, f"state {i}")
    build(project, "one")
    build(project, "another")
    assert first.exists()


def test_a_stray_file_harms_nothing(project):
    folder = build(project, "one")
    (folder.parent / ".DS_Store").write_bytes(b"\0")
    (folder.parent / "notes").mkdir()
    for i in range(KEPT + 1):
        build(project, f"state {i}")
    assert (folder.parent / ".DS_Store").exists()
    assert (folder.parent / "notes").exists()


def test_a_new_cache_says_what_has_changed_since_the_last_build(project):
    build(project, "one")
    (project / "fit.py").write_text("two", encoding="utf-8")
    folder, changed = open_cache(project)
    assert changed == ["fit"]
    assert (folder / DECISIVE).exists()
    assert not (folder / SUCCEEDED).exists()


@pytest.mark.parametrize("damage", ["missing", "half-written"])
def test_a_notebook_that_a_killed_build_left_damaged_is_forgotten_and_others_kept(project, damage):
    folder = build(project, "one")
    broken, whole = cached(folder, "broken"), cached(folder, "whole")
    cache = Results(str(folder))
    file = folder / "executed" / cache.match_cache_notebook(broken).hashkey / "base.ipynb"
    if damage == "missing":
        shutil.rmtree(file.parent)
    else:
        file.write_text(file.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert drop_damaged(folder) == ["broken.md"]
    with pytest.raises(KeyError):
        cache.match_cache_notebook(broken)
    assert cache.merge_match_into_notebook(whole)[1].cells[0].source == "whole"


HOLD = """
import sys, time
from pathlib import Path
from book.execution.caches import build_lock
lock = build_lock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_a_second_build_waits_and_a_killed_one_lets_it_in(project):
    command = [sys.executable, "-c", HOLD, project]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline().strip() == b"held"
        lock = build_lock(project)
        with pytest.raises(TimeoutError):
            lock.acquire(timeout=0.2)
        other.kill()
        start = time.monotonic()
        with lock.acquire(timeout=30):
            assert time.monotonic() - start < 30


def test_one_process_may_take_the_lock_twice(project):
    with build_lock(project), build_lock(project).acquire(timeout=0):
        assert build_lock(project).is_locked
    assert not build_lock(project).is_locked


@pytest.mark.slow
def test_a_process_whose_parent_holds_the_lock_does_not_wait_for_it(project):
    command = [sys.executable, "-c", HOLD.replace("time.sleep(60)", "lock.release()"), project]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with build_lock(project):
        beside = os.environ | paths | HELD
        done = subprocess.run(command, env=beside, capture_output=True, timeout=30)
        assert done.stdout.strip() == b"held"
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run(command, env=os.environ | paths, capture_output=True, timeout=5)
    assert not build_lock(project).is_locked
