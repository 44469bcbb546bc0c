"""The folders of executed notebooks, one for each key: which is used, which may go, which is whole.

``_build/execution/<key>`` is a jupyter-cache; beside it ``decisive.json`` says what the key stands
for and ``succeeded`` when a build last ended well with it. Caches of other keys stay, the last
``KEPT`` that succeeded, so that going back to a branch executes nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from filelock import FileLock

from book.execution.key import decisive, difference, key
from book.execution.results import Results

BUILD = Path("_build")
CACHES = BUILD / "execution"
KEPT = 5
HELD = {"BOOK_LOCK_HELD": "1"}
"""In the environment of a process whose parent holds the lock on its behalf."""
DECISIVE, SUCCEEDED = "decisive.json", "succeeded"


def cache_folder(root: Path) -> Path:
    """Return the folder of executed notebooks that fits the present state of the project."""
    return root / CACHES / key(decisive(root))


class Held:
    """Stands in for the lock where the parent holds it."""

    is_locked = True

    def acquire(self, **_options: object) -> None:
        """Do nothing: it is held."""

    def release(self) -> None:
        """Do nothing: the parent will."""


def build_lock(root: Path) -> FileLock | Held:
    """Return the lock that one build at a time holds; it ends with its process."""
    if HELD.items() <= os.environ.items():
        return Held()
    folder = root / BUILD
    folder.mkdir(exist_ok=True)
    return FileLock(folder / "lock", is_singleton=True)  # held twice by one process, freed once


def open_cache(root: Path) -> tuple[Path, list[str]]:
    """Make the folder of the present key ready.

    Returns
    -------
    Path
        The folder, its half-written notebooks forgotten.
    list of str
        Where the folder is new: what has changed since the last build that succeeded.
    """
    parts = decisive(root)
    folder = root / CACHES / key(parts)
    changed = []
    if not (folder / DECISIVE).exists():
        earlier = succeeded(root)
        if earlier:
            changed = difference(read_decisive(earlier[0]), parts)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / DECISIVE, json.dumps(parts, indent=1, sort_keys=True))
    drop_damaged(folder)
    return folder, changed


def read_decisive(folder: Path) -> dict:
    """Read what the key of a folder stands for."""
    return json.loads((folder / DECISIVE).read_text(encoding="utf-8"))


def succeeded(root: Path) -> list[Path]:
    """Return the folders of builds that ended well, the latest first."""
    marks = sorted(
        (root / CACHES).glob(f"*/{SUCCEEDED}"),
        key=lambda mark: mark.stat().st_mtime_ns,
        reverse=True,
    )
    return [mark.parent for mark in marks]


def close_cache(root: Path, folder: Path) -> None:
    """Note that a build has ended well with a folder, and drop those that are too old."""
    (folder / SUCCEEDED).touch()
    kept = succeeded(root)[:KEPT]
    for other in (root / CACHES).iterdir():
        if other.is_dir() and (other / DECISIVE).exists() and other not in kept:
            shutil.rmtree(other)


def drop_damaged(folder: Path) -> list[str]:
    """Forget the notebooks that a killed build left half-written in a cache; return their names."""
    cache = Results(str(folder))
    dropped = []
    for record in cache.list_cache_records():
        notebook = folder / "executed" / record.hashkey / "base.ipynb"
        try:
            json.loads(notebook.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            notebook.parent.mkdir(parents=True, exist_ok=True)
            notebook.touch()  # jupyter-cache wants to delete what it forgets
            cache.remove_cache(record.pk)
            dropped.append(record.uri)
    return dropped


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text in UTF-8."""
    partial = file.with_name(f"{file.name}.part")
    partial.write_bytes(content.encode() if isinstance(content, str) else content)
    partial.replace(file)
