"""Editions in other languages: one source, one execution, gettext catalogs.

A page of an edition is the source with its messages answered from ``locales/<language>`` before
Sphinx sees it (:mod:`book.translation.messages`). So a value of the run, a citation, a question, a
caption, a title and an alternative text are read in a translation as they are in the source, and
the code cells are the same to the letter: their results are kept, nothing runs twice. What code
has said in Chinese, such as the names of an explorer's networks, is answered after it has run; a
check has said it in both languages (:mod:`book.translation.checks`).

``python -m book.translation`` brings the catalogs up to the source (`make translations`);
:mod:`book.translation.pairs` compares each message with its translation.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from docutils import nodes
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from book.address import read_address
from book.editions import KEY, Edition, edition_of, editions
from book.translation import checks
from book.translation.catalogs import catalog_file, code_strings, read_catalog
from book.translation.messages import rewrite, rewrite_code, rewrite_tree

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

LOGGER = logging.getLogger(__name__)
HERE = Path(__file__).resolve().parent
STATE = "ipywidgets_state"
"""Under which MyST-NB keeps the state of a page's widgets."""


def prepare(_app: Sphinx, config: Config) -> None:
    """Have the theme show the link to the twin, and Sphinx copy its script."""
    config.templates_path.insert(0, str(HERE / "templates"))
    config.html_static_path += [str(HERE / "twin.js"), str(HERE / "twin.css")]
    ends = ["twin.html", "article-header-buttons.html"]
    config.html_theme_options["article_header_end"] = ends


def here(app: Sphinx) -> Edition:
    """Return the edition that is being built."""
    return edition_of(Path(app.srcdir), app.config.language)


class Answers:
    """Answer the messages of one page; what has no answer is a warning at its line."""

    def __init__(self, catalog: Catalog, docname: str):
        self.catalog, self.docname = catalog, docname

    def __call__(self, text: str, line: int) -> str:
        """Return the translation of a message."""
        message = self.catalog.get(text)
        if message is None or not message.string or message.fuzzy:
            LOGGER.warning(
                "expected a translation of %r; found none, or a fuzzy one: run "
                "`make translations`, then complete the catalog.",
                text[:40],
                location=(self.docname, line),
                type="translation",
            )
            return text
        return str(message.string)


def answers(app: Sphinx, docname: str) -> Answers | None:
    """Return what answers a page's messages; None for the source itself."""
    edition = here(app)
    if not edition.folder:
        return None
    file = catalog_file(Path(app.srcdir), edition.language, docname)
    app.env.note_dependency(str(file))
    return Answers(read_catalog(file, edition.language), docname)


def translate_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Answer the messages of a page before it is read."""
    say = answers(app, docname)
    if say:
        source[0] = rewrite(source[0], say)


def translate_code(app: Sphinx, doctree: nodes.document) -> None:
    """Answer what code has said, where it is shown and where its widgets say it."""
    say = answers(app, app.env.docname)
    if not say:
        return
    for block in list(doctree.findall(nodes.literal_block)):
        said = rewrite_code(block.rawsource, say)
        if said != block.rawsource:
            block.replace_self(nodes.literal_block(said, said, **block.attributes))
    known = code_strings((Path(app.srcdir) / f"{app.env.docname}.md").read_text(encoding="utf-8"))
    scripts = app.env.nb_metadata.get(app.env.docname, {}).get("js_files", {})
    if known and STATE in scripts:
        uri, options = scripts[STATE]
        state = rewrite_tree(
            json.loads(options["body"]), lambda text, _: say(text, 0) if text in known else text
        )
        body = json.dumps(state).replace("</script", r"<\/script")
        scripts[STATE] = (uri, options | {"body": body})


def translate_checks(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Keep of the checks' lists the words of the edition."""
    if "body" in context:
        context["body"] = checks.in_language(context["body"], here(app).spoken)


def name_twins(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its twins: a link for the reader, ``hreflang`` for search engines."""
    root, own = Path(app.srcdir), here(app)
    listed = editions(root)
    context["twins"] = []
    if len(listed) < 2 or (doctree is None and page != "search"):
        return  # 404.html has no place of its own
    target = app.builder.get_target_uri(page)
    for twin in listed:
        if twin == own:
            continue
        href = relative_uri(own.path + target, twin.path + target)
        names = said_by_code(root, page, own, twin) if doctree is not None else {}
        context["twins"].append(
            {"href": href, "lang": twin.tag, "name": twin.name, "names": json.dumps(names)}
        )
    if doctree is None:
        return
    site = read_address(root).site
    context["metatags"] += "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{escape(site + edition.path + target)}" />\n'
        for tag, edition in [*((each.tag, each) for each in listed), ("x-default", listed[0])]
    )


def said_by_code(root: Path, page: str, own: Edition, twin: Edition) -> dict[str, str]:
    """Return what stands in an address for a name that code has given, here and in the twin."""
    strings = code_strings((root / f"{page}.md").read_text(encoding="utf-8"))

    def said(text: str, edition: Edition) -> str:
        if not edition.folder:
            return text
        file = catalog_file(root, edition.language, page)
        return str(read_catalog(file, edition.language)[text].string)

    return {said(text, own): said(text, twin) for text in strings}


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.add_config_value(KEY, [], "env")
    app.connect("config-inited", prepare)
    app.connect("source-read", translate_source)
    app.connect("doctree-read", translate_code, priority=100)
    app.connect("html-page-context", translate_checks)
    app.connect("html-page-context", name_twins)
    app.add_css_file("twin.css")
    app.add_js_file("twin.js", defer="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
