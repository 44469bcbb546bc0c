"""No line begins with a citation: ``[1]`` stays on the line of the word that it stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NO_BREAK_SPACE = "\u00a0"


class KeepCitations(SphinxPostTransform):
    """Let no line break between a text and the citation behind it."""

    default_priority = 400
    formats = ("html",)

    def run(self, **_options: object) -> None:
        """Change the space."""
        for citation in list(self.document.findall(nodes.footnote_reference)):
            text = citation.previous_sibling()
            if isinstance(text, nodes.Text) and text.endswith(" "):
                text.parent.replace(text, nodes.Text(text.rstrip(" ") + NO_BREAK_SPACE))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(KeepCitations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
