"""A Chinese query typed into the search box finds exactly the pages that contain it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from built_site import HTML, page_names
from playwright.sync_api import Page, expect

WORDS = ["自动编码器", "潜在空间", "去噪", "重建误差", "噪声因子", "上采样", "特征提取", "均方误差"]
COMPOUNDS = ["卷积自动编码器", "去噪自动编码器", "编码器", "码器", "去噪 MSE", "mse去噪"]
TRIPLES = ["潜在编码", "是同样", "输出的", "的是哪"]  # their pairs stand on more pages
ABSENT = ["量子纠缠", "自动量子", "误差重建空间"]


def chapters() -> list[str]:
    """Pages with text of the book; the search page and the index have no source."""
    sources = HTML / "_sources"
    return [name for name in page_names() if (sources / name).with_suffix(".md").exists()]


@cache
def text_of(name: str) -> str:
    """What Sphinx indexes: the article's text, without code outputs' scripts and styles."""
    article = BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser").article
    for ignored in article.select("script, style, .headerlink, .katex-html"):
        ignored.decompose()
    return article.get_text().lower()


def contains(text: str, query: str) -> bool:
    """Whether a text has every word of a query: Chinese anywhere, Latin as whole words."""
    chinese = re.findall(r"[一-鿿]+", query)
    latin = re.findall(r"[a-z0-9_]+", query.lower())
    return all(word in text for word in chinese) and set(latin) <= set(
        re.findall(r"[a-z0-9_]+", text)
    )


@pytest.fixture(scope="module")
def searching(reader, site) -> Iterator[Page]:
    """A tab in which one query follows the other; the first is asked on a chapter's page."""
    with reader.new_page() as page:
        page.goto(f"{site}/{chapters()[0]}")
        yield page


def search(page, query: str) -> set[str]:
    """Type a query into the search box of the page as it is and return the pages it finds."""
    page.keyboard.press("Control+K")
    box = page.locator("input[name=q]:visible")  # in a dialog but on the page of the search itself
    box.fill(query)
    box.press("Enter")
    page.wait_for_url(lambda address: parse_qs(urlsplit(address).query).get("q") == [query])
    expect(page.locator(".search-summary")).not_to_be_empty()
    links = page.locator("#search-results ul.search > li > a")
    return {urlsplit(link.get_attribute("href")).path for link in links.all()}


@pytest.mark.parametrize("query", WORDS + COMPOUNDS + TRIPLES)
def test_a_query_finds_exactly_the_pages_that_contain_it(searching, query):
    expected = {name for name in chapters() if contains(text_of(name), query)}
    assert search(searching, query) == expected


@pytest.mark.parametrize("query", WORDS)
def test_each_of_the_chapters_words_stands_on_some_page(query):
    assert any(query in text_of(name) for name in chapters())


@pytest.mark.parametrize("query", ABSENT)
def test_a_query_that_no_page_contains_finds_nothing(searching, query):
    assert search(searching, query) == set()
