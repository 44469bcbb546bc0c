"""A pytest plugin beside nbval, installed with this package: `pytest --nbval notebook.ipynb`.

nbval executes a notebook and compares; this plugin lets it compare numbers as numbers
(``numbers.py``), holds the kernel to Binder's memory, and, with ``--nbval-from-build``, gives it
the outputs that the build of the book has just kept, so that nothing is executed twice.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import nbformat
import pytest

from book import ROOT

REPORT = ROOT / "_build" / "reports" / "memory.json"
PEAKS = pytest.StashKey[dict[str, int]]()
EXECUTED_WITH = "executed_with"
"""Key of a notebook's metadata: the kind of machine and the versions that wrote its outputs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("nbval").addoption(
        "--nbval-from-build",
        action="store_true",
        help="compare what the last build of the book executed, instead of executing again",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start with no peak."""
    config.stash[PEAKS] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Prepare the cells that nbval has collected."""
    if not (config.getoption("nbval", False) or config.getoption("nbval_lax", False)):
        return
    from nbval.plugin import IPyNbCell

    from book.execution.key import ALONE

    os.environ.update(ALONE)  # a kernel that nbval starts computes as the build's kernels do
    cells = [item for item in items if isinstance(item, IPyNbCell)]
    for notebook in dict.fromkeys(cell.parent for cell in cells):
        notebook.exact = same_machine(notebook.nb)
        if config.getoption("nbval_from_build"):
            replay(notebook)
    for cell in cells:
        cell.compare_outputs = partial(compare, cell.compare_outputs, cell.parent.exact)
    of_edition = [cell for cell in cells if cell.cell.id in getattr(cell.parent, "edition", ())]
    if of_edition:
        config.hook.pytest_deselected(items=of_edition)
        items[:] = [item for item in items if item not in of_edition]


def same_machine(notebook: nbformat.NotebookNode) -> bool:
    """Whether a notebook's outputs were written on this kind of machine, with these versions."""
    from book.execution.key import facts

    return notebook.metadata.get(EXECUTED_WITH, facts(ROOT)) == facts(ROOT)


def compare(original, exact: bool, test: list, ref: list, skip_compare=None) -> bool:
    """Let nbval compare outputs whose texts know how they are compared."""
    return original(
        [prepared(output, exact) for output in test],
        [prepared(output, exact) for output in ref],
        skip_compare,
    )


def prepared(output: nbformat.NotebookNode, exact: bool) -> nbformat.NotebookNode:
    """Return a copy of an output as it is shown, whose texts compare their numbers as numbers."""
    from book.regression.numbers import Output
    from book.translation.checks import as_shown

    name = output.get("metadata", {}).get("scrapbook", {}).get("name", "")
    copy = nbformat.NotebookNode(output)
    if "text" in copy:
        copy.text = Output(copy.text, exact=exact)
    if "data" in copy:
        copy.data = {
            kind: Output(as_shown(value), exact=exact, name=name)
            if isinstance(value, str)
            else value
            for kind, value in copy.data.items()
        }
    return copy


def replay(notebook) -> None:
    """Give a collected notebook the outputs of the last build in place of a kernel.

    Raises
    ------
    pytest.UsageError
        Its page has not been executed in the project's present state.
    """
    from book.execution.caches import cache_folder
    from book.execution.results import Results
    from book.notebooks.twins import read_page, with_outputs
    from book.regression.replay import Replay

    page = Path(notebook.path).with_suffix(".md")
    try:
        executed = with_outputs(read_page(page), Results(str(cache_folder(ROOT))))
    except KeyError as error:
        raise pytest.UsageError(
            f"{page.name} has not been executed since its last change: run `make book` first."
        ) from error
    known = {cell.id for cell in executed.cells}
    notebook.edition = {cell.id for cell in notebook.nb.cells if cell.id not in known}
    notebook.setup = lambda: setattr(notebook, "kernel", Replay(executed))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    """Read the peak before nbval stops the kernel of a notebook that has come to its end."""
    from book.execution.memory import LIMIT

    kernel = getattr(item.parent, "kernel", None)
    if kernel is None or (nextitem and nextitem.parent is item.parent):
        return (yield)
    name = Path(item.parent.path).stem
    peak = item.config.stash[PEAKS][name] = peak_of(name, kernel)
    yield
    if peak > LIMIT:
        pytest.fail(
            f"{name} took {peak} MB at its peak; at most {LIMIT} MB were expected, since Binder "
            "gives no more. Look for copies of the images, and for batches evaluated at once."
        )


def peak_of(name: str, kernel) -> int:
    """Return the most memory that a notebook's kernel took, in megabytes; 0 if unknown."""
    from book.execution.caches import cache_folder
    from book.execution.memory import peak_memory, read_peaks
    from book.regression.replay import Replay

    if isinstance(kernel, Replay):
        return read_peaks(cache_folder(ROOT)).get(name, 0)
    return peak_memory(kernel.km.provisioner.pid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report, unless no notebook was run."""
    peaks = session.config.stash[PEAKS]
    if peaks:
        from book.execution.caches import write_whole

        REPORT.parent.mkdir(parents=True, exist_ok=True)
        write_whole(REPORT, json.dumps(peaks, indent=2))


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Show the peaks below the results."""
    for name, peak in config.stash[PEAKS].items():
        terminalreporter.write_line(f"{name:16s} peak memory {peak:5d} MB")
