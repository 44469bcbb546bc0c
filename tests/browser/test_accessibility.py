"""WCAG 2.1 AA on every page in both themes, as axe sees it; no rule is left out."""

from __future__ import annotations

import pytest
from built_site import ROOT, page_names
from conftest import wait_for_widgets
from playwright.sync_api import expect

AXE = ROOT / "book" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def open_in_theme(page, address: str, theme: str) -> None:
    """Open a page as a reader does who has chosen a theme, and wait for its widgets."""
    page.add_init_script(f"localStorage.mode = localStorage.theme = '{theme}'")
    page.goto(address)
    wait_for_widgets(page)
    assert page.locator("html").get_attribute("data-theme") == theme


def violations(page) -> list[str]:
    """What axe finds on the page as it is now, once nothing is fading in or out."""
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    page.add_script_tag(path=AXE)
    rules = page.evaluate(
        """async (tags) =>
             (await axe.run(document, { runOnly: { type: "tag", values: tags } })).violations""",
        WCAG,
    )
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary']}"
        for rule in rules
        for node in rule["nodes"]
    ]


@THEMES
def test_axe_finds_nothing_on_a_page_with_everything_opened(visit, theme):
    visit.in_theme(theme)
    visit.open_all()
    assert violations(visit.page) == []


@THEMES
def test_axe_finds_nothing_in_the_search_box_and_in_what_it_finds(page, theme):
    open_in_theme(page, page_names()[0], theme)
    page.keyboard.press("Control+K")
    page.locator("dialog[open] input[name=q]").fill("编码")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).not_to_be_empty()
    assert violations(page) == []


@THEMES
def test_axe_finds_nothing_in_the_menus_of_a_phone(page, theme):
    page.set_viewport_size({"width": 390, "height": 844})
    open_in_theme(page, page_names()[0], theme)
    assert violations(page) == []
    page.locator(".primary-toggle:visible").click()
    expect(page.locator("dialog#pst-primary-sidebar-modal")).to_be_visible()
    assert violations(page) == []
