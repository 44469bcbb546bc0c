"""The site is complete: a page asks nobody else for anything, and all it asks for is there."""

from __future__ import annotations

import re

from built_site import HTML
from conftest import wait_for_widgets, watch
from playwright.sync_api import expect


def test_a_page_loads_with_the_network_blocked_and_without_an_error(page, record, name):
    page.goto(name, wait_until="networkidle")
    assert record.foreign == []
    assert record.failed == []
    assert record.errors == []


def test_a_page_opened_from_disk_is_whole_and_its_explorers_are_live(browser, name_on_disk):
    with browser.new_context() as context:
        record = watch(context, HTML.as_uri())
        page = context.new_page()
        page.goto((HTML / name_on_disk).as_uri(), wait_until="networkidle")
        wait_for_widgets(page)
        for live in page.locator(".ae-live:has(.ae-explorer)").all():
            explorer = live.locator(".ae-explorer")
            before = explorer.get_attribute("data-noise")
            live.get_by_role("slider").first.press("ArrowRight")
            expect(explorer).not_to_have_attribute("data-noise", before)
            expect(explorer).to_have_attribute("data-mse", re.compile(r"\d"))
    assert record.foreign == []
    assert record.failed == []
    assert record.errors == []


def test_a_page_leaves_no_module_loader_behind(page, name):
    page.goto(name)
    leftovers = page.evaluate(
        "['define', 'require', 'requirejs', 'MathJax', 'thebelab'].filter((n) => n in window)"
    )
    assert leftovers == []


def test_a_page_loads_only_the_icons_it_shows(page, name):
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(name)
    assert [url for url in requested if "fontawesome" in url] == []
