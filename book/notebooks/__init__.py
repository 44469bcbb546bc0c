"""The notebook edition of the pages: a Sphinx builder that writes parts, not yet notebooks.

The builder ``notebooks`` takes the documents that the last build of the site has read, resolves
them as that build did (numbers, references, values of other pages), and writes each page's parts
in order to ``_build/notebooks/<page>.json``: text as Markdown, places of code cells, questions.
:mod:`book.notebooks.twins` and :mod:`book.starters.write` put notebooks together from them. It
reads nothing anew and executes nothing: a page that has changed since is an error.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_nb.ext.execution_tables import ExecutionStatsNode
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.builders import Builder
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from book.editions import edition_of
from book.notebooks.line import SCHEME, escape
from book.notebooks.markdown import Markdown
from book.notebooks.words import words
from book.quiz import quiz, quiz_reason

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

NAME = "notebooks"
BEFORE_STOP = re.compile(r" +(?=[，。；：！？、）])")  # where a citation stood
MIME_PRIORITY = ("image/png", "text/html", "text/plain")


class NamedValue(PasteTextRole):
    """The role ``glue:text``, which also notes which value it shows."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return what MyST-NB returns."""
        found, messages = super().run()
        for node in found:
            node["glue_key"] = self.text.rpartition(":")[0] or self.text
        return found, messages


class LinkForeignNumbers(SphinxPostTransform):
    """Let a value of another page lead there, before MyST-NB puts the value in its place."""

    default_priority = 4
    builders = (NAME,)

    def run(self, **_options: Any) -> None:
        """Wrap each such value in a reference."""
        for value in list(self.document.findall(PendingGlueReference)):
            if value.gtype == "text" and value.refdoc != self.env.docname:
                uri = self.app.builder.get_target_uri(value.refdoc)
                key = f"{value.refdoc}::{value.key}"
                reference = nodes.reference("", "", refuri=uri, internal=True, glue_key=key)
                value.replace_self(reference)
                reference += value


class LeaveOutRunTimes(SphinxPostTransform):
    """Leave the table of run times to the page: it is another one on every machine."""

    default_priority = 3
    builders = (NAME,)

    def run(self, **_options: Any) -> None:
        """Put a link to the page in its place."""
        for table in list(self.document.findall(ExecutionStatsNode)):
            uri = self.app.builder.get_target_uri(self.env.docname)
            text = words(self.config.language)["times"]
            reference = nodes.reference("", text, refuri=uri, internal=True)
            table.replace_self(nodes.paragraph("", "", reference))


class Cells:
    """Where a page's cells begin, as MyST-NB reads them.

    Attributes
    ----------
    kinds
        ``"markdown"`` or ``"code"`` of each cell; empty for a page that is no notebook.
    starts
        The line before each cell.
    """

    def __init__(self, env: BuildEnvironment, docname: str):
        path = env.doc2path(docname)
        text = Path(path).read_text(encoding="utf-8")
        reader = create_nb_reader(path, env.myst_config, NbParserConfig(), text)
        notebook = reader.read(text) if reader else None
        self.kinds = [cell.cell_type for cell in notebook.cells] if notebook else []
        self.starts = notebook.metadata.get("source_map", []) if notebook else []

    def at(self, node: nodes.Element) -> int | None:
        """Return the index of the cell in which a node stands; None where nothing says it."""
        lines = [part.line for part in node.findall(nodes.Element) if part.line]
        return max(bisect_right(self.starts, lines[0] - 1) - 1, 0) if lines else None


class Parts:
    """Collect a document's parts in order.

    Attributes
    ----------
    found
        Each with its ``kind``: ``text`` (with ``cell``, the index of the page's cell it stands in),
        ``code`` (``cell``, ``prompt`` of a hidden cell, ``alts`` of its pictures), ``question``,
        ``starter`` (what the ``starter`` directive says) and ``reference`` (a work cited).
    """

    def __init__(self, env: BuildEnvironment, docname: str, document: nodes.document):
        self.markdown = Markdown(env, docname, document)
        self.words = words(env.config.language)
        self.cells = Cells(env, docname)
        self.next = 0  # the page's first cell that is not among the parts yet
        self.found: list[dict[str, Any]] = []
        self.collect(document)
        self.pass_over(len(self.cells.kinds))

    def collect(self, parent: nodes.Element) -> None:
        """Take in a document or a section."""
        for node in parent.children:
            if isinstance(node, nodes.section):
                self.collect(node)
            elif node.get("nb_element") == "cell_code":
                self.code(node)
            elif isinstance(node, quiz):
                self.add(node, **question(self.markdown, node))
            elif "starter" in node.get("classes", ()):
                self.add(node, kind="starter", text=self.markdown.blocks(node.children))
            elif isinstance(node, nodes.footnote) or next(node.findall(nodes.footnote), None):
                for note in node.findall(nodes.footnote):
                    text = self.markdown.block(note)
                    part = {"kind": "reference", "id": note["ids"][0], "text": text}
                    self.found.append(part | {"cell": max(self.next - 1, 0)})
            else:
                self.text(node)

    def add(self, node: nodes.Element, **part: Any) -> None:
        """Add a part of one node, after the cells of the page that the site leaves out."""
        cell = self.cells.at(node)
        if cell is not None:
            self.pass_over(cell)
        self.found.append(part | {"cell": max(self.next - 1, 0) if cell is None else cell})

    def pass_over(self, cell: int) -> None:
        """Add the code cells before a cell that the document lacks: those tagged remove-cell."""
        for index in range(self.next, cell):
            if self.cells.kinds[index] == "code":
                self.found.append({"kind": "code", "cell": index, "prompt": "", "alts": []})
        self.next = max(self.next, cell)

    def text(self, node: nodes.Element) -> None:
        """Add a block; a heading begins a new part, and a question in it gets its cell after it."""
        text = self.markdown.block(node)
        if text:
            title = node.astext() if isinstance(node, nodes.title) else ""
            self.add(node, kind="text", text=text, title=title)
        for inner in node.findall(quiz):
            self.add(node, **question(self.markdown, inner) | {"text": ""})

    def code(self, node: nodes.Element) -> None:
        """Add a code cell; the captions of its figures follow as text."""
        index = node["cell_index"]
        self.pass_over(index)
        self.next = index + 1
        figures = list(node.findall(nodes.figure))
        alts = [image.get("alt", "") for image in node.findall(nodes.image)]
        prompt = node["prompt_show"] if node.get("hide_mode") == "all" else ""
        self.found.append({"kind": "code", "cell": index, "prompt": prompt, "alts": alts})
        texts = [self.markdown.figure_caption(figure) for figure in figures]
        texts += [Markdown.details(self.words["description"], escape(alt)) for alt in alts if alt]
        self.found += [
            {"kind": "text", "cell": index + 1, "text": text, "title": ""} for text in texts
        ]


def question(markdown: Markdown, node: quiz) -> dict[str, Any]:
    """Return a question as a part: its text without the answer, and apart what answers it."""
    return {
        "kind": "question",
        "name": node["quiz_name"],
        "text": markdown.block(node),
        "several": node["multiple"],
        "answer": "".join(node["answer"]),
        "reasons": reasons(node),
    }


def reasons(node: quiz) -> dict[str, str]:
    """Return the reason of each option as plain text, formulas between dollar signs."""
    found: dict[str, str] = {}
    for reason in node.findall(quiz_reason):
        text = "\n".join(plain(block) for block in reason.children)
        letter = reason["letter"]
        found[letter] = f"{found[letter]}\n{text}" if letter in found else text
    return found


def plain(node: nodes.Node) -> str:
    """Return what a node says, without marks and citations."""
    if isinstance(node, nodes.math | nodes.math_block):
        return f"${node.astext()}$"
    if isinstance(node, nodes.footnote_reference):
        return ""
    if isinstance(node, nodes.Text):
        return node.astext()
    return BEFORE_STOP.sub("", "".join(plain(child) for child in node.children))


class NotebookBuilder(Builder):
    """Write each page's parts as JSON; see the module."""

    name = NAME
    format = NAME
    allow_parallel = False
    supported_image_types = ["image/png", "image/svg+xml", "image/jpeg", "image/gif"]  # noqa: RUF012

    def get_outdated_docs(self) -> Iterator[str]:
        """All pages: a page quotes the results of others."""
        return iter(sorted(self.env.found_docs))

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return where a page is, in the neutral form that markdown.py knows."""
        return f"{SCHEME}{docname}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return where a page is, seen from anywhere."""
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: set[str]) -> None:
        """Nothing is shared by the pages."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write a page's parts, what its pictures are, and how long its last run took."""
        parts = Parts(self.env, docname, doctree)
        run = getattr(self.env, "nb_metadata", {}).get(docname, {}).get("exec_data") or {}
        content = {
            "parts": parts.found,
            "language": self.config.language,
            "folder": edition_of(Path(self.env.srcdir), self.config.language).path,
            "pictures": parts.markdown.pictures,
            "seconds": run.get("runtime"),
        }
        target = Path(self.outdir, f"{docname}.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def refuse_to_read(app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
    """Stop where pages would be read, and perhaps executed, for the notebooks alone."""
    if app.builder.name == NAME and docnames:
        raise ExtensionError(
            f"The notebooks are made from the pages as the site shows them, but {len(docnames)} "
            f"have changed since it was built ({', '.join(sorted(docnames)[:3])} …): run "
            "`make book` first."
        )


def choose_outputs(_app: Sphinx, config: Config) -> None:
    """Say which form of a result the edition takes where a page quotes one."""
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        *((NAME, mime, rank) for rank, mime in enumerate(MIME_PRIORITY)),
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.add_builder(NotebookBuilder)
    app.add_post_transform(LinkForeignNumbers)
    app.add_post_transform(LeaveOutRunTimes)
    app.add_role_to_domain("glue", "text", NamedValue(), override=True)
    app.connect("config-inited", choose_outputs)
    app.connect("env-before-read-docs", refuse_to_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
