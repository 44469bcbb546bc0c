"""Write the executed twin (.ipynb) of each notebook page from the last build.

The outputs come from the build's own cache, so nothing runs twice. What differs from run to run
or machine to machine is left out: timestamps, versions, the random names of live widgets, and the
outputs of cells tagged ``nbval-ignore-output``, which hold seconds and facts of the machine. Cell
ids count upwards.
"""

import sys
from pathlib import Path

import jupytext
import nbformat
from jupyter_cache import get_cache
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "sphinx_ext"))

from execution_key import cache_folder  # noqa: E402 (the extension stands outside this folder)

UNSTABLE = "nbval-ignore-output"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


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
    executed.nbformat, executed.nbformat_minor = 4, 5
    return executed


def main() -> int:
    """Write every twin; return the exit code."""
    cache = get_cache(str(cache_folder(ROOT)))
    for page in notebook_pages():
        twin = page.with_suffix(".ipynb")
        try:
            notebook = with_outputs(read_page(page), cache)
        except KeyError:
            print(f"{page.name} has not been executed since its last change: run `make notebooks`.")
            return 1
        temporary = twin.with_suffix(".ipynb.part")
        nbformat.write(notebook, temporary)
        temporary.replace(twin)
        print(f"wrote {twin.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
