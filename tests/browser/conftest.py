"""The built site, served on a free port, and a Chromium that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import torch
from built_site import HTML, PATH, names_or_error, served
from by_page import pytest_xdist_make_scheduler  # noqa: F401
from chromium import Record, chromium, watch
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

DESKTOP = {"width": 1280, "height": 720}


def pytest_sessionstart() -> None:
    """Keep torch to one thread: more would wait for each other and for the browser."""
    torch.set_num_threads(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``name`` or ``visit`` once for each page of the site."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", names_or_error())
    if "visit" in metafunc.fixturenames:
        metafunc.parametrize("arrival", names_or_error(), indirect=True, scope="session")


def wait_for_roots(page: Page) -> None:
    """Wait until every widget stands in its place; what is far from the screen is not drawn yet.

    A widget's own script runs a moment after the widget has been put in its place.
    """
    page.wait_for_function(
        """() => !document.querySelector(".widget-notice:not([hidden])") &&
                 !document.querySelector(
                   ".widget-area:not(:has(.ae-explorer, .ae-latent-map, .ae-trainer))")"""
    )


def wait_for_widgets(page: Page) -> None:
    """Wait until every explorer and map is drawn, which they are only near the screen."""
    wait_for_roots(page)
    for root in page.locator(".ae-explorer, .ae-latent-map").all():
        root.scroll_into_view_if_needed()
        expect(root).to_have_attribute("data-ready", "true")
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site, without a slash at its end."""
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def reader(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """One browser context that keeps the site's files and compiled scripts, as a reader's does."""
    context = browser.new_context(base_url=f"{site}/", locale="zh-CN")
    context.record = watch(context, site)
    yield context
    context.close()


@pytest.fixture
def page(reader: BrowserContext, site: str) -> Iterator[Page]:
    """An empty tab of a reader who has answered, chosen and changed nothing yet."""
    reader.record.clear()
    others = reader.pages
    page = reader.new_page()
    yield page
    origin = site.removesuffix(PATH.rstrip("/"))
    kept = {"origin": origin, "storageTypes": "local_storage"}
    reader.new_cdp_session(page).send("Storage.clearDataForOrigin", kept)
    for tab in [tab for tab in reader.pages if tab not in others]:
        tab.close()


@dataclass
class Visit:
    """A page that somebody has opened who was never here before: every file had to come."""

    name: str
    page: Page
    record: Record
    answers: list[Response]
    at_once: set[str]  # what was asked for before the reader came near a widget

    def in_theme(self, theme: str) -> None:
        """Press the button of the themes until the page is light or dark."""
        for _ in range(3):
            if self.page.locator("html").get_attribute("data-theme") == theme:
                return
            # Not by the mouse, whose tooltip would stand in the way of what is measured.
            self.page.locator(".theme-switch-button").first.dispatch_event("click")
        pytest.fail(f"{self.name}: the button of the themes leads to no {theme} page")

    def open_all(self) -> None:
        """Unfold everything."""
        self.page.evaluate(
            "document.querySelectorAll('details').forEach((part) => (part.open = true))"
        )


@pytest.fixture(scope="session")
def arrival(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Visit]:
    """Open a page; the tests that only look at it share this visit."""
    with browser.new_context(
        base_url=f"{site}/", locale="zh-CN", color_scheme="light", viewport=DESKTOP
    ) as context:
        record, page = watch(context, site), context.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(request.param, wait_until="networkidle")
        at_once = {answer.url for answer in answers}
        wait_for_widgets(page)
        yield Visit(request.param, page, record, answers, at_once)


@pytest.fixture
def visit(arrival: Visit) -> Iterator[Visit]:
    """The visit, folded, wide and light as it was on arrival."""
    unfolded = arrival.page.locator("details[open]").element_handles()
    yield arrival
    arrival.page.emulate_media(media="screen", color_scheme="light")
    arrival.page.set_viewport_size(DESKTOP)
    arrival.in_theme("light")
    arrival.page.evaluate(
        """unfolded => document.querySelectorAll("details")
             .forEach((part) => (part.open = unfolded.includes(part)))""",
        unfolded,
    )


@pytest.fixture(scope="session")
def without_javascript(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser context that runs no script."""
    with browser.new_context(base_url=f"{site}/", java_script_enabled=False) as context:
        yield context


@pytest.fixture
def record(reader: BrowserContext, page: Page) -> Record:
    """What has gone wrong in that tab so far."""
    return reader.record
