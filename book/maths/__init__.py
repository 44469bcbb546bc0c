"""Render formulas while the book is built, with KaTeX from npm.

A page then needs no script for its maths, only KaTeX's style sheet and the fonts its
formulas use; both are copied from ``book/node_modules`` into the site. KaTeX writes MathML
beside its HTML, which is what a screen reader reads. A formula that KaTeX cannot read is a
Sphinx warning with its file and line.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.domains.math import MathDomain
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from book.node import NODE, install_packages

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

RENDER = Path(__file__).with_name("render_math.mjs")

# LaTeX numbers the rows of these; here an equation's number is Sphinx's, from its label.
NUMBERED_ENVIRONMENT = re.compile(r"\\(begin|end)\{(align|alignat|gather|equation)\}")


class FormulaRenderer:
    """One Node process that renders all formulas of a build, each distinct one once."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: dict[tuple[str, bool], dict[str, str]] = {}

    def render(self, tex: str, display: bool) -> dict[str, str]:
        """Return ``{"html": ...}`` or ``{"error": ...}`` for one formula."""
        key = (tex, display)
        if key not in self._answers:
            self._answers[key] = self._ask({"tex": tex, "display": display})
        return self._answers[key]

    def _ask(self, request: dict[str, Any]) -> dict[str, str]:
        if self._process is None:
            install_packages()
            self._process = subprocess.Popen(
                [NODE, RENDER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise ExtensionError(
                f"{RENDER.name} ended (exit status {self._process.wait()}) on the formula "
                f"{request['tex']!r}; its own message stands above"
            )
        return json.loads(answer)

    def close(self) -> None:
        """End the Node process, if one was started."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


RENDERER = FormulaRenderer()
CLOSING = tuple("，。；：、！？）》”,.;:!?)")
OPENING = tuple("（《“‘([")
"""Marks that begin no line, and that end none. A browser knows it, but not beside a formula, which
is a box to it."""
BASE = 'class="katex-base"'
"""KaTeX's box that no line breaks; a formula of several may break between them."""


def as_one_formula(node: nodes.math_block) -> str:
    r"""Return the TeX of a display formula as KaTeX takes it, without numbers of its own.

    As in Sphinx's MathJax extension, blank lines separate equations and ``\\`` breaks lines.
    """
    if node.get("nowrap"):
        return NUMBERED_ENVIRONMENT.sub(r"\\\1{\2*}", node.astext())
    equations = [part.strip() for part in node.astext().split("\n\n") if part.strip()]
    split = [rf"\begin{{split}}{tex}\end{{split}}" if r"\\" in tex else tex for tex in equations]
    if len(split) == 1:
        return split[0]
    return r"\begin{aligned}" + r"\\".join(split) + r"\end{aligned}"


def render_or_warn(node: nodes.Element, tex: str, display: bool) -> str:
    """Return the HTML of a formula; warn and return its source where KaTeX finds an error."""
    answer = RENDERER.render(tex, display)
    if "html" in answer:
        return answer["html"]
    logger.warning(
        "this formula cannot be rendered: %s",
        answer["error"],
        location=node,
        type="katex",
        subtype="tex",
    )
    return f"<code>{escape(tex)}</code>"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula, and in one line with it the marks that it was given."""
    before, after = node.get("before", ""), node.get("after", "")
    together = before or after
    self.body.append(f'<span class="math-and-mark">{escape(before)}' if together else "")
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(render_or_warn(node, node.astext(), display=False) + "</span>")
    self.body.append(f"{escape(after)}</span>" if together else "")
    raise nodes.SkipNode


def in_one_piece(tex: str) -> bool:
    """Whether no line can break inside an inline formula."""
    return RENDERER.render(tex, display=False).get("html", "").count(BASE) == 1


class KeepMarks(SphinxPostTransform):
    """Give each formula in one piece the marks beside it that could else end or begin a line."""

    default_priority = 400
    formats = ("html",)

    def run(self, **_options: object) -> None:
        """Move the marks."""
        for formula in list(self.document.findall(nodes.math)):
            if not in_one_piece(formula.astext()):
                continue
            text = formula.previous_sibling()
            if isinstance(text, nodes.Text) and text.endswith(OPENING):
                formula["before"] = text[-1]
                text.parent.replace(text, nodes.Text(text[:-1]))
            text = formula.next_node(descend=False, siblings=True)
            if isinstance(text, nodes.Text) and text.startswith(CLOSING):
                formula["after"] = text[0]
                text.parent.replace(text, nodes.Text(text[1:]))


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a display formula with its number and its permanent link."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append('<div class="formula">')
    self.body.append(render_or_warn(node, as_one_formula(node), display=True) + "</div>")
    if node.get("number"):
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def copy_style(app: Sphinx) -> None:
    """Copy KaTeX's style sheet, reduced to woff2, and those fonts into the site."""
    if app.builder.format != "html":
        return
    source: Path = install_packages() / "katex" / "dist"
    target = app.outdir / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    css = (source / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r",url\([^)]*\) format\(\"(?:woff|truetype)\"\)", "", css)
    (target / "katex.css").write_text(css, encoding="utf-8")
    for font in (source / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)


def link_style(app: Sphinx, pagename: str, *_others: object) -> None:
    """Load the style sheet on the pages that have formulas, and on no other."""
    domain: MathDomain = app.env.get_domain("math")
    if domain.has_equations(pagename):
        app.add_css_file("katex/katex.css")


def choose_renderer(app: Sphinx, config: Any) -> None:
    """Make KaTeX the renderer of HTML pages, so that Sphinx loads no MathJax."""
    config.html_math_renderer = "katex"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.add_post_transform(KeepMarks)
    app.connect("config-inited", choose_renderer)
    app.connect("builder-inited", copy_style)
    app.connect("html-page-context", link_style)
    app.connect("build-finished", lambda _app, _error: RENDERER.close())
    return {"parallel_read_safe": True, "parallel_write_safe": False}
