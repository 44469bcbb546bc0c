"""Results apart from presentation: what is executed, what is read and what is written again.

- A notebook is executed when its code cells, or what ``key.py`` counts as decisive, have changed;
  their captions and alternative texts are prose (``results.py``).
- A page is read again when the key, or the Python of this package, has changed.
- A page is written again when one was read, since pages quote each other's results, or when a
  style sheet, a script or a template has changed: a page built from kept results carries today's.

One build at a time: a second one waits for the first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout
from myst_nb.core.execute import cache
from sphinx.util import logging

from book.execution.ahead import Ahead
from book.execution.caches import build_lock, close_cache, open_cache
from book.execution.results import Results

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

LOGGER = logging.getLogger(__name__)
BOOK = Path(__file__).resolve().parents[1]
LIVE = Path("src") / "aelib" / "live"
AFTER_RESULTS: list[Callable[[], None]] = []
"""Called when every result is kept, before pages are written; filled by ``book.build``."""
WRITTEN = {".css", ".html", ".js", ".json", ".mjs", ".svg"}
"""Suffixes of what reaches a page when it is written."""


def prepare(app: Sphinx, config: Config) -> None:
    """Wait for other builds of this folder, then point MyST-NB at the cache of the present key."""
    root = Path(app.srcdir)
    app.book_lock = build_lock(root)
    try:
        app.book_lock.acquire(timeout=0)
    except Timeout:
        LOGGER.info("Another build of this folder is running; this one waits for it.")
        app.book_lock.acquire()
    folder, changed = open_cache(root)
    if changed:
        LOGGER.info("Every notebook is executed, since these have changed: %s", "; ".join(changed))
    config.nb_execution_cache_path = str(folder)
    app.book_cache = folder
    app.book_ahead = Ahead(folder)
    cache.single_nb_execution = app.book_ahead.wait


def start_ahead(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Execute side by side what will be read one by one."""
    app.book_ahead.start(env, pages)


def read_again(app: Sphinx, env: BuildEnvironment, added, changed, removed) -> list[str]:
    """Name the pages that must be read again because results, or this package, have changed."""
    state = f"{app.book_cache.name} {digest(BOOK, {'.py'})}"
    known = getattr(env, "book_read_from", None)
    env.book_read_from = state
    again = [] if known == state else sorted(env.found_docs)
    env.book_pages_read = bool(again or added or changed or removed)
    return again


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages that must be written again: all, or none. Every result is kept by now."""
    for call in AFTER_RESULTS:
        call()
    looks = digest(BOOK, WRITTEN) + digest(Path(app.srcdir) / LIVE, WRITTEN)
    known = getattr(env, "book_written_with", None)
    env.book_written_with = looks
    return sorted(env.found_docs) if env.book_pages_read or known != looks else []


def digest(folder: Path, suffixes: set[str]) -> str:
    """Digest the files below a folder that have one of the suffixes, npm's packages apart."""
    total = hashlib.sha256()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {"node_modules"})
        for file in (Path(place, name) for name in sorted(names)):
            if file.suffix in suffixes:
                name = file.relative_to(folder).as_posix()
                total.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def finish(app: Sphinx, error: Exception | None) -> None:
    """Keep the cache of a build that ended well; let the next build in."""
    app.book_ahead.stop()
    if error is None:
        close_cache(Path(app.srcdir), app.book_cache)
    app.book_lock.release()


def setup(app: Sphinx) -> dict[str, object]:
    """Register with Sphinx."""
    os.environ["AELIB_UNATTENDED"] = "1"  # inherited by the kernels: no progress bars in a build
    cache.get_cache = Results  # MyST-NB has no other way to say what decides a result
    app.connect("config-inited", prepare, priority=400)
    app.connect("env-before-read-docs", start_ahead)
    app.connect("env-get-outdated", read_again)
    app.connect("env-updated", write_again)
    app.connect("build-finished", finish, priority=950)  # after all that still writes to the site
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
