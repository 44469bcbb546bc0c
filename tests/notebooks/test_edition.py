"""The notebooks say what the pages say, in Markdown that every front end renders."""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from edition_text import broken_links, left_over, missing_pictures, render, without_formulas

from book.editions import editions
from book.notebooks.cells import LINK, MARKED
from book.notebooks.edition import render as render_pages
from book.notebooks.twins import ROOT, UNSTABLE, notebook_pages, read_page, tags
from book.notebooks.words import words
from book.quiz.answers import FILE, stored
from book.regression.plugin import same_machine

EDITIONS = editions(ROOT)
FILES = sorted(
    file
    for edition in EDITIONS
    for kind in ("*.ipynb", "starter/*.ipynb")
    for file in (ROOT / edition.folder / "chapters").glob(kind)
)
EACH_FILE = pytest.mark.parametrize(
    "file", FILES, ids=lambda file: file.relative_to(ROOT).with_suffix("").as_posix()
)
PAGES = notebook_pages()
EACH_PAGE = pytest.mark.parametrize(
    ("edition", "page"),
    [(edition, page) for edition in EDITIONS for page in PAGES],
    ids=lambda value: value.stem if isinstance(value, Path) else value.language,
)


def read(file):
    return nbformat.read(file, as_version=4)


def texts(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def edition_of(file):
    """The edition of a notebook."""
    folder = file.relative_to(ROOT).parts[0]
    return next((each for each in EDITIONS if each.folder == folder), EDITIONS[0])


def test_there_are_twins_and_starters_to_check():
    assert len(FILES) > len(PAGES) * len(EDITIONS) > 0


@EACH_FILE
def test_nothing_of_myst_is_left_in_a_notebook(file):
    found = {cell.id: said for cell in texts(read(file)) if (said := left_over(cell.source))}
    assert found == {}


@EACH_FILE
def test_every_picture_of_a_notebook_is_inside_it(file):
    notebook = read(file)
    assert [name for cell in texts(notebook) for name in missing_pictures(cell)] == []
    assert not any(
        image.find_parent("a") and image["src"].startswith("attachment:")
        for cell in texts(notebook)
        for image in render(cell.source).select("img")
    ), "JupyterLab shows no attachment inside a link"


@EACH_FILE
def test_every_link_into_a_notebook_finds_its_place(file):
    assert broken_links(read(file)) == []


@EACH_FILE
def test_no_table_code_or_emphasis_is_left_as_plain_text(file):
    for cell in texts(read(file)):
        page = render(without_formulas(cell.source))
        for code in page.select("code, pre"):
            code.decompose()
        said = page.get_text()
        assert not re.search(r"\*\*|`|^\s*\|.*\|\s*$|^#+ |</?details|<a ", said, re.MULTILINE), (
            cell.id
        )


@EACH_FILE
def test_no_answer_and_no_reason_stands_in_a_notebook(file):
    pages = render_pages(edition_of(file))
    shortest = 16 if edition_of(file).folder else 8  # of what may stand elsewhere by chance
    written = file.read_text(encoding="utf-8")
    assert ":answer:" not in written
    shown = " ".join("".join(cell.source for cell in read(file).cells).split())
    questions = [part for page in pages.values() for part in page["parts"]
                 if part["kind"] == "question"]  # fmt: skip
    assert questions
    for question in questions:
        for reason in question["reasons"].values():
            for sentence in re.split(r"(?<=。)|(?<=\.) ", reason):
                words = sentence.strip().removeprefix("对。")
                assert len(words) < shortest or words not in shown, f"{question['name']}: {words}"


def test_the_stored_answers_are_those_of_the_pages():
    written = FILE.read_text(encoding="utf-8")
    every = {edition.spoken: render_pages(edition) for edition in EDITIONS}
    assert written == stored(every), f"{FILE.name} is stale: run `make notebooks` and commit it"
    for page in (page for pages in every.values() for page in pages.values()):
        for part in page["parts"]:
            for reason in part.get("reasons", {}).values():
                assert reason[:6] not in written


VALUE = r"([-+]?[\d.,]*\d%?(?: \\?\[[^]]*\])?|.+?)"
"""A number as long as it is, though a full stop may follow it, with its interval; or any text."""


def article(edition, stem):
    """The built page below its navigation."""
    file = ROOT / "_build/html" / edition.folder / f"chapters/{stem}.html"
    page = file.read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser").select_one("article.bd-article")


def alike(first, second):
    """Whether two values of the run agree as far as two kinds of processor do."""
    numbers = [re.findall(r"[-+]?[\d.]+", text) for text in (first, second)]
    units = [re.sub(r"[-+\d.]", "", text) for text in (first, second)]
    pairs = zip(*(map(float, found) for found in numbers), strict=True)
    close = [abs(a - b) <= max(0.06 * abs(b), 6.0 * ("%" in first), 0.00005) for a, b in pairs]
    return units[0] == units[1] and all(close)


def without_escapes(text):
    """Take away what Markdown puts before the brackets of an interval."""
    return re.sub(r"\\(?=[][])", "", text)


def twin_of(edition, page):
    return ROOT / edition.folder / "chapters" / f"{page.stem}.ipynb"


@EACH_PAGE
def test_every_number_of_the_run_is_the_page_s(edition, page):
    body = article(edition, page.stem)
    for reasons in body.select(".quiz-reasons"):
        reasons.decompose()
    shown = [number.get_text() for number in body.select(".pasted-text")]
    twin = read(twin_of(edition, page))
    exact = same_machine(twin)
    fresh, written = [], "\n\n".join(cell.source for cell in texts(twin))
    for part in render_pages(edition)[page.stem]["parts"]:
        text = LINK.sub("(…)", part.get("text", ""))
        if MARKED.search(text):
            pattern = VALUE.join(map(re.escape, MARKED.split(text)[::3]))
            found = re.search(pattern.replace(re.escape("(…)"), r"\(\S+\)"), written)
            assert found, text
            values = map(without_escapes, found.groups())
            fresh += zip(MARKED.findall(without_escapes(text)), values, strict=True)
    machine = {key for cell in read_page(page).cells if UNSTABLE in tags(cell)
               for key in re.findall(r"(\w+)=", cell.source)}  # fmt: skip
    assert [value for (_, value), _ in fresh] == shown
    assert [
        (key, value, ours)
        for ((key, value), ours) in fresh
        if key not in machine and not (ours == value if exact else alike(ours, value))
    ] == []


@EACH_PAGE
def test_captions_headings_and_equations_have_the_numbers_of_the_page(edition, page):
    body = article(edition, page.stem)
    captions = [
        caption.get_text(" ").replace("#", "").split()
        for caption in body.select("figcaption .caption-number")
    ]
    notebook = read(twin_of(edition, page))
    strong = [
        mark.get_text(" ")
        for cell in texts(notebook)
        for mark in render(cell.source).select("strong")
    ]
    ours = [mark.split() for mark in strong if re.fullmatch(r"(图|Figure) [\d.]+", mark)]
    assert ours == captions
    equations = [number.get_text() for number in body.select(".eqno")]
    tags = re.findall(r"\\tag\{([\d.]+)\}", "\n".join(cell.source for cell in texts(notebook)))
    assert [f"({tag})" for tag in tags] == [re.sub(r"[^\d.()]", "", number) for number in equations]
    headings = [title.get_text().replace("#", "") for title in body.select("h1, h2, h3, h4")]
    ours = [
        title.get_text()
        for cell in texts(notebook)
        for title in render(cell.source).select("h1, h2, h3, h4")
    ]
    assert [heading.strip() for heading in headings] == ours


@EACH_FILE
def test_no_code_cell_of_the_edition_is_longer_than_25_lines(file):
    own = [cell for cell in read(file).cells if not re.search(r"-\d+$", cell.id)]
    assert [
        cell.id for cell in own if cell.cell_type == "code" and cell.source.count("\n") >= 25
    ] == []


@EACH_FILE
def test_a_notebook_begins_with_its_title_badges_and_how_long_it_takes(file):
    first, install = read(file).cells[:2]
    page = render(first.source)
    assert page.select_one("h1")
    known = words(edition_of(file).language)
    alts = [image["alt"] for image in page.select("a > img")]
    assert alts == [known["colab"], known["binder"]]
    assert re.search("双核 CPU|CPU with two cores", page.get_text())
    assert install.id == f"{file.stem}-install"


PLANTED = {
    "a role": "see {numref}`fig-one`",
    "a value": "{glue:text}`loss:.4f`",
    "a directive": "text\n\n```{figure} a.png\n```",
    "a colon fence": ":::{quiz}\n:::",
    "an option": ":answer: B",
    "a target": "(sec-one)=\n\n## One",
    "an unresolved reference": "see [the page](book:page/chapters/quiz)",
    "a link to a source file": "see [the page](features.md)",
    "a mark of a value": "\ue000loss\ue0010.1\ue002",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(planted):
    assert left_over(f"Some text.\n\n{planted}\n\nMore text.")


def test_a_missing_picture_and_a_link_to_nowhere_are_found():
    cell = nbformat.v4.new_markdown_cell("![a figure](attachment:a.png)\n\n[there](#nowhere)")
    assert missing_pictures(cell) == ["attachment:a.png"]
    assert broken_links(nbformat.v4.new_notebook(cells=[cell])) == ["#nowhere"]


def test_what_is_shown_as_code_is_not_taken_for_markup():
    assert left_over("`{doc}` is a role\n\n```python\nx = {a}\n:::\n```") == []


@pytest.mark.parametrize(
    "file", sorted(Path(ROOT / "assets/figures").glob("*.svg")), ids=lambda f: f.stem
)
def test_every_drawing_has_its_current_picture(file):
    from book.notebooks.pictures import checked

    assert checked(file.with_suffix(".png")).exists()
