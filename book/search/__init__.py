"""Full-text search that finds Chinese words, compounds and parts of them.

Sphinx cuts Chinese text into words when it writes the index, but not the reader's query, so
a compound is looked up as one unknown word. Here text and query are cut by one rule that
does not depend on what stands around a word:

- each word of jieba's dictionary and of ``terms_zh.txt`` that occurs, overlapping ones too;
- each single character and each pair of neighbouring characters.

A page that contains the query contains all of its pieces, so it is found; and since every
dictionary word is a piece of its own, a page that merely has the same characters elsewhere
is not. In the browser ``chinese_search.js`` takes the words from the index itself.
"""

from __future__ import annotations

import re
import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder

with warnings.catch_warnings():
    # jieba 0.42.1 has invalid escapes and imports pkg_resources; neither concerns the book
    warnings.simplefilter("ignore")
    import jieba
    from sphinx.search.zh import SearchChinese

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
LATIN = re.compile(r"[a-zA-Z0-9_]+")


class ChineseSearch(SearchChinese):
    """Sphinx's Chinese search language with the rule above; Latin words as in English."""

    js_splitter_code = (HERE / "chinese_search.js").read_text(encoding="utf-8")

    def init(self, options: dict[str, str]) -> None:
        """Prepare the stemmer for Latin words; the dictionary is read at the first page."""
        super().init({})

    @cached_property
    def dictionary(self) -> jieba.Tokenizer:
        """Jieba's dictionary with the chapter's terms; no cache file, no message in the log."""
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        tokenizer.initialized = True
        for term in (HERE / "terms_zh.txt").read_text(encoding="utf-8").split():
            tokenizer.add_word(term)
        return tokenizer

    def pieces(self, run: str) -> set[str]:
        """Return the dictionary words, characters and pairs of one run of Chinese."""
        found = set(run) | {run[i : i + 2] for i in range(len(run) - 1)}
        for start, ends in self.dictionary.get_DAG(run).items():
            found.update(run[start : end + 1] for end in ends)
        return found

    def split(self, input: str) -> list[str]:
        """Cut a text into the terms of the index."""
        latin = LATIN.findall(input)
        self.latin_terms.extend(latin)
        chinese = {piece for run in HAN.findall(input) for piece in self.pieces(run)}
        return sorted(chinese) + latin

    def stem(self, word: str) -> str:
        """Stem Latin words; fill short ones up as ``chinese_search.js`` does, and says why."""
        return super().stem(word).ljust(3, "_")

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
