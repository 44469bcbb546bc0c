"""Every edition is complete: each message answered, none left over, the pages of one build."""

import re
import shutil

import pytest
from markdown_it import MarkdownIt
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from book import ROOT
from book.editions import Edition, translated
from book.translation.catalogs import (
    CONFIG,
    catalog_file,
    messages,
    pages,
    read_catalog,
    updated,
    write_catalog,
)
from book.translation.check import mistakes
from book.translation.messages import rewrite

EDITIONS = translated(ROOT)
EACH = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.language)
PAGE = "chapters/intro"
REMEDY = "run `make translations`, then complete what it names"


@pytest.fixture
def book(tmp_path):
    """A book of this book's first page, with its English catalogs."""
    (tmp_path / "chapters").mkdir()
    shutil.copy(ROOT / "_config.yml", tmp_path)
    shutil.copy(ROOT / f"{PAGE}.md", tmp_path / "chapters")
    (tmp_path / "_toc.yml").write_text(f"root: {PAGE}\nchapters: []\n", encoding="utf-8")
    for name in (PAGE, CONFIG):
        write_catalog(updated(ROOT, "en", name), catalog_file(tmp_path, "en", name))
    return tmp_path


ENGLISH = Edition("en", "en", "English")


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_english_is_an_edition():
    assert "en" in {edition.language for edition in EDITIONS}


@EACH
def test_every_message_is_translated_and_says_the_same(edition):
    assert mistakes(ROOT, edition) == [], REMEDY


@EACH
def test_the_catalogs_are_what_make_translations_writes(edition, tmp_path):
    for name in [*pages(ROOT), CONFIG]:
        file = catalog_file(ROOT, edition.language, name)
        copy = tmp_path / file.name
        shutil.copy(file, copy)
        assert not write_catalog(updated(ROOT, edition.language, name), copy), REMEDY


def test_a_translation_that_is_missing_is_named(book):
    assert mistakes(book, ENGLISH) == []
    edit(catalog_file(book, "en", PAGE), 'msgstr "Four exercises"', 'msgstr ""')
    assert [said for said in mistakes(book, ENGLISH) if "is not translated" in said]


def test_a_changed_paragraph_is_fuzzy_until_somebody_has_looked(book):
    edit(book / f"{PAGE}.md", "为什么要让编码比图像窄？", "为什么一定要让编码比图像窄？")
    said = mistakes(book, ENGLISH)
    assert any("is not translated" in each for each in said)
    assert any("is obsolete" in each for each in said)
    file = catalog_file(book, "en", PAGE)
    assert write_catalog(updated(book, "en", PAGE), file)
    (said,) = mistakes(book, ENGLISH)
    assert "is fuzzy" in said
    edit(file, "#, fuzzy\n", "")
    assert mistakes(book, ENGLISH) == []


def test_the_old_source_of_a_changed_paragraph_goes_once_the_catalogs_are_written_again(book):
    edit(book / f"{PAGE}.md", "为什么要让编码比图像窄？", "为什么一定要让编码比图像窄？")
    file = catalog_file(book, "en", PAGE)
    write_catalog(updated(book, "en", PAGE), file)
    assert "#|" in file.read_text(encoding="utf-8")
    write_catalog(updated(book, "en", PAGE), file)
    assert "# |" not in file.read_text(encoding="utf-8")


def test_a_paragraph_that_is_gone_leaves_the_catalog(book):
    edit(book / f"{PAGE}.md", "\n## 写给谁\n", "\n")
    (said,) = mistakes(book, ENGLISH)
    assert "is obsolete" in said
    assert write_catalog(updated(book, "en", PAGE), catalog_file(book, "en", PAGE))
    assert mistakes(book, ENGLISH) == []


def test_a_number_changed_in_a_translation_is_named(book):
    edit(catalog_file(book, "en", PAGE), "Hand the encoder's 100 features", "Hand the 99 features")
    assert any("the number '100' is lost" in said for said in mistakes(book, ENGLISH))


def parser() -> MarkdownIt:
    config = MdParserConfig(enable_extensions={"amsmath", "colon_fence", "deflist", "dollarmath"})
    from markdown_it.renderer import RendererHTML

    return create_md_parser(config, RendererHTML)


def blocks(text: str) -> list[str]:
    """What a page is made of, in order: its blocks, those inside directives too."""
    found = []
    for token in parser().parse(text):
        found.append(f"{token.type} {token.tag}")
        if token.type in ("fence", "colon_fence") and not token.info.startswith("{code-cell}"):
            found.append(re.sub(r"(\{[\w:-]+\}).*", r"\1", token.info))
            found += blocks(token.content) if token.info.startswith("{") else []
        if token.type == "inline":
            found += [child.type for child in token.children if child.type.startswith("math")]
    return found


@EACH
@pytest.mark.parametrize("page", pages(ROOT))
def test_a_page_has_the_headings_figures_questions_and_tables_of_its_source(edition, page):
    source = (ROOT / f"{page}.md").read_text(encoding="utf-8")
    catalog = read_catalog(catalog_file(ROOT, edition.language, page), edition.language)
    said = rewrite(source, lambda text, _line: str(catalog[text].string))
    assert blocks(said) == blocks(source)


@pytest.mark.parametrize(
    "planted",
    ["# A heading too many", "- an item", "> a quotation", "1. a number", "a $x$ more"],
)
def test_a_translation_that_changes_what_a_page_is_made_of_is_found(planted):
    text = "一段话。\n\n| 一 | 二 |\n| --- | --- |\n| 三 | 四 |\n"
    assert blocks(text.replace("一段话。", planted).replace("三", planted)) != blocks(text)


def test_messages_of_the_configuration_leave_out_the_names_of_the_editions():
    assert "中文" not in messages(ROOT, CONFIG)
