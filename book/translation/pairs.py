"""What a message and its translation must have in common: whatever is not words.

Values of the run, roles with their targets, citations, links, footnotes, formulas, code and numbers
must be the same on both sides, each as often, and values of the run in the same order: the editions
are compared value by value. A translation holds no Chinese but names and quotations, between curly
quotation marks.
"""

from __future__ import annotations

import re
from collections import Counter

from book.translation.messages import CHINESE

QUOTED = re.compile(r"“[^”]*”")
TARGET = re.compile(r"[^<>]*<([^<>]+)>")
KINDS = {
    "value": re.compile(r"\{glue:\w+\}`([^`]*)`"),
    "role": re.compile(r"(\{[\w:-]+\}`[^`]*`)"),
    "link": re.compile(r"\]\(([^)\s]+)\)|href=\"([^\"]*)\""),
    "footnote": re.compile(r"\[\^([\w-]+)\]"),
    "formula": re.compile(r"\$([^$]+)\$"),
    "code": re.compile(r"`([^`]+)`"),
    "number": re.compile(r"(?<!\w)(\d(?:[\d,.]*\d)?(?: 万| million)?)"),
    "bar between cells": re.compile(r"(?<!\\)(\|)"),
}
"""In the order in which they are taken out of a message; later kinds do not see earlier ones."""
NUMERAL = re.compile(r"(?<=变体|任务)[一二三四五六七八九]|(?<=第)[一二三四五六七八九](?=步)")
"""A number in words that names a thing: other languages write it in figures."""
UNITS = {"万": 10_000, "million": 1_000_000}


def parts(message: str) -> dict[str, Counter[str]]:
    """Return what a message holds beside words, by kind, each with how often."""
    found = {}
    message = NUMERAL.sub(lambda numeral: f" {' 一二三四五六七八九'.index(numeral[0])} ", message)
    for kind, pattern in KINDS.items():
        texts = ["".join(filter(None, match.groups())) for match in pattern.finditer(message)]
        plain = {"role": without_words, "number": in_figures}.get(kind, str)
        found[kind] = Counter(map(plain, texts))
        message = pattern.sub(" ", message)
    return found


def without_words(role: str) -> str:
    """Leave the words out of a role that shows some of its own: its target alone counts."""
    name, _, content = role.partition("`")
    inside = TARGET.fullmatch(content.rstrip("`"))
    return f"{name}`{inside[1] if inside else content.rstrip('`')}`"


def in_figures(number: str) -> str:
    """Write a number without separators of thousands and without a unit of its own."""
    figures, _, unit = number.replace(",", "").partition(" ")
    return f"{float(figures) * UNITS[unit]:.0f}" if unit else figures


def differences(message: str, translation: str) -> list[str]:
    """Say what a translation has lost, added or left in Chinese; an empty list if nothing.

    Parameters
    ----------
    message, translation
        A message of the source, and what stands for it in another language.
    """
    said = []
    source, other = parts(message), parts(translation)
    for kind in KINDS:
        for text in (source[kind] - other[kind]).elements():
            said.append(f"the {kind} {text!r} is lost")
        for text in (other[kind] - source[kind]).elements():
            said.append(f"the {kind} {text!r} is not in the source")
    orders = [KINDS["value"].findall(text) for text in (message, translation)]
    if source["value"] == other["value"] and orders[0] != orders[1]:
        said.append(f"the values stand in another order: expected {', '.join(orders[0])}")
    left = CHINESE.findall(QUOTED.sub("", translation))
    if left:
        said.append(f"{''.join(left)!r} is left in Chinese")
    return said
