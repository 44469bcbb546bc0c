"""The built site: its pages, and a server for it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from book.address import read_address
from book.editions import Edition, editions

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PATH = urlsplit(read_address(ROOT).site).path
NOT_FOUND = "404.html"


def page_names() -> list[str]:
    """Every page a reader sees, as a path below ``_build/html``.

    Not ``_static`` and its like, and not ``index.html`` where it only leads to the first page.
    """
    files = (file for file in HTML.rglob("*.html") if not is_passage(file))
    names = (file.relative_to(HTML) for file in files)
    shown = (name for name in names if not any(part.startswith("_") for part in name.parts))
    return sorted(name.as_posix() for name in shown)


def edition_of(name: str) -> Edition:
    """The edition that a page belongs to."""
    source, *others = editions(ROOT)
    return next((each for each in others if name.startswith(each.path)), source)


def on_disk(names: list[str]) -> list[str]:
    """The pages that can be opened from the disk: only a server sends those for a wrong address."""
    return [name for name in names if not name.endswith(NOT_FOUND)]


def is_passage(file: Path) -> bool:
    """Whether a page sends the reader on at once."""
    return 'http-equiv="Refresh"' in file.read_text(encoding="utf-8")


def names_or_error() -> list[str]:
    """The pages; an error that says what to do where none is built."""
    names = page_names()
    if not names:
        raise pytest.UsageError(f"no page in {HTML}: build the book first (make book)")
    return names


class SiteHandler(SimpleHTTPRequestHandler):
    """Serve the site below its own path, and its 404 page for what is not there, quietly."""

    def translate_path(self, path: str) -> str:
        """Find a file; outside the site's path there is none."""
        if not path.startswith(PATH):
            return str(HTML / "nothing here")
        return super().translate_path(path.removeprefix(PATH.rstrip("/")))

    def send_error(self, code: int, *_arguments: object) -> None:
        """Answer as a host of static sites does."""
        body = Path(self.directory, NOT_FOUND).read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@contextmanager
def served(folder: Path, kind: type[SiteHandler] = SiteHandler) -> Iterator[str]:
    """Serve a folder on a free port; its address, without a slash at its end."""
    handler = functools.partial(kind, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH.rstrip('/')}"
        finally:
            server.shutdown()
            thread.join()
