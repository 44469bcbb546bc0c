import json
import re

import pytest
from sphinx_book import build

PAGES = {
    "index.md": "# 目录\n\n```{toctree}\none\ntwo\n```\n",
    "one.md": "# 去噪\n\n**卷积**自动编码器，MSE 很低。\n",
    "two.md": "# 重建\n\n重建误差与噪声。\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The search index of a small Chinese book."""
    book = build(tmp_path_factory.mktemp("book"), PAGES, "book.search", language="zh_CN")
    assert book.warnings == ""
    text = (book.html / "searchindex.js").read_text(encoding="utf-8")
    return json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", text, re.DOTALL)[1])


def pages_of(index: dict, term: str) -> set[str]:
    """The pages on which the index has a term, in its text or its titles."""
    found = set()
    for terms in (index["terms"], index["titleterms"]):
        numbers = terms.get(term, [])
        numbers = numbers if isinstance(numbers, list) else [numbers]
        found |= {index["docnames"][number] for number in numbers}
    return found


@pytest.mark.parametrize("term", ["自动编码器", "卷积自动编码器", "编码器", "自动_", "器__"])
def test_words_inside_a_compound_are_indexed_even_across_bold_text(index, term):
    assert pages_of(index, term) == {"one"}


def test_a_pair_of_characters_that_is_no_word_is_indexed(index):
    assert pages_of(index, "动编_") == {"one"}


def test_a_term_of_the_chapter_is_a_word_of_its_own(index):
    assert pages_of(index, "重建误差") == {"two"}


def test_latin_words_are_indexed_as_in_english(index):
    assert pages_of(index, "mse") == {"one"}


def test_the_splitter_of_queries_reaches_the_site(tmp_path):
    book = build(tmp_path, PAGES, "book.search", language="zh_CN")
    script = (book.html / "_static" / "language_data.js").read_text(encoding="utf-8")
    assert "function splitQuery(query)" in script
    assert "&lt;" not in script
