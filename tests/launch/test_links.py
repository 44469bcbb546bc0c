"""Every launch link of the built site opens a notebook that is in the repository, at its place."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import HTML, ROOT, TWINS

from book.address import read_address
from book.editions import editions

PAGES = [
    (edition, page)
    for edition in editions(ROOT)
    for page in sorted((HTML / edition.folder).glob("chapters/*.html"))
]
EACH_PAGE = pytest.mark.parametrize(
    ("edition", "page"), PAGES, ids=lambda each: getattr(each, "stem", None) or each.language
)
HOSTS = ("colab.research.google.com", "mybinder.org")
# The site was built with the environment that this test sees: a fork's workflow has its own.
ADDRESS = read_address(ROOT, os.environ)


@cache
def committed() -> set[str]:
    """Every file of the repository, as a path from its root."""
    command = ["git", "-C", ROOT, "ls-files", "-z"]
    return set(
        subprocess.run(
            command, capture_output=True, text=True, check=True, encoding="utf-8"
        ).stdout.split("\0")
    )


def launch_links(page) -> list[str]:
    """Return the links of a built page that lead to a place where notebooks run."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    links = [link["href"] for link in soup.select("a[href]")]
    return [link for link in links if urlsplit(link).hostname in HOSTS]


def target(link: str) -> tuple[str, str, str]:
    """Take a launch link apart: repository, branch and file."""
    parts = urlsplit(link)
    if parts.hostname == "mybinder.org":
        found = re.fullmatch(r"/v2/gh/([^/]+/[^/]+)/(.+)", parts.path)
        [path] = parse_qs(parts.query, strict_parsing=True)["urlpath"]
        assert path.startswith("lab/tree/"), link
        return found[1], unquote(found[2]), path.removeprefix("lab/tree/")
    found = re.fullmatch(r"/github/([^/]+/[^/]+)/blob/(.+?)/((?:en/)?chapters/.+)", parts.path)
    assert found, link
    return found[1], found[2], found[3]


def test_there_are_pages_to_check():
    assert len(PAGES) >= len(TWINS) > 0


@EACH_PAGE
def test_the_launch_links_of_a_page_open_its_own_twin_and_its_starter(edition, page):
    folder = f"{edition.path}chapters"
    own = {f"{folder}/{page.stem}.ipynb", f"{folder}/starter/{page.stem}.ipynb"} & committed()
    for host in HOSTS:
        links = [link for link in launch_links(page) if urlsplit(link).hostname == host]
        assert {target(link)[2] for link in links} == own
        assert {target(link)[:2] for link in links} <= {(ADDRESS.owner_and_name, ADDRESS.branch)}


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_launch_links_of_a_readme_open_notebooks_of_the_repository(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    address = read_address(ROOT, environment={})
    links = re.findall(rf"^\[[^]]+\]: (https://(?:{'|'.join(HOSTS)})\S+)$", text, re.MULTILINE)
    assert len(links) == 2 * len(TWINS)
    for link in links:
        repository, branch, file = target(link)
        assert (repository, branch) == (address.owner_and_name, address.branch)
        assert file in committed()


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_uses_only_links_that_it_defines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    used = set(re.findall(r"\]\[([\w-]+)\]", text))
    defined = set(re.findall(r"^\[([\w-]+)\]: ", text, re.MULTILINE))
    assert used <= defined


@pytest.mark.parametrize("file", TWINS, ids=lambda file: file.stem)
def test_the_site_offers_the_twin_itself_for_download(file):
    assert (HTML / "_sources" / "chapters" / file.name).read_bytes() == file.read_bytes()
