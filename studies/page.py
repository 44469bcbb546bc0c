"""The code of a page as a function: a study runs what the page shows, not a copy of it."""

from __future__ import annotations

import ast
import contextlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jupytext

from aelib.training import UNATTENDED

CHAPTERS = Path(__file__).parents[1] / "chapters"
NOT_THE_ANSWER = {"task", "solution", "check"}
"""Tags of the cells that a learner fills in, and of what checks them."""


def page(name: str, *wanted: str, given: tuple[str, ...] = ("SEED",)) -> Callable[..., dict]:
    """Return the cells of a page that make some names, as one function.

    Parameters
    ----------
    name
        Of the page, such as ``"features"``.
    wanted
        Names that the page's top level assigns, defines or imports. Each cell that makes one of
        them is taken whole, in the order of the page.
    given
        Names that the function takes as keyword arguments; the page's own lines that set them are
        left out.

    Returns
    -------
    Callable
        ``function(SEED=0)`` runs the cells, silently, and returns all that they made.

    Raises
    ------
    LookupError
        No cell makes one of the names.
    """
    trees = [ast.parse(cell) for cell in cells(name)]
    missing = {*wanted, *given} - {made for tree in trees for made in makes(tree)}
    if missing:
        raise LookupError(
            f"A study of chapters/{name}.md asks for {', '.join(sorted(missing))}; no cell of the "
            "page makes that any more. Name what the page makes now."
        )
    needed = [tree for tree in trees if {*wanted} & {*makes(tree)}]
    body = [line for tree in needed for line in tree.body if not sets_only(line, given)]
    run = compiled(name, body, given)

    def quietly(**values: Any) -> dict[str, Any]:
        with contextlib.redirect_stdout(io.StringIO()):
            return run(**values)

    return quietly


def cells(name: str) -> list[str]:
    """Return the code cells of a page that are its answer, in order."""
    notebook = jupytext.read(CHAPTERS / f"{name}.md", fmt="md:myst")
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not NOT_THE_ANSWER & {*cell.metadata.get("tags", ())}
    ]


def makes(tree: ast.Module) -> Iterator[str]:
    """Yield the names that the top level of some code assigns, defines or imports."""
    for line in tree.body:
        if isinstance(line, ast.FunctionDef | ast.ClassDef):
            yield line.name
        elif isinstance(line, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in line.names)
        elif isinstance(line, ast.Assign):
            names = (node for target in line.targets for node in ast.walk(target))
            yield from (node.id for node in names if is_stored(node))


def is_stored(node: ast.AST) -> bool:
    """Whether a node is a name that is given a value."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def sets_only(line: ast.stmt, names: tuple[str, ...]) -> bool:
    """Whether a line does nothing but give one of these names its value."""
    made = list(makes(ast.Module([line], [])))
    return bool(made) and {*made} <= {*names}


def compiled(name: str, body: list[ast.stmt], given: tuple[str, ...]) -> Callable[..., dict]:
    """Return a function of keyword arguments with this body, which returns its local names."""
    source = f"def cells({''.join(f'{one}=None, ' for one in given)}): return locals()"
    tree = ast.parse(source)
    [function] = tree.body
    function.body = [*body, *function.body]
    names: dict[str, Any] = {"__name__": f"chapters.{name}"}
    exec(compile(ast.fix_missing_locations(tree), f"<{name}.md>", "exec"), names)
    return names["cells"]


@contextlib.contextmanager
def unattended() -> Iterator[None]:
    """Let no progress bar be drawn for each of many trainings."""
    before = os.environ.get(UNATTENDED)
    os.environ[UNATTENDED] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[UNATTENDED]
        else:
            os.environ[UNATTENDED] = before
