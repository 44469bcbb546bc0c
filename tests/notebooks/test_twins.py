"""The twins stand beside their pages: the same code, and the text rendered afresh."""

import re

import nbformat
import pytest

from book.address import read_address
from book.notebooks.cells import MARKED
from book.notebooks.edition import render
from book.notebooks.twins import (
    FOLDED,
    HIDDEN,
    RECORD,
    ROOT,
    UNSTABLE,
    notebook_pages,
    read_page,
    steady,
    tags,
    twin,
)

ADDRESS = read_address(ROOT, environment={})
PAGES = notebook_pages()
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
REMEDY = "run `make notebooks` and commit the twins"
VALUE = re.compile("\ue003(.*?)\ue004")


@pytest.fixture(scope="module")
def pages():
    return render()


def stored(page):
    return nbformat.read(page.with_suffix(".ipynb"), as_version=4)


def with_open_values(content):
    """Mark the run's values, so that a comparison can leave them to the regression."""
    parts = [
        part | {"text": MARKED.sub("\ue003\\2\ue004", part["text"])} if "text" in part else part
        for part in content["parts"]
    ]
    return content | {"parts": parts}


def says_the_same(fresh, written):
    """Whether two texts agree in all but the run's values, which another machine may change."""
    literal = [re.escape(part) for part in VALUE.split(fresh)[::2]]
    return re.fullmatch("[-+]?[\\w.% ]+?".join(literal), written) is not None


def test_there_are_notebook_pages():
    assert PAGES


@EACH
def test_a_twin_is_what_its_page_gives(page, pages):
    assert page.with_suffix(".ipynb").exists(), f"{page.stem}.ipynb is missing: {REMEDY}"
    written = stored(page)
    content = with_open_values(pages[page.stem])
    fresh = twin(page, content, read_page(page), ADDRESS, written.metadata[RECORD]["seconds"])
    assert written.metadata[RECORD] == fresh.metadata[RECORD], REMEDY
    assert [(cell.id, cell.cell_type) for cell in written.cells] == [
        (cell.id, cell.cell_type) for cell in fresh.cells
    ], f"{page.stem}.ipynb is stale: {REMEDY}"
    for ours, theirs in zip(fresh.cells, written.cells, strict=True):
        message = f"{page.stem}.ipynb is stale at {ours.id}: {REMEDY}"
        assert says_the_same(ours.source, theirs.source), message
        assert theirs.metadata == ours.metadata, message
        assert theirs.get("attachments") == ours.get("attachments"), message


@EACH
def test_a_twin_has_the_code_cells_of_its_page_in_order(page):
    code = [cell for cell in read_page(page).cells if cell.cell_type == "code"]
    own = [cell for cell in stored(page).cells if cell.cell_type == "code"]
    own = [cell for cell in own if re.fullmatch(rf"{page.stem}-\d+", cell.id)]
    assert [(cell.id, cell.source) for cell in own] == [(cell.id, cell.source) for cell in code]


@EACH
def test_what_the_page_hides_is_folded(page):
    hidden = [cell for cell in stored(page).cells if HIDDEN & set(tags(cell))]
    assert all(FOLDED.items() <= cell.metadata.items() for cell in hidden)


@EACH
def test_a_twin_was_executed_from_top_to_bottom(page):
    counts = [
        cell.execution_count
        for cell in stored(page).cells
        if cell.cell_type == "code" and re.fullmatch(rf"{page.stem}-\d+", cell.id)
    ]
    assert counts == list(range(1, len(counts) + 1))


@EACH
def test_a_twin_holds_no_outputs_that_differ_from_run_to_run(page):
    unstable = [cell for cell in stored(page).cells if UNSTABLE in tags(cell)]
    assert all(cell.outputs == [] for cell in unstable)


def test_there_is_no_twin_without_a_page():
    folder = PAGES[0].parent
    assert {path.stem for path in folder.glob("*.ipynb")} == {page.stem for page in PAGES}


def test_a_changed_word_is_stale_and_a_changed_value_is_not():
    fresh = "The loss is \ue0030.0068\ue004 after 10 epochs."
    assert says_the_same(fresh, "The loss is 0.0069 after 10 epochs.")
    assert not says_the_same(fresh, "The loss is 0.0068 after 11 epochs.")
    assert not says_the_same(fresh, "The loss is {glue:text}`loss` after 10 epochs.")


def test_the_seconds_a_notebook_notes_rest_until_it_takes_much_longer_or_shorter():
    assert steady(70, 60) == 60
    assert steady(120, 60) == 120
    assert steady(30, 60) == 30
    assert steady(30, None) == 30
