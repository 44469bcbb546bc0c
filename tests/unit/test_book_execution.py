"""What an edit executes, reads and writes: a book in miniature, built again and again."""

from unittest.mock import patch

import pytest
from sphinx_book import build

from book import execution

pytestmark = pytest.mark.slow

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---
"""
CELL = """
```{{code-cell}} ipython3
from pathlib import Path
with Path("{log}").open("a") as file:
    file.write("{name}\\n")
print("result of {name}")
```
"""
FIT = '"""Train."""\n\n\ndef fit(epochs=10):\n    return epochs\n'


class MiniBook:
    """Two notebooks, a package, and a log of what was executed."""

    def __init__(self, folder):
        self.folder, self.source = folder, folder / "source"
        self.log = folder / "executed.txt"
        package = self.source / "src" / "aelib"
        (package / "live").mkdir(parents=True)
        (package / "data").mkdir()
        (self.source / "pyproject.toml").write_text(
            '[project]\ndependencies = ["numpy"]\n', encoding="utf-8"
        )
        self.fit, self.style = package / "training.py", package / "live" / "explorer.css"
        self.data = package / "data" / "images.gz"
        self.fit.write_text(FIT, encoding="utf-8")
        self.style.write_text("a {}\n", encoding="utf-8")
        self.data.write_bytes(b"pixels")
        (self.source / "index.md").write_text(
            "# Book\n\n```{toctree}\none\ntwo\n```\n", encoding="utf-8"
        )
        for name in ("one", "two"):
            self.page(name).write_text(
                HEADER + f"# {name}\n" + CELL.format(log=self.log, name=name), encoding="utf-8"
            )

    def page(self, name):
        return self.source / f"{name}.md"

    def build(self):
        """Build; return the pages executed, and those that were to be written again."""
        self.log.write_text("", encoding="utf-8")
        rewritten, original = [], execution.write_again

        def spy(app, env):
            rewritten.extend(original(app, env))
            return rewritten

        options = {"nb_execution_mode": "cache", "exclude_patterns": ["_build"]}
        with patch.object(execution, "write_again", spy):
            book = build(self.folder, {}, "book.execution", **options)
        assert book.warnings == ""
        assert "result of one" in book.page("one.html")
        return sorted(self.log.read_text(encoding="utf-8").split()), set(rewritten) & {"one", "two"}


def edited(file, old, new):
    """Change a file in one place."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book that has been built once."""
    book = MiniBook(tmp_path_factory.mktemp("book"))
    assert book.build() == (["one", "two"], {"one", "two"})
    return book


def test_an_unchanged_book_executes_and_writes_nothing(book):
    assert book.build() == ([], set())


def test_prose_executes_nothing(book):
    edited(book.page("one"), "# one", "# One")
    assert book.build() == ([], {"one", "two"})


def test_a_caption_executes_nothing_and_is_shown_with_the_kept_result(book):
    edited(
        book.page("one"),
        "```{code-cell} ipython3\n",
        "```{code-cell} ipython3\n---\nmystnb:\n  code_prompt_show: As it was\n"
        "tags: [hide-input]\n---\n",
    )
    assert book.build()[0] == ["one"]
    edited(book.page("one"), "As it was", "As it is")
    assert book.build()[0] == []
    assert "As it is" in (book.folder / "html" / "one.html").read_text(encoding="utf-8")


def test_a_comment_and_a_docstring_of_the_package_execute_nothing(book):
    edited(book.fit, '"""Train."""', '"""Train a network."""  # by Adam')
    assert book.build()[0] == []


def test_a_style_sheet_executes_nothing_and_every_page_is_written_with_it(book):
    edited(book.style, "a {}", "a { color: red; }")
    assert book.build() == ([], {"one", "two"})


def test_a_code_cell_executes_its_own_notebook(book):
    edited(book.page("two"), 'print("result of two")', 'print("result", "of two")')
    assert book.build()[0] == ["two"]


def test_the_body_of_a_function_executes_every_notebook_and_going_back_none(book):
    edited(book.fit, "return epochs", "return epochs + 1")
    assert book.build()[0] == ["one", "two"]
    edited(book.fit, "return epochs + 1", "return epochs")
    assert book.build()[0] == []


def test_a_byte_of_the_data_executes_every_notebook(book):
    book.data.write_bytes(b"pixelz")
    assert book.build()[0] == ["one", "two"]


def test_a_change_of_the_builder_reads_every_page_and_executes_nothing(book, monkeypatch):
    book.build()
    digest = execution.digest
    monkeypatch.setattr(execution, "digest", lambda folder, kinds: "new" + digest(folder, kinds))
    assert book.build() == ([], {"one", "two"})
