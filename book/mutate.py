"""Say which faults in a file its unit tests do not see: ``make mutate FILE=src/aelib/noise.py``.

mutmut puts one small fault after another into a copy of the project, below ``_build/mutation``, and
runs the file's tests on each. What survives is printed as a difference: either a test is missing,
or the fault changes nothing that anybody could see. More than 5 % of survivors is a failure.

The wording of messages stays as it is: tests match what matters of it. Files of one name that
were mutated before go on where they stopped, as long as they and their tests are the same.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from book import ROOT

SOURCES = Path("src", "aelib")
TESTS = Path("tests", "unit")
MOST = 0.05  # of the mutants may survive
NEEDED = ("src", "tests", "book", "studies", "chapters", "locales", "pyproject.toml")
NEEDED += ("_config.yml", "_toc.yml", "requirements.in", "requirements.txt")
SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["{file}"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider"]
also_copy = {also}
process_isolation = "forkserver"  # torch's threads do not live through a plain fork
do_not_mutate_patterns = ['^\\s*f?".*"$']  # a line of a message
"""


def own_tests(file: Path, root: Path = ROOT) -> list[Path]:
    """Return the test files of a source file: those of its own name, and of its folder's.

    Raises
    ------
    ValueError
        It is no Python file of aelib, or has no tests; the message says what was expected.
    """
    if file.suffix != ".py" or SOURCES not in file.parents or not (root / file).is_file():
        raise ValueError(
            f"expected a Python file below {SOURCES.as_posix()}; found {file.as_posix()}"
        )
    names = [file.stem, *file.relative_to(SOURCES).parts[:-1]]
    tests = sorted({test for name in names for test in (root / TESTS).glob(f"test_{name}*.py")})
    if not tests:
        raise ValueError(f"expected tests in {TESTS.as_posix()}/test_{file.stem}.py; found none")
    return [test.relative_to(root) for test in tests]


def prepare(file: Path, tests: list[Path], root: Path = ROOT) -> Path:
    """Copy what a file's tests need; return the folder, with mutmut's settings in it.

    What is known of mutants is forgotten where the file or one of its tests has changed: mutmut
    itself does not try a survivor again when there is a new test.
    """
    folder = root / "_build" / "mutation" / "-".join(file.with_suffix("").parts)
    content = b"".join((root / one).read_bytes() for one in (file, *tests))
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
        file=file.as_posix(), tests=[test.as_posix() for test in tests], also=also
    )
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(settings)
    return folder


def mutmut(folder: Path, *arguments: str, shown: bool = False) -> str:
    """Run a command of mutmut in a folder; return what it printed, unless that is shown."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    output = None if shown else subprocess.PIPE
    finished = subprocess.run(command, cwd=folder, stdout=output, text=True, encoding="utf-8")
    if finished.returncode:
        raise RuntimeError(f"mutmut {arguments[0]} failed in {folder}; its output says why")
    return finished.stdout or ""


def verdicts(results: str) -> dict[str, str]:
    """Read ``mutmut results --all true``: each mutant's name and what became of it."""
    return dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", results, re.MULTILINE))


def main(arguments: list[str]) -> int:
    """Mutate one file and report; return the exit code."""
    try:
        [file] = map(Path, arguments)
        tests = own_tests(file)
    except ValueError as error:
        print(f"make mutate FILE=…: {error}")
        return 2
    folder = prepare(file, tests)
    mutmut(folder, "run", shown=True)
    found = verdicts(mutmut(folder, "results", "--all", "true"))
    survivors = [name for name, verdict in found.items() if verdict not in ("killed", "timeout")]
    for name in survivors:
        lines = mutmut(folder, "show", name).splitlines()
        print(f"\n{name}: {found[name]}")
        print("\n".join(line for line in lines if re.match(r"[-+](?![-+])", line)))
    print(f"\n{file}: {len(found)} mutants, {len(survivors)} survived")
    return int(not found or len(survivors) > MOST * len(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
