"""The built site, served on a free port, and a Chromium that reaches nothing else."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chromium import Record, chromium, watch
from playwright.sync_api import Browser, BrowserContext, Page, expect

from book.address import read_address

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PATH = urlsplit(read_address(ROOT).site).path
NOT_FOUND = "404.html"


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``name`` once for each page of the site; for one on disk, too."""
    names = page_names()
    if not names:
        raise pytest.UsageError(f"no page in {HTML}: build the book first (make book)")
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", names)
    if "name_on_disk" in metafunc.fixturenames:  # only a server sends the page for a wrong address
        metafunc.parametrize("name_on_disk", [name for name in names if name != NOT_FOUND])


def wait_for_widgets(page: Page) -> None:
    """Wait until every explorer and map of the page is drawn, which they are only near the screen.

    A widget's own script runs a moment after the widget has been put in its place.
    """
    page.wait_for_function(
        """() => !document.querySelector(".widget-notice:not([hidden])") &&
                 !document.querySelector(".widget-area:not(:has(.ae-explorer, .ae-latent-map))")"""
    )
    for root in page.locator(".ae-explorer, .ae-latent-map").all():
        root.scroll_into_view_if_needed()
        expect(root).to_have_attribute("data-ready", "true")
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")


class SiteHandler(SimpleHTTPRequestHandler):
    """Serve the site below its own path, and its 404 page for what is not there, quietly."""

    def translate_path(self, path: str) -> str:
        """Find a file; outside the site's path there is none."""
        if not path.startswith(PATH):
            return str(HTML / "nothing here")
        return super().translate_path(path.removeprefix(PATH.rstrip("/")))

    def send_error(self, code: int, *_arguments: object) -> None:
        """Answer as a host of static sites does."""
        body = (HTML / NOT_FOUND).read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site, without a slash at its end."""
    handler = functools.partial(SiteHandler, directory=str(HTML))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{PATH.rstrip('/')}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A fresh, offline browser context; ``context.record`` holds what went wrong."""
    context = browser.new_context(base_url=f"{site}/", locale="zh-CN")
    context.record = watch(context, site)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab in that context."""
    return context.new_page()


@pytest.fixture
def record(context: BrowserContext) -> Record:
    """What went wrong in that context so far."""
    return context.record
