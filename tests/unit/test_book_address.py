import re

import pytest
import yaml
from sphinx_book import build

from book.address import Address, read_address

HERE = Address("https://github.com/teacher/book", "main", "https://teacher.github.io/book/")
CONFIG = {
    "repository": {"url": HERE.repository, "branch": HERE.branch},
    "html": {"baseurl": HERE.site},
}
FORK = {
    "BOOK_REPOSITORY": "https://github.com/fork/other",
    "BOOK_BRANCH": "dev",
    "BOOK_SITE": "https://fork.github.io/other/",
}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    return tmp_path


def test_the_address_comes_from_the_configuration(root):
    assert read_address(root, {}) == HERE


def test_the_environment_of_a_fork_takes_precedence(root):
    assert read_address(root, FORK) == Address(*FORK.values())


def test_an_empty_variable_of_the_environment_changes_nothing(root):
    assert read_address(root, dict.fromkeys(FORK, "")) == HERE


@pytest.mark.parametrize(
    ("variable", "wrong", "example"),
    [
        ("BOOK_REPOSITORY", "github.com/fork/other", "https://github.com/owner/name"),
        ("BOOK_REPOSITORY", "https://github.com/fork/other.git/", "https://github.com/owner/name"),
        ("BOOK_BRANCH", "two words", "main"),
        ("BOOK_SITE", "https://fork.github.io/other", "https://owner.github.io/name/"),
    ],
)
def test_an_address_that_no_link_can_be_made_of_is_refused(root, variable, wrong, example):
    with pytest.raises(ValueError, match=re.escape(example)) as refusal:
        read_address(root, {variable: wrong})
    assert repr(wrong) in str(refusal.value)
    assert "_config.yml" in str(refusal.value)


def test_each_link_names_repository_branch_and_file():
    path = "chapters/quiz.ipynb"
    base = "https://colab.research.google.com/github/teacher/book"
    assert HERE.colab(path) == f"{base}/blob/main/chapters/quiz.ipynb"
    base = "https://mybinder.org/v2/gh/teacher/book/main"
    assert HERE.binder(path) == f"{base}?urlpath=lab/tree/chapters/quiz.ipynb"
    assert HERE.requirement == "git+https://github.com/teacher/book@main"
    assert HERE.page("chapters/quiz") == "https://teacher.github.io/book/chapters/quiz.html"


def test_the_nbgitpuller_link_escapes_what_it_carries():
    link = HERE.nbgitpuller("https://hub.example.org", "chapters/quiz.ipynb")
    assert link == (
        "https://hub.example.org/hub/user-redirect/git-pull"
        "?repo=https%3A%2F%2Fgithub.com%2Fteacher%2Fbook&branch=main"
        "&urlpath=lab%2Ftree%2Fbook%2Fchapters%2Fquiz.ipynb"
    )


@pytest.fixture
def source(tmp_path):
    """Where a book of one notebook page is built from; MyST-NB's copy of it is there already."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "_config.yml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    executed = tmp_path / "jupyter_execute"
    executed.mkdir()
    (executed / "index.ipynb").write_text("the theme's copy", encoding="utf-8")
    return folder


PAGE = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n# Book\n"
OPTIONS = {"launch_buttons": {"colab_url": "https://colab.research.google.com"}}


def test_the_theme_s_buttons_follow_the_environment_of_a_fork(source, tmp_path, monkeypatch):
    for name, value in FORK.items():
        monkeypatch.setenv(name, value)
    book = build(tmp_path, {"index.md": PAGE}, "book.address", html_theme_options=OPTIONS)
    assert book.warnings == ""
    text = book.page()
    assert "https://colab.research.google.com/github/fork/other/blob/dev/index.md" in text
    assert '<link rel="canonical" href="https://fork.github.io/other/index.html"' in text


def test_the_download_is_the_twin_beside_the_page(source, tmp_path):
    (source / "index.ipynb").write_text("the twin", encoding="utf-8")
    config = {"html_theme_options": OPTIONS, "exclude_patterns": ["**.ipynb"]}
    book = build(tmp_path, {"index.md": PAGE}, "book.address", **config)
    assert book.warnings == ""
    assert (book.html / "_sources" / "index.ipynb").read_text(encoding="utf-8") == "the twin"
