"""Mend in the finished pages what the theme, MyST-NB and Jupyter Book leave hard to use.

- ``site.css`` and ``site.js`` are the book's own, as are ``print.css`` and ``print.js`` for paper;
  every page loads them.
- The line that opens a hidden cell says what it shows; its ``aria-label`` said something else,
  in English.
- ``index.html``, which sends the reader to the first page, has a title, a language and a link.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

HERE = Path(__file__).resolve().parent
ASSETS = ("site.css", "site.js", "print.css", "print.js")
WRONG_LABEL = ' aria-label="Toggle hidden content"'
FRONT_DOOR = """<!DOCTYPE html>
<html lang="{language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Refresh" content="0; url={first}">
    <title>{title}</title>
  </head>
  <body>
    <main>
      <h1><a href="{first}">{title}</a></h1>
    </main>
  </body>
</html>
"""


def add_assets(_app: Sphinx, config: Config) -> None:
    """Have Sphinx copy the book's own files."""
    config.html_static_path += [str(HERE / name) for name in ASSETS]


def name_hidden_cells(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Let the text of a hidden cell's line be its name."""
    if "body" in context:
        context["body"] = context["body"].replace(WRONG_LABEL, "")


def write_front_door(app: Sphinx, error: Exception | None) -> None:
    """Write ``index.html``, unless the book has a page of that name."""
    if error or app.builder.format != "html" or "index" in app.env.found_docs:
        return
    page = FRONT_DOOR.format(
        language=(app.config.language or "en").replace("_", "-"),
        first=app.builder.get_target_uri(app.config.root_doc),
        title=escape(app.config.html_title),
    )
    (app.outdir / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts; ``index.html`` after Jupyter Book has written its own."""
    app.connect("config-inited", add_assets)
    app.add_css_file("site.css")
    app.add_js_file("site.js", defer="defer")
    app.add_css_file("print.css", media="print")
    app.add_js_file("print.js", defer="defer")
    app.connect("html-page-context", name_hidden_cells)
    app.connect("build-finished", write_front_door, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
