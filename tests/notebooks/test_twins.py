"""The twins stand beside their pages: the same code, and the text rendered afresh."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from stale import FROM, TO, says_the_same, stale_cells, with_open_values

from book.address import read_address
from book.editions import editions
from book.notebooks.edition import render
from book.notebooks.twins import (
    FOLDED,
    HIDDEN,
    RECORD,
    ROOT,
    UNSTABLE,
    in_edition,
    notebook_pages,
    read_page,
    steady,
    tags,
    twin,
)

ADDRESS = read_address(ROOT, environment={})
PAGES = notebook_pages()
EACH = pytest.mark.parametrize(
    ("edition", "page"),
    [(edition, page) for edition in editions(ROOT) for page in PAGES],
    ids=lambda value: value.stem if isinstance(value, Path) else value.language,
)
CAPTION = re.compile(r'(<a id="[^"]+"></a>)*\*\*(图|Figure) \d')
REMEDY = "run `make notebooks` and commit the twins"


def file_of(edition, page):
    return ROOT / edition.folder / "chapters" / f"{page.stem}.ipynb"


def stored(edition, page):
    return nbformat.read(file_of(edition, page), as_version=4)


def test_there_are_notebook_pages():
    assert PAGES


@EACH
def test_a_twin_is_what_its_page_gives(edition, page):
    assert file_of(edition, page).exists(), f"{page.stem}.ipynb is missing: {REMEDY}"
    written = stored(edition, page)
    content = with_open_values(render(edition)[page.stem])
    code = in_edition(read_page(page), page, edition)
    seconds = written.metadata[RECORD]["seconds"]
    fresh = twin(page, content, code, ADDRESS.of(edition), seconds)
    assert written.metadata[RECORD] == fresh.metadata[RECORD], REMEDY
    fresh.metadata = written.metadata  # the rest is of the run that wrote it
    assert stale_cells(fresh, written) == [], f"{page.stem}.ipynb is stale: {REMEDY}"


@EACH
def test_a_twin_has_the_code_cells_of_its_page_in_order(edition, page):
    source = in_edition(read_page(page), page, edition)
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    own = [cell for cell in stored(edition, page).cells if cell.cell_type == "code"]
    own = [cell for cell in own if re.fullmatch(rf"{page.stem}-\d+", cell.id)]
    assert [(cell.id, cell.source) for cell in own] == [(cell.id, cell.source) for cell in code]


@EACH
def test_what_the_page_hides_is_folded(edition, page):
    hidden = [cell for cell in stored(edition, page).cells if HIDDEN & set(tags(cell))]
    assert all(FOLDED.items() <= cell.metadata.items() for cell in hidden)


@EACH
def test_a_twin_was_executed_from_top_to_bottom(edition, page):
    counts = [
        cell.execution_count
        for cell in stored(edition, page).cells
        if cell.cell_type == "code" and re.fullmatch(rf"{page.stem}-\d+", cell.id)
    ]
    assert counts == list(range(1, len(counts) + 1))


@EACH
def test_a_twin_holds_no_outputs_that_differ_from_run_to_run(edition, page):
    unstable = [cell for cell in stored(edition, page).cells if UNSTABLE in tags(cell)]
    assert all(is_picture(output) for cell in unstable for output in cell.outputs)


def is_picture(output):
    return "image/png" in output.get("data", {})


@EACH
def test_above_the_caption_of_a_cell_s_figure_stands_its_picture(edition, page):
    cells = stored(edition, page).cells
    below = [
        first
        for first, second in pairwise(cells)
        if first.cell_type == "code" and CAPTION.match(getattr(second, "source", ""))
    ]
    assert [cell.id for cell in below if not any(map(is_picture, cell.outputs))] == []


def test_there_is_no_twin_without_a_page():
    for edition in editions(ROOT):
        folder = ROOT / edition.folder / "chapters"
        assert {path.stem for path in folder.glob("*.ipynb")} == {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_outputs_of_every_edition_are_those_of_one_run(page):
    source, *others = [stored(edition, page) for edition in editions(ROOT)]
    for other in others:
        assert outputs(other) == outputs(source)


def outputs(notebook):
    """What a notebook's own cells have printed and drawn, names that code says in words apart."""
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and re.search(r"-\d+$", cell.id):
            data = [output.get("data", {}) for output in cell.outputs]
            texts = [re.sub("networks: [^;]*", "", each.get("text/plain", "")) for each in data]
            streams = [output.get("text") for output in cell.outputs]
            shown[cell.id] = [streams, texts, [each.get("image/png") for each in data]]
    return shown


def test_a_changed_word_is_stale_and_a_changed_value_is_not():
    fresh = f"The loss is {FROM}0.0068{TO} after 10 epochs."
    assert says_the_same(fresh, "The loss is 0.0069 after 10 epochs.")
    assert not says_the_same(fresh, "The loss is 0.0068 after 11 epochs.")
    assert not says_the_same(fresh, "The loss is {glue:text}`loss` after 10 epochs.")


@pytest.mark.parametrize(
    ("value", "is_value"),
    [
        ("-47", True),
        ("1e-09", True),
        ("0%–17%", True),
        ("18%, 28%, 60%", True),
        ("0.0025 \\[0.0023, 0.0026\\]", True),
        ("{glue:text}`share`", False),
        ("0.5，别的", False),
    ],
)
def test_a_value_is_a_number_a_range_a_list_or_a_mean_with_its_interval(value, is_value):
    assert says_the_same(f"平均 {FROM}0{TO}。", f"平均 {value}。") == is_value


def test_what_is_stale_in_a_notebook_is_named():
    def notebook(text, **metadata):
        cell = nbformat.v4.new_markdown_cell(text, id="one", metadata=metadata)
        return nbformat.v4.new_notebook(cells=[cell])

    fresh = notebook(f"{FROM}57{TO} seconds")
    assert stale_cells(fresh, notebook("69 seconds")) == []
    assert stale_cells(fresh, notebook("69 minutes")) == ["one"]
    assert stale_cells(fresh, notebook("69 seconds", tags=["task"])) == ["one"]
    assert stale_cells(fresh, nbformat.v4.new_notebook()) == ["one"]


def test_the_seconds_a_notebook_notes_rest_until_it_takes_much_longer_or_shorter():
    assert steady(70, 60) == 60
    assert steady(120, 60) == 120
    assert steady(30, 60) == 30
    assert steady(30, None) == 30
