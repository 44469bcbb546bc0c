"""Write the starter (.ipynb) of each page with tasks: the page up to its answer, nothing solved.

One source for both: in ``chapters/<page>.md`` a cell tagged ``task`` holds the learner's ``...``,
the cell tagged ``solution`` after it the answer, and one tagged ``check`` what tells them apart.
The starter leaves the solutions out, asks the page's questions without their answers, and ends
where the page's own answer begins. Hints stay folded, as notebooks fold: in ``<details>``.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book import ROOT
from book.address import read_address
from book.notebooks.twins import notebook_pages, read_page, with_launch_cells, write
from book.quiz.source import QUIZ, name, plain

ANSWER = "## 解答"
KEPT_TAGS = {"task", "check"}
HINT = re.compile(r"^:::\{dropdown\} ([^\n]*)\n(.*?)^:::$", re.DOTALL | re.MULTILINE)
FOLDED = "<details><summary>\\1</summary>\n\n\\2\n</details>"
LINKS = re.compile(r"^```\{starter\}\n```\n\n", re.MULTILINE)
CHOICE = """\
from aelib import checks

checks.choice("{name}", ...)  # one letter or more in place of the dots, such as "A\""""


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def pages_with_tasks() -> list[Path]:
    """Return the pages that have something for the learner to write."""
    pages = notebook_pages()
    return [page for page in pages if any("task" in tags(cell) for cell in read_page(page).cells)]


def cells(page: Path) -> list[NotebookNode]:
    """Return the cells of a page before its answer."""
    before = []
    for cell in read_page(page).cells:
        if cell.cell_type == "markdown" and ANSWER in cell.source:
            text = cell.source.partition(ANSWER)[0].rstrip()
            return [*before, nbformat.v4.new_markdown_cell(text, id=cell.id)] if text else before
        before.append(cell)
    raise ValueError(
        f"{page.name}: expected the heading {ANSWER!r}, where the starter ends; found none."
    )


def starter(page: Path) -> NotebookNode:
    """Return a page's starter, without the cells that open it elsewhere."""
    notebook = read_page(page)
    notebook.cells = []
    for cell in cells(page):
        if cell.cell_type == "markdown":
            notebook.cells += asked(cell)
        elif "solution" not in tags(cell):
            kept = [tag for tag in tags(cell) if tag in KEPT_TAGS]
            cell.metadata = nbformat.from_dict({"tags": kept} if kept else {})
            notebook.cells.append(cell)
    return notebook


def asked(cell: NotebookNode) -> list[NotebookNode]:
    """Split a text after each of its questions, to put a cell there for the letter."""
    split = []
    for number, part in enumerate(QUIZ.split(cell.source)):
        if QUIZ.fullmatch(part):
            choice = nbformat.v4.new_code_cell(CHOICE.format(name=name(part)), id=name(part))
            choice.metadata["tags"] = ["task"]
            split += [nbformat.v4.new_markdown_cell(plain(part), id=f"{name(part)}-text"), choice]
        elif part.strip():
            text = HINT.sub(FOLDED, LINKS.sub("", part)).strip()
            ident = f"{cell.id}-{number}" if number else cell.id
            split.append(nbformat.v4.new_markdown_cell(text, id=ident))
    return split


def solved(page: Path) -> NotebookNode:
    """Return a page's starter with the solutions in place of the tasks, for the tests."""
    notebook = read_page(page)
    notebook.cells = [cell for cell in cells(page) if "task" not in tags(cell)]
    return notebook


def main() -> int:
    """Write every starter; return the exit code."""
    address = read_address(ROOT)
    for page in pages_with_tasks():
        path = f"chapters/starter/{page.stem}.ipynb"
        (ROOT / path).parent.mkdir(exist_ok=True)
        write(with_launch_cells(starter(page), path, address), ROOT / path)
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
