"""What decides a number, told apart from what does not: code by its meaning, versions, machine.

The execution cache of the book and :func:`aelib.sweep` name their results by it. It imports
nothing but the standard library and ``packaging``: the book reads it without loading torch.
"""

from __future__ import annotations

import ast
import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement

WITHOUT_RESULT = {
    *("ipython", "joblib", "packaging", "pillow", "threadpoolctl", "tqdm", "traitlets"),
}
"""Packages that print, distribute, compare, pack, count and link."""


def meaning(source: str, path: Path) -> str:
    """Return what Python makes of a source, without its comments, docstrings and layout.

    Raises
    ------
    SyntaxError
        The source is not Python; the error names file and line.
    """
    tree = ast.parse(source, filename=str(path))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):  # a text that stands alone is a docstring or a comment
            node.body = [line for line in body if not is_text(line)] or [ast.Pass()]
    return ast.dump(tree)


def is_text(line: ast.AST) -> bool:
    """Whether a statement is nothing but a text."""
    return (
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    )


def versions(requirements: Iterable[str]) -> dict[str, str]:
    """Return the versions installed of the packages that compute, draw and show.

    Parameters
    ----------
    requirements
        What a project asks for, such as ``torch>=2.4``; optional extras are left out.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        One of them is not installed.
    """
    asked = [Requirement(line) for line in requirements]
    names = {one.name.lower() for one in asked if "extra" not in str(one.marker)}
    return {name: importlib.metadata.version(name) for name in sorted(names - WITHOUT_RESULT)}


@cache
def machine() -> dict[str, str]:
    """Return what of this machine decides the last digits: processor, cores and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": processor(),
        "cores": str(cores),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def processor(info: Path = Path("/proc/cpuinfo")) -> str:
    """Name the type of the processor: maker, family, model and its widest vectors."""
    if not info.exists():
        return f"{platform.system()} {platform.machine()} {platform.processor()}".strip()
    facts = dict(re.findall(r"^([\w ]+?)\s*: (.*)$", info.read_text(encoding="utf-8"), re.M))
    kind = [facts.get(name, "") for name in ("vendor_id", "cpu family", "model", "CPU part")]
    flags = f"{facts.get('flags', '')} {facts.get('Features', '')}".split()
    wide = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "sve") if flag in flags]
    return " ".join(filter(None, [platform.machine(), *kind, *wide]))
