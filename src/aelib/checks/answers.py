"""The questions of the pages: the right letters as hashes, the reasons packed.

``answers.json`` is written by ``make notebooks`` from the pages themselves. A look at it gives
nothing away; whoever wants to can unpack it, as the page shows all reasons at a click.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from aelib.language import spoken


def letters_in(letters: str | Iterable[str]) -> list[str]:
    """Return the letters of ``"C"``, ``"a, c"`` or ``["A", "C"]``, sorted, each once."""
    return sorted({letter for letter in "".join(letters).upper() if letter.isalpha()})


def digest(name: str, letters: str | Iterable[str]) -> str:
    """Hash a question's letters: 16 hexadecimal digits.

    Parameters
    ----------
    name
        Of the question.
    letters
        ``"C"``, ``"a, c"`` or ``["A", "C"]``: case, order and what stands between do not matter.
    """
    return hashlib.sha256(f"{name}:{''.join(letters_in(letters))}".encode()).hexdigest()[:16]


def pack(text: str) -> str:
    """Pack a reason, so that nobody reads it by accident."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpack(text: str) -> str:
    """Undo :func:`pack`."""
    return zlib.decompress(base64.b64decode(text)).decode()


def stored() -> dict:
    """Return what ``make notebooks`` has stored, in the notebook's language.

    Returns
    -------
    dict
        ``right`` and ``wrong`` are what is said in that language; ``questions`` maps a name to
        ``answer`` (a hash), ``several`` (whether several letters may be chosen) and ``reasons``
        (packed, by letter).
    """
    return _read()[spoken()]


@cache
def _read() -> dict:
    text = files("aelib.checks").joinpath("answers.json").read_text(encoding="utf-8")
    return json.loads(text)
