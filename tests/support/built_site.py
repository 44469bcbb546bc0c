"""The built site: its pages, and a server for it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"


def page_names() -> list[str]:
    """Every page a reader sees, as a path below ``_build/html``.

    Not ``_static`` and its like, and not ``index.html`` where it only leads to the first page.
    """
    files = (file for file in HTML.rglob("*.html") if not is_passage(file))
    names = (file.relative_to(HTML).as_posix() for file in files)
    return sorted(name for name in names if not name.startswith("_"))


def is_passage(file: Path) -> bool:
    """Whether a page sends the reader on at once."""
    return 'http-equiv="Refresh"' in file.read_text(encoding="utf-8")


def names_or_error() -> list[str]:
    """The pages; an error that says what to do where none is built."""
    names = page_names()
    if not names:
        raise pytest.UsageError(f"no page in {HTML}: build the book first (make book)")
    return names


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line per request."""

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port; its address, without a slash at its end."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
