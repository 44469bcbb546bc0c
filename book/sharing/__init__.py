"""How a page is found and shared: description, card for messengers, sitemap, 404 page, icon.

- A page's front matter says in a sentence what its reader will be able to do (``description``); it
  becomes the description for search engines and, by ``sphinxext.opengraph``, for messengers.
- ``sphinx-notfound-page`` writes ``404.html``, which a server sends for an address that does not
  exist: all its links begin with the site's own path, so that it works at every depth.
- The sitemap is written here: sphinx-sitemap lists the pages that a build has *written*, and a
  second build writes none that has not changed.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from book.address import read_address
from book.editions import edition_of, editions, in_language

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

HERE = Path(__file__).resolve().parent
CARD = HERE / "card.png"
ICON = HERE / "favicon.svg"
LONGEST = {"zh": 120, "en": 200}  # characters of a description that search engines show, or index
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NOT_FOUND = {
    "zh": {
        "title": "没有这一页",
        "body": """\
<h1>没有这一页</h1>
<p>这个地址下没有内容：链接可能写错了，也可能页面搬了家。\
<a href="{home}">回到首页</a>，或者从这里继续：</p>
<ul>
{pages}
</ul>""",
    },
    "en": {
        "title": "No such page",
        "body": """\
<h1>No such page</h1>
<p>There is nothing at this address: the link may be wrong, or the page has moved. \
<a href="{home}">Go to the first page</a>, or carry on from here:</p>
<ul>
{pages}
</ul>""",
    },
}


def tell_extensions(app: Sphinx, config: Config) -> None:
    """Give the extensions the book's address, title, card and icon."""
    root = Path(app.srcdir)
    site = read_address(root).site + edition_of(root, config.language).path
    config.ogp_site_url = site
    config.ogp_site_name = config.html_title
    config.ogp_image = f"{site}_static/{CARD.name}"
    config.ogp_image_alt = "Digits of the test set: the originals, with noise, and denoised."
    config.ogp_social_cards = {"enable": False}
    config.ogp_custom_meta_tags = [
        '<meta property="og:image:width" content="1200" />',
        '<meta property="og:image:height" content="630" />',
        '<meta name="twitter:card" content="summary_large_image" />',
    ]
    config.notfound_urls_prefix = urlsplit(site).path
    config.html_static_path += [str(CARD)]
    config.html_favicon = str(ICON)


def describe(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let a page's description be what its author has written.

    Raises
    ------
    ValueError
        A page has none, or one that would be cut off.
    """
    if doctree is None:  # search, index, 404: no page of an author
        return
    meta = context["meta"] or {}
    said = str(meta.get("description", "")).strip()
    longest = in_language(LONGEST, app.config.language)
    if not 0 < len(said) <= longest:
        raise ValueError(
            f"{page}: expected in the front matter a description of 1 to {longest} characters, "
            f"what the reader will be able to do; found {len(said)}."
        )
    context["meta"] = meta | {"og:description": said}
    context["metatags"] += f'<meta name="description" content="{escape(said)}" />\n'


def lead_home(app: Sphinx, env: Any) -> None:
    """List the pages on the one for a wrong address."""
    prefix = app.config.notfound_urls_prefix
    pages = "\n".join(
        f'<li><a href="{prefix}{app.builder.get_target_uri(page)}">'
        f"{escape(env.titles[page].astext())}</a></li>"
        for page in in_order(env, app.config.root_doc)
    )
    words = in_language(NOT_FOUND, app.config.language)
    app.config.notfound_context = words | {"body": words["body"].format(home=prefix, pages=pages)}


def in_order(env: Any, root: str) -> list[str]:
    """Return the pages in the order of the table of contents."""
    return [root, *env.toctree_includes.get(root, [])]


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    """Write ``sitemap.xml``: every page of the table of contents in each of its editions."""
    root = Path(app.srcdir)
    if error or app.builder.format != "html" or edition_of(root, app.config.language).folder:
        return
    site = read_address(root).site
    ElementTree.register_namespace("", SITEMAP)
    pages = ElementTree.Element(f"{{{SITEMAP}}}urlset")
    names = in_order(app.env, app.config.root_doc)
    for page in (f"{edition.path}{name}" for edition in editions(root) for name in names):
        entry = ElementTree.SubElement(pages, f"{{{SITEMAP}}}url")
        ElementTree.SubElement(entry, f"{{{SITEMAP}}}loc").text = f"{site}{page}.html"
    ElementTree.indent(pages)
    ElementTree.ElementTree(pages).write(
        Path(app.outdir) / "sitemap.xml", encoding="utf-8", xml_declaration=True
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts; the description before ``sphinxext.opengraph`` looks for one."""
    app.setup_extension("sphinxext.opengraph")
    app.setup_extension("notfound.extension")
    app.connect("config-inited", tell_extensions)
    app.connect("env-updated", lead_home)
    app.connect("html-page-context", describe, priority=400)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
