import os
import shutil
from pathlib import Path

import pytest
from sphinx_book import build

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TEXT = "# Book\n\n```{toctree}\nchapters/one\n```\n"
PAGE = "# One\n\n```{starter}\n```\n"
PAGES = {"index.md": TEXT, "chapters/one.md": PAGE}
EXTENSIONS = ("book.address", "book.starters")


@pytest.fixture
def folder(tmp_path):
    """A book with the address of this one."""
    chapters = tmp_path / "source" / "chapters"
    (chapters / "starter").mkdir(parents=True)
    shutil.copy(ROOT / "_config.yml", tmp_path / "source")
    return tmp_path


def build_book(folder, pages=PAGES, language="zh_CN"):
    patterns = ["**.ipynb"]
    return build(folder, pages, *EXTENSIONS, exclude_patterns=patterns, language=language)


def test_a_page_in_english_opens_the_english_starter(folder):
    starter = folder / "source" / "en" / "chapters" / "starter" / "one.ipynb"
    starter.parent.mkdir(parents=True)
    starter.write_text("{}", encoding="utf-8")
    book = build_book(folder, language="en")
    assert book.warnings == ""
    page = book.page("chapters/one.html")
    assert "/blob/main/en/chapters/starter/one.ipynb" in page
    assert "open in Colab" in page


def test_the_links_open_the_page_s_starter_and_download_it(folder, monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "https://github.com/some-fork/my-book")
    (folder / "source" / "chapters" / "starter" / "one.ipynb").write_text("{}", encoding="utf-8")
    book = build_book(folder)
    page = book.page("chapters/one.html")
    path = "chapters/starter/one.ipynb"
    assert f"colab.research.google.com/github/some-fork/my-book/blob/main/{path}" in page
    assert f"mybinder.org/v2/gh/some-fork/my-book/main?urlpath=lab/tree/{path}" in page
    assert "在 Colab 打开" in page
    [copy] = (book.html / "_downloads").rglob("one.ipynb")
    assert copy.read_text(encoding="utf-8") == "{}"


def test_another_address_changes_the_links_of_a_page_that_stays_as_it_was(folder, monkeypatch):
    (folder / "source" / "chapters" / "starter" / "one.ipynb").write_text("{}", encoding="utf-8")
    build_book(folder)
    monkeypatch.setenv("BOOK_REPOSITORY", "https://github.com/some-fork/my-book")
    book = build_book(folder, pages={})
    assert "colab.research.google.com/github/some-fork/my-book/" in book.page("chapters/one.html")


def test_a_missing_starter_is_named_with_file_line_and_remedy(folder):
    book = build_book(folder)
    assert "chapters/one.md:3: ERROR" in book.warnings
    assert (
        "expected the starter notebook chapters/starter/one.ipynb; it is missing" in book.warnings
    )
    assert "make notebooks" in book.warnings


def test_what_stands_in_the_directive_stands_above_the_links(folder):
    (folder / "source" / "chapters" / "starter" / "one.ipynb").write_text("{}", encoding="utf-8")
    page = "# One\n\n```{starter}\nOpen the **starter**.\n```\n"
    book = build_book(folder, PAGES | {"chapters/one.md": page})
    assert book.warnings == ""
    text = book.page("chapters/one.html")
    assert text.index("Open the <strong>starter</strong>.") < text.index("在 Colab 打开")


def test_a_new_starter_does_not_make_its_page_be_read_again(folder):
    starter = folder / "source" / "chapters" / "starter" / "one.ipynb"
    starter.write_text("{}", encoding="utf-8")
    build_book(folder)
    pickle = folder / "doctrees" / "chapters" / "one.doctree"
    before = pickle.stat().st_mtime_ns
    starter.write_text('{"cells": []}', encoding="utf-8")
    os.utime(starter, (2**31, 2**31))
    book = build_book(folder, pages={})
    assert pickle.stat().st_mtime_ns == before
    [copy] = (book.html / "_downloads").rglob("one.ipynb")
    assert copy.read_text(encoding="utf-8") == '{"cells": []}'
