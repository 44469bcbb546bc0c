"""The kept results of one key: a jupyter-cache in which presentation decides nothing.

A plain jupyter-cache knows a notebook by its code *and* by all that its cells say of themselves:
captions, alternative texts, prompts. Those are prose; they differ from language to language, and a
comma in one of them would train the page's networks again. Here the code and the cells' tags count.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_cache.cache.main import JupyterCacheBase
from nbformat import NotebookNode

DECIDES = ("tags",)
"""What a cell says of itself that decides its result: ``raises-exception`` is a tag."""


class Results(JupyterCacheBase):
    """A jupyter-cache with the rule above, for a folder."""

    def create_hashed_notebook(
        self,
        nb: NotebookNode,
        nb_metadata: Iterable[str] | None = ("kernelspec",),
        cell_metadata: Iterable[str] | None = DECIDES,
    ) -> tuple[NotebookNode, str]:
        """Return a notebook's code cells and the hash that they are kept under."""
        return super().create_hashed_notebook(nb, nb_metadata, cell_metadata)

    def merge_match_into_notebook(
        self,
        nb: NotebookNode,
        nb_meta: Iterable[str] | None = ("kernelspec", "language_info", "widgets"),
        cell_meta: Iterable[str] | None = (),
    ) -> tuple[int, NotebookNode]:
        """Return a notebook with its kept outputs; its cells say of themselves what they said."""
        return super().merge_match_into_notebook(nb, nb_meta, cell_meta)
