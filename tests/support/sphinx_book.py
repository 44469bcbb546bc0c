"""Small Sphinx builds for the tests of the package ``book``."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.locale import translators
from sphinx.util.docutils import docutils_namespace, patch_docutils

NOTEBOOK = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""
"""What stands at the top of a page that is a notebook."""


@dataclass
class Book:
    """What a build left behind."""

    html: Path
    warnings: str

    def page(self, name: str = "index.html") -> str:
        return (self.html / name).read_text(encoding="utf-8")


def build(
    folder: Path, pages: dict[str, str], *extensions: str, builder: str = "html", **config: object
) -> Book:
    """Build ``pages`` (file name → MyST text) below ``folder`` and return the result."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    for name, text in pages.items():
        (source / name).write_text(text, encoding="utf-8")
    warnings = io.StringIO()
    translators.clear()  # Sphinx keeps the words of an earlier build in another language
    overrides = {
        "project": "Book",
        "extensions": ["myst_nb", "sphinx_book_theme", *extensions],
        "html_theme": "sphinx_book_theme",
        "nb_execution_mode": "off",
        **config,
    }
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            source,
            None,
            folder / builder,
            folder / "doctrees",
            builder,
            overrides,
            status=None,
            warning=warnings,
        )
        app.build()
    return Book(folder / builder, warnings.getvalue())
