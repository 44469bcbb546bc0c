"""A stub of a language is built: a folder, a line in the configuration, five messages."""

import json
import re

import pytest
import yaml
from babel.messages.catalog import Catalog
from sphinx_book import NOTEBOOK, build

from book.translation.catalogs import catalog_file, write_catalog

pytestmark = pytest.mark.slow

EDITIONS = [
    {"language": "zh_CN", "folder": "", "name": "中文"},
    {"language": "fr", "folder": "fr", "name": "Français"},
]
CONFIG = {
    "repository": {"url": "https://github.com/a/b", "branch": "main"},
    "html": {"baseurl": "https://a.github.io/b/"},
    "sphinx": {"config": {"language": "zh_CN", "book_editions": EDITIONS}},
}
PAGE = (
    NOTEBOOK
    + """# 自动编码器

损失是 {glue:text}`loss:.2f`。

```{code-cell} ipython3
from myst_nb import glue
glue("loss", 0.5, display=False)
names = ["转置"]
```

```{code-cell} ipython3
from IPython.display import HTML
words = '<span lang="zh">\\u5bf9</span><span lang="en" hidden>Right</span>'
HTML(f'<div class="aelib-check"><ul>{words}</ul></div>')
```

:::{quiz}
:name: quiz-one
:answer: A

为什么？

- A. Yes
  > Yes.
- B. No
  > 不对。
:::
"""
)
ANSWERS = {
    "自动编码器": "Les auto-encodeurs",
    "损失是 {glue:text}`loss:.2f`。": "La perte est {glue:text}`loss:.2f` : l'essentiel.",
    "为什么？": "Pourquoi ?",
    "不对。": "Non.",
    "转置": "transposée",
}


def book(folder, language, answers=ANSWERS):
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / "_config.yml").write_text(yaml.safe_dump(CONFIG, allow_unicode=True), "utf-8")
    catalog = Catalog(locale="fr")
    for text, said in answers.items():
        catalog.add(text, said)
    write_catalog(catalog, catalog_file(source, "fr", "index"))
    return build(
        folder,
        {"index.md": PAGE},
        "book.quiz",
        "book.translation",
        language=language,
        locale_dirs=[],
        book_editions=EDITIONS,
        nb_execution_mode="force",
        myst_enable_extensions=["colon_fence"],
    )


@pytest.fixture(scope="module")
def french(tmp_path_factory):
    return book(tmp_path_factory.mktemp("fr"), "fr")


def test_every_message_stands_in_the_stub_s_language(french):
    assert french.warnings == ""
    page = french.page()
    assert all(said in page for said in ("Les auto-encodeurs", "Pourquoi ?", "Non.", "transposée"))
    assert not re.search("[\u3400-\u9fff]", re.sub(r'<a class="twin".*?</a>', "", page))


def test_a_value_of_the_run_stands_in_a_translated_paragraph(french):
    text = re.sub("<[^>]+>", "", french.page())
    assert "La perte est 0.50 : l" in text


def test_a_page_leads_to_its_twin_and_names_every_edition(french):
    page = french.page()
    assert '<html lang="fr"' in page
    (link,) = re.findall(r'<a class="twin"[^>]*>', page)
    assert 'href="../index.html"' in link
    assert 'lang="zh-CN"' in link
    names = re.search(r'data-names="([^"]*)"', link)[1].replace("&#34;", '"')
    assert json.loads(names) == {"transposée": "转置"}
    tags = dict(re.findall(r'hreflang="([^"]+)" href="(https[^"]+)"', page))
    assert tags == {
        "zh-CN": "https://a.github.io/b/index.html",
        "fr": "https://a.github.io/b/fr/index.html",
        "x-default": "https://a.github.io/b/index.html",
    }


def test_a_check_is_shown_in_the_page_s_language_or_else_in_english(french):
    assert '<div class="aelib-check"><ul><span lang="en">Right</span></ul></div>' in french.page()


def test_the_source_is_as_it_was_and_leads_to_the_stub(tmp_path):
    page = book(tmp_path, "zh_CN").page()
    assert "损失是" in page
    assert '<div class="aelib-check"><ul><span lang="zh">对</span></ul></div>' in page
    assert 'href="fr/index.html"' in page


def test_a_message_without_a_translation_is_a_warning_at_its_line(tmp_path):
    answers = {text: said for text, said in ANSWERS.items() if text != "为什么？"}
    warnings = book(tmp_path, "fr", answers).warnings
    line = PAGE.split("\n").index("为什么？") + 1
    assert f"index.md:{line}: WARNING: expected a translation of '为什么？'" in warnings
