"""A Chromium for the tests, and a record of what goes wrong on its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from book.browsers import CHROMIUM, find

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # This machine and no other host. Not a route: with one, the browser keeps no file.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, or Playwright's own where the system has none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(CHROMIUM), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@dataclass
class Record:
    """What went wrong on a page, in words."""

    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Begin again."""
        for kind in (self.foreign, self.failed, self.errors):
            kind.clear()


def watch(context: BrowserContext, site: str) -> Record:
    """Write down what a context asks of others than the site, and what fails."""
    record = Record()
    own = (site, "data:", "blob:", "attachment:")  # the last is JupyterLab's, for a notebook's own

    def note_request(request) -> None:
        if not request.url.startswith(own):
            record.foreign.append(request.url)

    def note_answer(answer) -> None:
        if answer.status >= 400:
            record.failed.append(f"{answer.status} {answer.url}")

    def note_failure(request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left with the page it was for
            record.failed.append(request.url)

    def note_message(message) -> None:
        if message.type == "error":
            record.errors.append(message.text)

    context.on("request", note_request)
    context.on("response", note_answer)
    context.on("requestfailed", note_failure)
    context.on("console", note_message)
    context.on("weberror", lambda error: record.errors.append(str(error.error)))
    return record
