"""Write the executed twin (.ipynb) of each notebook page from the last build.

The outputs come from the build's own cache, so nothing runs twice. What differs from run to run
or machine to machine is left out: timestamps, versions, the random names of live widgets, and the
outputs of cells tagged ``nbval-ignore-output``, which hold seconds and facts of the machine. Cell
ids count upwards.

Two cells that the site does without stand first: badges that open the notebook elsewhere, and a
cell that installs ``aelib`` where it is missing. Their addresses come from ``_config.yml``.
"""

import base64
import sys
from pathlib import Path

import jupytext
import nbformat
from jupyter_cache import get_cache
from nbformat import NotebookNode

from book import ROOT
from book.address import BADGES as BADGE_FILES
from book.address import Address, read_address
from book.execution.caches import cache_folder
from book.execution.key import facts
from book.regression.plugin import RECORD

UNSTABLE = "nbval-ignore-output"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

BADGES = """\
[![在 Colab 打开](attachment:colab.svg)]({colab})
[![在 Binder 打开](attachment:binder.svg)]({binder})
[在网页上阅读]({page})"""
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


def with_launch_cells(notebook: NotebookNode, path: str, address: Address) -> NotebookNode:
    """Put the badges and the cell that installs the package in front of a notebook.

    Parameters
    ----------
    notebook
        Is changed and returned.
    path
        Of the notebook in the repository, such as ``chapters/quiz.ipynb``.
    address
        What the links are made of.
    """
    stem = Path(path).stem
    badges = BADGES.format(
        colab=address.colab(path),
        binder=address.binder(path),
        page=address.page(f"chapters/{stem}"),
    )
    pictures = {  # inside the notebook, so that opening it asks nobody for them
        name: {"image/svg+xml": base64.b64encode(file.read_bytes()).decode()}
        for name, file in BADGE_FILES.items()
    }
    install = INSTALL.format(
        repository=address.repository, branch=address.branch, requirement=address.requirement
    )
    notebook.cells[:0] = [
        nbformat.v4.new_markdown_cell(badges, id=f"{stem}-badges", attachments=pictures),
        nbformat.v4.new_code_cell(install, id=f"{stem}-install", metadata={"tags": [UNSTABLE]}),
    ]
    return notebook


def write(notebook: NotebookNode, file: Path) -> None:
    """Write a notebook in one go, so that no half of it is ever left behind."""
    temporary = file.with_suffix(".ipynb.part")
    nbformat.write(notebook, temporary)
    temporary.replace(file)


def with_outputs(notebook: NotebookNode, cache) -> NotebookNode:
    """Fill in the outputs that the last build has cached for these code cells.

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
        if UNSTABLE in cell.metadata.get("tags", []):
            cell.outputs = []
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
    executed.metadata[RECORD] = nbformat.from_dict(facts(ROOT))
    executed.nbformat, executed.nbformat_minor = 4, 5
    return executed


def main() -> int:
    """Write every twin; return the exit code."""
    cache = get_cache(str(cache_folder(ROOT)))
    address = read_address(ROOT)
    for page in notebook_pages():
        twin = page.with_suffix(".ipynb")
        path = twin.relative_to(ROOT).as_posix()
        try:
            notebook = with_outputs(read_page(page), cache)
        except KeyError:
            print(f"{page.name} has not been executed since its last change: run `make notebooks`.")
            return 1
        write(with_launch_cells(notebook, path, address), twin)
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
