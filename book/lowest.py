"""Run aelib and one notebook with exactly the lowest versions that pyproject.toml declares.

``python3.11 -m book.lowest`` makes an environment of its own, installs ``X==VERSION`` for each
``X>=VERSION``, and runs there the unit tests that need nothing of the package ``book``, and the
shortest notebook that trains. It needs nothing but Python, and is removed at the end.

Warnings are no errors here: versions of one year call what those of another deprecate, and no
change of ours can mend that. What a notebook claims, its own checks assert; its stored outputs
belong to the locked versions and are not compared.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from book import ROOT

NOTEBOOK = ROOT / "chapters" / "quiz.ipynb"
MAINTAINERS = {"book", "studies"}  # packages that are never used with other versions than ours
TOOLS = ("pytest", "hypothesis", "syrupy", "nbval", "ipykernel")  # as in requirements.in


def lowest(project: dict) -> list[str]:
    """Turn each ``X>=VERSION`` of a parsed ``pyproject.toml``, extras too, into ``X==VERSION``.

    Raises
    ------
    ValueError
        A dependency is written in another form.
    """
    wanted = list(project["project"]["dependencies"])
    for extra in project["project"].get("optional-dependencies", {}).values():
        wanted += extra
    pins = []
    for requirement in wanted:
        if not (parts := re.fullmatch(r"([\w-]+)>=([\w.]+)", requirement)):
            raise ValueError(f"expected NAME>=VERSION in pyproject.toml; found {requirement}")
        pins.append("==".join(parts.groups()))
    return pins


def lowest_python(project: dict) -> tuple[int, int]:
    """Return the lowest Python of a parsed ``pyproject.toml``: (3, 11) of ``>=3.11``."""
    major, minor = re.findall(r"\d+", project["project"]["requires-python"])
    return int(major), int(minor)


def tools(requirements: str) -> list[str]:
    """Return the pins of ``TOOLS`` from the text of ``requirements.in``."""
    return re.findall(rf"^(?:{'|'.join(TOOLS)})==\S+", requirements, re.MULTILINE)


def imports(file: Path, folders: list[Path]) -> set[str]:
    """Return the top-level modules that a file imports, itself or through files of ``folders``."""
    seen: set[str] = set()
    waiting = [file]
    while waiting:
        for node in ast.walk(ast.parse(waiting.pop().read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", [])]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif not isinstance(node, ast.Import):
                continue
            new = {name.partition(".")[0] for name in names} - seen
            seen |= new
            places = [folder / f"{name}.py" for name in new for folder in folders]
            waiting += [place for place in places if place.exists()]
    return seen


def aelib_unit_tests(root: Path) -> list[Path]:
    """Return the unit tests that import aelib and, even through a helper, nothing of ours else."""
    unit = root / "tests" / "unit"
    used = {
        file: imports(file, [unit, root / "tests" / "support"]) for file in unit.glob("test_*.py")
    }
    return sorted(
        file for file, names in used.items() if "aelib" in names and not names & MAINTAINERS
    )


def run(root: Path, folder: Path) -> int:
    """Make the environment in ``folder`` and run everything there; return 0 when all passed."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    if sys.version_info[:2] != lowest_python(project):
        wanted = ".".join(map(str, lowest_python(project)))
        print(f"expected Python {wanted}, the lowest of pyproject.toml; found {sys.version}.")
        print(f"Run it as python{wanted} -m book.lowest")
        return 2
    pins = lowest(project)
    print("lowest versions:", *pins, flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    requirements = (root / "requirements.in").read_text(encoding="utf-8")
    subprocess.run([*pip, *pins, *tools(requirements)], check=True)
    subprocess.run([*pip, "--no-deps", root], check=True)

    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"AELIB_UNATTENDED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings="]
    pytest += ["--disable-warnings"]
    status = 0
    for what in (aelib_unit_tests(root), ["--nbval-lax", NOTEBOOK]):
        status |= subprocess.run([*pytest, *what], cwd=root, env=environment).returncode
    return status


def main() -> int:
    """Run in a temporary folder and say how long it took."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        status = run(ROOT, Path(folder) / "environment")
    print(f"lowest versions: {'failed' if status else 'passed'}, {time.monotonic() - start:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
