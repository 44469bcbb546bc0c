"""Text is UTF-8 everywhere, also where the system's own encoding is another (Chinese Windows).

Ruff's PLW1514 sees only calls whose type it can infer; here the call's name is enough.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "book", "tests", "benchmarks", "studies")
FILES = {"read_text", "write_text", "open", "NamedTemporaryFile", "fdopen"}
BYTES = {"Image", "archive", "gzip", "page", "tarfile", "webbrowser"}  # whose `open` is another
PROCESSES = {"run", "Popen", "check_output"}


def sources():
    files = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
    return sorted(file for file in files if "node_modules" not in file.parts)


def name_of(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "attr", getattr(function, "id", ""))


def is_text(call: ast.Call) -> bool:
    """Whether a call reads or writes text, as far as it can be seen where it stands."""
    options = {option.arg: option.value for option in call.keywords}
    if name_of(call) in PROCESSES:
        return any(getattr(options.get(o), "value", False) for o in ("text", "universal_newlines"))
    if name_of(call) not in FILES or getattr(call.func, "value", call).__dict__.get("id") in BYTES:
        return False
    values = [one.value for one in [*call.args, *options.values()] if isinstance(one, ast.Constant)]
    return not any(isinstance(mode, str) and "b" in mode and len(mode) <= 3 for mode in values)


def without_encoding(text: str) -> list[int]:
    """Lines of calls that leave the encoding to the system."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [
        call.lineno
        for call in calls
        if is_text(call)
        and "encoding" not in {option.arg for option in call.keywords}
        and "utf-8" not in {getattr(one, "value", None) for one in call.args}
    ]


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_text_is_read_or_written_in_the_system_s_own_encoding(file):
    lines = without_encoding(file.read_text(encoding="utf-8"))
    assert not lines, f'add encoding="utf-8" in line {lines} of {file.relative_to(ROOT)}'
