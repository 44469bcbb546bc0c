"""Write the executed twin (.ipynb) of each notebook page from the last build.

Text, code and numbers are those of the page as the site shows it (:mod:`book.notebooks`); the
outputs come from the build's own cache, so nothing runs twice. What differs from run to run or
machine to machine is left out: timestamps, versions, the random names of live widgets, and the
outputs of cells tagged ``nbval-ignore-output``, which hold seconds and facts of the machine; only
their pictures stay, for a caption stands below. Cell ids count upwards.

What the site does without stands first: badges that open the notebook elsewhere, a word on how
long it takes, and a cell that installs ``aelib`` where it is missing. Their addresses come from
``_config.yml``.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from myst_nb.core.utils import coalesce_streams
from nbformat import NotebookNode

from book import ROOT
from book.address import Address, read_address
from book.editions import Edition, editions
from book.execution.caches import cache_folder
from book.execution.key import facts
from book.execution.results import Results
from book.notebooks.cells import FOLDED, Composer, describe_outputs
from book.notebooks.edition import EditionError, render
from book.notebooks.pictures import BADGES, checked
from book.notebooks.words import words as words_of
from book.quiz.answers import write_answers
from book.regression.plugin import EXECUTED_WITH
from book.translation.catalogs import catalog_file, code_strings, read_catalog
from book.translation.checks import in_language
from book.translation.messages import rewrite_code

UNSTABLE = "nbval-ignore-output"
HIDDEN = {"hide-cell", "remove-cell"}
HTML = "text/html"
PICTURE = "image/png"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
RECORD = "book"
"""Key of a notebook's metadata: the address its links follow from, and how long it takes."""

SPEAK = """\
import os

os.environ["AELIB_LANGUAGE"] = "{language}"  # of widgets, and of the answers to questions

"""
INSTALL = """\
# Installs the chapter's package where it is missing, as on Colab. Elsewhere it changes nothing.
import importlib.util
import sys
from importlib.metadata import version

if importlib.util.find_spec("aelib") is None:
    print("aelib is missing: installing it with its data from {repository}, {branch}")
    %pip install --quiet {requirement}
if "google.colab" in sys.modules:
    from google.colab import output

    output.enable_custom_widget_manager()

from aelib.device import best_device

print(f"aelib {{version('aelib')}}, torch {{version('torch')}}, training on {{best_device()}}")"""


def notebook_pages(root: Path = ROOT) -> list[Path]:
    """Return the pages that are notebooks: those whose header names a kernel."""
    pages = sorted((root / "chapters").glob("*.md"))
    return [page for page in pages if "\nkernelspec:" in page.read_text(encoding="utf-8")]


def in_edition(notebook: NotebookNode, page: Path, edition: Edition) -> NotebookNode:
    """Say what a page's cells say, code and checks, as an edition does; it is changed, returned."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if HTML in output.get("data", {}):
            output.data[HTML] = in_language(output.data[HTML], edition.spoken)
    if not edition.folder:
        return notebook
    file = catalog_file(ROOT, edition.language, f"chapters/{page.stem}")
    catalog = read_catalog(file, edition.language)
    said = {
        text: str(catalog[text].string) for text in code_strings(page.read_text(encoding="utf-8"))
    }
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = rewrite_code(cell.source, lambda text, _: said[text])
            for output in cell.get("outputs", []):
                for text, answer in said.items():
                    if text in output.get("data", {}).get("text/plain", ""):
                        output.data["text/plain"] = output.data["text/plain"].replace(text, answer)
    return notebook


def read_page(page: Path) -> NotebookNode:
    """Read a page as a notebook without outputs, with stable cell ids and metadata."""
    notebook = jupytext.read(page)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{page.stem}-{number:03d}"
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": notebook.metadata["kernelspec"],
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def badges(path: str, address: Address, words: dict[str, str]) -> str:
    """Return the links that open a notebook elsewhere, their pictures inside the text.

    A picture in a link cannot be an attachment, and only PNG is shown everywhere.
    """
    links = {"colab": address.colab(path), "binder": address.binder(path)}
    shown = []
    for name, link in links.items():
        picture = checked(BADGES / f"{name}.png").read_bytes()
        data = base64.b64encode(picture).decode()
        shown.append(f"[![{words[name]}](data:image/png;base64,{data})]({link})")
    shown.append(f"[{words['read']}]({address.page(f'chapters/{Path(path).stem}')})")
    return "\n".join(shown)


def with_launch_cells(
    notebook: NotebookNode,
    path: str,
    address: Address,
    title: str,
    content: dict[str, Any],
    say: str,
) -> NotebookNode:
    """Put in front of a notebook what the site does without.

    Parameters
    ----------
    notebook
        Is changed and returned; its metadata note the address.
    path
        Of the notebook in the repository, such as ``chapters/quiz.ipynb``.
    address
        What the links are made of.
    title
        The heading.
    content
        The page's parts, which know their language.
    say
        What stands below the badges.
    """
    stem = Path(path).stem
    install = INSTALL.format(
        repository=address.repository, branch=address.branch, requirement=address.requirement
    )
    if content["folder"]:
        install = SPEAK.format(language=content["language"].partition("_")[0]) + install
    words = words_of(content["language"])
    first = "\n\n".join([title, badges(path, address, words), say])
    notebook.cells[:0] = [
        nbformat.v4.new_markdown_cell(first, id=f"{stem}-badges"),
        nbformat.v4.new_code_cell(install, id=f"{stem}-install", metadata={"tags": [UNSTABLE]}),
    ]
    record = {"repository": address.repository, "branch": address.branch, "site": address.site}
    notebook.metadata.setdefault(RECORD, {})["address"] = record
    return notebook


def with_address(notebook: NotebookNode, address: Address) -> NotebookNode:
    """Let every link of a notebook follow from another address; it is changed and returned."""
    old = Address(**notebook.metadata[RECORD]["address"])
    places = [
        lambda at: at.requirement,
        lambda at: f"{at.owner_and_name}/blob/{at.branch}/",
        lambda at: f"{at.owner_and_name}/{at.branch}?",
        lambda at: f"{at.repository}/raw/{at.branch}/",
        lambda at: f"{at.repository}, {at.branch}",
        lambda at: at.site,
    ]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" or cell.id.endswith("-install"):
            for place in places:
                cell.source = cell.source.replace(place(old), place(address))
    notebook.metadata[RECORD]["address"] = {
        "repository": address.repository,
        "branch": address.branch,
        "site": address.site,
    }
    return notebook


def write(notebook: NotebookNode, file: Path) -> None:
    """Write a notebook in one go, so that no half of it is ever left behind."""
    temporary = file.with_suffix(".ipynb.part")
    nbformat.write(notebook, temporary)
    temporary.replace(file)


def with_outputs(notebook: NotebookNode, cache) -> NotebookNode:
    """Fill in the outputs that the last build has cached for these code cells.

    What a cell prints is one output, as on the site: values recorded in between would split it.

    Raises
    ------
    KeyError
        The cells were never executed in the present state of the project.
    """
    _, executed = cache.merge_match_into_notebook(notebook, nb_meta=(), cell_meta=())
    for cell, original in zip(executed.cells, notebook.cells, strict=True):
        cell.id = original.id
        if cell.cell_type != "code":
            continue
        if UNSTABLE in tags(cell):
            cell.outputs = [output for output in cell.outputs if PICTURE in output.get("data", {})]
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
        cell.outputs = coalesce_streams(cell.outputs)
    executed.metadata[EXECUTED_WITH] = nbformat.from_dict(facts(ROOT))
    executed.nbformat, executed.nbformat_minor = 4, 5
    return executed


def twin(
    page: Path, content: dict[str, Any], notebook: NotebookNode, address: Address, seconds: float
) -> NotebookNode:
    """Make a page's twin.

    Parameters
    ----------
    page
        The page's file.
    content
        Its parts, as :func:`book.notebooks.edition.render` gives them.
    notebook
        Its code cells, with outputs or without; is changed and returned.
    address
        Of the book.
    seconds
        How long the notebook takes, for the words at its top.
    """
    composer = Composer(page.stem, content, address, notebook)
    title, *parts = content["parts"]
    for part in parts:
        if part["kind"] == "code":
            cell = notebook.cells[part["cell"]]
            describe_outputs(cell, part["alts"])
            if HIDDEN & set(tags(cell)):
                cell.metadata.update(nbformat.from_dict(FOLDED))
            composer.code(cell, part["prompt"])
        elif part["kind"] == "question":
            composer.question(part)
        else:
            composer.text(part)
    notebook.cells = composer.finish()
    notebook.metadata[RECORD] = {"seconds": seconds}
    words, path = composer.words, f"{content['folder']}chapters/{page.stem}.ipynb"
    asked = any(part["kind"] == "question" for part in parts)
    say = words["about"].format(
        page=address.page(f"chapters/{page.stem}"),
        duration=duration(seconds, words),
        gpu=words["gpu" if seconds >= TRAINS else "no gpu"],
        questions=words["questions"] if asked else "",
    )
    return with_launch_cells(notebook, path, address, title["text"], content, say)


TRAINS = 10
"""Seconds from which on a notebook is one that trains a network."""


def duration(seconds: float, words: dict[str, str]) -> str:
    """Say how long a notebook takes, in a number that rests from run to run."""
    if seconds <= 45:
        step = next(step for step in (5, 10, 20, 30, 45) if seconds <= step)
        return words["seconds"].format(seconds=step)
    return words["minutes"].format(minutes=max(round(seconds / 60), 1))


def steady(measured: float, recorded: float | None) -> float:
    """Return the recorded seconds while a new measurement says about the same."""
    if recorded and 0.6 <= measured / recorded <= 1.6:
        return recorded
    return round(measured, 1)


def recorded_seconds(file: Path) -> float | None:
    """Return the seconds that a committed notebook notes; None where it notes none."""
    if not file.exists():
        return None
    return nbformat.read(file, as_version=4).metadata.get(RECORD, {}).get("seconds")


def main() -> int:
    """Write every twin, and the hashes of the quiz's answers; return the exit code."""
    cache = Results(str(cache_folder(ROOT)))
    source, *others = editions(ROOT)
    try:
        for edition in (source, *others):
            address, pages = read_address(ROOT).of(edition), render(edition)
            for page in notebook_pages():
                file = ROOT / edition.folder / "chapters" / f"{page.stem}.ipynb"
                file.parent.mkdir(parents=True, exist_ok=True)
                executed = in_edition(with_outputs(read_page(page), cache), page, edition)
                seconds = steady(pages[page.stem]["seconds"], recorded_seconds(file))
                write(twin(page, pages[page.stem], executed, address, seconds), file)
                print(f"wrote {file.relative_to(ROOT)}")
        pages = {edition.spoken: render(edition) for edition in (source, *others)}
        print(f"wrote {write_answers(pages)}")
    except KeyError:
        print(f"{page.name} has not been executed since its last change: run `make notebooks`.")
        return 1
    except (EditionError, FileNotFoundError) as error:
        print(error)
        return 1
    return 0
