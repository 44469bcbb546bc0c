"""What a notebook's Markdown says, as a CommonMark renderer with tables reads it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from nbformat import NotebookNode

RENDERER = MarkdownIt("commonmark").enable("table")
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
LEFT_OVER = {
    "a role": re.compile(r"\{[a-zA-Z][\w:.-]*\}`"),
    "a directive": re.compile(r"^ *(?:`{3,}|~{3,}|:{3,}) *\{", re.MULTILINE),
    "a colon fence": re.compile(r"^ *:{3,}", re.MULTILINE),
    "an option": re.compile(r"^ *:[a-z][\w-]*:", re.MULTILINE),
    "a target": re.compile(r"^\([\w-]+\)=\s*$", re.MULTILINE),
    "an unresolved reference": re.compile(
        r"\]\((?:book:|#?\))|\[[^\]]+\]\[[^\]]*\]|\]\([\w/]+\.md"
    ),
    "a mark of a value": re.compile("[\ue000-\ue002]"),
    "a substitution": re.compile(r"\{\{.*?\}\}"),
}
"""What MyST knows and a notebook's front end does not."""


def without_formulas(text: str) -> str:
    """Take out the formulas, as every front end does before it reads Markdown."""
    return FORMULA.sub(lambda found: "x" * found[0].count("\n") or "x", text)


def without_code(text: str) -> str:
    """Take out listings and code within a line: what stands there is meant to be seen."""
    fences = re.sub(r"^(`{3,})(?!\{).*?^\1 *$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?<![`}])(`+)(?!`).+?(?<!`)\1(?!`)", "code", fences)


def render(text: str) -> BeautifulSoup:
    """Render a cell's text."""
    return BeautifulSoup(RENDERER.render(text), "html.parser")


def left_over(text: str) -> list[str]:
    """Name what of MyST is left in a cell's text."""
    plain = without_code(text)
    return [f"{kind}: {found[0]!r}" for kind, pattern in LEFT_OVER.items()
            if (found := pattern.search(plain))]  # fmt: skip


def missing_pictures(cell: NotebookNode) -> list[str]:
    """Name the pictures of a cell that its notebook does not hold."""
    sources = [image["src"] for image in render(cell.source).select("img")]
    attached = cell.get("attachments", {})
    return [
        source[:60]
        for source in sources
        if not source.startswith("data:image/png;base64,")
        and source.removeprefix("attachment:") not in attached
    ]


def broken_links(notebook: NotebookNode) -> list[str]:
    """Name the links into a notebook that lead nowhere in it."""
    pages = [render(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]
    places = {place["id"] for page in pages for place in page.select("[id]")}
    links = [link["href"] for page in pages for link in page.select('a[href^="#"]')]
    return [link for link in links if link[1:] not in places]
