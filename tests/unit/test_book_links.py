import re

import pytest

from book.address import Address, links
from book.address.links import LinkError, definitions, line, put, with_links

FORK = Address("https://github.com/fork/other", "dev", "https://fork.github.io/other/")


def test_every_committed_link_follows_from_the_configuration(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["links.py", "--check"])
    assert links.main() == 0, capsys.readouterr().out


@pytest.fixture(scope="module")
def forked():
    """Every file that holds a link, with the text it has in a fork."""
    return with_links(FORK)


def test_a_change_of_the_address_makes_every_file_that_holds_a_link_stale(forked):
    assert {"README.md", "README.zh-CN.md", "CITATION.cff", "pyproject.toml", "quiz.ipynb"} <= {
        file.name for file, text in forked.items() if text != file.read_text(encoding="utf-8")
    }


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CITATION.cff", "quiz.ipynb"])
def test_no_link_of_the_old_address_is_left_after_a_change(forked, name):
    old = re.compile(r"autoencoder-chapter[./]")
    before = {file.name: file for file in forked}[name]
    assert old.search(before.read_text(encoding="utf-8"))
    assert not old.search(forked[before])


def test_a_notebook_has_a_link_to_colab_and_one_to_binder():
    text = definitions(FORK, "zh_CN")
    assert f"[colab-quiz]: {FORK.colab('chapters/quiz.ipynb')}\n" in text
    assert f"[binder-quiz]: {FORK.binder('chapters/quiz.ipynb')}\n" in text


def test_an_english_readme_leads_to_the_english_notebooks_and_to_both_sites():
    text = definitions(FORK, "en")
    assert f"[colab-quiz]: {FORK.colab('en/chapters/quiz.ipynb')}\n" in text
    assert f"[site]: {FORK.site}en/\n" in text
    assert f"[site-zh-CN]: {FORK.site}\n" in text


def test_a_file_that_has_lost_its_place_for_links_is_named():
    with pytest.raises(LinkError, match=r"CITATION\.cff: expected one place .* found 0"):
        put("title: Book\n", line("url: "), "https://example.org", "CITATION.cff")
