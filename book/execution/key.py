"""What decides a result, and nothing else: the key under which executed notebooks are kept.

jupyter-cache knows a notebook by its code cells. The rest that can move a number is gathered here:
the meaning of the package's Python (without comments, docstrings and layout), its data, the
versions installed of the packages that compute, Python's minor version, the environment variables
that such packages read, and the processor, whose kernels sum in an order of their own. Style
sheets, scripts for the browser, prose, tests and the tools of the build have no part in it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import tomllib
from pathlib import Path

from book import ROOT

PACKAGE = Path("src") / "aelib"
VARIABLES = re.compile(
    r"(?!KMP_INIT_AT_FORK$|KMP_DUPLICATE_LIB_OK$)"  # scikit-learn sets both for safety
    r"(ATEN|BLIS|CUBLAS|CUDA|DNNL|GOMP|KMP|MKL|MPS|NPY|NUMEXPR|OMP|ONEDNN|OPENBLAS|PYTORCH|TORCH)_\w+"
    r"|PYTHONHASHSEED"
)
"""Environment variables that choose kernels, threads, devices or an order."""
ALONE = {"OMP_NUM_THREADS": "1"}
"""What the book's own kernels are started with, whatever the environment says: one thread each."""


def load_provenance():
    """Load the package's own module by its file: importing the package would load torch."""
    spec = importlib.util.spec_from_file_location("provenance", ROOT / PACKAGE / "provenance.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


provenance = load_provenance()


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
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "machine": provenance.machine(),
        "packages": provenance.versions(project["dependencies"]),
        "environment": {name: value for name, value in sorted((os.environ | ALONE).items())
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
            content = provenance.meaning(path.read_text(encoding="utf-8"), path).encode()
        elif name.parts[0] == "data" and path.is_file() and path.suffix != ".md":
            content = path.read_bytes()
        else:
            continue
        if not any(part.startswith(".") for part in name.parts):  # an editor's or a system's own
            found[name.as_posix()] = hashlib.sha256(content).hexdigest()[:16]
    return found


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
