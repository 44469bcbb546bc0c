"""What search engines, messengers and readers of a wrong address get."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup, Comment
from built_site import HTML, NOT_FOUND, PATH, ROOT, edition_of, page_names
from PIL import Image

from book.address import read_address
from book.editions import in_language, translated
from book.sharing import LONGEST, SITEMAP
from book.sharing.card import KEY, digest, figure_of_the_run

ADDRESS = read_address(ROOT)
AUTHORS_PAGES = [
    name for name in page_names() if name.startswith("chapters/") and "/starter/" not in name
]
EN_PAGES = [f"en/{name}" for name in AUTHORS_PAGES]
NAMES = {"Binder", "Colab", "Ctrl", "GitHub", "K"}
"""What is called the same in Chinese: products and keys."""
CHINESE = re.compile("[\u4e00-\u9fff]")
CHAPTERS = "a[href$='convolutional.html']"  # a table of run times leads to each
LABELS = ("alt", "aria-label", "data-bs-title", "placeholder", "title")


@cache
def parsed(name: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")


def twins(name: str) -> list[str]:
    """The same page in the other editions."""
    return [f"{edition.path}{name}" for edition in translated(ROOT)]


def meta(name: str) -> dict[str, str]:
    """A page's meta tags by their name or property."""
    tags = parsed(name).select("meta[content]")
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in tags}


@pytest.mark.parametrize("chapter", [*AUTHORS_PAGES, *EN_PAGES])
def test_a_page_says_in_one_sentence_what_it_offers_and_shows_a_card(chapter):
    said = meta(chapter)
    edition = edition_of(chapter)
    assert 20 <= len(said["description"]) <= in_language(LONGEST, edition.language)
    assert said["description"] == said["og:description"]
    assert said["description"].endswith(("。", "."))
    assert said["og:title"] == parsed(chapter).select_one("h1").get_text().rstrip("#")
    assert said["og:url"] == ADDRESS.site + chapter
    card = HTML / said["og:image"].removeprefix(ADDRESS.site)
    with Image.open(card) as image:
        size = (int(said["og:image:width"]), int(said["og:image:height"]))
        assert image.size == size == (1200, 630)
    assert card.stat().st_size < 300_000
    assert said["twitter:card"] == "summary_large_image"


def test_each_page_has_a_description_of_its_own():
    said = [meta(name)["description"] for name in [*AUTHORS_PAGES, *EN_PAGES]]
    assert len(said) == len(set(said)) >= 7


def test_the_card_shows_the_figure_of_the_stored_run():
    with Image.open(ROOT / "book/sharing/card.png") as card:
        assert card.text[KEY] == digest(figure_of_the_run()), (
            "run `make notebooks` and commit what it writes"
        )


def test_the_sitemap_lists_every_page_at_the_site_s_address():
    tree = ElementTree.parse(HTML / "sitemap.xml")
    listed = [entry.text for entry in tree.iter(f"{{{SITEMAP}}}loc")]
    pages = [*AUTHORS_PAGES, *(twin for name in AUTHORS_PAGES for twin in twins(name))]
    assert sorted(listed) == sorted(ADDRESS.site + name for name in pages)


def test_every_page_has_an_icon(name):
    icons = parsed(name).select("link[rel~=icon]")
    assert [icon["href"].rpartition("/")[2].partition("?")[0] for icon in icons] == ["favicon.svg"]


@pytest.mark.parametrize("wrong", ["missing.html", "chapters/old/deep/page.html"])
def test_a_wrong_address_leads_home_and_to_every_page(page, record, site, wrong):
    answer = page.goto(wrong)
    assert answer.status == 404
    assert page.locator("article h1").inner_text().startswith("没有这一页")
    links = page.locator("article a").evaluate_all("links => links.map((link) => link.href)")
    assert {f"{site}/", *(f"{site}/{name}" for name in AUTHORS_PAGES)} <= set(links)
    assert record.foreign == []
    page.get_by_role("link", name="回到首页").click()
    page.wait_for_url(f"{site}/chapters/intro.html")


def test_a_wrong_address_is_answered_in_the_book_s_own_looks(page, record):
    page.goto("chapters/old/deep/page.html", wait_until="networkidle")
    loaded = page.evaluate("[...document.styleSheets].map((sheet) => sheet.cssRules.length)")
    assert len(loaded) > 2
    assert [one for one in record.failed if "page.html" not in str(one)] == []


def test_the_page_for_a_wrong_address_is_not_found_by_the_search():
    assert (
        NOT_FOUND.removesuffix(".html") not in (HTML / "searchindex.js").read_text("utf-8")[:2000]
    )
    assert PATH in (HTML / NOT_FOUND).read_text(encoding="utf-8")


def english(name: str) -> list[str]:
    """What a page says in English around its text, in labels and in its tables of run times."""
    page = BeautifulSoup(str(parsed(name)), "html.parser")
    for part in page.select(
        "a.twin, script, style, svg, pre, code, .katex, .cell_output, noscript, head"
    ):
        part.decompose()
    labels = {tag.get(label, "") for tag in page.find_all(True) for label in LABELS}
    for part in page.select("article"):
        times = [table.extract() for table in part.select("table") if table.select(CHAPTERS)]
        part.decompose()
        page.body.extend(times)
    texts = {text.strip() for text in page.find_all(string=True) if not isinstance(text, Comment)}
    return sorted(
        said
        for said in labels | texts
        if re.search("[A-Za-z]{2}", said) and not CHINESE.search(said) and said not in NAMES
        and not re.fullmatch(r"html|\.\w+", said)
    )  # fmt: skip


def test_no_label_of_a_chinese_page_is_left_in_english(name):
    if edition_of(name).folder:
        pytest.skip("this page is not Chinese; see test_editions.py")
    assert english(name) == []


def test_what_is_left_in_english_is_found():
    assert english(AUTHORS_PAGES[0]) == []
    tag = parsed(AUTHORS_PAGES[0]).new_tag("button", attrs={"aria-label": "Close the door"})
    parsed(AUTHORS_PAGES[0]).body.append(tag)
    try:
        assert english(AUTHORS_PAGES[0]) == ["Close the door"]
    finally:
        tag.decompose()
