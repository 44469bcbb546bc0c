"""The list of a check: ``aelib`` writes it in both languages, and hides the words of one.

A page and a stored notebook keep the words of their own edition, whichever were hidden where the
check ran: all editions show the outputs of one run, and what cleans up a notebook that is not
trusted may drop the attribute that hides.
"""

from __future__ import annotations

import re

LIST = re.compile(r'<div class="aelib-check">.*?</ul></div>', re.DOTALL)
WORDS = re.compile(r'<span lang="(\w+)"( hidden)?>(.*?)</span>', re.DOTALL)


def in_language(html: str, language: str) -> str:
    """Keep one language of the lists in a text, English where they do not speak this one."""

    def spoken(shown: re.Match) -> str:
        own = language if f'<span lang="{language}"' in shown[0] else "en"

        def kept(found: re.Match) -> str:
            return f'<span lang="{own}">{found[3]}</span>' if found[1] == own else ""

        return WORDS.sub(kept, shown[0])

    return LIST.sub(spoken, html)


def as_shown(html: str) -> str:
    """Leave out of the lists in a text what they hide."""
    return LIST.sub(
        lambda shown: WORDS.sub(lambda found: "" if found[2] else found[0], shown[0]), html
    )
