"""One small JSON file for each finished run: written whole or not at all, and named by its key."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def ready(folder: Path) -> None:
    """Make a folder and see that files can be written in it.

    Raises
    ------
    OSError
        They cannot; the message says where and what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(
            f"sweep keeps each finished run as a file in folder={str(folder)!r}; found that none "
            f"can be written there ({error.strerror}). Name a folder of your own."
        ) from error


def read(file: Path, decided_by: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a file holds; nothing where there is none, or one of something else."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # not run yet; or not a run's file, and run again
        return None
    whole = isinstance(held, dict) and isinstance(held.get("results"), dict)
    return (
        held if whole and all(held.get(name) == decided_by[name] for name in decided_by) else None
    )


def write(file: Path, held: dict[str, Any]) -> None:
    """Write a run's file under another name and move it into its place in one step."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            json.dump(held, part, indent=1, ensure_ascii=False)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
