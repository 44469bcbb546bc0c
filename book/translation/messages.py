"""Where a page's messages stand: every line, or part of a line, that holds Chinese.

A page is rewritten line by line, so line n of an edition is line n of its source, and a warning
names the right one. Extraction and translation are the same walk with another answer; they cannot
disagree. What holds no Chinese (numbers, formulas, names, code) is the same in every language.

Messages are: a paragraph (STYLE_zh.md asks for one line each), a heading, an item or quotation, a
title of a directive, a cell of a table; the values of front matter, of options and of a code cell's
header (captions, alternative texts, prompts); comments of code that is shown but never run; and
any value of ``_config.yml``. Strings in code that runs stay as they are until it has run, or it
would run once for each language: see :func:`rewrite_code`.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Callable
from typing import Any

import yaml

Say = Callable[[str, int], str]
"""Answers a message of the source and its line, counted from 1, with what stands in its place."""

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
FENCE = re.compile(r"(`{3,})(\{?)([\w:-]*)")
SETTING = re.compile(r"(\s*[\w-]+: )(.*)")
OPTION = re.compile(r"(:[\w-]+: )(.*)")
COMMENT = re.compile(r"(.*?# )(.*)")
CELL = re.compile(r"(?<!\\)(\|)")
PROSE = re.compile(
    r"(\s*(?:> )*(?:#{1,6} +|[-*] +(?:[A-Z]\. )?|\d+\. +|:{3,}\{[\w-]+\} +|\[\^[\w-]+\]: +)?)(.*)"
)
"""What comes before a message in its line, and the message."""


def rewrite(page: str, say: Say) -> str:
    """Return a page with an answer in the place of each message.

    Parameters
    ----------
    page
        A page's source in MyST Markdown.
    say
        Is asked for each message, in order.
    """
    lines = page.split("\n")
    fence = header = kind = ""
    for index, line in enumerate(lines):
        number = index + 1
        opened = FENCE.match(line)
        if header:
            header = "" if line == header else header
            lines[index] = _setting(SETTING, line, say, number)
        elif line == "---" and (index == 0 or kind == "{code-cell"):
            header = line
        elif fence and line.strip() == fence:
            fence = kind = ""
        elif opened and not fence:
            fence, kind = opened[1], opened[2] + opened[3]
        elif fence and not kind.startswith("{"):
            lines[index] = _part(COMMENT, line, say, number)
        elif kind != "{code-cell":
            lines[index] = _prose(line, say, number)
    return "\n".join(lines)


def _prose(line: str, say: Say, number: int) -> str:
    if OPTION.match(line):
        return _setting(OPTION, line, say, number)
    if line.startswith("|"):
        return "".join(_cell(part, say, number) for part in CELL.split(line))
    return _part(PROSE, line, say, number)


def _part(pattern: re.Pattern[str], line: str, say: Say, number: int) -> str:
    found = pattern.fullmatch(line)
    if not found or not CHINESE.search(found[2]):
        return line
    return found[1] + say(found[2], number)


def _cell(cell: str, say: Say, number: int) -> str:
    return f" {say(cell.strip(), number)} " if CHINESE.search(cell) else cell


def _setting(pattern: re.Pattern[str], line: str, say: Say, number: int) -> str:
    """Rewrite a value of YAML; the answer is quoted, whatever signs it holds."""
    found = pattern.fullmatch(line)
    if not found or not CHINESE.search(found[2]):
        return line
    return found[1] + json.dumps(say(yaml.safe_load(found[2]), number), ensure_ascii=False)


def rewrite_code(code: str, say: Say, first: int = 1) -> str:
    """Return the code of a cell that has run with an answer in each string that holds Chinese.

    Parameters
    ----------
    code
        Python; each such string is one plain literal.
    say
        Is asked for each of them.
    first
        The line of the page where the code begins.
    """
    if not CHINESE.search(code):
        return code
    answered = [
        (token.start, token.end[1], say(token.string[1:-1], first + token.start[0] - 1))
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.STRING and CHINESE.search(token.string)
    ]
    lines = code.split("\n")
    for (row, start), end, said in reversed(answered):  # from the end: columns before it stay
        line = lines[row - 1]
        lines[row - 1] = line[:start] + json.dumps(said, ensure_ascii=False) + line[end:]
    return "\n".join(lines)


def rewrite_tree(tree: Any, say: Say) -> Any:
    """Return a tree of settings, such as ``_config.yml``'s, with an answer for each message."""
    if isinstance(tree, dict):
        return {key: rewrite_tree(value, say) for key, value in tree.items()}
    if isinstance(tree, list):
        return [rewrite_tree(value, say) for value in tree]
    return say(tree, 0) if isinstance(tree, str) and CHINESE.search(tree) else tree
