"""The widgets of a page live without a kernel, and the page says so where they cannot."""

from __future__ import annotations

import pytest
from built_site import HTML, page_names

VIEW = "application/vnd.jupyter.widget-view+json"
NOTICES = ".widget-notice"


def live_pages() -> list[str]:
    """Pages on which a notebook left a widget."""
    return [name for name in page_names() if VIEW in (HTML / name).read_text(encoding="utf-8")]


def test_every_widget_of_a_page_is_drawn_and_its_notice_put_away(visit):
    page = visit.page
    assert page.locator(".widget-area").count() == page.locator(f'script[type="{VIEW}"]').count()
    assert page.locator(f"{NOTICES}:visible").count() == 0


def test_every_slider_and_its_number_carry_the_slider_s_name(visit):
    for slider in visit.page.locator(".widget-slider").all():
        label = slider.locator("label").text_content()
        assert label
        assert slider.get_by_role("slider", name=label, exact=True).count() == 1
        assert slider.get_by_role("textbox", name=label, exact=True).count() == 1


@pytest.mark.parametrize("live", live_pages())
def test_without_javascript_the_text_stands_and_a_notice_is_in_each_widget_s_place(
    without_javascript, live
):
    with without_javascript.new_page() as page:
        page.goto(live)
        assert page.locator("article h1").is_visible()
        widgets = page.locator(f'script[type="{VIEW}"]').count()
        assert page.locator(f"article {NOTICES}").count() == widgets


@pytest.mark.parametrize("live", live_pages())
def test_the_notice_stays_where_the_runtime_does_not_arrive(page, live):
    page.route("**/widgets.js*", lambda route: route.abort())
    page.goto(live)
    assert page.locator(f"{NOTICES}[hidden]").count() == 0


@pytest.mark.parametrize("live", live_pages())
def test_the_notice_comes_back_where_a_widget_s_own_script_fails(page, live):
    def break_the_widget(route):
        answer = route.fetch()
        body = answer.text().replace(r"\"_esm\": \"", r"\"_esm\": \"throw new Error(1);")
        route.fulfill(response=answer, body=body)

    page.route("**/_static/live/*", break_the_widget)
    page.goto(live)
    page.wait_for_selector(".widget-area", state="attached")
    page.wait_for_selector(f"{NOTICES}:not([hidden])", state="attached")


@pytest.mark.parametrize("live", live_pages())
def test_the_notice_stays_where_a_widget_s_own_script_does_not_arrive(page, live):
    page.route("**/_static/live/*", lambda route: route.abort())
    page.goto(live, wait_until="networkidle")
    assert page.locator(f"{NOTICES}[hidden]").count() == 0


def test_weights_are_fetched_near_an_explorer_while_the_runtime_is_on_its_way(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/widgets.js*", lambda route: route.abort())
    page.goto("chapters/features.html")
    notice = page.locator(".widget-notice[data-first]").first
    address = f"/_static/{notice.get_attribute('data-first')}.js"
    assert not any(url.endswith(address) for url in asked)
    with page.expect_request(f"**{address}"):
        notice.scroll_into_view_if_needed()


def test_only_a_page_with_a_widget_asks_for_the_runtime(visit):
    asked = any("widgets.js" in url for url in visit.at_once)
    assert asked == (visit.name in live_pages())


def test_there_are_pages_with_and_without_a_widget():
    assert 0 < len(live_pages()) < len(page_names())
