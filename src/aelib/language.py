"""The language of a notebook: what widgets and the answers to its questions speak by default."""

import os

LANGUAGES = ("zh", "en")
VARIABLE = "AELIB_LANGUAGE"
"""Environment variable that the first cell of a notebook sets where it is not Chinese."""


def spoken(language: str | None = None) -> str:
    """Return a language asked for, or else the notebook's: ``"zh"`` unless it says another.

    Raises
    ------
    ValueError
        It is none that there are words in.
    """
    chosen = language or os.environ.get(VARIABLE) or "zh"
    if chosen not in LANGUAGES:
        raise ValueError(
            f'aelib speaks "zh" or "en"; found {chosen!r}. Mend language=…, or the environment '
            f"variable {VARIABLE}."
        )
    return chosen
