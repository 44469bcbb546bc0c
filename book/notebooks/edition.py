"""Render the pages' parts from the last build of the site; see :mod:`book.notebooks`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from book import ROOT
from book.editions import Edition


class EditionError(RuntimeError):
    """The parts could not be made; the message says what to do."""


@cache
def render(edition: Edition, root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """Return each page's parts by its name in ``chapters``, made from the last build of an edition.

    Raises
    ------
    EditionError
        A page has changed since the site was built, or says something without Markdown.
    """
    built = edition.build(root)
    if not (built / ".doctrees" / "environment.pickle").exists():
        raise EditionError("The notebooks are made from the built pages: run `make book` first.")
    folder = built / "notebooks" / "chapters"
    shutil.rmtree(folder, ignore_errors=True)
    if edition.folder:
        command = [sys.executable, "-m", "book.translation.build", edition.folder, "notebooks"]
    else:
        jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
        options = ["--builder", "custom", "--custom-builder", "notebooks", "--warningiserror"]
        command = [jupyter_book, "build", ".", *options, "--keep-going", "--quiet"]
    utf8 = os.environ | {"PYTHONUTF8": "1"}  # what it says is Chinese, whatever the system's own
    finished = subprocess.run(
        command, cwd=root, env=utf8, capture_output=True, text=True, encoding="utf-8"
    )
    if finished.returncode:
        said = finished.stderr.partition("Traceback (most recent call last)")[0].strip()
        raise EditionError(f"The notebooks could not be made:\n{said}")
    return {
        file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")
    }
