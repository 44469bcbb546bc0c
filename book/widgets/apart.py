"""Take long texts out of a page's widgets, and write them as scripts of the site beside it.

A widget's script and style sheet are the same on every page, and the weights of its networks are
not wanted before somebody looks: a page holds the names of these texts, ``live/…``, and a browser
loads each once. They are scripts that hand their text over, since a page without a server may run
a script but may not fetch a file; ``embed.js`` and ``apart.js`` take what they hand over. In a
notebook nothing of this happens: there the kernel gives the state whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

MARK = "apart:"
"""Before the name of a text in a state; ``apart.js`` looks for it."""

FOLDER = "live"
LEFT_OUT = {"weights", "codes"}
"""Keys of a state whose texts are loaded when they are wanted; base64, so without a colon."""

NAMED = re.compile(rf"(?:{MARK}|_static/)({FOLDER}/[\w.-]+?)(?=\.js|[\"\\])")


def hand_over(static: Path, name: str, text: str) -> None:
    """Write a text of the site.

    Parameters
    ----------
    static
        The folder ``_static`` of the site.
    name
        Its path below that folder, without ``.js``.
    text
        What is handed over under that name.
    """
    file = static / f"{name}.js"
    file.parent.mkdir(parents=True, exist_ok=True)
    script = handing_over(name, text)
    if not file.exists() or file.read_text(encoding="utf-8") != script:
        file.write_text(script, encoding="utf-8")


def handing_over(name: str, text: str) -> str:
    """Return the script that hands a text over."""
    detail = json.dumps({"name": name, "text": text}, ensure_ascii=False)
    return f'document.dispatchEvent(new CustomEvent("ae-data", {{ detail: {detail} }}));\n'


def taken_out(value: object) -> tuple[object, dict[str, str]]:
    """Put names in the place of long texts.

    Parameters
    ----------
    value
        A part of a widget's state: plain JSON.

    Returns
    -------
    value, texts
        The same with ``apart:`` and a name for each text under a key of ``LEFT_OUT``, and those
        texts by name.
    """
    texts: dict[str, str] = {}

    def without(part: object, key: str = "") -> object:
        if isinstance(part, dict):
            return {own: without(inner, own) for own, inner in part.items()}
        if isinstance(part, list):
            return [without(inner) for inner in part]
        if key in LEFT_OUT and isinstance(part, str) and part:
            name = f"{FOLDER}/{hashlib.sha256(part.encode()).hexdigest()[:16]}"
            texts[name] = part
            return f"{MARK}{name}"
        return part

    return without(value), texts


def tidy(static: Path) -> None:
    """Remove the texts that no page of the site names any more."""
    named: set[str] = set()
    for page in static.parent.rglob("*.html"):
        named |= set(NAMED.findall(page.read_text(encoding="utf-8")))
    for file in (static / FOLDER).glob("*.js"):
        if f"{FOLDER}/{file.stem}" not in named:
            file.unlink()
