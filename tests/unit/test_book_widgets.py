import json
from pathlib import Path

import pytest
from nbformat import v4
from sphinx.errors import ExtensionError
from sphinx_book import build

pytestmark = pytest.mark.slow

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def notebook_with_widget() -> str:
    """A notebook that shows one (empty) widget, as it is stored after a run."""
    view = {"version_major": 2, "version_minor": 0, "model_id": "abc"}
    output = v4.new_output("display_data", {VIEW: view, "text/plain": "Widget()"})
    cells = [v4.new_markdown_cell("# Live"), v4.new_code_cell("show()", outputs=[output])]
    state = {"abc": {"model_name": "HTMLModel", "model_module": "m", "state": {}}}
    metadata = {
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        "widgets": {STATE: {"state": state, "version_major": 2, "version_minor": 0}},
    }
    return json.dumps(v4.new_notebook(cells=cells, metadata=metadata))


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book with one live page."""
    pages = {
        "index.md": "# Book\n\n```{toctree}\nlive\n```\n",
        "live.ipynb": notebook_with_widget(),
    }
    book = build(tmp_path_factory.mktemp("book"), pages, "book.widgets", language="zh_CN")
    assert book.warnings == ""
    return book


def test_only_the_page_with_a_widget_loads_the_runtime(book):
    assert "widgets.js" in book.page("live.html")
    assert "widgets.css" in book.page("live.html")
    assert "widgets.js" not in book.page("index.html")
    assert "widgets.css" not in book.page("index.html")


def test_no_loader_and_no_cdn_is_left(book):
    assert "require" not in book.page("live.html")
    assert "cdn" not in book.page("live.html")


def test_the_state_stands_behind_the_text(book):
    page = book.page("live.html")
    assert page.count(STATE) == 1
    assert page.index(STATE) > page.index(VIEW)


def test_a_sentence_in_the_page_s_language_stands_in_for_the_widget(book):
    assert '</script><p class="widget-notice">此处的交互演示' in book.page("live.html")


def test_the_bundle_is_made_anew_only_when_an_input_changed(tmp_path, monkeypatch):
    import book.widgets

    build(tmp_path, {"index.md": "# Book\n"}, "book.widgets")
    bundle = tmp_path / "html" / "_static" / "widgets.js"
    first = bundle.stat().st_mtime_ns
    build(tmp_path, {"index.md": "# Book\n"}, "book.widgets")
    assert bundle.stat().st_mtime_ns == first
    monkeypatch.setattr(book.widgets, "digest", lambda *_files: "changed")
    build(tmp_path, {"index.md": "# Book\n"}, "book.widgets")
    assert bundle.stat().st_mtime_ns > first


def test_an_anywidget_other_than_the_page_s_stops_the_build(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda _name: "0.0.1")
    with pytest.raises(ExtensionError, match=r"anywidget 0\.0\.1 is installed"):
        build(tmp_path, {"index.md": "# Book\n"}, "book.widgets")


def test_a_bundle_that_was_not_finished_does_not_count_as_there(tmp_path, monkeypatch):
    def killed(_script, folder, banner):
        (Path(folder) / "widgets.js").write_text(f"{banner}\nhalf of ", encoding="utf-8")
        raise ExtensionError("killed")

    monkeypatch.setattr("book.widgets.run_node", killed)
    with pytest.raises(ExtensionError, match="killed"):
        build(tmp_path, {"index.md": "# Book\n"}, "book.widgets")
    assert list((tmp_path / "html" / "_static").glob("**/widgets.js")) == []
