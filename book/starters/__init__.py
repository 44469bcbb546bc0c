"""The ``starter`` directive: links that open a page's starter notebook.

It stands on its own line of ``chapters/<page>.md`` and leads to ``chapters/starter/<page>.ipynb``:
in Colab, in Binder, or as a download from this very site. Its content, if any, stands above the
links: what a reader of the page must know and the starter itself does not say.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from book.address import read_address
from book.editions import edition_of, in_language

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LABELS = {
    "zh": ("练习本：", "在 Colab 打开", "在 Binder 打开", "下载"),
    "en": ("Starter notebook: ", "open in Colab", "open in Binder", "download"),
}


class StarterDirective(SphinxDirective):
    """Write the links; see the module."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return one paragraph, or say that the notebook is missing."""
        page = PurePosixPath(self.env.docname)
        root = Path(self.env.srcdir)
        edition = edition_of(root, self.config.language)
        path = f"{edition.path}{page.parent}/starter/{page.name}.ipynb"
        if not (root / path).exists():
            raise self.error(f"expected the starter notebook {path}; it is missing. "
                             "Run `make notebooks` and commit it.")  # fmt: skip
        address = read_address(root)
        title, colab, binder, download = in_language(LABELS, self.config.language)
        file = addnodes.download_reference("", download, reftarget=f"/{path}", refdoc=str(page))
        links = [
            nodes.reference("", colab, refuri=address.colab(path)),
            nodes.reference("", binder, refuri=address.binder(path)),
            file,
        ]
        paragraph = nodes.paragraph("", "", nodes.strong("", title), translatable=False)
        for number, link in enumerate(links):
            paragraph += [nodes.Text(" · ")] * bool(number) + [link]
        block = nodes.container(classes=["starter"])
        self.state.nested_parse(self.content, self.content_offset, block)
        self.set_source_info(block)
        block += paragraph
        return [block]


def forget_download(app: Sphinx, _document: nodes.document) -> None:
    """Let a page be none the older for a new starter, which is made from the page itself."""
    page = PurePosixPath(app.env.docname)
    edition = edition_of(Path(app.srcdir), app.config.language)
    starter = f"{edition.path}{page.parent}/starter/{page.name}.ipynb"
    app.env.dependencies[str(page)].discard(starter)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.add_directive("starter", StarterDirective)
    app.connect("doctree-read", forget_download, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
