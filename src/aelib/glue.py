"""Values of a run that the prose quotes."""

import numpy as np
from IPython.core.formatters import format_display_data
from IPython.display import display

GLUE_PREFIX = "application/papermill.record/"
"""Prefix of a hidden output's type, as scrapbook and MyST-NB read it."""


def glue(**values: object) -> None:
    """Record values under their names, for the text of the pages to quote.

    Writes the hidden outputs that MyST-NB's ``glue`` roles read. MyST-NB has a function for it,
    but a notebook must also run in Colab, where neither MyST-NB nor Sphinx is installed.

    Parameters
    ----------
    values
        Name to a number, a text, or anything that Jupyter displays. Names are unique in the book.
    """
    for name, value in values.items():
        if isinstance(value, np.generic):
            value = value.item()
        bundle = {"text/plain": value} if isinstance(value, str) else format_display_data(value)[0]
        display(
            {GLUE_PREFIX + mime: content for mime, content in bundle.items()},
            raw=True,
            metadata={"scrapbook": {"name": name, "mime_prefix": GLUE_PREFIX}},
        )
