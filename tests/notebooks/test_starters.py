"""Starters hold nothing solved, stop at their tasks and nowhere else, and pass once solved."""

import json
import time

import nbformat
import pytest
from nbclient import NotebookClient
from stale import stale_cells, with_open_values

from book.address import read_address
from book.editions import editions
from book.execution.key import ALONE
from book.notebooks.edition import render
from book.starters.write import (
    ROOT,
    answer_heading,
    facts_of_twin,
    pages_with_tasks,
    solved,
    starter,
    tags,
)

ADDRESS = read_address(ROOT, environment={})
PAGES = pages_with_tasks()
SOURCE, *_ = editions(ROOT)
WITH_PAGES = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
IN_EACH = pytest.mark.parametrize("edition", editions(ROOT), ids=lambda edition: edition.language)
REMEDY = "run `make notebooks` and commit the starters"


@pytest.fixture(scope="module")
def pages():
    return render(SOURCE)


def fresh_starter(page, pages, edition=SOURCE):
    return starter(page, pages[page.stem], ADDRESS.of(edition), *facts_of_twin(page))


def run(notebook, folder, monkeypatch):
    """Run every cell, whatever fails; return the errors by cell, and the report of the checks."""
    report = folder / "report.json"
    monkeypatch.setenv("AELIB_UNATTENDED", "1")
    monkeypatch.setenv("AELIB_REPORT", str(report))
    for variable, value in ALONE.items():  # another starter runs beside it
        monkeypatch.setenv(variable, value)
    start = time.monotonic()
    client = NotebookClient(notebook, timeout=300, allow_errors=True)
    client.execute(cwd=str(folder))
    print(f"{time.monotonic() - start:.0f} s")
    outputs = [(cell.id, out) for cell in notebook.cells for out in cell.get("outputs", [])]
    errors = {ident: out.ename for ident, out in outputs if out.output_type == "error"}
    return errors, json.loads(report.read_text(encoding="utf-8"))


def test_exercises_2_3_and_4_have_starters():
    assert {page.stem for page in PAGES} == {"features", "convolutional", "denoising"}
    for edition in editions(ROOT):
        files = (ROOT / edition.folder / "chapters" / "starter").glob("*.ipynb")
        assert {file.stem for file in files} == {page.stem for page in PAGES}


@IN_EACH
@WITH_PAGES
def test_a_starter_is_what_its_page_gives(page, edition):
    path = f"{edition.path}chapters/starter/{page.stem}.ipynb"
    written = nbformat.read(ROOT / path, as_version=4)
    open_values = {page.stem: with_open_values(render(edition)[page.stem])}
    assert stale_cells(fresh_starter(page, open_values, edition), written) == [], (
        f"{path} is stale: {REMEDY}"
    )


@IN_EACH
@WITH_PAGES
def test_a_starter_holds_no_solution_and_no_output(page, edition):
    pages = render(edition)
    notebook = fresh_starter(page, pages, edition)
    sources = [cell.source for cell in notebook.cells]
    cells = solved(page, pages[page.stem]).cells
    solutions = [cell.source for cell in cells if "solution" in tags(cell)]
    assert solutions
    assert not set(solutions) & set(sources)
    assert f"## {answer_heading(page, pages[page.stem])}" not in "\n".join(sources)
    assert all(not cell.get("outputs") for cell in notebook.cells)


@WITH_PAGES
def test_a_starter_stops_at_its_tasks_and_nowhere_else(page, pages, tmp_path, monkeypatch):
    notebook = fresh_starter(page, pages)
    errors, report = run(notebook, tmp_path, monkeypatch)
    assert set(errors.values()) == {"TaskNotDone"}
    assert set(errors) == {cell.id for cell in notebook.cells if {*tags(cell)} & {"task", "check"}}
    assert not any(result["passed"] for result in report)
    shown = next(cell for cell in notebook.cells if cell.id.endswith("-report")).outputs[0].text
    assert "done" not in shown
    assert shown.count("\n") == sum(bool({*tags(cell)} & {"check"}) or cell.id.startswith("choice-")
                                    for cell in notebook.cells)  # fmt: skip


@WITH_PAGES
def test_every_check_passes_once_the_solutions_are_in(page, pages, tmp_path, monkeypatch):
    notebook = solved(page, pages[page.stem])
    errors, report = run(notebook, tmp_path, monkeypatch)
    assert errors == {}
    assert len(report) == sum("check" in tags(cell) for cell in notebook.cells)
    assert {result["check"] for result in report} == set(facts_of_twin(page)[0])
    assert [result["messages"] for result in report if not result["passed"]] == []
