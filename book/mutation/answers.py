"""Between the tests of the browser code and Node: what is asked, and what a fault answers.

``python -m book.mutation.answers record FILE TEST…`` runs tests as they are and writes down what
they ask of the browser code. ``replay.mjs`` asks that of a copy with a fault in it, all at once.
``python -m book.mutation.answers judge FOLDER TEST…``, started in the copy, gives the answers that
are others now to the tests that asked for them: a fault is seen if one of these fails. What no
test has asked before is asked of Node, and tests that do not only evaluate, but look at a whole
page, are run for each fault.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

MUTANT = "__STRYKER_ACTIVE_MUTANT__"  # where the copy reads which fault it has
LONGEST = 60.0  # seconds of a page


def running_test() -> str:
    """Return the test that runs."""
    return os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]


def exchange(module: str | Path, expression: str, data: object) -> dict[str, str]:
    """Return what a test asks, as it is written down."""
    return {"module": str(module), "expression": expression, "data": json.dumps(data)}


def key(one: dict) -> tuple[str, ...]:
    """Return what tells one exchange from another."""
    return one["module"], one["expression"], one["data"]


class Recorder:
    """Keep what tests ask, in the order of their asking, and the tests that ask otherwise."""

    def __init__(self, browser_code: object) -> None:
        self.asked: dict[tuple[str, ...], dict] = {}
        self.pages: list[dict[str, str]] = []
        self._evaluate, self._run_node = browser_code.evaluate, browser_code.run_node
        self._evaluating = False
        browser_code.evaluate, browser_code.run_node = self.evaluate, self.run_node

    def evaluate(self, module: str | Path, expression: str, data: object = None) -> object:
        """Stand for ``browser_code.evaluate``."""
        self._evaluating = True
        try:
            answer = self._evaluate(module, expression, data)
        finally:
            self._evaluating = False
        one = exchange(module, expression, data)
        kept = self.asked.setdefault(key(one), {**one, "answer": json.dumps(answer), "tests": []})
        kept["tests"].append(running_test())
        return answer

    def run_node(self, *arguments: str | Path, given: str = "") -> subprocess.CompletedProcess:
        """Stand for ``browser_code.run_node``."""
        if not self._evaluating:
            for module in sorted(set(re.findall(r"(\w+\.js)\b", " ".join(map(str, arguments))))):
                self.pages.append({"module": module, "test": running_test()})
        return self._run_node(*arguments, given=given)


class Judge:
    """Give tests the answers of one fault after another, and see whether one fails."""

    def __init__(self, browser_code: object, known: dict, answers: Path) -> None:
        self.asked = known["asked"]
        self.pages = [page["test"] for page in known["pages"]]
        self.answers = answers
        self.seen: dict[str, bool] = {}
        self._changed: dict[str, dict] = {}
        self._numbers = {key(one): number for number, one in enumerate(self.asked)}
        self._evaluate = browser_code.evaluate
        browser_code.evaluate = self.evaluate

    def evaluate(self, module: str | Path, expression: str, data: object = None) -> object:
        """Stand for ``browser_code.evaluate``."""
        number = self._numbers.get(key(exchange(module, expression, data)))
        if number is None:
            return self._evaluate(module, expression, data)
        found = self._changed.get(str(number), self.asked[number])
        assert "answer" in found, found.get("error", "no answer")
        return json.loads(found["answer"])

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stand for pytest's own loop, which runs each test once."""
        items = {item.nodeid: item for item in session.items}
        for file in sorted(self.answers.glob("*.json")):
            self._changed = json.loads(file.read_text(encoding="utf-8"))
            tests = [test for number in self._changed for test in self.asked[int(number)]["tests"]]
            os.environ[MUTANT] = file.stem
            self.seen[file.stem] = any(
                fails(items[test]) for test in dict.fromkeys([*tests, *self.pages])
            )
        return True


def fails(item: pytest.Item) -> bool:
    """Run one test; return whether it failed."""
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def run(plugin: object, tests: tuple[str, ...]) -> int:
    """Run pytest with a plugin of ours."""
    options = ["-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return pytest.main([*tests, *options], [plugin])


def main(command: str, place: str, *tests: str) -> int:
    """Record or judge; return the exit code."""
    import browser_code  # of the tests: the path says which

    place = Path(place)
    if command == "record":
        recorder = Recorder(browser_code)
        code = run(recorder, tests)
        known = {"asked": [*recorder.asked.values()], "pages": recorder.pages}
        if not code:
            place.write_text(json.dumps(known), encoding="utf-8")
        return code
    subprocess.run = functools.partial(subprocess.run, timeout=LONGEST)
    known = json.loads((place / "asked.json").read_text(encoding="utf-8"))
    judge = Judge(browser_code, known, place / "answers")
    code = run(judge, tests)
    (place / "seen.json").write_text(json.dumps(judge.seen), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
