"""Faults in the browser code, planted by Stryker.

Stryker copies the project, plants all its faults at once and chooses one by a number in the
environment. Its own way, the file's tests for each fault, would take half a minute each; here the
tests run once, Node repeats what they asked (``replay.mjs``), and only tests that are answered
otherwise are run again (``answers.py``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from book import ROOT
from book.mutation import Mutant
from book.mutation.python import TESTS
from book.node import NODE, digest, install_packages

LIVE = Path("src", "aelib", "live")
HERE = Path(__file__).parent
BUILT = ROOT / "_build" / "mutation"
NEEDED = ("pyproject.toml", "src/**", "tests/**")
PACKAGES = ("package.json", "package-lock.json")


def own_tests(file: Path, root: Path = ROOT) -> list[Path]:
    """Return the tests that run a file, or the file that its name begins with.

    Those of the browser code alone, ``test_…_js.py``, are enough if there are any.

    Raises
    ------
    ValueError
        It is no JavaScript of aelib, or no test runs it; the message says what was expected.
    """
    if file.parent != LIVE or not (root / file).is_file():
        raise ValueError(f"expected a file in {LIVE.as_posix()}; found {file.as_posix()}")
    names = {file.name, f"{file.stem.partition('_')[0]}.js"}
    tests = [
        test.relative_to(root)
        for test in sorted((root / TESTS).glob("test_*.py"))
        if names & run_by(test)
    ]
    tests = [test for test in tests if test.stem.endswith("_js")] or tests
    if not tests:
        raise ValueError(f"expected a test in {TESTS.as_posix()} that runs {file.name}; found none")
    return tests


def run_by(test: Path) -> set[str]:
    """Return the modules of the browser code that a test asks, or opens on a page."""
    return set(re.findall(r'(?:evaluate|on_a_page)\(\s*"(\w+\.js)"', test.read_text("utf-8")))


def with_imports(names: set[str], root: Path = ROOT) -> set[str]:
    """Return modules of the browser code and all that they import."""
    found: set[str] = set()
    while missing := names - found:
        files = [root / LIVE / name for name in missing]
        texts = [file.read_text(encoding="utf-8") for file in files if file.is_file()]
        found |= missing
        names = found.union(*(re.findall(r'from "\./(\w+\.js)"', text) for text in texts))
    return found


def needed_by(test: Path, root: Path = ROOT) -> list[Path]:
    """Return the files that decide what a test asks of the browser code and is answered."""
    scripts = [root / LIVE / name for name in sorted(with_imports(run_by(test), root))]
    return [test, *scripts, *sorted((root / LIVE).glob("*.py"))]


def stryker() -> Path:
    """Install Stryker, below ``_build``, and return its program."""
    folder = BUILT / "stryker"
    folder.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        shutil.copyfile(HERE / name, folder / name)
    return install_packages(folder) / "@stryker-mutator" / "core" / "bin" / "stryker.js"


def settings(file: Path, folder: Path, sample: int) -> dict[str, object]:
    """Return Stryker's settings: its command runner, and a report in a file, nowhere else."""
    replay = [NODE, HERE / "replay.mjs", folder, file.as_posix(), sample]
    return {
        "mutate": [file.as_posix()],
        "testRunner": "command",
        "commandRunner": {"command": " ".join(f'"{part}"' for part in replay)},
        "plugins": [],
        "reporters": ["progress-append-only", "json"],
        "jsonReporter": {"fileName": str(folder / "report.json")},
        "ignorePatterns": ["**", *(f"!{name}" for name in NEEDED)],
        "symlinkNodeModules": False,
        "tempDirName": str(folder / "copies"),
        "cleanTempDir": False,  # the copy is used afterwards
        "concurrency": 1,
        "timeoutFactor": 2,
        "logLevel": "warn",
    }


def run(*command: str | Path, cwd: Path, path: Path) -> None:
    """Run a program that finds aelib and the tests' helpers below ``path``.

    Raises
    ------
    RuntimeError
        It failed.
    """
    folders = os.pathsep.join(str(path / name) for name in ("src", TESTS))
    environment = {**os.environ, "PYTHONPATH": folders, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed in {cwd}; its output says why")


def asked(tests: list[Path], file: Path) -> dict[str, list]:
    """Return what tests ask of a file; all they ask is kept for each test until that changes."""
    found: dict[str, list] = {"asked": [], "pages": []}
    for test in tests:
        known = BUILT / f"{test.stem}-{digest(*needed_by(ROOT / test))[:16]}.json"
        if not known.exists():
            for older in BUILT.glob(f"{test.stem}-*.json"):
                older.unlink()
            answers = [sys.executable, "-m", "book.mutation.answers", "record", known]
            run(*answers, test, cwd=ROOT, path=ROOT)
        for kind, more in json.loads(known.read_text(encoding="utf-8")).items():
            found[kind] += [one for one in more if file.name in with_imports({one["module"]})]
    return found


def mutants(file: Path, sample: int = 0) -> list[Mutant]:
    """Mutate a file of the browser code, and say what became of each mutant.

    Parameters
    ----------
    file : pathlib.Path
        In ``src/aelib/live``, as seen from the project's folder.
    sample : int
        How many mutants are tried, evenly spread over the file; 0 for all.

    Raises
    ------
    ValueError
        It is no JavaScript of aelib, or no test names it.
    """
    tests = own_tests(file)
    program, exchanges = stryker(), asked(tests, file)
    folder = BUILT / "-".join(file.with_suffix("").parts)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "answers").mkdir(parents=True)
    (folder / "asked.json").write_text(json.dumps(exchanges), encoding="utf-8")
    chosen = folder / "stryker.json"
    chosen.write_text(json.dumps(settings(file, folder, sample)), encoding="utf-8")
    run(NODE, program, "run", chosen, cwd=ROOT, path=ROOT)
    [copy] = (folder / "copies").iterdir()
    answers = [sys.executable, "-m", "book.mutation.answers", "judge", folder]
    run(*answers, *tests, cwd=copy, path=copy)
    report, seen = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("report.json", "seen.json")
    )
    return verdicts(report, seen)


def verdicts(report: dict, seen: dict[str, bool]) -> list[Mutant]:
    """Read Stryker's report, and what the tests said of the mutants that could be asked.

    A mutant that gave no answers ended Node, or Stryker's patience; one that was not drawn gave
    none either, and Stryker calls it a survivor.
    """
    [(file, found)] = report["files"].items()
    return [
        Mutant(
            f"{file}:{mutant['location']['start']['line']} {mutant['mutatorName']}",
            seen.get(mutant["id"], mutant["status"] in ("Killed", "Timeout")),
            difference(found["source"], mutant),
        )
        for mutant in found["mutants"]
        if mutant["id"] in seen or mutant["status"] != "Survived"
    ]


def difference(source: str, mutant: dict) -> str:
    """Write the lines that a mutant changes as a diff."""
    lines = source.splitlines()
    start, end = (mutant["location"][name] for name in ("start", "end"))
    before = lines[start["line"] - 1 : end["line"]]
    changed = before[0][: start["column"] - 1] + mutant["replacement"]
    after = changed + before[-1][end["column"] - 1 :]
    return "\n".join([*(f"-{line}" for line in before), *(f"+{one}" for one in after.splitlines())])
