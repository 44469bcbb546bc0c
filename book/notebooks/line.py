"""Write what stands within a line of a resolved document: the first half of ``markdown.py``."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
SCHEME = "book:"  # what NotebookBuilder.get_target_uri puts before a page's name
ESCAPED = re.compile(r"[\\`*_\[\]<$~|]|&(?=#|\w+;)")
SKIPPED = (
    nodes.comment, nodes.substitution_definition, nodes.system_message, nodes.target,
    addnodes.index, addnodes.toctree, addnodes.highlightlang,
)  # fmt: skip
RAW_LINK = re.compile(r'<a href="[^"]*">|</a>')
HTML_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
VALUE, OF, END = "\ue000", "\ue001", "\ue002"
"""Around a value of the run and its name, until notebooks are put together: see cells.py."""


def escape(text: str) -> str:
    """Escape what Markdown would take for markup."""
    return ESCAPED.sub(lambda found: "\\" + found[0], text)


def punctuation(character: str) -> bool:
    """Whether CommonMark counts a character as punctuation."""
    return unicodedata.category(character)[0] in "PS"


def can_flank(inside: str, outside: str) -> bool:
    """Whether ``*`` between two characters opens or closes an emphasis, seen from inside."""
    free = not outside or outside.isspace() or punctuation(outside)
    return not inside.isspace() and (not punctuation(inside) or free)


class Line:
    """Markdown of what stands within a line of one document.

    Parameters
    ----------
    env
        Sphinx's environment, which knows the numbers.
    docname
        The page.
    document
        Its resolved document.

    Attributes
    ----------
    pictures
        Name of each picture met so far to its path from the book's folder.
    """

    def __init__(self, env: BuildEnvironment, docname: str, document: nodes.document):
        self.env, self.docname = env, docname
        self.pictures: dict[str, str] = {}
        self.in_table = False
        own = f"{SCHEME}{docname}#"
        references = [
            node.get("refid") or node.get("refuri", "").removeprefix(own)
            for node in document.findall(nodes.Element)
        ]
        self.targets = {reference for reference in references if reference}

    def inline(self, node: nodes.Element) -> str:
        """Return the parts of a line, one after the other."""
        text = ""
        for place, child in enumerate(node.children):
            following = "".join(later.astext() for later in node.children[place + 1 :])
            text += self.part(child, text[-1:], following[:1])
        return HTML_LINK.sub(self.html_link, text)

    def html_link(self, found: re.Match) -> str:
        """Write a link that an author has written as HTML, into the page where it begins with #."""
        uri = found[1]
        uri = f"{SCHEME}page/{self.docname}{uri}" if uri.startswith("#") else uri
        return self.link(found[2], uri)

    def part(self, node: nodes.Node, before: str, after: str) -> str:
        """Return one part of a line; the characters around it decide how emphasis is written."""
        if isinstance(node, nodes.Text):
            return escape(node.astext())
        if isinstance(node, SKIPPED):
            return self.anchors(node)
        if isinstance(node, nodes.strong | nodes.emphasis):
            return self.emphasis(node, before, after)
        if isinstance(node, nodes.literal):
            return self.code(node.astext())
        if isinstance(node, nodes.math):
            return self.formula(node.astext())
        if isinstance(node, nodes.footnote_reference):
            return f"[\\[{node.astext()}\\]](#{node['refid']})"
        if isinstance(node, addnodes.download_reference):
            path = self.env.relfn2path(node["reftarget"], self.docname)[0]
            return self.link(self.inline(node), f"{SCHEME}file/{quote(path)}")
        if isinstance(node, nodes.reference):
            return self.link(self.inline(node), self.destination(node))
        if isinstance(node, nodes.image):
            return self.image(node)
        if isinstance(node, nodes.superscript | nodes.subscript):
            tag = "sup" if isinstance(node, nodes.superscript) else "sub"
            return f"<{tag}>{self.inline(node)}</{tag}>"
        if isinstance(node, nodes.raw) and RAW_LINK.fullmatch(node.astext()):
            return node.astext()
        if "pasted-text" in node.get("classes", ()):
            key = node.get("glue_key") or node.parent.get("glue_key", "")
            return f"{VALUE}{key}{OF}{self.inline(node)}{END}"
        if isinstance(node, nodes.inline | nodes.title_reference | nodes.abbreviation):
            return self.anchors(node) + self.inline(node)
        return self.unknown(node)

    def emphasis(self, node: nodes.Element, before: str, after: str) -> str:
        """Write strong and emphasised text; as HTML where Chinese punctuation hinders stars."""
        text = self.inline(node)
        mark, tag = ("**", "strong") if isinstance(node, nodes.strong) else ("*", "em")
        if can_flank(text[:1], before) and can_flank(text[-1:], after):
            return f"{mark}{text}{mark}"
        return f"<{tag}>{text}</{tag}>"

    def code(self, text: str) -> str:
        """Write code within a line, its fence longer than any inside."""
        fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
        padding = " " if text[:1] == "`" or text[-1:] == "`" else ""
        text = text.replace("|", r"\|") if self.in_table else text
        return f"{fence}{padding}{text}{padding}{fence}"

    def formula(self, text: str) -> str:
        """Write a formula within a line; in a table a bar would end the cell."""
        text = " ".join(text.split())
        if self.in_table:
            text = text.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        return f"${text}$"

    @staticmethod
    def link(text: str, destination: str) -> str:
        """Write a link; parentheses in its address would end it."""
        return f"[{text}]({destination.replace('(', '%28').replace(')', '%29')})"

    def destination(self, node: nodes.reference) -> str:
        """Return where a reference leads: within the notebook, to a page, or out of the book."""
        if node.get("refid"):
            return f"#{node['refid']}"
        uri = node["refuri"]
        if not uri.startswith(SCHEME):
            return uri
        page, mark, ident = uri.removeprefix(SCHEME).partition("#")
        if page == self.docname and ident:
            return f"#{ident}"
        return f"{SCHEME}page/{page}{mark}{ident}"

    def image(self, node: nodes.image) -> str:
        """Write a picture, which goes into the notebook; a drawing as its PNG (see pictures.py)."""
        alt = escape(" ".join(node.get("alt", "").split()))
        if "://" in node["uri"]:
            return f"![{alt}]({node['uri']})"
        path = PurePosixPath(node["uri"])
        path = path.with_suffix(".png") if path.suffix == ".svg" else path
        self.pictures[path.name] = str(path)
        return f"![{alt}](attachment:{path.name})"

    def anchors(self, node: nodes.Element) -> str:
        """Return a place to jump to for each of a node's ids that the page refers to."""
        wanted = [ident for ident in node.get("ids", ()) if ident in self.targets]
        return "".join(f'<a id="{ident}"></a>' for ident in wanted)

    def unknown(self, node: nodes.Node) -> str:
        """Warn of a node that has no Markdown yet; what it says is not lost."""
        LOGGER.warning(
            "the notebook edition has no Markdown for <%s>: write it in another way, or teach "
            "book/notebooks/markdown.py.",
            type(node).__name__,
            location=node,
            type="notebooks",
        )
        return escape(node.astext())
