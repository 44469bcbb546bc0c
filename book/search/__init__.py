"""Full-text search that finds any part of a Chinese text, without a dictionary.

Sphinx cuts Chinese text into words when it writes the index, but not the reader's query, so
a compound is looked up as one unknown word. Here the index holds each character, each pair
and each triple of neighbouring characters, whatever stands around them. A query is looked up
by its triples (shorter ones as they are), and a page must have all of them.

So a page that contains the query is always found. One that does not is found only where all
triples of the query stand on it apart from each other, never for three characters or fewer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search.zh import SearchChinese

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
LATIN = re.compile(r"[a-zA-Z0-9_]+")
LONGEST = 3  # characters in a piece; chinese_search.js cuts queries to match


def pieces(run: str) -> set[str]:
    """Return each piece of a run of Chinese that the index holds: one to three characters."""
    starts = range(len(run))
    return {run[i : i + length] for i in starts for length in range(1, LONGEST + 1)}


class ChineseSearch(SearchChinese):
    """Sphinx's Chinese search language with the rule above; Latin words as in English."""

    js_splitter_code = (HERE / "chinese_search.js").read_text(encoding="utf-8")

    def split(self, input: str) -> list[str]:
        """Cut a text into the terms of the index."""
        latin = LATIN.findall(input)
        self.latin_terms.extend(latin)
        chinese = {piece for run in HAN.findall(input) for piece in pieces(run)}
        return sorted(chinese) + latin

    def stem(self, word: str) -> str:
        """Stem Latin words; fill short ones up as ``chinese_search.js`` does, and says why."""
        stemmed = word if HAN.match(word) else super().stem(word)  # pieces are most of all words
        return stemmed.ljust(3, "_")

    def word_filter(self, stemmed_word: str) -> bool:
        """Keep Latin words of two letters or more, and all Chinese."""
        return len(stemmed_word.rstrip("_")) > 1 or bool(HAN.match(stemmed_word))


def join_inline_text(doctree: nodes.document) -> nodes.document:
    """Return a copy in which a paragraph is one text: a word half in bold stays one word."""
    copy = doctree.deepcopy()
    for block in list(copy.findall(nodes.paragraph)):
        if len(block) > 1 and not any(block.findall(nodes.raw)):
            block.children = [nodes.Text(block.astext())]
    return copy


def index_whole_paragraphs(app: Sphinx) -> None:
    """Give the indexer paragraphs whose inline markup is joined."""
    builder = app.builder
    if not isinstance(builder, StandaloneHTMLBuilder):
        return
    index_page = builder.index_page
    builder.index_page = lambda name, doctree, title: index_page(
        name, join_inline_text(doctree), title
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Replace Sphinx's Chinese search language."""
    app.add_search_language(ChineseSearch)
    app.connect("builder-inited", index_whole_paragraphs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
