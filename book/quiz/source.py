"""Read the pages' quiz directives as text, without Sphinx."""

import re
from pathlib import Path

QUIZ = re.compile(r"(^:::\{quiz\}\n.*?^:::$)", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"^:name: *(\S+)$", re.MULTILINE)
ANSWER = re.compile(r"^:answer: *(.*)\n", re.MULTILINE)
OPTION = re.compile(r"^:(?:name|answer|multiple):.*\n", re.MULTILINE)
FENCE = re.compile(r"^:::(?:\{quiz\}\n+)?", re.MULTILINE)
REASON = re.compile(r"^ +> ?.*\n", re.MULTILINE)


def questions(text: str) -> list[str]:
    """Return the source of each question in a text."""
    return QUIZ.findall(text)


def name(question: str) -> str:
    """Return a question's name."""
    return NAME.search(question)[1]


def answers(folder: Path) -> dict[str, str]:
    """Return every question of the pages in a folder: its name, and its right letters."""
    texts = [page.read_text(encoding="utf-8") for page in sorted(folder.glob("*.md"))]
    found = [question for text in texts for question in questions(text)]
    return {name(question): ANSWER.search(question)[1] for question in found}


def plain(question: str) -> str:
    """Turn a question into plain Markdown, without its letters and reasons."""
    return FENCE.sub("", REASON.sub("", OPTION.sub("", question))).strip()
