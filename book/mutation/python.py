"""Faults in Python, planted by mutmut.

The wording of messages stays as it is where a line holds nothing else. What was found of the same
files and tests before is kept: a run that was stopped goes on.
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

from book import ROOT
from book.mutation import Mutant

SOURCES = Path("src", "aelib")
TESTS = Path("tests", "unit")
NONE = "no-such-mutant"
NEEDED = ("src", "tests", "book", "studies", "chapters", "locales", "pyproject.toml")
NEEDED += ("_config.yml", "_toc.yml", "requirements.in", "requirements.txt")
SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {sources}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-m", "not frames"]
also_copy = {also}
process_isolation = "forkserver"  # torch's threads do not live through a plain fork
do_not_mutate_patterns = ['^\\s*f?".*"$']  # a line of a message
"""


def sources(file: Path, root: Path = ROOT) -> list[Path]:
    """Return the file itself, or the Python files of a package; none if it is neither."""
    found = [root / file] if file.suffix == ".py" else (root / file).glob("*.py")
    return sorted(one.relative_to(root) for one in found if one.is_file())


def own_tests(file: Path, root: Path = ROOT) -> list[Path]:
    """Return the test files of a file or a package: those of its own name, and of its folder's.

    Raises
    ------
    ValueError
        It is no Python file of aelib, or has no tests; the message says what was expected.
    """
    if SOURCES not in file.parents or not sources(file, root):
        raise ValueError(
            f"expected a Python file or a package below {SOURCES.as_posix()}; "
            f"found {file.as_posix()}"
        )
    names = [file.stem, *file.relative_to(SOURCES).parts[:-1]]
    tests = sorted({test for name in names for test in (root / TESTS).glob(f"test_{name}*.py")})
    if not tests:
        raise ValueError(f"expected tests in {TESTS.as_posix()}/test_{file.stem}.py; found none")
    return [test.relative_to(root) for test in tests]


def prepare(file: Path, tests: list[Path], root: Path = ROOT) -> Path:
    """Copy what a file's tests need; return the folder, with mutmut's settings in it.

    What is known of mutants is forgotten where the file has changed, or a test, what it takes from
    beside it, or a stored message: mutmut itself does not try a survivor again.
    """
    folder = root / "_build" / "mutation" / "-".join(file.with_suffix("").parts)
    beside = sorted(one for end in ("py", "ambr") for one in (root / TESTS).rglob(f"*.{end}"))
    content = b"".join((root / one).read_bytes() for one in (*sources(file, root), *beside))
    state = hashlib.sha256(content).hexdigest()
    known = folder / "state"
    if folder.exists() and not (known.exists() and known.read_text(encoding="utf-8") == state):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    known.write_text(state, encoding="utf-8")
    for name in NEEDED:
        source, target = root / name, folder / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules"))
        else:
            shutil.copyfile(source, target)
    also = [name for name in NEEDED if name not in ("src", "pyproject.toml")]
    settings = SETTINGS.format(
        sources=[source.as_posix() for source in sources(file, root)],
        tests=[test.as_posix() for test in tests],
        also=also,
    )
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(settings)
    return folder


def mutmut(folder: Path, *arguments: str, shown: bool = False, refused: bool = False) -> str:
    """Run a command of mutmut in a folder; return what it printed, unless that is shown.

    Raises
    ------
    RuntimeError
        It failed, and was not expected to be ``refused``.
    """
    command = [sys.executable, "-m", "mutmut", *arguments]
    output = None if shown else subprocess.PIPE
    finished = subprocess.run(command, cwd=folder, stdout=output, text=True, encoding="utf-8")
    if finished.returncode and not refused:
        raise RuntimeError(f"mutmut {arguments[0]} failed in {folder}; its output says why")
    return finished.stdout or ""


def verdicts(results: str) -> dict[str, bool]:
    """Read ``mutmut results --all true``: each mutant's name, and whether a test saw it."""
    found = re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", results, re.MULTILINE)
    return {name: verdict in ("killed", "timeout") for name, verdict in found}


def mutants(file: Path, sample: int = 0) -> list[Mutant]:
    """Mutate a file or a package of aelib, and say what became of each mutant.

    Parameters
    ----------
    file : pathlib.Path
        Below ``src/aelib``, as seen from the project's folder.
    sample : int
        How many mutants are drawn at random, always the same ones; 0 for all.

    Raises
    ------
    ValueError
        It is no Python file or package of aelib, or has no tests.
    """
    folder = prepare(file, own_tests(file))
    chosen = drawn(folder, sample) if sample else []
    mutmut(folder, "run", *chosen, shown=True)
    found = verdicts(mutmut(folder, "results", "--all", "true"))
    return [
        Mutant(name, seen, "" if seen else difference(mutmut(folder, "show", name)))
        for name, seen in found.items()
        if not chosen or name in chosen
    ]


def drawn(folder: Path, count: int) -> list[str]:
    """Draw mutants at random, after mutmut has written them all down; as many as there are."""
    mutmut(folder, "run", NONE, refused=True)  # it writes its mutants, then says that none matches
    names = sorted(verdicts(mutmut(folder, "results", "--all", "true")))
    return random.Random(0).sample(names, min(count, len(names)))


def difference(shown: str) -> str:
    """Keep the changed lines of what ``mutmut show`` prints."""
    return "\n".join(line for line in shown.splitlines() if re.match(r"[-+](?![-+])", line))
