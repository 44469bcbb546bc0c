"""Write the nodes of a resolved document as Markdown that every notebook front end renders.

Colab, JupyterLab, VS Code and GitHub agree on CommonMark with tables, ``$…$``, ``<details>`` and
``<a id>``; nothing else is written. What the page says is taken as it stands after Sphinx has
resolved it: numbers, captions, references. Links into this book keep a neutral form,
``book:page/chapters/quiz#id`` or ``book:file/path``, until :mod:`book.notebooks.cells` knows the
book's address.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from docutils import nodes
from markdown_it import MarkdownIt
from sphinx.locale import admonitionlabels

from book.notebooks.line import SKIPPED, Line, escape
from book.quiz import quiz, quiz_option, quiz_question, title

BLOCK_START = re.compile(r"^( *)([#>+-]|\d+(?=[.)]\s))", re.MULTILINE)
HTML = MarkdownIt("commonmark")


class Rows(HTMLParser):
    """The cells of an HTML table, row by row."""

    def __init__(self, html: str):
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):  # noqa: D102
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):  # noqa: D102
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):  # noqa: D102
        if self.inside:
            self.rows[-1][-1] += data.strip()


def in_quotation(node: nodes.Node) -> bool:
    """Whether a block's lines begin with ``>``, as those of a note or a quotation do."""
    return node.parent is not None and (
        isinstance(node.parent, nodes.block_quote | nodes.Admonition) or in_quotation(node.parent)
    )


class Markdown(Line):
    """Markdown of the nodes of one document; see :class:`book.notebooks.line.Line`."""

    def blocks(self, parts: list[nodes.Node]) -> str:
        """Return blocks, one empty line between them."""
        texts = [self.block(part) for part in parts]
        return "\n\n".join(text for text in texts if text)

    def block(self, node: nodes.Node) -> str:
        """Return one block, without an empty line at its end."""
        if isinstance(node, SKIPPED):
            return ""
        for kind in type(node).__mro__:
            method = getattr(self, f"block_{kind.__name__}", None)
            if method:
                return method(node)
        return self.part(node, "", "")

    def block_paragraph(self, node: nodes.Element) -> str:
        """Write a paragraph, which must not begin like another block."""
        return BLOCK_START.sub(self.escape_start, self.inline(node).strip())

    def block_compact_paragraph(self, node: nodes.Element) -> str:
        """Write an entry of a table of contents, or a part of one with its list."""
        if any(isinstance(child, nodes.bullet_list) for child in node.children):
            return self.blocks(node.children)
        return self.block_paragraph(node)

    @staticmethod
    def escape_start(found: re.Match) -> str:
        """Escape what would begin a list, a heading or a quotation."""
        return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"

    def block_title(self, node: nodes.title) -> str:
        """Write a heading of its section's depth."""
        depth, section = 0, node.parent
        while isinstance(section, nodes.section):
            depth, section = depth + 1, section.parent
        return f"{'#' * min(depth, 6)} {self.anchors(node.parent)}{self.inline(node)}"

    def block_section(self, node: nodes.section) -> str:
        """Write a section with its heading."""
        return self.blocks(node.children)

    def block_bullet_list(self, node: nodes.Element) -> str:
        """Write a list with dots."""
        return self.items(node, ["- "] * len(node.children))

    def block_enumerated_list(self, node: nodes.Element) -> str:
        """Write a numbered list."""
        start = node.get("start", 1)
        return self.items(node, [f"{start + place}. " for place in range(len(node.children))])

    def items(self, node: nodes.Element, markers: list[str]) -> str:
        """Write a list's items, their later blocks as far in as the first."""
        texts = [
            marker + self.blocks(item.children).replace("\n", "\n" + " " * len(marker))
            for marker, item in zip(markers, node.children, strict=True)
        ]
        loose = any("\n\n" in text for text in texts)
        return ("\n\n" if loose else "\n").join(re.sub(r"(?m)^ +$", "", text) for text in texts)

    def block_definition_list(self, node: nodes.Element) -> str:
        """Write terms in bold, each with what it means below it."""
        texts = []
        for item in node.children:
            terms = [part for part in item.children if isinstance(part, nodes.term)]
            meant = [part for part in item.children if isinstance(part, nodes.definition)]
            texts += [self.bold(term) for term in terms]
            texts += [self.blocks(part.children) for part in meant]
        return "\n\n".join(texts)

    def block_block_quote(self, node: nodes.Element) -> str:
        """Write a quotation."""
        return "\n".join(f"> {line}".rstrip() for line in self.blocks(node.children).split("\n"))

    def block_Admonition(self, node: nodes.Element) -> str:  # noqa: N802 (the node's name)
        """Write a note, a warning and the like: a quotation under its label."""
        label = admonitionlabels.get(type(node).__name__)
        title, rest = f"**{label}**" if label else "", node.children
        if rest and isinstance(rest[0], nodes.title):
            title, rest = self.bold(rest[0]), rest[1:]
        lines = f"{title}\n\n{self.blocks(rest)}".strip().split("\n")
        return "\n".join(f"> {line}".rstrip() for line in lines)

    def block_literal_block(self, node: nodes.Element) -> str:
        """Write code in a fence, with its language."""
        text = node.astext().rstrip("\n")
        longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
        language = node.get("language", "")
        language = "" if language in ("default", "none", "text") else language
        return f"{'`' * (longest + 1)}{language}\n{text}\n{'`' * (longest + 1)}"

    def block_math_block(self, node: nodes.Element) -> str:
        """Write a formula of its own, with the number that the page gives it."""
        lines = [line for line in node.astext().strip().split("\n") if line.strip()]
        number = self.number("displaymath", node) if node.get("number") else ""
        if node.get("number"):
            lines.append(f"\\tag{{{number or node['number']}}}")
        # JupyterLab takes formulas out before it reads Markdown: with them would go the signs at
        # the beginning of a quotation's lines.
        between = " " if in_quotation(node) else "\n"
        return f"{self.anchors(node)}\n\n{between.join(['$$', *lines, '$$'])}".strip()

    def number(self, kind: str, node: nodes.Element) -> str:
        """Return the number of a figure, a table or a formula, such as ``3``; empty without."""
        numbers = self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        found = [numbers[ident] for ident in node["ids"] if ident in numbers]
        return ".".join(map(str, found[0])) if found else ""

    def caption(self, kind: str, node: nodes.Element, text: str) -> str:
        """Return a caption with its number, as on the page, and a place to jump to."""
        number = self.number(kind, node)
        label = self.env.config.numfig_format[kind] % number if number else ""
        return self.anchors(node) + " ".join(filter(None, (label and f"**{label}**", text)))

    def block_figure(self, node: nodes.Element) -> str:
        """Write a picture, its caption below it."""
        images = [part for part in node.children if not isinstance(part, nodes.caption)]
        return f"{self.blocks(images)}\n\n{self.figure_caption(node)}".strip()

    def figure_caption(self, node: nodes.Element) -> str:
        """Return a figure's caption and what else stands below the picture."""
        captions = [part for part in node.children if isinstance(part, nodes.caption)]
        return self.caption("figure", node, self.inline(captions[0]) if captions else "")

    def block_legend(self, node: nodes.Element) -> str:
        """Write what stands below a caption."""
        return self.blocks(node.children)

    def block_container(self, node: nodes.Element) -> str:
        """Write a dropdown as ``<details>``, a listing with its caption, or any container."""
        if node.get("design_component") == "dropdown":
            title, *rest = node.children if node["has_title"] else [None, *node.children]
            summary = self.html(title) if title else "…"
            return self.details(summary, self.blocks(rest))
        if node.get("literal_block") and isinstance(node[0], nodes.caption):
            caption = self.caption("code-block", node, self.inline(node[0]))
            return f"{caption}\n\n{self.blocks(node.children[1:])}"
        return self.blocks(node.children)

    @staticmethod
    def details(summary: str, text: str) -> str:
        """Return a part that opens by a click; the empty lines let Markdown stand inside."""
        return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"

    def html(self, node: nodes.Element) -> str:
        """Return a line as HTML, for where Markdown is not read."""
        return HTML.renderInline(self.inline(node)).strip()

    def bold(self, node: nodes.Element) -> str:
        """Return a line in bold."""
        return f"**{self.inline(node).strip()}**"

    block_rubric = bold

    def block_quiz(self, node: quiz) -> str:
        """Write a question and its options, wherever it stands: no answer and no reason."""
        asked = next(node.findall(quiz_question))
        options = [
            f"- **{option['letter']}.** {self.inline(option[0])}"
            for option in node.findall(quiz_option)
        ]
        label = f"{self.anchors(node)}**{title(node, self.env.config.language)}**"
        return "\n\n".join([label, self.blocks(asked.children), "\n".join(options)])

    def block_transition(self, _node: nodes.Element) -> str:
        """Write a line across."""
        return "---"

    def block_line_block(self, node: nodes.Element) -> str:
        """Write lines that stay apart."""
        return "\\\n".join(self.block(line) for line in node.children)

    def block_line(self, node: nodes.Element) -> str:
        """Write one line of them."""
        return self.inline(node)

    def block_footnote(self, node: nodes.Element) -> str:
        """Write a work of the list of references, where its citations lead."""
        label, *rest = node.children
        return f'<a id="{node["ids"][0]}"></a>\\[{label.astext()}\\] {self.blocks(rest)}'

    def block_raw(self, node: nodes.Element) -> str:
        """Write a table that a notebook has printed as HTML; other formats say nothing here."""
        if "html" not in node.get("format", "").split():
            return ""
        rows = Rows(node.astext()).rows
        if not rows:
            return self.unknown(node)
        texts = [[escape(cell) for cell in row] for row in rows]
        return self.grid(texts, ["right"] * len(texts[0]))

    def block_table(self, node: nodes.Element) -> str:
        """Write a table with its caption above it."""
        self.in_table = True
        rows = [[self.cell(entry) for entry in row.children] for row in node.findall(nodes.row)]
        self.in_table = False
        entries = next(iter(node.findall(nodes.row))).children
        sides = [self.side(entry) for entry in entries]
        if not any(True for _ in node.findall(nodes.thead)):
            rows.insert(0, [""] * len(sides))
        titles = [part for part in node.children if isinstance(part, nodes.title)]
        caption = self.caption("table", node, self.inline(titles[0]) if titles else "")
        return f"{caption}\n\n{self.grid(rows, sides)}".strip()

    @staticmethod
    def side(entry: nodes.Element) -> str:
        """Return on which side the cells of a column stand."""
        found = [name.removeprefix("text-") for name in entry["classes"] if "text-" in name]
        return found[0] if found else "left"

    def cell(self, entry: nodes.Element) -> str:
        """Return a table's cell on one line."""
        return "<br>".join(self.block(part).replace("\n", " ") for part in entry.children)

    @staticmethod
    def grid(rows: list[list[str]], sides: list[str]) -> str:
        """Write a table, its first row the heads."""
        rule = [{"left": "---", "right": "---:", "center": ":---:"}[side] for side in sides]
        lines = [rows[0], rule, *rows[1:]]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def block_Part(self, node: nodes.Element) -> str:  # noqa: N802 (a base class of nodes)
        """Write what merely holds other blocks."""
        return self.blocks(node.children)

    block_compound = block_topic = block_sidebar = block_Part
