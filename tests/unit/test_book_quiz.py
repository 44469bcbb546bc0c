import gzip
import re
from pathlib import Path

import pytest
from browser_code import run_program
from sphinx_book import NOTEBOOK, build

from book.node import install_packages

pytestmark = pytest.mark.slow

ASSETS = Path(__file__).resolve().parents[2] / "book" / "quiz"
QUESTION = """# Book

:::{quiz}
:name: quiz-one
:answer: B

How many numbers has a *code* of $d=2$?

- A. One.
  > No: count again, as in [the book](https://example.org).
- B. Two `numbers`.
  > Yes.
:::
"""


def book_of(folder, text=QUESTION, **config):
    return build(
        folder,
        {"index.md": text},
        "book.theme.accessible",
        "book.quiz",
        myst_enable_extensions=["colon_fence", "dollarmath"],
        **config,
    )


def test_a_question_becomes_named_radio_buttons_in_a_fieldset(tmp_path):
    book = book_of(tmp_path)
    assert book.warnings == ""
    page = book.page()
    assert '<form class="quiz" id="quiz-one" data-answer="B"' in page
    assert 'aria-labelledby="quiz-one-title quiz-one-question"' in page
    assert page.count('<input type="radio" name="quiz-one"') == 2
    assert "<b>B.</b> Two <code" in page


def test_without_javascript_the_answer_and_all_reasons_stand_in_a_closed_part(tmp_path):
    page = book_of(tmp_path).page()
    details = re.search(r'<details class="quiz-reasons">.*?</details>', page, re.DOTALL)[0]
    assert "Answer: B" in details
    assert details.count('class="quiz-reason"') == 2
    assert "<fieldset disabled" in page
    assert 'class="quiz-actions" hidden' in page


def test_several_right_letters_become_check_boxes(tmp_path):
    text = QUESTION.replace(":answer: B", ":answer: A, B\n:multiple:")
    page = book_of(tmp_path, text).page()
    assert page.count('<input type="checkbox"') == 2
    assert 'data-answer="AB"' in page


def test_labels_follow_the_book_s_language(tmp_path):
    page = book_of(tmp_path, language="zh_CN").page()
    assert "提交</button>" in page
    assert "答案：B" in page


def test_only_pages_with_a_question_load_its_script(tmp_path):
    pages = {"index.md": "# Book\n\n```{toctree}\nother\n```\n", "other.md": QUESTION}
    extensions = ["colon_fence", "dollarmath"]
    book = build(
        tmp_path, pages, "book.theme.accessible", "book.quiz", myst_enable_extensions=extensions
    )
    assert "quiz.js" in book.page("other.html")
    assert "quiz.css" in book.page("other.html")
    assert "quiz.js" not in book.page()


def test_question_option_and_reason_are_translated(tmp_path):
    catalog = tmp_path / "locales" / "de" / "LC_MESSAGES"
    catalog.mkdir(parents=True)
    messages = {
        "How many numbers has a *code* of $d=2$?": "Wie viele Zahlen hat ein *Code* mit $d=2$?",
        "Two `numbers`.": "Zwei `Zahlen`.",
        "No: count again, as in [the book](https://example.org).":
            "Nein: siehe [das Buch](https://example.org).",
    }  # fmt: skip
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    entries = [f'msgid "{before}"\nmsgstr "{after}"\n' for before, after in messages.items()]
    (catalog / "index.po").write_text("\n".join([header, *entries]), encoding="utf-8")
    book = book_of(tmp_path, language="de", locale_dirs=[str(tmp_path / "locales")])
    page = book.page()
    assert "Wie viele Zahlen hat ein <em>Code</em>" in page
    assert "<b>B.</b> Zwei <code" in page
    assert (
        'Nein: siehe <a class="reference external" href="https://example.org">das Buch</a>' in page
    )
    assert page.count('<input type="radio"') == 2


@pytest.mark.parametrize(("builder", "file"), [("text", "index.txt"), ("latex", "book.tex")])
def test_another_builder_writes_question_options_and_reasons_as_text(builder, file, tmp_path):
    book = book_of(tmp_path, builder=builder)
    assert book.warnings == ""
    text = book.page(file)
    places = [text.index(part) for part in ("How many numbers", "One.", "Two", "No: count", "Yes.")]
    assert places == sorted(places)


def without(text):
    return QUESTION.replace(text, "")


MISTAKES = {
    "no right option": (without(":answer: B\n"), "has no right option", 3),
    "an unknown letter": (
        QUESTION.replace(":answer: B", ":answer: D"),
        "has the options A, B; the answer names 'D'",
        3,
    ),
    "two right options in a single choice": (
        QUESTION.replace(":answer: B", ":answer: A, B"),
        "has 2 right options, A, B, where one can be chosen",
        3,
    ),
    "no reason": (without("  > Yes.\n"), "gives no reason for option B", 11),
    "an empty reason": (QUESTION.replace("> Yes.", ">"), "gives no reason for option B", 11),
    "an empty question": (
        without("How many numbers has a *code* of $d=2$?\n"),
        "starts with the question, before the list of options; found nothing",
        3,
    ),
    "no options": (
        re.sub(r"(?m)^(- |  >).*\n", "", QUESTION),
        "ends with a list of options, `- A. …`; found none",
        3,
    ),
    "one option": (
        re.sub(r"- B.*\n.*Yes.*\n", "", QUESTION.replace(":answer: B", ":answer: A")),
        "needs two options or more; found 1",
        9,
    ),
    "a letter out of order": (
        QUESTION.replace("- B.", "- C."),
        "expects option 2 as `- B. …`; found 'C. Two '",
        11,
    ),
    "a reason that is not quoted": (
        QUESTION.replace("  > Yes.", "\n  Yes."),
        "has more than one paragraph in option B",
        11,
    ),
    "a right letter named twice": (
        QUESTION.replace(":answer: B", ":answer: B, B\n:multiple:"),
        "names B 2 times as its answer: leave one",
        3,
    ),
    "no name": (without(":name: quiz-one\n"), "needs a name, such as `:name: quiz-bottleneck`", 3),
}


HEADERS = {"page": "", "notebook": NOTEBOOK}


def file_name(kind, mistake):
    return f"{kind}-{list(MISTAKES).index(mistake)}.md"


@pytest.fixture(scope="module")
def book_of_mistakes(tmp_path_factory):
    """One book with a page for each mistake, as a plain page and as a notebook."""
    pages = {
        file_name(kind, mistake): header + text
        for kind, header in HEADERS.items()
        for mistake, (text, _, _) in MISTAKES.items()
    }
    pages["index.md"] = "# Book\n\n```{toctree}\n:glob:\n*-*\n```\n"
    extensions = ["colon_fence", "dollarmath"]
    folder = tmp_path_factory.mktemp("mistakes")
    return build(
        folder, pages, "book.theme.accessible", "book.quiz", myst_enable_extensions=extensions
    )


@pytest.mark.parametrize("kind", HEADERS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_author_s_mistake_is_named_with_file_and_line(book_of_mistakes, kind, mistake):
    _, message, line = MISTAKES[mistake]
    file = file_name(kind, mistake)
    place = f"{file}:{line + HEADERS[kind].count(chr(10))}: WARNING: quiz"
    warnings = [line for line in book_of_mistakes.warnings.splitlines() if place in line]
    assert len(warnings) == 1
    assert message in warnings[0]
    page = book_of_mistakes.page(file.replace(".md", ".html"))
    assert '<form class="quiz"' not in page


def test_style_and_script_together_stay_within_3_kb():
    files = [(ASSETS / name).read_bytes() for name in ("quiz.js", "quiz.css")]
    assert sum(len(gzip.compress(file)) for file in files) <= 3000


ON_THE_PAGE = """
import { readFileSync } from "node:fs";
import { Window } from "happy-dom";
const { page, script, remembered } = JSON.parse(readFileSync(0, "utf8"));
const window = new Window({ url: "https://book.example/quiz.html" });
const { document, localStorage } = window;
document.body.innerHTML = page;
for (const [id, letters] of Object.entries(remembered)) {
  localStorage.setItem(`quiz:/quiz.html#${id}`, letters);
}
Object.assign(globalThis, { document, localStorage, location: window.location });
(0, eval)(script);
const chosen = (quiz) => [...quiz.querySelectorAll("input")].filter((input) => input.checked);
const seen = [...document.querySelectorAll("form.quiz")].map((quiz) => [quiz.id, {
  live: !quiz.querySelector("fieldset").disabled,
  state: quiz.dataset.state ?? null,
  checked: chosen(quiz).map((input) => input.value).join(""),
  kept: localStorage.getItem(`quiz:/quiz.html#${quiz.id}`),
}]);
process.stdout.write(JSON.stringify(Object.fromEntries(seen)), () => process.exit());
"""


@pytest.fixture(scope="module")
def two_questions(tmp_path_factory):
    """The forms of a page with two questions."""
    second = QUESTION.removeprefix("# Book\n").replace("quiz-one", "quiz-two")
    page = book_of(tmp_path_factory.mktemp("two"), QUESTION + second).page()
    return "".join(re.findall(r'<form class="quiz".*?</form>', page, re.DOTALL))


@pytest.mark.parametrize(
    ("letters", "state", "checked"), [("B", "right", "B"), ("A", "wrong", "A"), ("X", None, "")]
)
def test_a_letter_remembered_is_shown_one_removed_since_is_forgotten_and_all_questions_live(
    two_questions, letters, state, checked
):
    install_packages()
    script = (ASSETS / "quiz.js").read_text(encoding="utf-8")
    given = {
        "page": two_questions,
        "script": script,
        "remembered": {"quiz-one": letters, "quiz-two": "B"},
    }
    found = run_program(ON_THE_PAGE, given)
    first = {"live": True, "state": state, "checked": checked, "kept": checked or None}
    second = {"live": True, "state": "right", "checked": "B", "kept": "B"}
    assert found == {"quiz-one": first, "quiz-two": second}
