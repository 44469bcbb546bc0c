from bs4 import BeautifulSoup
from sphinx_book import build

PAGE = "# Book\n\n用区间 [^1]。再用 *t* [^1]，一次[^1]\n\n[^1]: A note.\n"


def test_no_line_breaks_between_a_text_and_the_citation_behind_it(tmp_path):
    book = build(tmp_path, {"index.md": PAGE}, "book.theme.lines")
    paragraph = BeautifulSoup(book.page(), "html.parser").select_one("article p")
    assert [
        str(link.previous_sibling)[-2:] for link in paragraph.select("a.footnote-reference")
    ] == [
        "间\u00a0",
        "\u00a0",
        "一次",
    ]
