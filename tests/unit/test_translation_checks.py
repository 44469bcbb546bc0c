"""A stored notebook and a page show the words of a check in their own language."""

import nbformat
import pytest

from aelib import checks
from book import ROOT
from book.editions import editions
from book.notebooks.twins import in_edition, notebook_pages
from book.regression.plugin import prepared
from book.translation.checks import as_shown, in_language

EDITIONS = pytest.mark.parametrize("edition", editions(ROOT), ids=lambda each: each.spoken)
ENGLISH, CHINESE = "Some errors are below 0", "有些误差小于 0"


@pytest.fixture
def output():
    """What a cell with a check leaves, run in a Chinese notebook as the book is."""
    result = checks.error_map(lambda images, rebuilt: images - rebuilt)
    data = {"text/html": result._repr_html_(), "text/plain": repr(result)}
    return nbformat.v4.new_output("execute_result", data)


def stored(output, edition):
    """A notebook with this output as an edition stores it."""
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(output)])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    return in_edition(notebook, notebook_pages()[0], edition).cells[0].outputs[0]


@EDITIONS
def test_a_stored_notebook_keeps_the_words_of_its_edition_and_hides_nothing(output, edition):
    shown = stored(output, edition).data["text/html"]
    assert (ENGLISH in shown, CHINESE in shown) == (edition.spoken == "en", edition.spoken == "zh")
    assert "hidden" not in shown
    assert stored(output, edition).data["text/plain"] == output.data["text/plain"]


@EDITIONS
def test_the_regression_compares_a_stored_notebook_with_what_a_run_in_its_language_shows(
    output, edition, monkeypatch
):
    ref = prepared(stored(output, edition), exact=True).data["text/html"]
    monkeypatch.setenv("AELIB_LANGUAGE", edition.spoken)
    result = checks.error_map(lambda images, rebuilt: images - rebuilt)
    run = output | {"data": output.data | {"text/html": result._repr_html_()}}
    assert prepared(nbformat.from_dict(run), exact=True).data["text/html"] == ref
    other = nbformat.from_dict(run)
    other.data["text/html"] = other.data["text/html"].replace("</ul>", "more</ul>")
    assert prepared(other, exact=True).data["text/html"] != ref


@pytest.mark.parametrize("change", [as_shown, lambda html: in_language(html, "zh")])
def test_other_html_with_a_language_is_left_alone(change):
    html = '<span lang="en" hidden>a</span> <b>b</b>'
    assert change(html) == html


def test_an_edition_in_a_third_language_shows_a_check_in_english(output):
    shown = in_language(output.data["text/html"], "fr")
    assert ENGLISH in shown
    assert CHINESE not in shown
