"""Compare a stored notebook with the one that its page gives, apart from what a run decides."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode

from book.notebooks.cells import MARKED

FROM, TO = "\ue003", "\ue004"
VALUE = re.compile(f"{FROM}(.*?){TO}")
ONE = r"[-+]?[\w.% ]+?(?:e-\d+)?"
MORE = rf"(?:(?:–|, ){ONE})*"  # a range, or a list
ANY = rf"{ONE}{MORE}(?:\\?\[{ONE}, {ONE}\\?\])?"  # a value, or a mean with its interval


def with_open_values(content: dict[str, Any]) -> dict[str, Any]:
    """Mark the run's values in a page's parts, so that a comparison can leave them open.

    Whether a value is right is for the regression to say; another machine changes some of them.
    """
    parts = [
        part | {"text": MARKED.sub(rf"{FROM}\2{TO}", part["text"])} if "text" in part else part
        for part in content["parts"]
    ]
    return content | {"parts": parts}


def says_the_same(fresh: str, written: str) -> bool:
    """Whether two texts agree in all but the run's values, which are numbers there too."""
    literal = [re.escape(part) for part in VALUE.split(fresh)[::2]]
    return re.fullmatch(ANY.join(literal), written) is not None


def stale_cells(fresh: NotebookNode, written: NotebookNode) -> list[str]:
    """Name what of a stored notebook is not what its page gives: cells by their id, or metadata.

    ``fresh`` is made of parts from :func:`with_open_values`.
    """
    kinds = [[(cell.id, cell.cell_type) for cell in book.cells] for book in (fresh, written)]
    if kinds[0] != kinds[1]:
        return sorted({name for name, _ in {*kinds[0]} ^ {*kinds[1]}}) or ["the order of the cells"]
    stale = [] if fresh.metadata == written.metadata else ["the notebook's metadata"]
    for ours, theirs in zip(fresh.cells, written.cells, strict=True):
        same = says_the_same(ours.source, theirs.source) and ours.metadata == theirs.metadata
        if not same or ours.get("attachments") != theirs.get("attachments"):
            stale.append(ours.id)
    return stale
