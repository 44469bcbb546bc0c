"""Each package that is imported is named, each that is installed is pinned, none by an address."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

import jupytext
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from book import ROOT

pytestmark = pytest.mark.slow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINUX = {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"}
ELSEWHERE = {"google"}  # a page imports it on Colab alone, which has it


def named(lines: list[str]) -> dict[str, Requirement]:
    """Requirements by their normalised names."""
    parsed = [Requirement(line) for line in lines]
    by_name = {canonicalize_name(requirement.name): requirement for requirement in parsed}
    assert len(by_name) == len(parsed), "a requirement is named twice"
    return by_name


def listed(file: str) -> dict[str, Requirement]:
    """The requirements of a file, without its options."""
    text = re.sub(r"(?m)(^|\s)#.*", "", (ROOT / file).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip()]
    return named([line for line in lines if not line.startswith("-")])


DIRECT = listed("requirements.in")
LOCK = listed("requirements.txt")
AELIB = named(PROJECT["project"]["dependencies"])
LEFT_OUT = {*PROJECT["tool"]["pip-tools"]["unsafe-package"]}


def modules(code: str) -> set[str]:
    """The top-level modules that a piece of Python imports, but for the standard library's."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module)
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names


def sources(*folders: str) -> Iterator[Path]:
    """The Python files below folders of ours."""
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if not {"node_modules", "build"} & set(path.parts):
                yield path


def imported(*folders: str) -> set[str]:
    """What the Python files below folders import that is not ours."""
    ours = {"aelib", "book", "studies"} | {path.stem for path in sources("tests", "benchmarks")}
    code = (path.read_text(encoding="utf-8") for path in sources(*folders))
    return set().union(*map(modules, code)) - ours


def imported_by_pages() -> set[str]:
    """What the code cells of the pages import that is not ours."""
    plain = TransformerManager().transform_cell  # %pip and its like become Python
    found = set()
    for page in (ROOT / "chapters").glob("*.md"):
        for cell in jupytext.read(page, fmt="md:myst").cells:
            if cell.cell_type == "code":
                found |= modules(plain(cell.source))
    return found - {"aelib"} - ELSEWHERE


def unnamed(names: set[str], requirements: dict[str, Requirement]) -> dict[str, list[str]]:
    """The modules of ``names`` that none of the requirements brings, and what would bring them."""
    origin = packages_distributions()
    bringing = {name: [canonicalize_name(each) for each in origin.get(name, [])] for name in names}
    return {name: found for name, found in bringing.items() if not set(found) & set(requirements)}


def test_what_book_and_tests_and_benchmarks_import_stands_in_requirements_in():
    assert unnamed(imported("book", "tests", "benchmarks", "studies", "src"), DIRECT) == {}


def test_the_extensions_that_sphinx_loads_stand_in_requirements_in():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = set(config["sphinx"]["config"]["extensions"])
    single = {name.partition(".")[0] for name in extensions} - {"book", "sphinxcontrib"}
    assert unnamed(single, DIRECT) == {}
    spaces = {name for name in extensions if name.startswith("sphinxcontrib.")}
    assert {name.replace(".", "-") for name in spaces} <= set(DIRECT)


def test_what_aelib_and_the_pages_import_is_what_pyproject_names():
    names = imported("src") | imported_by_pages()
    assert unnamed(names, AELIB) == {}
    origin = packages_distributions()
    assert set(AELIB) <= {canonicalize_name(each) for name in names for each in origin[name]}


def test_pyproject_names_a_lowest_version_of_each_and_no_highest():
    for name, requirement in AELIB.items():
        assert [part.operator for part in requirement.specifier] == [">="], name
        assert not requirement.marker, name


@pytest.mark.parametrize("requirements", [DIRECT, LOCK], ids=["in", "txt"])
def test_each_requirement_is_pinned(requirements):
    for name, requirement in requirements.items():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), (
            f"expected {name}==VERSION without a suffix such as +cpu, which only one index has; "
            f"found {requirement}. Run make lock."
        )
        assert not requirement.extras, name


@pytest.mark.parametrize("asking", [DIRECT, AELIB], ids=["requirements.in", "pyproject.toml"])
def test_the_lock_satisfies_what_is_asked_for(asking):
    for name, requirement in asking.items():
        assert name in LOCK, f"{name} is missing from requirements.txt: make lock"
        [pin] = LOCK[name].specifier
        assert requirement.specifier.contains(pin.version), (
            f"{requirement}, locked {pin}: make lock"
        )


def needs(name: str) -> set[str]:
    """What an installed package asks for on Linux, without extras; one that is not, nothing."""
    try:
        wanted = map(Requirement, requires(name) or [])
    except PackageNotFoundError:
        return set()  # the last test names it
    on_linux = {**LINUX, "extra": ""}
    needed = (each.name for each in wanted if not each.marker or each.marker.evaluate(on_linux))
    return {canonicalize_name(each) for each in needed}


def test_all_that_a_locked_package_asks_for_on_linux_is_locked():
    missing = {name: needs(name) - {*LOCK, *LEFT_OUT} for name in LOCK}
    missing = {name: needed for name, needed in missing.items() if needed}
    assert missing == {}, "not in requirements.txt: make lock"


def test_what_linux_alone_needs_for_cuda_is_not_locked():
    assert not [name for name in LOCK if re.match(r"cuda|nvidia|triton", name)], (
        "macOS and Windows have no such package: add its name to unsafe-package in "
        "pyproject.toml, then make lock"
    )


def test_neither_lock_file_says_where_packages_are_downloaded():
    for file in ("requirements.in", "requirements.txt"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if re.search(r"://|^-|^[^#]*@", line)], file


@pytest.mark.parametrize("folder", ["book", "book/mutation"])
def test_no_lock_of_npm_packages_says_where_they_are_downloaded(folder):
    packages = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in packages["packages"].items():
        assert "resolved" not in package, f"{name}: run npm in {folder}/, where .npmrc forbids it"
        assert "://" not in package["version"], name
        assert not name or "integrity" in package, name
        for kind in ("dependencies", "devDependencies", "optionalDependencies"):
            assert not [wanted for wanted in package.get(kind, {}).values() if ":/" in wanted]


def installed(name: str) -> str | None:
    """The version of a package here, without a suffix such as torch's +cpu."""
    try:
        return Version(version(name)).public
    except PackageNotFoundError:
        return None


def test_what_is_installed_is_what_is_locked():
    found = {str(requirement): installed(name) for name, requirement in LOCK.items()}
    stale = {pin: here for pin, here in found.items() if pin.partition("==")[2] != here}
    assert stale == {}, (
        "locked: installed. The environment is older than the lock: remove .venv and run make, "
        "or pip install -r requirements.txt"
    )
