import re

import pytest
from bs4 import BeautifulSoup
from sphinx_book import build

pytestmark = pytest.mark.slow

MATHS = {"myst_enable_extensions": ["dollarmath", "amsmath"]}


def test_an_inline_formula_becomes_html_and_mathml(tmp_path):
    book = build(tmp_path, {"index.md": "# Book\n\n$x_i$\n"}, "book.maths", **MATHS)
    assert book.warnings == ""
    assert '<span class="katex-html" aria-hidden="true">' in book.page()
    assert "<math>" in book.page()


def test_a_labelled_formula_has_its_number_and_can_be_referred_to(tmp_path):
    text = "# Book\n\n$$\na = b\n$$ (same)\n\nSee {eq}`same`.\n"
    book = build(tmp_path, {"index.md": text}, "book.maths", **MATHS)
    assert book.warnings == ""
    assert '<span class="eqno">(1)<a class="headerlink" href="#equation-same"' in book.page()
    assert 'href="#equation-same">(1)</a>' in book.page()


def test_an_aligned_environment_carries_no_number_but_sphinx_s(tmp_path):
    text = "# Book\n\n\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n"
    book = build(tmp_path, {"index.md": text}, "book.maths", **MATHS)
    assert book.warnings == ""
    assert "eqn-num" not in book.page()


def test_equations_apart_by_a_blank_line_are_aligned(tmp_path):
    text = "# Book\n\n```{math}\na &= b\n\nc &= d \\\\ &= e\n```\n"
    book = build(tmp_path, {"index.md": text}, "book.maths", **MATHS)
    assert book.warnings == ""


def test_no_attribute_of_mathml_is_empty(tmp_path):
    tables = [
        r"\begin{aligned}a = b \\ c = d\end{aligned}",
        r"\begin{split}a = b\end{split}",
        r"\begin{aligned}a &= b\end{aligned}",
        r"\begin{cases}a\end{cases}",
        r"\begin{matrix}a\end{matrix}",
        r"\begin{array}{c}a\end{array}",
        r"\begin{gathered}a\end{gathered}",
    ]
    text = "# Book\n" + "".join(f"\n$$\n{tex}\n$$\n" for tex in tables)
    book = build(tmp_path, {"index.md": text}, "book.maths", **MATHS)
    assert book.warnings == ""
    formulas = re.findall(r"<math\b.*?</math>", book.page(), re.DOTALL)
    assert len(formulas) == len(tables)
    assert [formula for formula in formulas if "mtable" not in formula or '=""' in formula] == []


def test_a_formula_with_an_error_is_named_with_its_file_and_line(tmp_path):
    text = "# Book\n\nText.\n\n$$\n\\nosuch{x}\n$$\n"
    book = build(tmp_path, {"index.md": text}, "book.maths", **MATHS)
    assert "index.md:5: WARNING: this formula cannot be rendered" in book.warnings
    assert r"Undefined control sequence: \nosuch" in book.warnings


def test_no_page_loads_mathjax_and_only_pages_with_maths_load_the_style(tmp_path):
    pages = {"index.md": "# Book\n\n```{toctree}\nplain\n```\n\n$x$\n", "plain.md": "# Plain\n"}
    book = build(tmp_path, pages, "book.maths", **MATHS)
    for name in ("index.html", "plain.html"):
        assert "mathjax" not in book.page(name).lower().replace("mathjax_ignore", "")
    assert "katex/katex.css" in book.page()
    assert "katex/katex.css" not in book.page("plain.html")


def test_every_font_of_the_style_sheet_is_in_the_site(tmp_path):
    import re

    book = build(tmp_path, {"index.md": "# Book\n\n$x$\n"}, "book.maths", **MATHS)
    folder = book.html / "_static" / "katex"
    fonts = re.findall(r"url\(([^)]*)\)", (folder / "katex.css").read_text(encoding="utf-8"))
    assert fonts
    assert [font for font in fonts if not (folder / font).is_file()] == []


@pytest.mark.parametrize(
    ("text", "kept"), [("式 $x$，下", "，"), ("An $x$, here", ","), ("式 $x$ 下", ""), ("$x$", "")]
)
def test_a_mark_stays_on_the_line_of_the_formula_that_it_closes(tmp_path, text, kept):
    book = build(tmp_path, {"index.md": f"# Book\n\n{text}\n"}, "book.maths", **MATHS)
    found = BeautifulSoup(book.page(), "html.parser").select(".math-and-mark")
    assert [one.contents[-1] for one in found] == ([kept] if kept else [])
    assert not kept or book.page().count(f"{kept}</span>") == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Some（$x$，$y$）", ["（", "，"]),
        ("Some ($x$)", ["(", ")"]),
        ("“$x$ there", ["“"]),
    ],
)
def test_a_mark_stays_on_the_line_of_the_formula_that_it_opens(tmp_path, text, kept):
    book = build(tmp_path, {"index.md": f"# Book\n\n{text}\n"}, "book.maths", **MATHS)
    first = BeautifulSoup(book.page(), "html.parser").select_one(".math-and-mark")
    assert [part for part in first.contents if isinstance(part, str)] == kept
    assert "".join(first.parent.find_all(string=True)).count(kept[0]) == 1


def test_a_formula_that_may_break_keeps_no_mark(tmp_path):
    text = "# Book\n\n$x = y$，\n"
    book = build(tmp_path, {"index.md": text}, "book.maths", **MATHS)
    assert "math-and-mark" not in book.page()
    assert book.page().count("，") == 1
