"""The words of a check in an output: ``aelib`` writes them in both languages, one of them hidden.

A stored notebook keeps one: what cleans up a notebook that is not trusted may drop the attribute
that hides the other.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode

HTML = "text/html"
WORDS = re.compile(r'<span lang="(\w+)"( hidden)?>(.*?)</span>', re.DOTALL)


def speak(notebook: NotebookNode, language: str) -> NotebookNode:
    """Keep one language, ``"zh"`` or ``"en"``, of a notebook's outputs; it is changed, returned."""

    def kept(found: re.Match) -> str:
        return f'<span lang="{language}">{found[3]}</span>' if found[1] == language else ""

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if HTML in output.get("data", {}):
                output.data[HTML] = WORDS.sub(kept, output.data[HTML])
    return notebook


def as_shown(html: str) -> str:
    """Return an output without the words that it hides."""
    return WORDS.sub(lambda found: "" if found[2] else found[0], html)
