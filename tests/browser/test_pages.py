"""What every page of the book must be: named, complete, legible on a phone, without dead links."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from built_site import HTML, PATH
from playwright.sync_api import expect

EXPLORER_STATE = re.compile(r"(ae\d+)=")
RAW_TEX = re.compile(r"\$[^$\n]*\\[a-z]+|\\(begin|frac|mathbf|mathrm|hat|sum)\b")


@cache
def parsed(name: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")


def test_a_page_has_a_language_a_title_and_one_first_heading(name):
    page = parsed(name)
    assert page.html["lang"]
    assert page.title.get_text(strip=True)
    assert len(page.select("h1:not(.onlyprint h1)")) == 1


def test_the_address_of_the_site_leads_to_the_first_page(page, site):
    page.goto("")
    page.wait_for_url(f"{site}/**/*.html")
    assert page.locator("article h1").is_visible()


def test_a_page_follows_the_reader_s_system_until_a_theme_is_chosen(page, name):
    for system in ("dark", "light"):
        page.emulate_media(color_scheme=system)
        page.goto(name, wait_until="commit")
        expect(page.locator("html")).to_have_attribute("data-theme", system)


def test_a_page_is_legible_without_javascript_in_a_dark_system(without_javascript, name):
    with without_javascript.new_page() as page:
        page.emulate_media(color_scheme="dark")
        page.goto(name)
        assert page.locator("html").get_attribute("data-theme") == "light"


def test_a_figure_says_what_is_there_and_what_to_notice(name):
    for figure in parsed(name).select("article figure"):
        caption = figure.select_one("figcaption .caption-text")
        assert caption, f"no caption: {figure}"
        assert caption.get_text(strip=True), f"empty caption: {figure}"


def test_a_picture_that_a_cell_draws_stands_in_a_figure(name):
    loose = [image for image in parsed(name).select(".cell_output img") if not in_figure(image)]
    assert loose == []


def in_figure(image) -> bool:
    return image.find_parent("figure") is not None


def test_a_picture_has_alternative_text_that_is_not_its_file_name(name):
    for image in parsed(name).select("article img"):
        alt = image.get("alt", "").strip()
        assert alt, f"no alt text: {image}"
        assert not re.search(r"\.(png|svg|jpe?g)$|_images/", alt), f"a file name: {image}"


def test_no_formula_is_left_as_tex(name):
    page = BeautifulSoup(str(parsed(name).body), "html.parser")
    for part in page.select("pre, code, script, annotation"):
        part.decompose()
    assert RAW_TEX.findall(page.get_text()) == []


def test_every_link_inside_the_site_leads_to_a_page_and_a_place_on_it(name):
    for link in parsed(name).select("[href], [src]"):
        target = urlsplit(link.get("href") or link.get("src"))
        if target.scheme or target.netloc:
            continue
        found = unquote(urlsplit(urljoin(PATH + name, target.geturl())).path)
        assert found.startswith(PATH), f"{name}: {link}"
        path = HTML / (found.removeprefix(PATH) + "index.html" * found.endswith("/"))
        assert path.is_file(), f"{name}: {link}"
        if target.fragment and path.suffix == ".html":
            page = parsed(path.resolve().relative_to(HTML.resolve()).as_posix())
            anchor = unquote(target.fragment)
            explorer = EXPLORER_STATE.match(anchor)
            if explorer:  # a state to put an explorer in, instead of a place
                assert f'"name":"{explorer[1]}"' in (HTML / path).read_text("utf-8"), link
            else:
                assert page.find(id=anchor), f"{name}: {link}"


def test_every_picture_of_a_page_loads(visit):
    missing = visit.page.evaluate(
        """async () => {
          const images = [...document.images];
          for (const image of images) image.loading = "eager";
          await Promise.allSettled(images.map((image) => image.decode()));
          return images.filter((image) => !image.naturalWidth).map((image) => image.src);
        }"""
    )
    assert missing == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_picture_of_a_page_is_stretched(visit, width):
    visit.page.set_viewport_size({"width": width, "height": 844})
    visit.open_all()
    stretched = visit.page.evaluate(
        """async () => {
          const images = [...document.querySelectorAll(".bd-article img")];
          for (const image of images) image.loading = "eager";
          await Promise.all(images.map((image) => image.decode()));
          return images
            .filter((image) => {
              const style = getComputedStyle(image);
              const size = (...names) => names.reduce((sum, n) => sum - parseFloat(style[n]), 0);
              const across = image.offsetWidth + size(
                "paddingLeft", "paddingRight", "borderLeftWidth", "borderRightWidth");
              const down = image.offsetHeight + size(
                "paddingTop", "paddingBottom", "borderTopWidth", "borderBottomWidth");
              const { naturalWidth, naturalHeight } = image;
              return across > 0 && Math.abs(down - (across * naturalHeight) / naturalWidth) > 2;
            })
            .map((image) => `${image.src} ${image.offsetWidth} x ${image.offsetHeight}`);
        }"""
    )
    assert stretched == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_does_not_scroll_sideways_on_a_phone_or_a_desktop(visit, theme):
    visit.in_theme(theme)
    visit.open_all()
    for width in (390, 1280):
        visit.page.set_viewport_size({"width": width, "height": 844})
        too_wide = visit.page.evaluate(
            """() => {
              const { clientWidth, scrollWidth } = document.documentElement;
              if (scrollWidth <= clientWidth) return [];
              return [...document.querySelectorAll("body *")]
                .filter((part) => part.getBoundingClientRect().right > clientWidth + 1)
                .map((part) => part.outerHTML.slice(0, 160));
            }"""
        )
        assert too_wide == [], f"at {width} px"


def test_no_displayed_formula_has_to_be_scrolled_on_a_phone(visit):
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.open_all()
    cut = visit.page.evaluate(
        """() => [...document.querySelectorAll("div.math > .formula")]
          .filter((formula) => formula.scrollWidth > formula.clientWidth + 1)
          .map((formula) => formula.querySelector("annotation").textContent)"""
    )
    assert cut == []
