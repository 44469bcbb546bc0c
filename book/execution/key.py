"""What decides a result, and nothing else: the key under which executed notebooks are kept.

jupyter-cache knows a notebook by its code cells. The rest that can move a number is gathered here:
the meaning of the package's Python (without comments, docstrings and layout), its data, the
versions installed of the packages that compute, Python's minor version, the environment variables
that such packages read, and the processor, whose kernels sum in an order of their own. Style
sheets, scripts for the browser, prose, tests and the tools of the build have no part in it.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement

PACKAGE = Path("src") / "aelib"
BELOW = {"scipy"}  # computes for scikit-learn
WITHOUT_RESULT = {"ipython", "pillow", "tqdm", "traitlets"}  # print, pack, count and link
VARIABLES = re.compile(
    r"(?!KMP_INIT_AT_FORK$|KMP_DUPLICATE_LIB_OK$)"  # scikit-learn sets both for safety
    r"(ATEN|BLIS|CUBLAS|CUDA|DNNL|GOMP|KMP|MKL|MPS|NPY|NUMEXPR|OMP|ONEDNN|OPENBLAS|PYTORCH|TORCH)_\w+"
    r"|PYTHONHASHSEED"
)
"""Environment variables that choose kernels, threads, devices or an order."""


def key(parts: dict) -> str:
    """Hash what decides a result: 16 hexadecimal digits."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def decisive(root: Path) -> dict[str, dict[str, str]]:
    """Gather everything that decides a result, apart from a notebook's own code cells.

    Parameters
    ----------
    root
        The project's folder.

    Returns
    -------
    dict
        Four groups, each from a name to its value: ``machine`` (processor, cores, Python),
        ``packages`` (versions), ``environment`` (variables) and ``files`` (digests).
    """
    return {
        "machine": machine(),
        "packages": versions(root),
        "environment": {name: os.environ[name] for name in sorted(os.environ)
                        if VARIABLES.fullmatch(name)},
        "files": digests(root / PACKAGE),
    }  # fmt: skip


def facts(root: Path) -> dict[str, dict[str, str]]:
    """Return the kind of machine and the versions: what the same code may come out otherwise on."""
    parts = decisive(root)
    return {group: parts[group] for group in ("machine", "packages", "environment")}


def digests(package: Path) -> dict[str, str]:
    """Digest the package: Python files by their meaning, everything in ``data`` by its bytes."""
    found = {}
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package)
        if path.suffix == ".py":
            content = meaning(path.read_text(encoding="utf-8"), path).encode()
        elif name.parts[0] == "data" and path.is_file() and path.suffix != ".md":
            content = path.read_bytes()
        else:
            continue
        if not any(part.startswith(".") for part in name.parts):  # an editor's or a system's own
            found[name.as_posix()] = hashlib.sha256(content).hexdigest()[:16]
    return found


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


def versions(root: Path) -> dict[str, str]:
    """Return the versions installed of the packages that ``aelib`` computes, draws and shows with.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        One that ``aelib`` asks for is not installed.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {Requirement(line).name.lower() for line in project["dependencies"]}
    return {
        name: importlib.metadata.version(name) for name in sorted((names | BELOW) - WITHOUT_RESULT)
    }


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


def difference(before: dict, after: dict) -> list[str]:
    """Name what differs between two states that ``decisive`` has gathered."""
    named = []
    for group in after:
        old, new = before.get(group, {}), after[group]
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                shown = "" if group == "files" else f" {old.get(name)} → {new.get(name)}"
                named.append(f"{name}{shown}")
    return named
