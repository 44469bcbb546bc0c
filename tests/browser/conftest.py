"""The built site, served on a free port, and a Chromium that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from built_site import HTML, names_or_error, on_disk, served
from chromium import Record, chromium, watch
from playwright.sync_api import Browser, BrowserContext, Page, expect


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``name`` once for each page of the site; for one on disk, too."""
    names = names_or_error()
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", names)
    if "name_on_disk" in metafunc.fixturenames:  # only a server sends the page for a wrong address
        metafunc.parametrize("name_on_disk", on_disk(names))


def wait_for_widgets(page: Page) -> None:
    """Wait until every explorer and map of the page is drawn, which they are only near the screen.

    A widget's own script runs a moment after the widget has been put in its place.
    """
    page.wait_for_function(
        """() => !document.querySelector(".widget-notice:not([hidden])") &&
                 !document.querySelector(
                   ".widget-area:not(:has(.ae-explorer, .ae-latent-map, .ae-trainer))")"""
    )
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
