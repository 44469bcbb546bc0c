"""The twins stand beside their pages and hold the same cells."""

import nbformat
import pytest

from book.address import read_address
from book.notebooks.twins import ROOT, UNSTABLE, notebook_pages, read_page, with_launch_cells

ADDRESS = read_address(ROOT, environment={})
PAGES = notebook_pages()
REMEDY = "run `make notebooks` and commit the twins"


def test_there_are_notebook_pages():
    assert PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_twin_has_the_launch_cells_and_those_of_its_page(page):
    path = page.with_suffix(".ipynb")
    assert path.exists(), f"{path.name} is missing: {REMEDY}"
    twin = nbformat.read(path, as_version=4)
    source = with_launch_cells(read_page(page), f"chapters/{path.name}", ADDRESS)
    assert twin.metadata == source.metadata, f"{path.name} is stale: {REMEDY}"
    ours = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in source.cells]
    theirs = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in twin.cells]
    for expected, found in zip(ours, theirs, strict=True):
        assert found == expected, f"{path.name} is stale: {REMEDY}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_twin_was_executed_from_top_to_bottom(page):
    twin = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    cells = twin.cells[2:]  # after the badges and the cell that installs the package
    counts = [cell.execution_count for cell in cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_twin_holds_no_outputs_that_differ_from_run_to_run(page):
    twin = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    unstable = [cell for cell in twin.cells if UNSTABLE in cell.metadata.get("tags", [])]
    assert all(cell.outputs == [] for cell in unstable)


def test_there_is_no_twin_without_a_page():
    folder = PAGES[0].parent
    assert {path.stem for path in folder.glob("*.ipynb")} == {page.stem for page in PAGES}
