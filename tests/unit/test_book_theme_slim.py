import re

from bs4 import BeautifulSoup
from sphinx_book import build

TABS = "# Book\n\n````{tab-set}\n```{tab-item} A\nText\n```\n````\n"


def test_a_page_loads_no_icon_script_and_no_search_index(tmp_path):
    book = build(tmp_path, {"index.md": "# Book\n"}, "book.theme.slim")
    assert book.warnings == ""
    assert "fontawesome.js" not in book.page()
    assert "searchindex.js" not in book.page()
    assert "bootstrap.js" in book.page()


def test_the_search_page_keeps_its_index(tmp_path):
    book = build(tmp_path, {"index.md": "# Book\n"}, "book.theme.slim")
    assert book.page("search.html").count("searchindex.js") == 1


def test_the_icons_are_a_small_font_inside_the_style_sheet(tmp_path):
    book = build(tmp_path, {"index.md": "# Book\n"}, "book.theme.slim")
    icons = book.html / "_static" / "icons.css"
    assert "icons.css" in book.page()
    assert "U+F002" in icons.read_text(encoding="utf-8")  # the magnifying glass
    assert icons.stat().st_size < 20_000


def test_the_script_for_tabs_is_loaded_where_there_are_tabs(tmp_path):
    pages = {"index.md": "# Book\n\n```{toctree}\ntabs\n```\n", "tabs.md": TABS}
    book = build(tmp_path, pages, "sphinx_design", "book.theme.slim")
    assert "design-tabs.js" not in book.page()
    assert "design-tabs.js" in book.page("tabs.html")


def test_listings_mark_only_what_has_a_colour_of_its_own(tmp_path):
    listing = "# Book\n\n```python\nfor x in range(3):\n    print(x + 1)\n```\n"
    book = build(tmp_path, {"index.md": listing}, "book.theme.slim")
    shown = BeautifulSoup(book.page(), "html.parser").select_one(".highlight pre")
    assert shown.get_text() == "for x in range(3):\n    print(x + 1)\n"
    marks = {kind for mark in shown.select("span[class]") for kind in mark["class"]}
    assert {"k", "mi"} <= marks
    assert not {"n", "o", "p", "w"} & marks
    styles = (book.html / "_static" / "pygments.css").read_text(encoding="utf-8")
    plain = set(re.findall(r"\.highlight \{[^}]*color: (#\w+) \}", styles))  # of each theme
    assert plain
    for kind in "npw":
        assert set(re.findall(rf"\.highlight \.{kind} \{{ color: (#\w+) \}}", styles)) <= plain
