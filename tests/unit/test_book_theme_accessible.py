import json

from nbformat import v4
from sphinx_book import build


def test_the_line_of_a_hidden_cell_is_named_by_its_text(tmp_path):
    cell = v4.new_code_cell("x = 1", metadata={"tags": ["hide-input"]})
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Book"), cell])
    book = build(tmp_path, {"index.ipynb": json.dumps(notebook)}, "book.theme.accessible")
    assert "<summary>" in book.page()


def test_the_front_door_has_a_language_a_title_and_a_link(tmp_path):
    config = {"root_doc": "start", "language": "zh_CN", "html_title": "书 & 页"}
    book = build(tmp_path, {"start.md": "# 书\n"}, "book.theme.accessible", **config)
    assert '<html lang="zh-CN">' in book.page()
    assert '<a href="start.html">书 &amp; 页</a>' in book.page()


def test_a_page_named_index_is_left_alone(tmp_path):
    book = build(tmp_path, {"index.md": "# Book\n"}, "book.theme.accessible")
    assert "Refresh" not in book.page()


def test_every_page_loads_the_book_s_own_style_and_script(tmp_path):
    book = build(tmp_path, {"index.md": "# Book\n"}, "book.theme.accessible")
    assert book.warnings == ""
    for name in ("site.css", "site.js", "print.css", "print.js"):
        assert f"_static/{name}" in book.page()
        assert (book.html / "_static" / name).is_file()
