"""The notebook edition of small books: from MyST to what every front end renders."""

import json
import re
from copy import deepcopy
from types import SimpleNamespace

import pytest
from edition_text import left_over
from nbformat.v4 import new_code_cell, new_notebook, new_output
from sphinx_book import NOTEBOOK, build

from book.notebooks.twins import with_outputs

pytestmark = pytest.mark.slow

EXTENSIONS = ("sphinx_design", "book.quiz", "book.notebooks")
CONFIG = {
    "myst_enable_extensions": ["colon_fence", "dollarmath", "amsmath", "deflist"],
    "numfig": True,
    "language": "zh_CN",
    "numfig_format": {"figure": "图 %s", "table": "表 %s", "code-block": "代码 %s"},
}

HEADER = f"{NOTEBOOK}# Book\n\n"

FENCES = {
    "colons": (":::{quiz}", ":::"),
    "more colons": ("::::{quiz}", "::::"),
    "backticks": ("```{quiz}", "```"),
    "more backticks": ("`````{quiz}", "`````"),
    "tildes": ("~~~{quiz}", "~~~"),
}
PLACES = {
    "on the page": "%s",
    "in a dropdown": "::::::{dropdown} Hint\n%s\n::::::",
    "in a note": "::::::{note}\n%s\n::::::",
    "in a list": "- item\n\n  %s",
}
QUESTION = """{fence[0]}
:name: {name}
:answer: B

How many numbers has a *code*?

- A. One $x|y$.
  > No: a SECRET.
- B. Two.
  > Yes: another SECRET.
{fence[1]}
"""
CELL = "```{code-cell} ipython3\n:tags: [remove-cell]\nx = 1\n```"
TEXTS = {
    "figure": "```{figure} a.svg\n:alt: a [drawing]\n:name: fig-a\n\nWhat it *shows*.\n```\n\n"
    "See {numref}`fig-a`.",
    "formula": "$$\nx = 1\n$$ (eq-one)\n\nSee {eq}`eq-one`.\n\n$$\ny\n$$",
    "quoted formula": ":::{note}\nMind\n\n$$\nx =\n1\n$$ (eq-two)\n\nalways.\n:::",
    "dropdown": ":::{dropdown} `fit` in *short*\nText.\n\n```python\nx = 1\n```\n:::",
    "table": "| a | b |\n| --- | ---: |\n| $\\|x\\|$ | `p \\| q` |\n| 1 | a \\| b |",
    "emphasis": "这是{strong}`“强调”`之后。",
    "markup": "1\\. no list, 2 \\* 3 \\* 4, a\\_b\\_c, \\<b>, \\$5 and \\`x\\`.",
    "blocks": "1. one\n2. two\n   - three\n\n> quoted\n\n:::{note}\nMind.\n:::\n\nterm\n: meaning",
    "headings": "## One\n\nSee {doc}`figure`.",
    "removed": f"First.\n\n{CELL}\n\nSecond.\n\n{CELL}\n",
    "unknown": "```{raw} html\n<canvas></canvas>\n```",
}


def question(fence, place):
    text = QUESTION.format(fence=FENCES[fence], name=f"{fence}-{place}".replace(" ", "-"))
    return PLACES[place] % (text.replace("\n", "\n  ") if place == "in a list" else text)


def file_of(fence, place):
    return f"{fence}-{place}".replace(" ", "-")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """One book with a page for each case: its parts by page, and its warnings."""
    folder = tmp_path_factory.mktemp("edition")
    (folder / "source").mkdir()
    (folder / "source" / "a.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8"
    )
    pages = {f"{name}.md": f"{HEADER}{text}" for name, text in TEXTS.items()}
    pages |= {
        f"{file_of(fence, place)}.md": f"{HEADER}{question(fence, place)}"
        for fence in FENCES
        for place in PLACES
    }
    pages["index.md"] = "# Index\n\n```{toctree}\n:glob:\n*\n```\n"
    build(folder, pages, *EXTENSIONS, **CONFIG)
    warnings = build(folder, {}, *EXTENSIONS, builder="notebooks", **CONFIG).warnings
    files = (folder / "notebooks").glob("*.json")
    parts = {file.stem: json.loads(file.read_text(encoding="utf-8"))["parts"] for file in files}
    return parts, warnings


@pytest.fixture
def said(book, request):
    """The text of the page that a test asks for, below its title."""
    joined = "\n\n".join(part["text"] for part in book[0][request.param][1:] if "text" in part)
    assert left_over(joined) == []
    return joined


def of(name):
    return pytest.mark.parametrize("said", [name], indirect=True)


def test_only_what_has_no_markdown_is_a_warning_with_file_and_line(book):
    [warning] = book[1].strip().splitlines()
    assert "unknown.md:" in warning
    assert "the notebook edition has no Markdown for <raw>" in warning


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fence", FENCES)
def test_a_question_in_any_fence_and_place_keeps_options_and_loses_answer_and_reasons(
    book, fence, place
):
    parts = book[0][file_of(fence, place)]
    shown = "\n".join(part["text"] for part in parts)
    assert shown.count("How many numbers has a *code*?") == 1
    assert "- **A.** One $x|y$.\n" in shown
    assert "SECRET" not in shown
    assert "answer" not in shown
    [asked] = [part for part in parts if part["kind"] == "question"]
    assert (asked["name"], asked["answer"], asked["several"]) == (file_of(fence, place), "B", False)
    assert asked["reasons"] == {"A": "No: a SECRET.", "B": "Yes: another SECRET."}


@of("figure")
def test_a_figure_is_an_attachment_with_alt_text_and_its_numbered_caption(said):
    assert "![a \\[drawing\\]](attachment:a.png)" in said
    assert '<a id="fig-a"></a>**图 1** What it *shows*.' in said
    assert "See [图 1](#fig-a)." in said


@of("formula")
def test_a_formula_has_the_number_that_its_references_name(said):
    assert "$$\nx = 1\n\\tag{1}\n$$" in said
    assert "See [(1)](#equation-eq-one)." in said
    assert "$$\ny\n$$" in said


@of("quoted formula")
def test_a_formula_in_a_note_is_one_line_so_that_no_sign_of_the_note_gets_into_it(said):
    assert re.search(r"^> \$\$ x = 1 \\tag\{\d\} \$\$$", said, re.MULTILINE)


@of("dropdown")
def test_a_dropdown_opens_by_a_click_with_highlighted_code(said):
    assert "<details>\n<summary><code>fit</code> in <em>short</em></summary>\n\nText." in said
    assert "```python\nx = 1\n```\n\n</details>" in said


@of("table")
def test_a_table_keeps_its_sides_and_a_bar_in_it_ends_no_cell(said):
    assert "| a | b |\n| --- | ---: |" in said
    assert "| $\\vert x\\vert $ | `p \\| q` |" in said  # a table's source cannot hold `\\|`
    assert "| 1 | a \\| b |" in said


@of("emphasis")
def test_emphasis_that_chinese_punctuation_hinders_becomes_html(said):
    assert said == "这是<strong>“强调”</strong>之后。"


@of("markup")
def test_what_looks_like_markup_stays_text(said):
    assert said == "1\\. no list, 2 \\* 3 \\* 4, a\\_b\\_c, \\<b>, \\$5 and \\`x\\`."


@of("blocks")
def test_lists_quotes_notes_and_definitions_survive(said):
    for wanted in ("1. one\n", "2. two\n", "   - three", "> quoted", "> Mind.", "meaning"):
        assert wanted in said


def test_a_heading_begins_a_part_and_links_to_other_pages_stay_neutral(book):
    parts = book[0]["headings"]
    assert [part["title"] for part in parts if part.get("title")] == ["Book", "One"]
    assert parts[-1]["text"] == "See [Book](book:page/figure)."


def test_a_cell_that_the_site_removes_is_still_a_cell_in_its_place(book):
    parts = book[0]["removed"][1:]
    assert [part["kind"] for part in parts] == ["text", "code", "text", "code"]
    assert [part["cell"] for part in parts] == [0, 1, 2, 3]


def test_a_page_that_has_changed_since_the_site_was_built_is_refused(tmp_path):
    build(tmp_path, {"index.md": HEADER}, *EXTENSIONS, **CONFIG)
    with pytest.raises(Exception, match=r"have changed since it was built \(index"):
        build(tmp_path, {"index.md": f"{HEADER}More."}, *EXTENSIONS, builder="notebooks", **CONFIG)


def test_what_a_cell_prints_around_a_recorded_value_is_one_output_as_on_the_site():
    recorded = new_output("display_data", {"application/papermill.record/text/plain": "1"})
    printed = [new_output("stream", name="stdout", text=text) for text in ("1\n", "2\n")]
    page = new_notebook(cells=[new_code_cell("print(1)")])
    executed = deepcopy(page)
    executed.cells[0].outputs = [printed[0], recorded, printed[1]]
    cache = SimpleNamespace(merge_match_into_notebook=lambda *_, **__: (1, executed))
    [cell] = with_outputs(page, cache).cells
    assert [output.get("text") for output in cell.outputs] == ["1\n2\n", None]
