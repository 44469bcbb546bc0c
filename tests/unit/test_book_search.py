import json
import re
import subprocess

import pytest
from sphinx_book import build

from book.node import NODE
from book.search import HERE, pieces

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


@pytest.mark.parametrize("term", ["自动编", "动编码", "编码器", "积自动", "自动_", "动编_", "器__"])
def test_every_piece_of_a_compound_is_indexed_even_across_bold_text(index, term):
    assert pages_of(index, term) == {"one"}


def test_a_piece_across_a_comma_is_not_indexed(index):
    assert pages_of(index, "误差与") == {"two"}
    assert pages_of(index, "器很低") == set()


def test_latin_words_are_indexed_as_in_english(index):
    assert pages_of(index, "mse") == {"one"}


def split_queries(queries: list[str]) -> list[list[str]]:
    """Cut queries as the reader's browser does, in Node, with Sphinx's two classes left empty."""
    stubs = "class Stemmer {} const Search = {}, location = {};\n"
    script = (HERE / "chinese_search.js").read_text(encoding="utf-8")
    script = script.replace("Stemmer = function", "globalThis.Fuller = function")
    show = f"\nprocess.stdout.write(JSON.stringify({json.dumps(queries)}.map(splitQuery)));"
    done = subprocess.run(
        [NODE, "--eval", stubs + script + show], capture_output=True, encoding="utf-8", check=True
    )
    return json.loads(done.stdout)


RUNS = ["卷积去噪自动编码器的重建误差图"[:length] for length in range(1, 16)]


def test_a_query_is_cut_into_pieces_that_a_page_with_it_has_in_the_index():
    for run, cut in zip(RUNS, split_queries(RUNS), strict=True):
        assert set(cut) <= pieces(f"在{run}里")


def test_a_query_is_cut_into_all_its_triples_so_that_only_pages_with_each_are_found():
    for run, cut in zip(RUNS, split_queries(RUNS), strict=True):
        assert {run[i : i + 3] for i in range(len(run) - 2)} <= set(cut)


def test_the_first_pieces_of_a_query_make_it_up_so_that_a_page_marks_it_whole():
    for run, cut in zip(RUNS, split_queries(RUNS), strict=True):
        count = next(n for n in range(len(cut) + 1) if len("".join(cut[:n])) >= len(run))
        assert "".join(cut[:count]) == run
        assert len(run) == 1 or min(map(len, cut)) > 1


def test_chinese_and_latin_words_of_a_query_may_touch():
    assert split_queries(["MSE值很低 relu"]) == [["MSE", "值很低", "relu"]]


def test_the_splitter_of_queries_reaches_the_site(tmp_path):
    book = build(tmp_path, PAGES, "book.search", language="zh_CN")
    script = (book.html / "_static" / "language_data.js").read_text(encoding="utf-8")
    assert "function splitQuery(query)" in script
    assert "&lt;" not in script
