"""Write the starter (.ipynb) of each page with tasks: the page up to its answer, nothing solved.

One source for both: in ``chapters/<page>.md`` a cell tagged ``task`` holds the learner's ``...``,
the cell tagged ``solution`` after it the answer, and one tagged ``check`` what tells them apart.
The starter leaves the solutions out, asks the page's questions without their answers, and ends
where the page's own answer begins: there a cell shows what is done and what is still open. Its text
is that of the page (:mod:`book.notebooks`); hints stay folded, as notebooks fold: in ``<details>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from book import ROOT
from book.address import Address, read_address
from book.editions import editions
from book.notebooks.cells import Composer
from book.notebooks.edition import EditionError, render
from book.notebooks.twins import (
    RECORD,
    duration,
    notebook_pages,
    read_page,
    tags,
    with_launch_cells,
    write,
)
from book.translation.catalogs import catalog_file, read_catalog

ANSWER = "解答"
KEPT_TAGS = {"task", "check"}
HEADLINE = re.compile(r"(.+): \d+ of \d+ passed")
REPORT = """\
# What is done and what is still open. Run this cell whenever you like.
from aelib import checks

passed = {{result["check"]: result["passed"] for result in checks.report()}}
for name in (
{names}
):
    print({{True: "done  ", False: "failed"}}.get(passed.get(name), "open  "), name)"""


def pages_with_tasks() -> list[Path]:
    """Return the pages that have something for the learner to write."""
    pages = notebook_pages()
    return [page for page in pages if any("task" in tags(cell) for cell in read_page(page).cells)]


def parts_before_answer(page: Path, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a page's parts up to its answer.

    Raises
    ------
    ValueError
        The page has no such heading.
    """
    heading = answer_heading(page, content)
    for part in content["parts"]:
        if part.get("title") == heading:
            return
        yield part
    raise ValueError(
        f"{page.name}: expected the heading {heading!r}, where the starter ends; found none."
    )


def answer_heading(page: Path, content: dict[str, Any]) -> str:
    """Return the heading of a page's answer in the language of its parts."""
    if not content["folder"]:
        return ANSWER
    file = catalog_file(ROOT, content["language"], f"chapters/{page.stem}")
    return str(read_catalog(file, content["language"])[ANSWER].string)


def starter(
    page: Path, content: dict[str, Any], address: Address, checks: list[str], seconds: float
) -> NotebookNode:
    """Return a page's starter.

    Parameters
    ----------
    page
        The page's file.
    content
        Its parts, as :func:`book.notebooks.edition.render` gives them.
    address
        Of the book.
    checks
        Names under which its checks record their results.
    seconds
        How long the page takes from top to bottom, which is longer than the starter takes.
    """
    notebook = read_page(page)
    composer = Composer(page.stem, content, address, notebook)
    title, *parts = parts_before_answer(page, content)
    for part in parts:
        if part["kind"] == "text":
            composer.text(part)
        elif part["kind"] == "question":
            composer.question(part)
        elif part["kind"] == "code":
            cell = notebook.cells[part["cell"]]
            kept = [tag for tag in tags(cell) if tag in KEPT_TAGS]
            if "solution" not in tags(cell):
                cell.metadata = nbformat.from_dict({"tags": kept} if kept else {})
                composer.code(cell)
    questions = [part["name"] for part in parts if part["kind"] == "question"]
    heading = f"## {composer.words['open']}"
    composer.text({"cell": 0, "text": heading, "title": heading})
    composer.code(report_cell(page, [*(f"choice {name}" for name in questions), *checks]))
    composer.references(heading=True)
    notebook.cells = composer.finish()
    notebook.metadata[RECORD] = {"seconds": seconds}
    say = composer.words["how"].format(
        page=address.page(f"chapters/{page.stem}"), duration=duration(seconds, composer.words)
    )
    path = f"{content['folder']}chapters/starter/{page.stem}.ipynb"
    heading = title["text"] + composer.words["starter"]
    return with_launch_cells(notebook, path, address, heading, content, say)


def report_cell(page: Path, checks: list[str]) -> NotebookNode:
    """Return the cell that shows what is done and what is open."""
    names = "\n".join(f'    "{name}",' for name in checks)
    return nbformat.v4.new_code_cell(REPORT.format(names=names), id=f"{page.stem}-report")


def facts_of_twin(page: Path) -> tuple[list[str], float]:
    """Return what a page's twin shows: under which names its checks record, how long it takes.

    Raises
    ------
    ValueError
        The twin does not show the result of each check.
    """
    twin = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    cells = [cell for cell in twin.cells if "check" in tags(cell)]
    shown = [output["data"].get("text/plain", "") for cell in cells for output in cell.outputs]
    names = [found[1] for text in shown if (found := HEADLINE.match(text))]
    if len(names) != len(cells):
        raise ValueError(
            f"{page.with_suffix('.ipynb').name}: expected the results of {len(cells)} checks; "
            f"found {len(names)}. Run `make notebooks`."
        )
    return names, twin.metadata[RECORD]["seconds"]


def solved(page: Path, content: dict[str, Any]) -> NotebookNode:
    """Return a page's cells up to its answer, solutions in place of the tasks, for the tests."""
    notebook = read_page(page)
    parts = parts_before_answer(page, content)
    cells = [notebook.cells[part["cell"]] for part in parts if part["kind"] == "code"]
    notebook.cells = [cell for cell in cells if "task" not in tags(cell)]
    return notebook


def main() -> int:
    """Write every starter; return the exit code."""
    try:
        for edition in editions(ROOT):
            address, pages = read_address(ROOT).of(edition), render(edition)
            for page in pages_with_tasks():
                file = ROOT / edition.folder / "chapters" / "starter" / f"{page.stem}.ipynb"
                file.parent.mkdir(parents=True, exist_ok=True)
                write(starter(page, pages[page.stem], address, *facts_of_twin(page)), file)
                print(f"wrote {file.relative_to(ROOT)}")
    except (EditionError, FileNotFoundError, ValueError) as error:
        print(error)
        return 1
    return 0
