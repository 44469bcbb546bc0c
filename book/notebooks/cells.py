"""Put notebook cells together from a page's parts, with the book's address in every link."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any

import nbformat
from docutils.nodes import make_id
from nbformat import NotebookNode

from book import ROOT
from book.address import Address
from book.notebooks.line import END, OF, SCHEME, VALUE
from book.notebooks.pictures import checked
from book.notebooks.words import words

LINK = re.compile(rf"\({SCHEME}(page|file)/([^)#]*)(#[^)]*)?\)")
INNER = re.compile(r"\]\(#([^)]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
ATTACHED = re.compile(r"\(attachment:([^)]+)\)")
MARKED = re.compile(f"{VALUE}([^{OF}]*){OF}([^{END}]*){END}")
CHOICE = """\
from aelib import checks

checks.choice("{name}", ...)  # {letters} in place of the dots, such as {example}"""
ONE, SEVERAL = ("your letter", '"A"'), ("every letter that applies", '"AB"')
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
"""Metadata that fold a cell's code: in JupyterLab, and in Colab."""


def text_cells(pieces: Iterable[dict[str, Any]]) -> list[tuple[int, str]]:
    """Join the texts between two other cells; a heading begins a cell of its own.

    Returns
    -------
    list of (int, str)
        The index of the page's cell where it begins, and the text.
    """
    joined: list[tuple[int, list[str], bool]] = []
    for piece in pieces:
        heading = bool(piece.get("title"))
        only_headings = joined and joined[-1][2]
        if not joined or (heading and not only_headings):
            joined.append((piece["cell"], [], heading))
        cell, texts, _ = joined[-1]
        texts.append(piece["text"])
        joined[-1] = (cell, texts, heading)
    return [(cell, "\n\n".join(texts)) for cell, texts, _ in joined]


class Composer:
    """Make the cells of one notebook.

    Parameters
    ----------
    stem
        Name of the page, with which the ids of its cells begin.
    content
        The page's parts, as :func:`book.notebooks.edition.render` gives them.
    address
        Of the book.
    page
        The page as a notebook, whose code cells keep their ids.
    """

    def __init__(self, stem: str, content: dict[str, Any], address: Address, page: NotebookNode):
        self.stem, self.content, self.address = stem, content, address
        self.used = {cell.id for cell in page.cells if cell.cell_type == "code"}
        self.words = words(content["language"])
        self.cells: list[NotebookNode] = []
        self.texts: list[dict[str, Any]] = []

    def text(self, piece: dict[str, Any]) -> None:
        """Take in some text."""
        self.texts.append(piece)

    def code(self, cell: NotebookNode, prompt: str = "") -> None:
        """Take in a code cell; one that the page hides is announced, and folded."""
        if prompt:
            shown = prompt.removeprefix(self.words["show"])
            said = self.words["folded"].format(prompt=shown[:1].upper() + shown[1:])
            index = self.texts[-1]["cell"] if self.texts else 0
            self.texts.append({"cell": index, "text": f"*{said}*"})
        self.flush()
        self.cells.append(cell)

    def question(self, part: dict[str, Any]) -> None:
        """Take in a question: a cell with its text, and one for the answer."""
        self.flush()
        ident = make_id(part["name"])
        if part["text"]:
            self.cells.append(self.markdown(part["text"], f"question-{ident}"[:64]))
        letters, example = SEVERAL if part["several"] else ONE
        source = CHOICE.format(name=part["name"], letters=letters, example=example)
        cell = nbformat.v4.new_code_cell(source, id=f"choice-{ident}"[:64])
        cell.metadata["tags"] = ["task", "raises-exception", "nbval-skip"]
        self.cells.append(cell)

    def references(self, heading: bool) -> None:
        """End with the works that the texts so far cite."""
        cited = {ident for cell in self.cells for ident in INNER.findall(cell.source)}
        cited |= {ident for piece in self.texts for ident in INNER.findall(piece["text"])}
        works = [part for part in self.content["parts"] if part["kind"] == "reference"]
        works = [part for part in works if part["id"] in cited or not heading]
        if works and heading:
            title = self.words["references"]
            self.text({"cell": works[0]["cell"], "text": f"## {title}", "title": title})
        for work in works:
            self.text(work)

    def flush(self) -> None:
        """Make cells of the texts so far; the first of a page's cell has its very id."""
        for index, text in text_cells(self.texts):
            first = ident = f"{self.stem}-{index:03d}"
            number = 2
            while ident in self.used:
                ident, number = f"{first}-{number}", number + 1
            self.used.add(ident)
            self.cells.append(self.markdown(text, ident))
        self.texts = []

    def markdown(self, text: str, ident: str) -> NotebookNode:
        """Make a cell of text, its pictures inside; links within are settled in :meth:`finish`."""
        cell = nbformat.v4.new_markdown_cell(MARKED.sub(r"\2", text), id=ident)
        names = ATTACHED.findall(text)
        if names:
            cell.attachments = {name: self.picture(name) for name in names}
        return cell

    def picture(self, name: str) -> dict[str, str]:
        """Return a picture as the content of an attachment."""
        file = checked(ROOT / self.content["pictures"][name])
        kind = "jpeg" if file.suffix in (".jpg", ".jpeg") else file.suffix[1:]
        return {f"image/{kind}": base64.b64encode(file.read_bytes()).decode()}

    def finish(self) -> list[NotebookNode]:
        """Return all cells, every link with an address: inside where the place is inside."""
        self.flush()
        inside = {name for cell in self.cells for name in ANCHOR.findall(cell.source)}
        here = self.address.page(f"chapters/{self.stem}")
        for cell in self.cells:
            if cell.cell_type == "markdown":
                text = INNER.sub(
                    lambda found: found[0] if found[1] in inside else f"]({here}#{found[1]})",
                    cell.source,
                )
                cell.source = LINK.sub(self.address_of, text)
        return self.cells

    def address_of(self, found: re.Match) -> str:
        """Return the address of a page, or of a file of the repository."""
        kind, name, place = found[1], found[2], found[3] or ""
        if kind == "page":
            return f"({self.address.page(name)}{place})"
        return f"({self.address.repository}/raw/{self.address.branch}/{name})"


def describe_outputs(cell: NotebookNode, alts: list[str]) -> None:
    """Give a cell's pictures the words that stand for them, where front ends look for them."""
    pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    for output, alt in zip(pictures, alts, strict=False):
        if alt:
            output.metadata["image/png"] = {"alt": alt}
