"""A Chromium for the tests, and a record of what goes wrong on its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Route, sync_playwright

from book.browsers import CHROMIUM, find

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
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


def watch(context: BrowserContext, site: str) -> Record:
    """Keep the context from every other host and write down what fails."""
    record = Record()

    def only_the_site(route: Route) -> None:
        url = route.request.url
        if url.startswith((site, "data:", "blob:")):
            route.continue_()
        else:
            record.foreign.append(url)
            route.abort()

    def note_answer(answer) -> None:
        if answer.status >= 400:
            record.failed.append(f"{answer.status} {answer.url}")

    def note_message(message) -> None:
        if message.type == "error":
            record.errors.append(message.text)

    context.route("**/*", only_the_site)
    context.on("response", note_answer)
    context.on("requestfailed", lambda request: record.failed.append(request.url))
    context.on("console", note_message)
    context.on("weberror", lambda error: record.errors.append(str(error.error)))
    return record
