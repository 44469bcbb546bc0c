"""The English pages say what the Chinese ones say, with the same numbers, and lead over to them."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from built_site import HTML, ROOT, edition_of, page_names
from conftest import wait_for_widgets
from playwright.sync_api import expect

from book.address import read_address
from book.translation.messages import CHINESE
from book.translation.pairs import QUOTED

ENGLISH = [name for name in page_names() if edition_of(name).folder]
CHAPTERS = [name.removeprefix("en/") for name in ENGLISH if "/chapters/" in name]
EACH = pytest.mark.parametrize("chapter", CHAPTERS)
SITE = read_address(ROOT).site
MADE_OF = "h1, h2, h3, figure, form.quiz, table, .katex, details, img, .footnote, .cell"
TRANSPOSED, TRANSPOSED_ZH = "transposed convolution", "转置卷积"
LABELS = ("alt", "aria-label", "title", "placeholder", "content", "data-bs-title")


def parsed(name: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")


def chinese(page: BeautifulSoup) -> list[str]:
    """What a page says in Chinese outside the link to its twin and quotations."""
    for part in page.select("a.twin, script:not([type])"):
        part.decompose()
    labels = [tag[label] for tag in page.find_all(True) for label in LABELS if tag.get(label)]
    said = [*map(str, page.find_all(string=True)), *labels]
    return [text for text in said if CHINESE.search(QUOTED.sub("", text))]


def test_there_are_english_pages():
    assert len(CHAPTERS) == len([name for name in page_names() if name.startswith("chapters/")])


@pytest.mark.parametrize("english", ENGLISH)
def test_no_chinese_is_left_on_an_english_page(english):
    assert chinese(parsed(english)) == []


@pytest.mark.parametrize("planted", ["<p>编码</p>", '<img alt="图">', "<p>a，b</p>"])
def test_what_is_left_in_chinese_is_found(planted):
    assert chinese(BeautifulSoup(planted + "<p>called “编码” here</p>", "html.parser"))


@EACH
def test_both_editions_have_the_same_numbers_of_the_run(chapter):
    shown = [
        [value.get_text() for value in parsed(name).select("article .pasted-text")]
        for name in (chapter, f"en/{chapter}")
    ]
    assert shown[0] == shown[1]


@EACH
def test_both_editions_are_made_of_the_same_parts_in_order(chapter):
    parts = [
        [(part.name, *part.get("class", [])) for part in parsed(name).article.select(MADE_OF)]
        for name in (chapter, f"en/{chapter}")
    ]
    assert parts[0] == parts[1]


@EACH
def test_both_editions_show_the_same_output(chapter):
    printed = [
        [output.get_text() for output in parsed(name).select("article .cell_output .output pre")]
        for name in (chapter, f"en/{chapter}")
    ]
    assert printed[0] == printed[1]


@EACH
def test_a_page_names_its_language_its_twin_and_its_own_address(chapter):
    for name, tag in ((chapter, "zh-CN"), (f"en/{chapter}", "en")):
        page = parsed(name)
        assert page.html["lang"] == tag
        assert page.select_one("link[rel=canonical]")["href"] == SITE + name
        links = {link["hreflang"]: link["href"] for link in page.select("link[hreflang]")}
        source, english = SITE + chapter, f"{SITE}en/{chapter}"
        assert links == {"zh-CN": source, "en": english, "x-default": source}


def follow(page):
    """Follow the link to the twin."""
    page.locator("a.twin").click()


def test_the_twin_opens_at_the_same_section(page):
    page.goto("chapters/quiz.html")
    place = page.locator("article section[id]").nth(4).get_attribute("id")
    page.goto(f"chapters/quiz.html#{place}")
    follow(page)
    page.wait_for_url("**/en/chapters/quiz.html#*")
    expected = page.locator("article section[id]").nth(4).get_attribute("id")
    page.wait_for_function("id => location.hash === '#' + id", arg=expected)
    assert "section-" not in page.url


def test_the_twin_keeps_the_state_of_an_explorer(page):
    state = f"ae1=digit:4,noise:0.25,latent:{TRANSPOSED_ZH},seed:3"
    page.goto(f"chapters/convolutional.html#{state}")
    wait_for_widgets(page)
    follow(page)
    page.wait_for_url("**/en/chapters/convolutional.html#*")
    assert TRANSPOSED in unquote(urlsplit(page.url).fragment)
    wait_for_widgets(page)
    root = page.locator(".ae-explorer").first
    expect(root).to_have_attribute("data-noise", "0.25")
    expect(page.get_by_role("button", name=TRANSPOSED)).to_have_attribute("aria-pressed", "true")


def test_the_choice_is_remembered_and_nobody_is_sent_on(page):
    page.goto("chapters/quiz.html")
    expect(page.locator("a.twin")).not_to_have_class(re.compile("chosen"))
    follow(page)
    page.wait_for_url("**/en/chapters/quiz.html")
    page.goto("chapters/results.html")
    expect(page.locator("a.twin")).to_have_class(re.compile("chosen"))
    assert page.url.endswith("/autoencoders/chapters/results.html")
    assert "/en/" not in page.url


def search(page, query: str) -> set[str]:
    """Type a query into the search box of an English page; return the pages it finds."""
    page.goto("en/chapters/intro.html")
    page.keyboard.press("Control+K")
    box = page.locator("dialog[open] input[name=q]")
    box.fill(query)
    box.press("Enter")
    page.wait_for_url("**/en/search.html*")
    expect(page.locator(".search-summary")).not_to_be_empty()
    links = page.locator("#search-results ul.search > li > a")
    paths = {urlsplit(link.get_attribute("href")).path for link in links.all()}
    return {path for path in paths if path.startswith("chapters/")}


@cache
def text_of(chapter: str) -> str:
    """What an English page says in its article."""
    return parsed(f"en/{chapter}").article.get_text()


def pages_with(words: str) -> set[str]:
    return {chapter for chapter in CHAPTERS if re.search(words, text_of(chapter), re.IGNORECASE)}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("reconstructions", "reconstruction"),
        ("transposed convolutions", "transposed convolution"),
        ("bottlenecks", "bottleneck"),
        ("autoencoder", "autoencoder"),
        ("checkerboard", "checkerboard"),
    ],
)
def test_the_english_search_finds_singular_and_plural(page, query, words):
    found = search(page, query)
    assert found
    assert found >= pages_with(words)


def test_a_question_answers_in_english(page):
    page.goto("en/chapters/quiz.html")
    quiz = page.locator("form.quiz").first
    quiz.get_by_role("radio").nth(1).check()
    quiz.get_by_role("button", name="Submit").click()
    expect(quiz.get_by_role("status")).to_contain_text("Not right. Think again.")
    expect(quiz.get_by_role("status")).to_contain_text("no label is used")


def test_the_explorer_and_the_trainer_speak_english(page, record):
    page.goto("en/chapters/explorer.html")
    wait_for_widgets(page)
    expect(page.get_by_role("slider", name="Noise factor").first).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    said = page.locator("body").inner_text().replace("中文", "")
    assert not CHINESE.search(QUOTED.sub("", said))
    assert record.foreign == []
