"""What ``checks.choice`` knows of the questions: made from the pages, stored with ``aelib``.

A learner who opens the file finds no answer and no reason to read: the letters are hashed with
the question's name, the reasons packed. That guards against a glance, not against intent: the page
itself holds all reasons in a part that opens by a click.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aelib.checks.answers import digest, pack
from book import ROOT
from book.editions import in_language
from book.quiz import LABELS

FILE = ROOT / "src" / "aelib" / "checks" / "answers.json"


def stored(editions: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the text of the file.

    Parameters
    ----------
    editions
        The pages' parts, as :func:`book.notebooks.edition.render` gives them, by language as
        ``aelib`` names it.

    Raises
    ------
    ValueError
        Two questions of the book have one name.
    """
    content = {language: said(language, pages) for language, pages in editions.items()}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def said(language: str, pages: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what a notebook of one language knows; see :func:`stored`."""
    questions: dict[str, dict[str, Any]] = {}
    for name, page in sorted(pages.items()):
        for part in page["parts"]:
            if part["kind"] != "question":
                continue
            if part["name"] in questions:
                raise ValueError(
                    f"A question's name is expected once in the book; {part['name']!r} of "
                    f"chapters/{name}.md is also that of another question. Rename one."
                )
            questions[part["name"]] = {
                "answer": digest(part["name"], part["answer"]),
                "several": part["several"],
                "reasons": {letter: pack(text) for letter, text in part["reasons"].items()},
            }
    labels = in_language(LABELS, language)
    return {
        "right": labels["right"].lstrip("✓ "),
        "wrong": labels["wrong"].lstrip("✗ "),
        "questions": dict(sorted(questions.items())),
    }


def write_answers(editions: dict[str, dict[str, dict[str, Any]]]) -> Path:
    """Write the file; return where it is, from the project's folder."""
    FILE.write_text(stored(editions), encoding="utf-8")
    return FILE.relative_to(ROOT)
