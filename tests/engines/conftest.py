"""The built site in three engines: each page is visited once by http and once from the disk."""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from built_site import HTML, names_or_error, on_disk, served
from by_page import pytest_xdist_make_scheduler  # noqa: F401
from drivers import RECORDER, START, Driver

from book.browsers import ENGINES, can_install

CHECKS = (Path(__file__).with_name("checks.js")).read_text(encoding="utf-8")
WIDE, PHONE = (1280, 900), (390, 844)
SCHEMES = ("http", "file")

# What a visit asks, in this order; the last at the width of a phone.
ASKED = ("ready", "explorers", "maps", "trained", "formulas", "quizzes", "foreign", "sideways")


@dataclass
class Visit:
    """What an engine answered on one page."""

    answers: dict[str, object] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def code(check: str, *arguments: object) -> str:
    """JavaScript that evaluates to the promise of a check's answer."""
    module = CHECKS.replace("export const checks", "const checks")
    given = ", ".join(json.dumps(argument) for argument in arguments)
    return f"(async () => {{ {module}\nreturn checks.{check}({given}); }})()"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each engine, each way to open a page, and each page."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", list(ENGINES))
    if "scheme" in metafunc.fixturenames:
        metafunc.parametrize("scheme", SCHEMES)
    if "name" in metafunc.fixturenames:  # only a server sends the page for a wrong address
        metafunc.parametrize("name", on_disk(names_or_error()))


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a script on each page that writes down what fails, for WebKit alone."""
    target = tmp_path_factory.mktemp("site") / "html"
    shutil.copytree(HTML, target, copy_function=link)
    for page in target.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.unlink()  # it is the site's own file as well
        page.write_text(text.replace("<head>", f"<head>{RECORDER}", 1), encoding="utf-8")
    return target


def link(source: str, target: str) -> None:
    """Put a file into the copy, without its bytes where the disk is the same."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@pytest.fixture(scope="session")
def driver_of() -> Iterator[Callable[[str], Driver]]:
    """Start each engine once, when it is first asked for."""
    with ExitStack() as stack:

        @functools.cache
        def start(engine: str) -> Driver:
            return stack.enter_context(START[engine]())

        yield start


@pytest.fixture(scope="session")
def base_of(copy: Path) -> Iterator[Callable[[str, str], str]]:
    """The address of the site for an engine, by http or on the disk."""
    with served(HTML) as site, served(copy) as copied:

        def base(engine: str, scheme: str) -> str:
            if scheme == "file":
                return (copy if engine == "webkit" else HTML).as_uri()
            return copied if engine == "webkit" else site

        yield base


def need(engine: str) -> None:
    """Skip where the engine cannot be installed; fail where it can and is not."""
    missing = ENGINES[engine].missing()
    if engine == "chromium" or not missing:
        return  # Playwright has a Chromium of its own
    reason = f"no {', '.join(missing)}"
    if can_install():
        pytest.fail(f"{reason}: install it with `python -m book.browsers {engine}`")
    pytest.skip(f"{reason}, which this user cannot install; {ENGINES[engine].to_do}")


@pytest.fixture(scope="session")
def visit(driver_of, base_of) -> Callable[[str, str, str], Visit]:
    """Visit a page in an engine once, however many tests ask."""

    @functools.cache
    def look(engine: str, scheme: str, name: str) -> Visit:
        need(engine)
        driver, found = driver_of(engine), Visit()
        driver.size(*WIDE)
        driver.go(f"{base_of(engine, scheme)}/{name}")
        for check in ASKED:
            if check == "sideways":
                driver.size(*PHONE)
            found.answers[check] = driver.run(code(check))
        found.troubles = driver.troubles()
        return found

    return look
